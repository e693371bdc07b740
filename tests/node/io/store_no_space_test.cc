// A full disk: writes are refused and leave nothing, reads go on, and writes come back with the
// space.
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <sys/mount.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "node/base/random.h"
#include "node/io/log_syncer.h"
#include "tests/support/fault_fs.h"
#include "tests/support/rocks_fixture.h"
#include "tests/support/store_rows.h"
#include "tests/support/temp_dir.h"

namespace quorate::testing_support {
namespace {

constexpr std::uint64_t kKibibyte = 1u << 10;

Key key_of_write(int number) { return key_of("write " + std::to_string(number)); }

// Bytes that do not compress, so that a disk fills as one would think.
Row row_of_write(int number) {
  Random random(static_cast<std::uint64_t>(number));
  std::string value(4000, '\0');
  for (char& byte : value) byte = static_cast<char>(random.next() & 0xff);
  return row_of(std::move(value));
}

// Writes numbered rows through a group commit, and remembers which were acknowledged and refused.
class Filler {
 public:
  // `at_once` > 1: so many writes gather before they are handed to RocksDB.
  explicit Filler(RocksStore& store, int at_once = 1)
      : store_(store),
        at_once_(at_once),
        writer_(store),
        syncer_(store, Durability::kFsync, [this](auto news) {
          const std::lock_guard lock(mutex_);
          if (news) {
            durable_ = *news;
          } else {
            failure_ = news.error().to_string();
          }
          changed_.notify_all();
        }) {
    if (at_once > 1) store_.gather();
  }

  // Returns the refusal.
  Error write_until_refused() {
    for (;;) {
      const Status applied = write();
      if (!applied) return applied.error();
      if (next_ > 100'000) return Error{ErrorCode::kInvalidInput, "the disk is never full"};
    }
  }

  Status write() {
    const int number = next_++;
    Status applied = writer_.put(key_of_write(number), row_of_write(number));
    if (applied) {
      applied_.insert(number);
      if (number % at_once_ == 0) hand_over();
    } else {
      refused_.insert(number);
    }
    return applied;
  }

  // Waits until all that was applied is durable.
  void expect_all_acknowledged() {
    EXPECT_TRUE(hand_over());
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(
        lock, std::chrono::seconds(20),
        [this] { return durable_ + refused_.size() >= writer_.last() || !failure_.empty(); }))
        << durable_ << " of " << writer_.last();
    EXPECT_EQ(failure_, "");
  }

  void expect_rows_in(const RocksStore& store) const {
    for (const int number : applied_) {
      ASSERT_EQ(stored_row(store, 0, key_of_write(number)), row_of_write(number)) << number;
    }
    for (const int number : refused_) {
      ASSERT_FALSE(stored_row(store, 0, key_of_write(number))) << "refused, and there: " << number;
    }
  }

  void expect_rows() const { expect_rows_in(store_); }
  std::size_t refused() const { return refused_.size(); }
  void stop() { syncer_.stop(); }

 private:
  bool hand_over() {
    if (!store_.write_gathered()) return false;
    syncer_.note_applied(writer_.last());
    return true;
  }

  RocksStore& store_;
  int at_once_;
  Writer writer_;
  int next_ = 0;
  std::set<int> applied_;
  std::set<int> refused_;
  std::mutex mutex_;
  std::condition_variable changed_;
  BatchId durable_ = 0;  // guarded by mutex_
  std::string failure_;  // guarded by mutex_
  LogSyncer syncer_;
};

// False: it was not writable again within a minute.
bool becomes_writable(RocksStore& store) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (store.poll_state() != StoreState::kWritable) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // between polls
  }
  return true;
}

TEST(StoreNoSpace, TheReserveStaysFreeAndWritesComeBackWithTheSpace) {
  TempDir directory;
  auto files = std::make_shared<FaultFs>(directory / "attic");
  RocksStoreOptions options = small_store(directory / "data", files);
  // More free than used: whatever compaction rewrites, it stays inside the reserve.
  options.free_bytes_min = 2560 * kKibibyte;
  options.free_bytes_resume = 3072 * kKibibyte;
  files->limit_space(4608 * kKibibyte);
  auto store = open_or_fail(options);
  ASSERT_TRUE(store);
  Filler filler(*store);

  const Error refusal = filler.write_until_refused();
  EXPECT_EQ(refusal.code, ErrorCode::kNoSpace);
  EXPECT_NE(refusal.message.find("free on the disk of " + options.directory), std::string::npos)
      << refusal.message;
  EXPECT_EQ(store->state(), StoreState::kNoSpace);
  EXPECT_EQ(store->failure().code, ErrorCode::kNoSpace);
  EXPECT_FALSE(filler.write());
  filler.expect_all_acknowledged();
  filler.expect_rows();

  // Just above the lower mark is not enough: it would be full again at once.
  files->limit_space(files->space_used() + 2800 * kKibibyte);
  EXPECT_EQ(store->poll_state(), StoreState::kNoSpace);
  files->limit_space(files->space_used() + 5000 * kKibibyte);
  EXPECT_EQ(store->poll_state(), StoreState::kWritable);
  QUORATE_EXPECT_OK(filler.write());
  filler.expect_all_acknowledged();
  filler.stop();
  QUORATE_EXPECT_OK(store->close());
  store.reset();
  filler.expect_rows_in(*open_or_fail(options));
}

TEST(StoreNoSpace, AStoreOpensReadOnlyOnAFullDisk) {
  TempDir directory;
  auto files = std::make_shared<FaultFs>(directory / "attic");
  RocksStoreOptions options = small_store(directory / "data", files);
  options.free_bytes_min = 512 * kKibibyte;
  options.free_bytes_resume = 1024 * kKibibyte;
  {
    auto store = open_or_fail(options);
    QUORATE_ASSERT_OK(Writer(*store).put(key_of("k"), row_of("v")));
    QUORATE_ASSERT_OK(store->close());
  }
  files->limit_space(files->space_used() + 300 * kKibibyte);
  auto store = open_or_fail(options);
  ASSERT_TRUE(store);
  EXPECT_EQ(store->state(), StoreState::kNoSpace);
  EXPECT_EQ(stored_row(*store, 0, key_of("k")), row_of("v"));
  EXPECT_EQ(Writer(*store).put(key_of("k"), row_of("w")).error().code, ErrorCode::kNoSpace);
}

// Returns how many writes were refused.
std::size_t fill_and_free(std::uint64_t space_kib, int at_once) {
  TempDir directory;
  auto files = std::make_shared<FaultFs>(directory / "attic");
  RocksStoreOptions options = small_store(directory / "data", files);
  options.free_bytes_min = 0;
  options.free_bytes_resume = 0;
  auto store = open_or_fail(options);
  if (!store) return 0;
  files->limit_space(space_kib * kKibibyte + space_kib % 7);
  Filler filler(*store, at_once);
  for (const bool all_room_follows : {false, true}) {
    const Error refusal = filler.write_until_refused();
    EXPECT_EQ(refusal.code, ErrorCode::kNoSpace) << refusal.message;
    EXPECT_EQ(store->state(), StoreState::kNoSpace) << store->failure().message;
    filler.expect_rows();
    // Room for a compaction too: without it RocksDB goes on waiting.
    files->limit_space(2 * files->space_used() + 1024 * kKibibyte);
    if (all_room_follows) files->lift_space_limit();
    EXPECT_TRUE(becomes_writable(*store)) << store->failure().to_string();
    filler.expect_all_acknowledged();
    if (::testing::Test::HasFailure()) return 0;
  }
  QUORATE_EXPECT_OK(filler.write());
  filler.expect_all_acknowledged();
  filler.stop();
  QUORATE_EXPECT_OK(store->close());
  store.reset();
  store = open_or_fail(options);
  if (store) filler.expect_rows_in(*store);
  return filler.refused();
}

// Without a reserve, or when somebody else takes it: RocksDB itself meets the full disk, in its
// log, in a flush, in a compaction or in its manifest.
TEST(StoreNoSpace, WhereRocksDBMeetsAFullDiskNothingIsLostAndWritesComeBack) {
  std::atomic<std::size_t> refused{0};
  // Several disks at a time, each with threads to spare: RocksDB sleeps in them after some errors.
  rocksdb::Env::Default()->SetBackgroundThreads(20, rocksdb::Env::LOW);
  rocksdb::Env::Default()->SetBackgroundThreads(20, rocksdb::Env::HIGH);
  std::vector<std::thread> disks;
  for (std::uint64_t space_kib = 200; space_kib < 1800; space_kib += 157) {
    const int at_once = disks.size() % 2 == 0 ? 1 : 7;
    disks.emplace_back([&refused, space_kib, at_once] {
      SCOPED_TRACE(std::to_string(space_kib) + " KiB, " + std::to_string(at_once) + " at once");
      refused += fill_and_free(space_kib, at_once);
    });
  }
  for (std::thread& disk : disks) disk.join();
  EXPECT_GE(refused, 2 * disks.size());
}

// The same on a small file system of the machine's own, where it lets us mount one; else on a
// simulated disk of that size.
TEST(StoreNoSpace, ASmallDiskIsFilledFreedAndFilledAgain) {
  TempDir directory;
  const std::string disk = directory / "disk";
  std::filesystem::create_directory(disk);
  RocksStoreOptions options = small_store(disk + "/data");
  options.free_bytes_min = 5120 * kKibibyte;
  options.free_bytes_resume = 6144 * kKibibyte;
  const bool mounted = mount("none", disk.c_str(), "tmpfs", 0, "size=8m") == 0;
  std::shared_ptr<FaultFs> simulated;
  if (!mounted) {
    simulated = std::make_shared<FaultFs>(directory / "attic");
    simulated->limit_space(8192 * kKibibyte);
    options.file_system = simulated;
  }
  std::printf("on %s\n", mounted ? "a tmpfs of 8 MiB" : "a simulated disk of 8 MiB");
  {
    auto store = open_or_fail(options);
    ASSERT_TRUE(store);
    Filler filler(*store);
    for (int filling = 0; filling < 2; ++filling) {
      EXPECT_EQ(filler.write_until_refused().code, ErrorCode::kNoSpace);
      filler.expect_all_acknowledged();
      filler.expect_rows();
      if (mounted) {
        const std::string size = "size=" + std::to_string(12 + 24 * filling) + "m";
        ASSERT_EQ(mount("none", disk.c_str(), "tmpfs", MS_REMOUNT, size.c_str()), 0);
      } else {
        simulated->limit_space(simulated->space_used() + 8192 * kKibibyte);
      }
      ASSERT_TRUE(becomes_writable(*store)) << store->failure().to_string();
    }
    QUORATE_EXPECT_OK(filler.write());
    filler.expect_all_acknowledged();
    filler.stop();
    QUORATE_EXPECT_OK(store->close());
    store.reset();
    filler.expect_rows_in(*open_or_fail(options));
  }
  if (mounted) {
    EXPECT_EQ(umount2(disk.c_str(), MNT_DETACH), 0);
  }
}

}  // namespace
}  // namespace quorate::testing_support
