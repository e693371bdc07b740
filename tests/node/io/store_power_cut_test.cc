// Power cuts under the real RocksDB: what was acknowledged is there, and what is there is a prefix.
//
// Every round writes numbered batches until the power goes, at some change of a file, in the middle
// of a sync, a flush, a compaction or an opening; the disk then loses part of what was not synced;
// the store is opened again and read in full.
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "node/io/log_syncer.h"
#include "node/io/rocks_store.h"
#include "tests/support/fault_fs.h"
#include "tests/support/rocks_fixture.h"
#include "tests/support/store_rows.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_seed.h"

namespace quorate::testing_support {
namespace {

constexpr std::uint64_t kKeys = 40;

// Batch number n writes key n mod kKeys, and its number beside it.
Key key_of_batch(std::uint64_t number) { return key_of("k" + std::to_string(number % kKeys)); }

Row row_of_batch(std::uint64_t number) {
  // Sizes differ, and some rows have their siblings apart, so that batches differ in shape.
  Row row = number % 29 == 0 ? row_with_siblings(3, 7000, number)
                             : row_of(std::string(number * 37 % 1500, 'v'), number);
  row.mark = Mark{Actor{1, 1}, number};
  return row;
}

class PowerCuts {
 public:
  PowerCuts(Durability durability, Random random) : durability_(durability), random_(random) {}

  void round() {
    open();
    ASSERT_TRUE(store_);
    write_until_the_power_goes();
    store_.reset();
    files_->lose_unsynced(random_);
    // Now and then the power goes again while the store recovers.
    while (random_.chance(1, 3)) {
      files_->cut_power_at(1 + random_.below(60));
      store_ = open_quietly();
      store_.reset();
      if (files_->powered()) files_->cut_power();
      files_->lose_unsynced(random_);
    }
    open();
    ASSERT_TRUE(store_);
    count_and_check();
    store_.reset();
    if (random_.chance(1, 2)) {
      files_->cut_power();
      files_->lose_unsynced(random_);
    }
  }

  std::uint64_t acknowledged = 0;  // batches, over all rounds
  std::uint64_t lost = 0;          // of those
  std::uint64_t rounds_with_loss = 0;

 private:
  std::unique_ptr<RocksStore> open_quietly() {
    auto opened = RocksStore::open(small_store(directory_ / "data", files_));
    return opened ? *std::move(opened) : nullptr;
  }

  void open() { store_ = open_or_fail(small_store(directory_ / "data", files_)); }

  void write_until_the_power_goes() {
    std::mutex mutex;
    std::condition_variable changed;
    BatchId durable = 0;
    bool failed = false;
    LogSyncer syncer(*store_, durability_, [&](Result<BatchId> news) {
      const std::lock_guard lock(mutex);
      if (news) durable = *news;
      failed = !news;
      changed.notify_one();
    });
    files_->cut_power_at(1 + random_.below(400));
    Writer writer(*store_);
    const std::uint64_t first = present_ + 1;
    for (std::uint64_t number = first; number < first + 300; ++number) {
      const Status applied = writer.apply({{0, key_of_batch(number), row_of_batch(number)}},
                                          {{"last", std::to_string(number)}});
      if (!applied) break;
      syncer.note_applied(writer.last());
      // Sometimes in step with the disk, as a lone client is, sometimes far ahead of it.
      if (number % 7 < 3) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return durable == writer.last() || failed; });
      }
    }
    files_->cut_power();
    syncer.stop();
    acknowledged_here_ = present_ + durable;
    acknowledged += durable;
  }

  void count_and_check() {
    const auto last = store_->read_meta("last");
    QUORATE_ASSERT_OK(last);
    const std::uint64_t found = *last ? std::stoull(**last) : 0;
    if (found < acknowledged_here_) {
      lost += acknowledged_here_ - found;
      ++rounds_with_loss;
    }
    present_ = found;
    for (std::uint64_t key = 0; key < kKeys; ++key) {
      // The newest batch up to `found` that wrote this key.
      const std::uint64_t back = (found % kKeys + kKeys - key) % kKeys;
      const auto row = store_->read(0, key_of_batch(key));
      QUORATE_ASSERT_OK(row);
      if (found <= back) {
        EXPECT_FALSE(*row);
      } else {
        ASSERT_TRUE(*row) << "key " << key << " of batch " << found - back << " of " << found;
        ASSERT_EQ(without_sequence(**row), row_of_batch(found - back));
      }
    }
  }

  const Durability durability_;
  Random random_;
  TempDir directory_;
  std::shared_ptr<FaultFs> files_ = std::make_shared<FaultFs>(directory_ / "attic");
  std::unique_ptr<RocksStore> store_;
  std::uint64_t present_ = 0;            // the newest batch in the store
  std::uint64_t acknowledged_here_ = 0;  // the newest batch acknowledged in this round
};

struct Totals {
  std::uint64_t acknowledged = 0;
  std::uint64_t lost = 0;
};

// Several disks at a time, each with threads to spare: RocksDB sleeps in them for a second after
// some errors.
Totals run_rounds(Durability durability, int disks, int rounds_each) {
  rocksdb::Env::Default()->SetBackgroundThreads(disks, rocksdb::Env::LOW);
  rocksdb::Env::Default()->SetBackgroundThreads(disks, rocksdb::Env::HIGH);
  const std::uint64_t seed = test_seed();
  std::vector<std::unique_ptr<PowerCuts>> cuts;
  std::vector<std::thread> threads;
  for (int disk = 0; disk < disks; ++disk) {
    cuts.push_back(std::make_unique<PowerCuts>(
        durability, Random::stream(seed, "disk", static_cast<std::uint64_t>(disk))));
    threads.emplace_back([&, disk, mine = cuts.back().get()] {
      for (int round = 0; round < rounds_each && !::testing::Test::HasFailure(); ++round) {
        SCOPED_TRACE("disk " + std::to_string(disk) + ", round " + std::to_string(round));
        mine->round();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Totals totals;
  std::uint64_t rounds_with_loss = 0;
  for (const auto& mine : cuts) {
    totals.acknowledged += mine->acknowledged;
    totals.lost += mine->lost;
    rounds_with_loss += mine->rounds_with_loss;
  }
  std::printf("%d power cuts, %llu batches acknowledged, %llu lost in %llu rounds\n",
              disks * rounds_each, static_cast<unsigned long long>(totals.acknowledged),
              static_cast<unsigned long long>(totals.lost),
              static_cast<unsigned long long>(rounds_with_loss));
  return totals;
}

TEST(StorePowerCut, LosesNothingThatWasSynced) {
  const Totals totals = run_rounds(Durability::kFsync, 40, 10);
  EXPECT_EQ(totals.lost, 0u);
  EXPECT_GT(totals.acknowledged, 10'000u);
}

// Shows that the test above can see a loss; and that even then a prefix is left.
TEST(StorePowerCut, LosesSomethingInOsModeWhichPromisesLess) {
  const Totals totals = run_rounds(Durability::kOs, 40, 4);
  EXPECT_GT(totals.lost, 0u);
}

// A store whose making was cut short anywhere is made anew: nothing was ever acknowledged out of
// it.
TEST(StorePowerCut, WhileAStoreIsMadeLeavesOneThatOpens) {
  Random random(test_seed());
  int cuts = 0;
  for (std::uint64_t change = 1;; ++change) {
    TempDir directory;
    auto files = std::make_shared<FaultFs>(directory / "attic");
    const RocksStoreOptions options = small_store(directory / "deep/er/data", files);
    files->cut_power_at(change);
    auto first = RocksStore::open(options);
    if (files->powered()) {
      QUORATE_EXPECT_OK(first);
      break;
    }
    ++cuts;
    first = Error{};
    files->lose_unsynced(random);
    auto store = open_or_fail(options);
    ASSERT_TRUE(store) << "after a cut at change " << change;
    QUORATE_ASSERT_OK(Writer(*store).put(key_of("k"), row_of("v")));
    QUORATE_ASSERT_OK(store->close());
    store.reset();
    store = open_or_fail(options);
    ASSERT_TRUE(store);
    EXPECT_FALSE(store->created());
    EXPECT_EQ(stored_row(*store, 0, key_of("k")), row_of("v"));
  }
  EXPECT_GT(cuts, 20);
}

}  // namespace
}  // namespace quorate::testing_support
