// A disk that fails: what was told, what is still served, and what is found afterwards.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "node/base/random.h"
#include "node/io/log_syncer.h"
#include "tests/support/fault_fs.h"
#include "tests/support/rocks_fixture.h"
#include "tests/support/store_rows.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_seed.h"

namespace quorate::testing_support {
namespace {

class StoreIoError : public ::testing::Test {
 protected:
  RocksStoreOptions options() { return small_store(directory_ / "data", files_); }

  // Enough rows for a table of several blocks, none of them in memory afterwards.
  void make_tables() {
    auto store = open_or_fail(options());
    Writer writer(*store);
    for (int i = 0; i < 400; ++i) {
      QUORATE_ASSERT_OK(writer.put(key_of(std::to_string(i)), row_of(std::string(300, 'v'))));
    }
    QUORATE_ASSERT_OK(store->close());
    store = open_or_fail(options());  // recovery turns the log into a table
    QUORATE_ASSERT_OK(store->close());
  }

  TempDir directory_;
  std::shared_ptr<FaultFs> files_ = std::make_shared<FaultFs>(directory_ / "attic");
};

// ---------------------------------------------------------------- syncs

TEST_F(StoreIoError, AFailedSyncOfTheLogIsToldOnceAndEndsAllWriting) {
  Random random(test_seed());
  for (std::uint64_t nth = 1; nth <= 12; ++nth) {
    for (const bool sticky : {false, true}) {
      for (const bool power_cut_follows : {false, true}) {
        SCOPED_TRACE("sync " + std::to_string(nth));
        TempDir directory;
        auto files = std::make_shared<FaultFs>(directory / "attic");
        const RocksStoreOptions options = small_store(directory / "data", files);
        auto store = open_or_fail(options);
        files->fail_sync(".log", nth, sticky);
        Writer writer(*store);
        int synced = 0;
        Status outcome;
        for (; outcome; ++synced) {
          QUORATE_ASSERT_OK(
              writer.put(key_of(std::to_string(synced)), row_of(std::to_string(synced))));
          const std::uint64_t before = store->high_water();
          outcome = store->sync();
          EXPECT_EQ(store->high_water() > before, outcome.has_value());
        }
        --synced;  // the last one was not
        ASSERT_EQ(static_cast<std::uint64_t>(synced), nth - 1);
        EXPECT_EQ(outcome.error().code, ErrorCode::kIoError);
        EXPECT_EQ(store->state(), StoreState::kFailed);
        EXPECT_EQ(store->failure().code, ErrorCode::kIoError);

        // Never tried again: the kernel may have dropped what it could not write.
        const std::uint64_t syncs = files->syncs_of(".log");
        EXPECT_FALSE(store->sync());
        EXPECT_FALSE(writer.put(key_of("after"), row_of("v")));
        EXPECT_EQ(files->syncs_of(".log"), syncs);
        EXPECT_EQ(store->poll_state(), StoreState::kFailed);
        if (synced > 0) {
          EXPECT_EQ(stored_row(*store, 0, key_of("0")), row_of("0"));
        }
        EXPECT_FALSE(store->close());
        if (power_cut_follows) files->cut_power();
        store.reset();
        if (power_cut_follows) files->lose_unsynced(random);
        files->stop_failing();

        store = open_or_fail(options);
        ASSERT_TRUE(store);
        for (int i = 0; i < synced; ++i) {
          EXPECT_EQ(stored_row(*store, 0, key_of(std::to_string(i))), row_of(std::to_string(i)));
        }
        // The last may be there or not, but never as another.
        const auto last = stored_row(*store, 0, key_of(std::to_string(synced)));
        if (last) {
          EXPECT_EQ(*last, row_of(std::to_string(synced)));
        }
        EXPECT_FALSE(stored_row(*store, 0, key_of("after")));
      }
    }
  }
}

TEST_F(StoreIoError, AFailedSyncOfATableEndsAllWriting) {
  auto store = open_or_fail(options());
  files_->fail_sync(".sst", 1, true);
  Writer writer(*store);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  Status outcome;
  for (int i = 0; outcome && std::chrono::steady_clock::now() < deadline; ++i) {
    outcome = writer.put(key_of(std::to_string(i % 50)), row_of(std::string(2000, 'v')));
  }
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kIoError);
  EXPECT_EQ(store->poll_state(), StoreState::kFailed);
  EXPECT_TRUE(stored_row(*store, 0, key_of("0")));
}

TEST_F(StoreIoError, AFailureToKeepTheHighWaterIsToldAtTheEnd) {
  auto store = open_or_fail(options());
  QUORATE_ASSERT_OK(Writer(*store).put(key_of("k"), row_of("v")));
  files_->fail_sync("HIGH_WATER", 1, false);
  EXPECT_EQ(store->close().error().code, ErrorCode::kIoError);
  store.reset();
  store = open_or_fail(options());
  EXPECT_EQ(stored_row(*store, 0, key_of("k")), row_of("v"));
}

// A limping disk: nobody but those who wait for durability waits.
TEST_F(StoreIoError, ASlowSyncHoldsUpNeitherReadsNorWrites) {
  auto store = open_or_fail(options());
  std::mutex mutex;
  std::condition_variable changed;
  BatchId durable = 0;
  LogSyncer syncer(*store, Durability::kFsync, [&](Result<BatchId> news) {
    const std::lock_guard lock(mutex);
    durable = news ? *news : 0;
    changed.notify_all();
  });
  files_->hold_syncs(".log");
  Writer writer(*store);
  QUORATE_ASSERT_OK(writer.put(key_of("0"), row_of("v")));
  syncer.note_applied(writer.last());
  ASSERT_TRUE(files_->wait_for_held_sync());
  for (int i = 1; i <= 100; ++i) {
    QUORATE_ASSERT_OK(writer.put(key_of(std::to_string(i)), row_of("v")));
    syncer.note_applied(writer.last());
    EXPECT_TRUE(stored_row(*store, 0, key_of(std::to_string(i))));
  }
  {
    const std::lock_guard lock(mutex);
    EXPECT_EQ(durable, 0u);
  }
  const std::uint64_t syncs = files_->syncs_of(".log");
  files_->release_syncs();
  std::unique_lock lock(mutex);
  EXPECT_TRUE(
      changed.wait_for(lock, std::chrono::seconds(20), [&] { return durable == writer.last(); }));
  EXPECT_LE(files_->syncs_of(".log"), syncs + 2);  // the one that was held, and one for the rest
}

// ---------------------------------------------------------------- reads

TEST_F(StoreIoError, WhatCannotBeReadIsAnErrorAndNeverNotFound) {
  make_tables();
  auto store = open_or_fail(options());
  files_->fail_reads(".sst");
  int failed = 0;
  for (int i = 0; i < 400; ++i) {
    const auto row = store->read(0, key_of(std::to_string(i)));
    if (row) {
      EXPECT_NE(*row, nullptr) << i;  // from memory
    } else {
      EXPECT_EQ(row.error().code, ErrorCode::kIoError) << row.error().message;
      ++failed;
    }
  }
  EXPECT_GT(failed, 300);
  const auto page = store->scan(0, std::nullopt, 1000, 1u << 30, false);
  EXPECT_TRUE(!page || !page->done);
  EXPECT_FALSE(store->verify_checksums());

  files_->stop_failing();
  for (int i = 0; i < 400; ++i) {
    EXPECT_TRUE(stored_row(*store, 0, key_of(std::to_string(i))));
  }
  EXPECT_EQ(store->state(), StoreState::kWritable);
}

TEST_F(StoreIoError, ADiskThatCannotBeReadAtTheOpeningIsNotTakenForADamagedStore) {
  make_tables();
  for (const char* part : {"MANIFEST", "CURRENT", "IDENTITY", "HIGH_WATER"}) {
    files_->fail_reads(part);
    const Error error = refusal(options());
    EXPECT_EQ(error.code, ErrorCode::kIoError) << part << ": " << error.message;
    files_->stop_failing();
  }
  EXPECT_TRUE(open_or_fail(options()));
}

}  // namespace
}  // namespace quorate::testing_support
