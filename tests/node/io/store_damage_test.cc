// Files that are missing, cut short or changed: a store never opens with less than it acknowledged,
// and never says "not found" for what it cannot read.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "node/base/random.h"
#include "tests/support/fault_fs.h"
#include "tests/support/rocks_fixture.h"
#include "tests/support/store_rows.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_seed.h"

namespace quorate::testing_support {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> files_like(const std::string& directory, const std::string& part) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename();
    if (name.find(part) != std::string::npos) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string newest_log(const std::string& directory) {
  const auto logs = files_like(directory + "/rows", ".log");
  EXPECT_FALSE(logs.empty());
  return logs.empty() ? "" : logs.back();
}

void flip_bit(const std::string& path, std::uint64_t offset, unsigned bit) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(static_cast<char>(byte ^ (1 << bit)));
  ASSERT_TRUE(file.good());
}

// A store as a killed process leaves it: `table_rows` rows in tables, `log_rows` in the newest log,
// both synced, and `unsynced_rows` after them in the log. All are named by number, from 0.
class StoreDamage : public ::testing::Test {
 protected:
  void make(int table_rows, int log_rows, int unsynced_rows = 0) {
    if (table_rows > 0) {
      auto store = open_or_fail(options(live_));
      write(*store, 0, table_rows);
      // Closed and opened again, the log has become a table.
      QUORATE_ASSERT_OK(store->close());
    }
    auto store = open_or_fail(options(live_));
    ASSERT_TRUE(store);
    synced_rows_ = table_rows + log_rows;
    all_rows_ = synced_rows_ + unsynced_rows;
    write(*store, table_rows, log_rows);
    QUORATE_ASSERT_OK(store->sync());
    synced_log_bytes_ = log_bytes();
    last_row_log_bytes_.clear();
    for (int row = synced_rows_; row < all_rows_; ++row) {
      write(*store, row, 1);
      last_row_log_bytes_.push_back(log_bytes());
    }
    // RocksDB removes files that it needs no more while we copy: then once more.
    std::error_code vanished;
    for (int tries = 0; tries < 20; ++tries) {
      fs::remove_all(killed_);
      vanished.clear();
      fs::copy(live_, killed_, fs::copy_options::recursive, vanished);
      if (!vanished) break;
    }
    ASSERT_FALSE(vanished) << vanished.message();
  }

  void write(RocksStore& store, int first, int count) {
    for (int row = first; row < first + count; ++row) {
      Batch batch;
      batch.id = next_batch(store);
      batch.rows.push_back({0, name(row), row_of("value " + std::to_string(row))});
      QUORATE_ASSERT_OK(store.apply(batch));
    }
  }

  BatchId next_batch(RocksStore& store) {
    if (writing_ != &store) last_batch_ = 0;
    writing_ = &store;
    return ++last_batch_;
  }

  std::uint64_t log_bytes() { return fs::file_size(newest_log(live_)); }

  static Key name(int row) { return key_of("row " + std::to_string(row)); }

  RocksStoreOptions options(const std::string& directory) {
    // Its syncs cost nothing, and some of these tests open hundreds of stores.
    const auto files = std::make_shared<FaultFs>(directory_ / "attic");
    RocksStoreOptions options = small_store(directory, files);
    options.write_buffer_bytes = 8u << 20;  // no flush of its own
    return options;
  }

  // A fresh copy of what the killed process left.
  std::string again() {
    fs::remove_all(patient_);
    fs::copy(killed_, patient_, fs::copy_options::recursive);
    return patient_;
  }

  // How many of the rows are there, from the first on; none may be there behind the first that is
  // not, and none may be wrong.
  int rows_present(const RocksStore& store) {
    int present = 0;
    for (int row = 0; row < all_rows_; ++row) {
      const auto found = stored_row(store, 0, name(row));
      if (!found) continue;
      EXPECT_EQ(present, row) << "a row behind a hole";
      EXPECT_EQ(*found, row_of("value " + std::to_string(row)));
      ++present;
    }
    return present;
  }

  void expect_refused(const std::string& directory, const std::string& what) {
    const Error error = refusal(options(directory));
    EXPECT_EQ(error.code, ErrorCode::kCorruption) << what << ": " << error.message;
    EXPECT_NE(error.message.find("--auto-rebuild"), std::string::npos) << error.message;
  }

  TempDir directory_;
  const std::string live_ = directory_ / "live";
  const std::string killed_ = directory_ / "killed";
  const std::string patient_ = directory_ / "patient";
  int synced_rows_ = 0;
  int all_rows_ = 0;
  std::uint64_t synced_log_bytes_ = 0;
  std::vector<std::uint64_t> last_row_log_bytes_;  // the log's length after each unsynced row

 private:
  RocksStore* writing_ = nullptr;
  BatchId last_batch_ = 0;
};

// ---------------------------------------------------------------- a torn log

TEST_F(StoreDamage, ALogTornInItsUnsyncedTailOpensWithAllThatWasSynced) {
  make(20, 20, 3);
  for (std::uint64_t bytes = synced_log_bytes_; bytes <= last_row_log_bytes_.back(); ++bytes) {
    SCOPED_TRACE("cut to " + std::to_string(bytes) + " bytes");
    const std::string directory = again();
    fs::resize_file(newest_log(directory), bytes);
    auto store = open_or_fail(options(directory));
    ASSERT_TRUE(store);
    // All records that are whole are there, and no part of the torn one.
    const auto whole =
        std::upper_bound(last_row_log_bytes_.begin(), last_row_log_bytes_.end(), bytes) -
        last_row_log_bytes_.begin();
    ASSERT_EQ(rows_present(*store), synced_rows_ + whole);
  }
}

TEST_F(StoreDamage, ALogTornInWhatWasSyncedIsRefused) {
  make(20, 20, 3);
  for (std::uint64_t lost = 1; lost <= synced_log_bytes_; lost += 1 + lost / 8) {
    const std::string directory = again();
    fs::resize_file(newest_log(directory), synced_log_bytes_ - lost);
    expect_refused(directory, "cut by " + std::to_string(lost));
  }
}

// ---------------------------------------------------------------- a changed log

TEST_F(StoreDamage, ALogWithAFlippedBitIsRefusedOrHasAllThatWasSynced) {
  make(20, 300, 3);
  Random random(test_seed());
  int refused = 0;
  int tail_dropped = 0;
  for (int flip = 0; flip < 200; ++flip) {
    const std::string directory = again();
    const std::string log = newest_log(directory);
    const std::uint64_t offset = random.below(fs::file_size(log));
    flip_bit(log, offset, static_cast<unsigned>(random.below(8)));
    auto opened = RocksStore::open(options(directory));
    if (!opened) {
      ++refused;
      ASSERT_EQ(opened.error().code, ErrorCode::kCorruption) << opened.error().message;
      ASSERT_NE(opened.error().message.find("--auto-rebuild"), std::string::npos);
      // Refused once is refused again: the damage is not taken for mended.
      ASSERT_FALSE(RocksStore::open(options(directory))) << "offset " << offset;
      continue;
    }
    const int present = rows_present(**opened);
    ASSERT_GE(present, synced_rows_) << "offset " << offset;
    if (present < all_rows_) ++tail_dropped;
  }
  std::printf("200 bits flipped: %d refused, %d dropped what was not synced\n", refused,
              tail_dropped);
  EXPECT_GT(refused, 150);
}

// The flip that RocksDB alone forgives: a length that now reaches past the end looks like a torn
// tail, and takes everything behind it along.
TEST_F(StoreDamage, ALengthThatReachesPastTheEndOfTheLogIsRefused) {
  make(0, 30);
  const std::string directory = again();
  const std::string log = newest_log(directory);
  const auto first_record_of_ours = synced_log_bytes_ / 2;
  // Every record begins with a checksum of 4 bytes, then its length, 2 bytes little-endian.
  std::ifstream file(log, std::ios::binary);
  std::uint64_t at = 0;
  while (at < first_record_of_ours) {
    unsigned char head[7];
    file.seekg(static_cast<std::streamoff>(at));
    file.read(reinterpret_cast<char*>(head), sizeof head);
    at += 7u + head[4] + 256u * head[5];
  }
  flip_bit(log, at + 5, 6);
  expect_refused(directory, "length");
}

// ---------------------------------------------------------------- missing files

TEST_F(StoreDamage, AMissingFileIsRefusedIfAnythingWasInIt) {
  make(50, 50);
  std::vector<std::string> names = {"IDENTITY", "HIGH_WATER", "rows/CURRENT", "rows"};
  for (const char* part : {"MANIFEST", ".sst", ".log"}) {
    const auto found = files_like(killed_ + "/rows", part);
    EXPECT_FALSE(found.empty()) << part;
    for (const std::string& path : found) names.push_back(path.substr(killed_.size() + 1));
  }
  int refused = 0;
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    const std::string directory = again();
    ASSERT_GT(fs::remove_all(directory + "/" + name), 0u);
    if (name.starts_with("rows/") && name != "rows/CURRENT") {
      // RocksDB may not have come to remove a file that it has replaced; nobody misses that.
      const auto opened = RocksStore::open(options(directory));
      if (opened) {
        EXPECT_EQ(rows_present(**opened), all_rows_);
        continue;
      }
    }
    ++refused;
    expect_refused(directory, "without " + name);
    // What refuses once goes on refusing, and move-aside takes it away.
    expect_refused(directory, "without " + name);
    QUORATE_EXPECT_OK(move_damaged_store_aside(options(directory)));
    auto store = open_or_fail(options(directory));
    ASSERT_TRUE(store);
    EXPECT_TRUE(store->created());
    store.reset();
    fs::remove_all(directory + ".damaged-1");
  }
  EXPECT_GE(refused, 7) << "of each kind one at least";
}

TEST_F(StoreDamage, AllOfRocksDBsFilesMissingIsRefused) {
  make(50, 50);
  const std::string directory = again();
  for (const std::string& path : files_like(directory + "/rows", "")) fs::remove_all(path);
  expect_refused(directory, "an empty rows directory");
}

TEST_F(StoreDamage, FilesThatHoldNothingMayBeMissing) {
  make(50, 50);
  for (const char* part : {"OPTIONS", "LOG", "IDENTITY", "LOCK"}) {
    const std::string directory = again();
    for (const std::string& path : files_like(directory + "/rows", part)) fs::remove(path);
    auto store = open_or_fail(options(directory));
    ASSERT_TRUE(store);
    EXPECT_EQ(rows_present(*store), all_rows_);
  }
}

// As an operator might, who copied yesterday's rows back: the high-water file remembers today's.
TEST_F(StoreDamage, RowsRolledBackToAnEarlierCopyAreRefused) {
  make(50, 50);
  const std::string directory = again();
  {
    auto store = open_or_fail(options(directory));
    write(*store, 100, 10);
    QUORATE_ASSERT_OK(store->close());
  }
  fs::remove_all(directory + "/rows");
  fs::copy(killed_ + "/rows", directory + "/rows", fs::copy_options::recursive);
  expect_refused(directory, "rolled back");
}

// ---------------------------------------------------------------- changed tables

TEST_F(StoreDamage, ATableWithAFlippedBitGivesErrorsAndNeverMissingOrWrongRows) {
  make(3000, 0);
  Random random(test_seed());
  const auto tables = files_like(killed_ + "/rows", ".sst");
  ASSERT_EQ(tables.size(), 1u);
  const std::uint64_t bytes = fs::file_size(tables[0]);
  int refused = 0;
  int met_by_reads = 0;
  for (int flip = 0; flip < 60; ++flip) {
    const std::string directory = again();
    // One in each sixtieth of the table, so that every part of it has its turn.
    const std::uint64_t offset = bytes * static_cast<std::uint64_t>(flip) / 60 +
                                 random.below(std::max<std::uint64_t>(bytes / 60, 1));
    flip_bit(files_like(directory + "/rows", ".sst")[0], offset,
             static_cast<unsigned>(random.below(8)));
    SCOPED_TRACE("offset " + std::to_string(offset) + " of " + std::to_string(bytes));
    auto opened = RocksStore::open(options(directory));
    if (!opened) {
      ASSERT_EQ(opened.error().code, ErrorCode::kCorruption) << opened.error().message;
      ++refused;
      continue;
    }
    RocksStore& store = **opened;
    int unreadable = 0;
    int last_unreadable = 0;
    for (int row = 0; row < all_rows_; ++row) {
      const auto found = store.read(0, name(row));
      if (!found) {
        ASSERT_EQ(found.error().code, ErrorCode::kCorruption) << found.error().message;
        ++unreadable;
        last_unreadable = row;
      } else {
        ASSERT_NE(*found, nullptr) << "row " << row << " is reported missing";
        ASSERT_EQ(without_sequence(**found), row_of("value " + std::to_string(row)));
      }
    }
    const Status verified = store.verify_checksums();
    ASSERT_FALSE(verified) << "the scrub saw nothing";
    ASSERT_EQ(verified.error().code, ErrorCode::kCorruption);
    if (unreadable == 0) continue;
    ++met_by_reads;
    const auto page = store.scan(0, std::nullopt, 1'000'000, 1u << 30, false);
    ASSERT_TRUE(!page || !page->done) << "a scan claims to have seen everything";
    // Written anew, as a repair does, the row can be read again; its neighbours cannot yet.
    QUORATE_ASSERT_OK(Writer(store).put(name(last_unreadable), row_of("mended")));
    ASSERT_EQ(stored_row(store, 0, name(last_unreadable)), row_of("mended"));
  }
  std::printf("60 bits flipped: %d refused at opening, %d met by reads, the rest by the scrub\n",
              refused, met_by_reads);
  EXPECT_GT(met_by_reads, 30);
}

// Rows that are served from memory must not hide that their table is damaged: nobody would mend it.
class DamageBelowCachedRows : public StoreDamage {
 protected:
  static constexpr int kRows = 3000;

  // A store whose rows are all kept decoded, but hardly a block of their table, which then takes
  // harm near its beginning.
  void SetUp() override {
    Random random(test_seed());
    RocksStoreOptions roomy = options(directory_ / "roomy");
    roomy.row_cache_bytes = 64u << 20;
    store_ = open_or_fail(roomy);
    ASSERT_TRUE(store_);
    Writer writer(*store_);
    for (int row = 0; row < kRows; ++row) {
      std::string value;
      while (value.size() < 1024) value.push_back(static_cast<char>(random.below(256)));
      QUORATE_ASSERT_OK(writer.put(name(row), row_of(value)));
    }
    QUORATE_ASSERT_OK(store_->close());
    store_ = open_or_fail(roomy);
    ASSERT_TRUE(store_);
    ASSERT_EQ(unreadable(), 0);
    const auto tables = files_like(roomy.directory + "/rows", ".sst");
    ASSERT_FALSE(tables.empty());
    flip_bit(tables[0], fs::file_size(tables[0]) / 8, 3);
    ASSERT_EQ(unreadable(), 0) << "the test has lost its point: rows are read from the table";
  }

  int unreadable() {
    int count = 0;
    for (int row = 0; row < kRows; ++row) {
      if (!store_->read(0, name(row))) ++count;
    }
    return count;
  }

  std::unique_ptr<RocksStore> store_;
};

TEST_F(DamageBelowCachedRows, IsMetByReadsOnceTheScrubHasFoundIt) {
  EXPECT_FALSE(store_->verify_checksums());
  EXPECT_GT(unreadable(), 0);
}

TEST_F(DamageBelowCachedRows, IsMetByReadsOnceAScanHasFoundIt) {
  const auto page = store_->scan(0, std::nullopt, 1'000'000, 1u << 30, false);
  EXPECT_TRUE(!page || !page->done);
  EXPECT_GT(unreadable(), 0);
}

TEST_F(StoreDamage, AnUndamagedStorePassesTheScrub) {
  make(500, 20);
  auto store = open_or_fail(options(again()));
  QUORATE_EXPECT_OK(store->verify_checksums());
  EXPECT_GT(store->size().keys_estimate, 500u);
  EXPECT_GT(store->size().disk_bytes, 1000u);
}

}  // namespace
}  // namespace quorate::testing_support
