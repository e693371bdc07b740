// What the simulated world may do to its disks.
#include "sim/world/memory_store.h"

#include <gtest/gtest.h>

#include "tests/support/store_rows.h"

namespace quorate::testing_support {
namespace {

using sim::MemoryStore;

ErrorCode code_of_read(const MemoryStore& store, const Key& key) {
  const auto row = store.read(0, key);
  EXPECT_FALSE(row);
  return row ? ErrorCode::kInvalidInput : row.error().code;
}

TEST(MemoryStore, ACrashKeepsAsManyBatchesAsTheWorldSays) {
  for (std::size_t kept = 0; kept <= 3; ++kept) {
    MemoryStore store;
    Writer writer(store);
    QUORATE_ASSERT_OK(writer.put(key_of("k"), row_of("0")));
    QUORATE_ASSERT_OK(store.sync());
    for (const char* value : {"1", "2", "3"}) {
      QUORATE_ASSERT_OK(writer.put(key_of("k"), row_of(value)));
    }
    EXPECT_EQ(store.unsynced(), 3u);
    store.crash(kept);
    EXPECT_EQ(store.unsynced(), 0u);
    EXPECT_EQ(stored_row(store, 0, key_of("k")), row_of(std::to_string(kept)));
  }
}

TEST(MemoryStore, ASyncCoversOnlyWhatWasAppliedWhenItStarted) {
  MemoryStore store;
  Writer writer(store);
  QUORATE_ASSERT_OK(writer.put(key_of("a"), row_of("v")));
  const BatchId started = writer.last();
  QUORATE_ASSERT_OK(writer.put(key_of("b"), row_of("v")));
  QUORATE_ASSERT_OK(store.sync_through(started));
  EXPECT_EQ(store.unsynced(), 1u);
  QUORATE_ASSERT_OK(store.sync_through(started));  // again: nothing new
  store.crash();
  EXPECT_TRUE(stored_row(store, 0, key_of("a")));
  EXPECT_FALSE(stored_row(store, 0, key_of("b")));
}

TEST(MemoryStore, AfterACrashBatchesAreNumberedFromOneAgain) {
  MemoryStore store;
  QUORATE_ASSERT_OK(Writer(store).put(key_of("a"), row_of("v")));
  store.crash(1);
  QUORATE_ASSERT_OK(Writer(store).put(key_of("b"), row_of("v")));
  QUORATE_ASSERT_OK(store.sync());
  store.restart();
  QUORATE_ASSERT_OK(Writer(store).put(key_of("c"), row_of("v")));
  EXPECT_EQ(store.row_count(), 3u);
}

TEST(MemoryStore, ARestoredBackupHoldsWhatWasDurableWhenItWasTaken) {
  MemoryStore store;
  Writer writer(store);
  QUORATE_ASSERT_OK(writer.apply({{0, key_of("a"), row_of("1")}}, {{"m", "1"}}));
  QUORATE_ASSERT_OK(store.sync());
  QUORATE_ASSERT_OK(writer.put(key_of("unsynced"), row_of("v")));
  const std::uint64_t high_water = store.high_water();
  const MemoryStore::Image image = store.backup();
  EXPECT_TRUE(stored_row(store, 0, key_of("unsynced")));  // taking it changed nothing
  QUORATE_ASSERT_OK(writer.apply({{0, key_of("a"), row_of("2")}}, {{"m", "2"}}));
  QUORATE_ASSERT_OK(store.sync());

  store.restore(image);
  EXPECT_EQ(store.high_water(), high_water);
  EXPECT_EQ(stored_row(store, 0, key_of("a")), row_of("1"));
  EXPECT_FALSE(stored_row(store, 0, key_of("unsynced")));
  EXPECT_EQ(store.read_meta("m").value(), "1");
}

TEST(MemoryStore, AWipedDiskIsEmpty) {
  MemoryStore store;
  QUORATE_ASSERT_OK(Writer(store).apply({{0, key_of("a"), row_of("1")}}, {{"m", "1"}}));
  store.wipe();
  EXPECT_EQ(store.row_count(), 0u);
  EXPECT_EQ(store.high_water(), 0u);
  EXPECT_FALSE(*store.read_meta("m"));
}

TEST(MemoryStore, AForgottenRowStaysForgottenThroughACrash) {
  MemoryStore store;
  Writer writer(store);
  QUORATE_ASSERT_OK(writer.put(key_of("a"), row_of("1")));
  QUORATE_ASSERT_OK(store.sync());
  QUORATE_ASSERT_OK(writer.put(key_of("a"), row_of("2")));
  const std::uint64_t high_water = store.high_water();
  store.forget(0, key_of("a"));
  EXPECT_FALSE(stored_row(store, 0, key_of("a")));
  EXPECT_EQ(store.high_water(), high_water);  // nothing says so
  store.crash();
  EXPECT_FALSE(stored_row(store, 0, key_of("a")));
}

TEST(MemoryStore, ADamagedRowIsAnErrorUntilItIsWrittenAgain) {
  MemoryStore store;
  Writer writer(store);
  for (const char* name : {"a", "b", "c"}) {
    QUORATE_ASSERT_OK(writer.put(key_of(name), row_of("1")));
  }
  QUORATE_ASSERT_OK(store.sync());
  EXPECT_FALSE(store.corrupt(0, key_of("nothing")));
  ASSERT_TRUE(store.corrupt(0, key_of("b")));
  EXPECT_EQ(code_of_read(store, key_of("b")), ErrorCode::kCorruption);

  const auto page = store.scan(0, std::nullopt, 10, 1000, false);
  QUORATE_ASSERT_OK(page);
  EXPECT_EQ(page->rows.size(), 2u);
  EXPECT_EQ(page->unreadable, std::vector<Key>{key_of("b")});
  EXPECT_TRUE(page->done);

  store.crash();
  EXPECT_EQ(code_of_read(store, key_of("b")), ErrorCode::kCorruption);
  Writer after_crash(store);
  QUORATE_ASSERT_OK(after_crash.put(key_of("b"), row_of("2")));
  EXPECT_EQ(stored_row(store, 0, key_of("b")), row_of("2"));
  store.crash();  // the new value was never durable: the damaged one is back
  EXPECT_EQ(code_of_read(store, key_of("b")), ErrorCode::kCorruption);
}

TEST(MemoryStore, AFailingDiskFailsAndChangesNothing) {
  MemoryStore store;
  Writer writer(store);
  QUORATE_ASSERT_OK(writer.put(key_of("a"), row_of("1")));
  store.faults.sync_fails = true;
  EXPECT_EQ(store.sync().error().code, ErrorCode::kIoError);
  EXPECT_EQ(store.unsynced(), 1u);
  EXPECT_EQ(store.high_water(), 0u);
  store.faults.apply_fails = true;
  EXPECT_EQ(writer.remove(key_of("a")).error().code, ErrorCode::kIoError);
  store.faults.read_fails = true;
  EXPECT_EQ(code_of_read(store, key_of("a")), ErrorCode::kIoError);
  EXPECT_FALSE(store.scan(0, std::nullopt, 1, 1, false));
  EXPECT_FALSE(store.read_meta("m"));
  store.faults = {};
  EXPECT_EQ(stored_row(store, 0, key_of("a")), row_of("1"));
  store.crash();
  EXPECT_EQ(store.row_count(), 0u);
}

}  // namespace
}  // namespace quorate::testing_support
