// Rows whose siblings are stored apart: what a change costs, and what is noticed when one is
// missing.
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <functional>
#include <memory>
#include <string>

#include "node/causality/codec.h"
#include "node/io/row_keys.h"
#include "tests/support/rocks_fixture.h"
#include "tests/support/store_rows.h"
#include "tests/support/temp_dir.h"

namespace quorate::testing_support {
namespace {

class StoreLargeRows : public ::testing::Test {
 protected:
  RocksStoreOptions options() { return small_store(directory_ / "data"); }

  void make(const Row& row) {
    auto store = open_or_fail(options());
    QUORATE_ASSERT_OK(Writer(*store).put(key_, row));
    QUORATE_ASSERT_OK(store->close());
  }

  // Changes the rows behind the store's back.
  void tamper(const std::function<rocksdb::Status(rocksdb::DB&)>& change) {
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(rocksdb::Options(), directory_ / "data/rows", &opened).ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    ASSERT_TRUE(change(*db).ok());
    ASSERT_TRUE(db->SyncWAL().ok());
  }

  std::string sibling_key(const Dot& dot) {
    std::string bytes;
    row_keys::append_sibling(0, key_, dot, bytes);
    return bytes;
  }

  void expect_damaged_until_written() {
    auto store = open_or_fail(options());
    const auto found = store->read(0, key_);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kCorruption);
    EXPECT_NE(found.error().message.find("\"large\" in bucket \"default\""), std::string::npos)
        << found.error().message;
    // A scan passes over it and names it.
    Writer writer(*store);
    QUORATE_ASSERT_OK(writer.put(key_of("z"), row_of("v")));
    const auto page = store->scan(0, std::nullopt, 10, 1u << 30, false);
    QUORATE_ASSERT_OK(page);
    EXPECT_EQ(page->unreadable, std::vector<Key>{key_});
    EXPECT_EQ(page->rows.size(), 1u);
    QUORATE_ASSERT_OK(writer.put(key_, row_with_siblings(6, 4000)));
    EXPECT_EQ(stored_row(*store, 0, key_), row_with_siblings(6, 4000));
  }

  TempDir directory_;
  const Key key_ = key_of("large");
};

// RocksDB counts one change for each key that a batch touches.
TEST_F(StoreLargeRows, OnlyTheSiblingsThatChangeAreWritten) {
  auto store = open_or_fail(options());
  Writer writer(*store);
  const auto changes_of = [&](const Row& row) {
    QUORATE_EXPECT_OK(writer.put(key_, row));
    const std::uint64_t before = store->high_water();
    QUORATE_EXPECT_OK(store->sync());
    return store->high_water() - before;
  };
  Row row = row_with_siblings(50, 1000);
  EXPECT_EQ(changes_of(row), 51u);  // all of them, and the header
  const Dot dot{Actor{500, 1}, 1};
  row.record.context.add(dot);
  row.record.siblings.push_back(sibling_of(dot, "new"));
  EXPECT_EQ(changes_of(row), 2u);
  row.record.siblings.erase(row.record.siblings.begin() + 10, row.record.siblings.begin() + 13);
  EXPECT_EQ(changes_of(row), 4u);
  row.mark = Mark{Actor{9, 1}, 1};
  EXPECT_EQ(changes_of(row), 1u);
  EXPECT_EQ(stored_row(*store, 0, key_), row);
  EXPECT_EQ(changes_of(row_of("small")), 49u);  // all of them go
}

TEST_F(StoreLargeRows, OneLargeValueStaysInItsRow) {
  auto store = open_or_fail(options());
  Writer writer(*store);
  QUORATE_ASSERT_OK(writer.put(key_, row_of(std::string(1u << 20, 'v'))));
  const std::uint64_t before = store->high_water();
  QUORATE_ASSERT_OK(store->sync());
  EXPECT_EQ(store->high_water(), before + 1);
  EXPECT_EQ(stored_row(*store, 0, key_), row_of(std::string(1u << 20, 'v')));
}

TEST_F(StoreLargeRows, AMissingSiblingIsCorruption) {
  make(row_with_siblings(6, 4000));
  tamper([&](rocksdb::DB& db) { return db.Delete({}, sibling_key(Dot{Actor{3, 1}, 1})); });
  expect_damaged_until_written();
}

TEST_F(StoreLargeRows, ASiblingTooManyIsCorruption) {
  make(row_with_siblings(6, 4000));
  tamper([&](rocksdb::DB& db) {
    const Dot dot{Actor{77, 1}, 1};
    std::string value;
    append_sibling(sibling_of(dot, "odd"), value);
    return db.Put({}, sibling_key(dot), value);
  });
  expect_damaged_until_written();
}

TEST_F(StoreLargeRows, OneSiblingInPlaceOfAnotherIsCorruption) {
  make(row_with_siblings(6, 4000));
  tamper([&](rocksdb::DB& db) {
    const Dot dot{Actor{77, 1}, 1};
    std::string value;
    append_sibling(sibling_of(dot, "odd"), value);
    const auto removed = db.Delete({}, sibling_key(Dot{Actor{3, 1}, 1}));
    return removed.ok() ? db.Put({}, sibling_key(dot), value) : removed;
  });
  expect_damaged_until_written();
}

TEST_F(StoreLargeRows, ASiblingUnderAnothersDotIsCorruption) {
  make(row_with_siblings(6, 4000));
  tamper([&](rocksdb::DB& db) {
    std::string value;
    append_sibling(sibling_of(Dot{Actor{4, 1}, 1}, "odd"), value);
    return db.Put({}, sibling_key(Dot{Actor{3, 1}, 1}), value);
  });
  auto store = open_or_fail(options());
  EXPECT_EQ(store->read(0, key_).error().code, ErrorCode::kCorruption);
}

TEST_F(StoreLargeRows, ARowThatDoesNotDecodeIsCorruption) {
  make(row_with_siblings(6, 4000));
  tamper([&](rocksdb::DB& db) {
    std::string bytes;
    row_keys::append_row(0, key_, bytes);
    return db.Put({}, bytes, "nonsense");
  });
  expect_damaged_until_written();
}

}  // namespace
}  // namespace quorate::testing_support
