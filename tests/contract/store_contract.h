// What every Store promises (node/core/store.h, DESIGN 3.1), as one suite for all implementations.
//
// A harness H is default-constructible and has
//   Store& store()         the store, open
//   void restart()         an orderly end and a new opening
//   void crash(Random&)    power is lost, of what was not synced any prefix is found, and a new
//   opening void fill_up()         the disk is full from now on void make_room()       it no longer
//   is
// Numbers of batches start again at each opening: a test makes a new Writer then.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/base/random.h"
#include "node/core/store.h"
#include "tests/support/store_rows.h"
#include "tests/support/test_seed.h"

namespace quorate::testing_support {

template <typename Harness>
class StoreContract : public ::testing::Test {
 protected:
  Store& store() { return harness_.store(); }
  Writer writer() { return Writer(harness_.store()); }

  StoreReader::ScanPage scan(VnodeId vnode, const std::optional<Key>& after = std::nullopt,
                             std::uint32_t rows_max = 1000, std::uint32_t bytes_max = 1u << 30,
                             bool keys_only = false) {
    auto page = store().scan(vnode, after, rows_max, bytes_max, keys_only);
    if (page) return *std::move(page);
    ADD_FAILURE() << page.error().to_string();
    return {};
  }

  std::vector<Key> keys_in(VnodeId vnode) {
    std::vector<Key> keys;
    for (auto& [key, row] : scan(vnode).rows) keys.push_back(key);
    return keys;
  }

  std::optional<std::string> meta(std::string_view name) {
    auto value = store().read_meta(name);
    if (value) return *std::move(value);
    ADD_FAILURE() << value.error().to_string();
    return std::nullopt;
  }

  Harness harness_;
};

TYPED_TEST_SUITE_P(StoreContract);

// ---------------------------------------------------------------- reading what was written

TYPED_TEST_P(StoreContract, AnEmptyStoreHasNothing) {
  EXPECT_FALSE(stored_row(this->store(), 0, key_of("k")));
  EXPECT_FALSE(this->meta("m"));
  const auto page = this->scan(0);
  EXPECT_TRUE(page.rows.empty());
  EXPECT_TRUE(page.done);
}

TYPED_TEST_P(StoreContract, ABatchIsVisibleAtOnce) {
  Writer writer = this->writer();
  QUORATE_ASSERT_OK(writer.apply({{3, key_of("a"), row_of("1")}, {4, key_of("b"), row_of("2")}},
                                 {{"m", "meta"}}));
  EXPECT_EQ(stored_row(this->store(), 3, key_of("a")), row_of("1"));
  EXPECT_EQ(stored_row(this->store(), 4, key_of("b")), row_of("2"));
  EXPECT_EQ(this->meta("m"), "meta");
}

TYPED_TEST_P(StoreContract, ARowIsFoundOnlyUnderItsVnodeBucketAndName) {
  Writer writer = this->writer();
  QUORATE_ASSERT_OK(writer.put(key_of("k", "b"), row_of("v"), 7));
  EXPECT_FALSE(stored_row(this->store(), 6, key_of("k", "b")));
  EXPECT_FALSE(stored_row(this->store(), 7, key_of("k", "c")));
  EXPECT_FALSE(stored_row(this->store(), 7, key_of("kb", "")));
  EXPECT_FALSE(stored_row(this->store(), 7, key_of("", "bk")));
  EXPECT_TRUE(stored_row(this->store(), 7, key_of("k", "b")));
}

TYPED_TEST_P(StoreContract, ALaterBatchReplacesARow) {
  Writer writer = this->writer();
  QUORATE_ASSERT_OK(writer.put(key_of("k"), row_of("old", 1)));
  QUORATE_ASSERT_OK(writer.put(key_of("k"), row_of("new", 2)));
  EXPECT_EQ(stored_row(this->store(), 0, key_of("k")), row_of("new", 2));
}

TYPED_TEST_P(StoreContract, OfARowChangedTwiceInABatchTheLastChangeHolds) {
  Writer writer = this->writer();
  const Key key = key_of("k");
  QUORATE_ASSERT_OK(writer.apply({{0, key, row_with_siblings(4, 9000)},
                                  {0, key_of("other"), row_of("v")},
                                  {0, key, row_with_siblings(3, 9000, 20)}}));
  EXPECT_EQ(stored_row(this->store(), 0, key), row_with_siblings(3, 9000, 20));
  QUORATE_ASSERT_OK(writer.apply({{0, key, row_of("v")}, {0, key, std::nullopt}}));
  EXPECT_FALSE(stored_row(this->store(), 0, key));
}

TYPED_TEST_P(StoreContract, ARemovedRowIsGone) {
  Writer writer = this->writer();
  QUORATE_ASSERT_OK(writer.put(key_of("k"), row_of("v")));
  QUORATE_ASSERT_OK(writer.remove(key_of("k")));
  EXPECT_FALSE(stored_row(this->store(), 0, key_of("k")));
  EXPECT_TRUE(this->keys_in(0).empty());
  QUORATE_EXPECT_OK(writer.remove(key_of("never there")));
}

TYPED_TEST_P(StoreContract, MetaIsSetReplacedAndRemovedByAnEmptyValue) {
  Writer writer = this->writer();
  QUORATE_ASSERT_OK(writer.apply({}, {{"a", "1"}, {"b", "2"}}));
  QUORATE_ASSERT_OK(writer.apply({}, {{"a", "3"}, {"b", ""}, {"never there", ""}}));
  EXPECT_EQ(this->meta("a"), "3");
  EXPECT_FALSE(this->meta("b"));
  this->harness_.restart();
  EXPECT_EQ(this->meta("a"), "3");
  EXPECT_FALSE(this->meta("b"));
}

TYPED_TEST_P(StoreContract, NamedValuesAreListedByPrefixInPages) {
  Writer writer = this->writer();
  const std::string high = std::string("p/") + '\xff';
  QUORATE_ASSERT_OK(writer.apply(
      {},
      {{"o", "0"}, {"p", "1"}, {"p/", "2"}, {"p/b", "3"}, {"p/a", "4"}, {high, "5"}, {"q", "6"}}));
  using Values = std::vector<std::pair<std::string, std::string>>;
  const auto list = [&](std::string_view after, std::uint32_t values_max, std::uint32_t bytes_max) {
    auto page = this->store().scan_meta("p/", after, values_max, bytes_max);
    EXPECT_TRUE(page);
    return *std::move(page);
  };
  const auto all = list("", 100, 1000);
  EXPECT_EQ(all.values, (Values{{"p/", "2"}, {"p/a", "4"}, {"p/b", "3"}, {high, "5"}}));
  EXPECT_TRUE(all.done);
  const auto two = list("", 2, 1000);
  EXPECT_EQ(two.values, (Values{{"p/", "2"}, {"p/a", "4"}}));
  EXPECT_FALSE(two.done);
  EXPECT_EQ(list("p/a", 2, 1000).values, (Values{{"p/b", "3"}, {high, "5"}}));
  EXPECT_EQ(list("p/a", 9, 1).values, (Values{{"p/b", "3"}}));
  EXPECT_TRUE(list(high, 9, 1000).values.empty());
  EXPECT_TRUE(list(high, 9, 1000).done);
  QUORATE_ASSERT_OK(writer.apply({}, {{"p/a", ""}}));
  this->harness_.restart();
  EXPECT_EQ(list("p/", 1, 1000).values, (Values{{"p/b", "3"}}));
}

TYPED_TEST_P(StoreContract, KeysAndValuesAreAnyBytes) {
  const std::vector<std::string> names = {std::string(1, '\0'),
                                          std::string("\0\0", 2),
                                          std::string("a\0b", 3),
                                          std::string("a\0\xff", 3),
                                          "\xff",
                                          "\xff\xff\xff",
                                          "\n\x1b[2J",
                                          std::string(64 * 1024, 'k')};
  Writer writer = this->writer();
  for (const std::string& name : names) {
    QUORATE_ASSERT_OK(writer.put(key_of(name), row_of(name + std::string("\0v", 2))));
  }
  this->harness_.restart();
  for (const std::string& name : names) {
    EXPECT_EQ(stored_row(this->store(), 0, key_of(name)), row_of(name + std::string("\0v", 2)));
  }
  EXPECT_EQ(this->keys_in(0).size(), names.size());
}

TYPED_TEST_P(StoreContract, EverythingInARowComesBack) {
  Random random(test_seed());
  Writer writer = this->writer();
  std::map<Key, Row> rows;
  for (int i = 0; i < 200; ++i) {
    const Key key = key_of(std::to_string(i));
    rows[key] = random_row(random);
    QUORATE_ASSERT_OK(writer.put(key, rows[key]));
  }
  for (const auto& [key, row] : rows) EXPECT_EQ(stored_row(this->store(), 0, key), row);
  this->harness_.restart();
  for (const auto& [key, row] : rows) EXPECT_EQ(stored_row(this->store(), 0, key), row);
}

TYPED_TEST_P(StoreContract, ALargeRowGrowsShrinksAndGoes) {
  const Key key = key_of("large");
  Row row = row_with_siblings(40, 1000);
  {
    Writer writer = this->writer();
    // Neighbours in the order of keys, which must not be touched.
    QUORATE_ASSERT_OK(writer.apply({{0, key_of("larg"), row_with_siblings(3, 9000)},
                                    {0, key_of("large2"), row_with_siblings(3, 9000)},
                                    {0, key_of(std::string("large\0", 6)), row_of("near")},
                                    {1, key, row_with_siblings(2, 9000)}}));
    QUORATE_ASSERT_OK(writer.put(key, row));
    EXPECT_EQ(stored_row(this->store(), 0, key), row);
    row.record.siblings.erase(row.record.siblings.begin() + 5);
    const Dot added{Actor{2000, 1}, 1};
    row.record.context.add(added);
    row.record.siblings.push_back(sibling_of(added, std::string(5000, 'z')));
    QUORATE_ASSERT_OK(writer.put(key, row));
    EXPECT_EQ(stored_row(this->store(), 0, key), row);
  }
  this->harness_.restart();
  EXPECT_EQ(stored_row(this->store(), 0, key), row);
  EXPECT_EQ(this->keys_in(0).size(), 4u);

  Writer writer = this->writer();
  QUORATE_ASSERT_OK(writer.put(key, row_of("small", 3)));
  EXPECT_EQ(stored_row(this->store(), 0, key), row_of("small", 3));
  QUORATE_ASSERT_OK(writer.put(key, row));
  QUORATE_ASSERT_OK(writer.remove(key));
  EXPECT_FALSE(stored_row(this->store(), 0, key));
  QUORATE_ASSERT_OK(writer.put(key, row_with_siblings(2, 10'000, 300)));
  this->harness_.restart();
  EXPECT_EQ(stored_row(this->store(), 0, key), row_with_siblings(2, 10'000, 300));
  EXPECT_EQ(stored_row(this->store(), 0, key_of("larg")), row_with_siblings(3, 9000));
  EXPECT_EQ(stored_row(this->store(), 0, key_of("large2")), row_with_siblings(3, 9000));
  EXPECT_EQ(stored_row(this->store(), 1, key), row_with_siblings(2, 9000));
}

// ---------------------------------------------------------------- scanning

TYPED_TEST_P(StoreContract, AScanIsInTheOrderOfBucketAndName) {
  Writer writer = this->writer();
  std::map<Key, Row> expected;
  for (const std::string& bucket :
       {std::string("b"), std::string("aa"), std::string("a"), std::string("a\0", 2),
        std::string("a\0b", 3), std::string("a\x01"), std::string("\xff")}) {
    for (const std::string& name : {std::string(), std::string("\0", 1), std::string("\xff\xff"),
                                    std::string("b"), std::string("ab")}) {
      const Key key = key_of(name, bucket);
      expected[key] = row_of(bucket + name);
      QUORATE_ASSERT_OK(writer.put(key, expected[key], 5));
    }
  }
  const auto page = this->scan(5);
  ASSERT_EQ(page.rows.size(), expected.size());
  EXPECT_TRUE(page.done);
  auto next = expected.begin();
  for (const auto& [key, row] : page.rows) {
    EXPECT_EQ(key, next->first);
    EXPECT_EQ(without_sequence(row), next->second);
    ++next;
  }
}

TYPED_TEST_P(StoreContract, AScanKeepsToItsVnode) {
  Writer writer = this->writer();
  const std::vector<VnodeId> vnodes = {0, 1, 255, 256, 511, 65534, 65535};
  for (const VnodeId vnode : vnodes) {
    QUORATE_ASSERT_OK(writer.put(key_of("k" + std::to_string(vnode)), row_of("v"), vnode));
  }
  for (const VnodeId vnode : vnodes) {
    EXPECT_EQ(this->keys_in(vnode), std::vector<Key>{key_of("k" + std::to_string(vnode))});
  }
  EXPECT_TRUE(this->keys_in(2).empty());
}

TYPED_TEST_P(StoreContract, PagesHoldAtMostSoManyRowsAndSayWhenTheyAreDone) {
  Writer writer = this->writer();
  for (int i = 0; i < 6; ++i) {
    QUORATE_ASSERT_OK(writer.put(key_of(std::to_string(i)), row_of("v")));
  }
  const auto first = this->scan(0, std::nullopt, 4);
  ASSERT_EQ(first.rows.size(), 4u);
  EXPECT_FALSE(first.done);
  const auto second = this->scan(0, first.rows.back().first, 4);
  ASSERT_EQ(second.rows.size(), 2u);
  EXPECT_EQ(second.rows.front().first, key_of("4"));
  EXPECT_TRUE(second.done);
  // A page that ends just where the rows do says so.
  EXPECT_TRUE(this->scan(0, first.rows.back().first, 2).done);
  EXPECT_TRUE(this->scan(0, key_of("5"), 4).rows.empty());
  EXPECT_TRUE(this->scan(0, key_of("5"), 4).done);
}

TYPED_TEST_P(StoreContract, AScanGoesOnBehindAKeyThatIsNotThere) {
  Writer writer = this->writer();
  QUORATE_ASSERT_OK(writer.apply({{0, key_of("a"), row_of("v")}, {0, key_of("c"), row_of("v")}}));
  EXPECT_EQ(this->scan(0, key_of("b")).rows.front().first, key_of("c"));
  EXPECT_EQ(this->scan(0, key_of("", "zz")).rows.size(), 0u);
  EXPECT_EQ(this->scan(0, key_of("", "a")).rows.size(), 2u);
}

TYPED_TEST_P(StoreContract, PagesHoldAtMostSoManyBytesButOneRowAtLeast) {
  Writer writer = this->writer();
  const Row row = row_of(std::string(1000, 'v'));
  for (int i = 0; i < 5; ++i) QUORATE_ASSERT_OK(writer.put(key_of(std::to_string(i)), row));
  const auto each = static_cast<std::uint32_t>(scan_bytes(key_of("0"), row));
  EXPECT_EQ(this->scan(0, std::nullopt, 100, 3 * each).rows.size(), 3u);
  EXPECT_EQ(this->scan(0, std::nullopt, 100, 3 * each - 1).rows.size(), 2u);
  EXPECT_EQ(this->scan(0, std::nullopt, 100, 1).rows.size(), 1u);
  EXPECT_EQ(this->scan(0, std::nullopt, 0, 0).rows.size(), 1u);
  EXPECT_FALSE(this->scan(0, std::nullopt, 100, 3 * each).done);
  EXPECT_TRUE(this->scan(0, std::nullopt, 100, 5 * each).done);
}

TYPED_TEST_P(StoreContract, AScanOfKeysLeavesTheRecordsOut) {
  Writer writer = this->writer();
  QUORATE_ASSERT_OK(writer.put(key_of("a"), row_of("v", 6)));
  QUORATE_ASSERT_OK(writer.put(key_of("b"), row_with_siblings(4, 9000)));
  const auto page = this->scan(0, std::nullopt, 100, 1u << 20, true);
  ASSERT_EQ(page.rows.size(), 2u);
  EXPECT_EQ(page.rows[0].first, key_of("a"));
  EXPECT_EQ(page.rows[0].second.record, Record{});
  EXPECT_EQ(page.rows[0].second.mark, row_of("v", 6).mark);
  EXPECT_EQ(page.rows[1].second.record, Record{});
  EXPECT_LT(page.rows[0].second.sequence, page.rows[1].second.sequence);
}

// ---------------------------------------------------------------- numbers

TYPED_TEST_P(StoreContract, EachChangeHasALargerSequenceNumber) {
  std::uint64_t last = 0;
  for (int opening = 0; opening < 3; ++opening) {
    Writer writer = this->writer();
    for (int i = 0; i < 5; ++i) {
      const Key a = key_of("a" + std::to_string(i));
      const Key b = key_of("b" + std::to_string(i));
      QUORATE_ASSERT_OK(writer.apply({{0, a, row_of("v")}, {0, b, row_with_siblings(3, 9000)}},
                                     {{"m", std::to_string(i)}}));
      const auto first = this->store().read(0, a);
      const auto second = this->store().read(0, b);
      QUORATE_ASSERT_OK(first);
      QUORATE_ASSERT_OK(second);
      EXPECT_GT((**first).sequence, last);
      EXPECT_GT((**second).sequence, (**first).sequence);
      last = (**second).sequence;
    }
    this->harness_.restart();
    EXPECT_GE(this->store().high_water(), last);
  }
}

TYPED_TEST_P(StoreContract, HighWaterGrowsWithEachChangeOnceItIsDurable) {
  Writer writer = this->writer();
  std::uint64_t last = this->store().high_water();
  for (int i = 0; i < 10; ++i) {
    switch (i % 3) {
      case 0:
        QUORATE_ASSERT_OK(writer.put(key_of("k"), row_of("v")));
        break;
      case 1:
        QUORATE_ASSERT_OK(writer.apply({}, {{"m", std::to_string(i)}}));
        break;
      default:
        QUORATE_ASSERT_OK(writer.remove(key_of("k")));
    }
    EXPECT_EQ(this->store().high_water(), last);
    QUORATE_ASSERT_OK(this->store().sync());
    EXPECT_GT(this->store().high_water(), last);
    last = this->store().high_water();
  }
}

TYPED_TEST_P(StoreContract, HighWaterIsNeverBelowWhatWasEverTold) {
  Random random(test_seed());
  std::uint64_t told = 0;
  for (int opening = 0; opening < 12; ++opening) {
    EXPECT_GE(this->store().high_water(), told);
    Writer writer = this->writer();
    for (std::uint64_t i = random.below(12); i > 0; --i) {
      QUORATE_ASSERT_OK(writer.put(key_of(std::to_string(random.below(4))), row_of("v")));
      if (random.chance(1, 3)) QUORATE_ASSERT_OK(this->store().sync());
      EXPECT_GE(this->store().high_water(), told);
      told = this->store().high_water();
    }
    this->harness_.crash(random);
  }
}

// ---------------------------------------------------------------- durability

TYPED_TEST_P(StoreContract, WhatWasSyncedSurvivesACrash) {
  Random random(test_seed());
  {
    Writer writer = this->writer();
    QUORATE_ASSERT_OK(writer.apply({{0, key_of("a"), row_of("1")}, {1, key_of("b"), row_of("2")}},
                                   {{"m", "meta"}}));
    QUORATE_ASSERT_OK(writer.put(key_of("gone"), row_of("v")));
    QUORATE_ASSERT_OK(writer.remove(key_of("gone")));
    QUORATE_ASSERT_OK(this->store().sync());
  }
  this->harness_.crash(random);
  EXPECT_EQ(stored_row(this->store(), 0, key_of("a")), row_of("1"));
  EXPECT_EQ(stored_row(this->store(), 1, key_of("b")), row_of("2"));
  EXPECT_FALSE(stored_row(this->store(), 0, key_of("gone")));
  EXPECT_EQ(this->meta("m"), "meta");
}

TYPED_TEST_P(StoreContract, AnOrderlyEndKeepsEverything) {
  QUORATE_ASSERT_OK(this->writer().put(key_of("k"), row_of("v")));
  this->harness_.restart();
  EXPECT_EQ(stored_row(this->store(), 0, key_of("k")), row_of("v"));
}

TYPED_TEST_P(StoreContract, ARefusedBatchLeavesNothingBehind) {
  {
    Writer writer = this->writer();
    QUORATE_ASSERT_OK(writer.put(key_of("before"), row_of("v")));
    QUORATE_ASSERT_OK(this->store().sync());
    this->harness_.fill_up();
    const Status refused = writer.apply(
        {{0, key_of("before"), std::nullopt}, {0, key_of("a"), row_of("v")}}, {{"m", "v"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kNoSpace);
  }
  for (int look = 0; look < 2; ++look) {
    EXPECT_EQ(stored_row(this->store(), 0, key_of("before")), row_of("v"));
    EXPECT_FALSE(stored_row(this->store(), 0, key_of("a")));
    EXPECT_FALSE(this->meta("m"));
    this->harness_.make_room();
    this->harness_.restart();
  }
  QUORATE_EXPECT_OK(this->writer().put(key_of("a"), row_of("v")));
}

// The model: the whole contents after each batch since the last one known to be durable. After a
// crash the store must equal one of them, so batches are atomic and what is left is a prefix.
struct StoreModel {
  std::map<VnodeId, std::map<Key, Row>> rows;
  std::map<std::string, std::string> meta;

  void apply(const std::vector<RowChange>& changes,
             const std::map<std::string, std::string>& values) {
    for (const RowChange& change : changes) {
      if (change.row) {
        rows[change.vnode][change.key] = *change.row;
      } else {
        rows[change.vnode].erase(change.key);
      }
    }
    for (const auto& [name, value] : values) {
      meta[name] = value;
      if (value.empty()) meta.erase(name);
    }
  }

  // What differs, or empty. Compares by scan, in pages; and by reads, which take another way
  // through a store.
  std::string difference(const Store& store, Random& random) const {
    for (const auto& [vnode, expected] : rows) {
      std::map<Key, Row> found;
      std::optional<Key> after;
      for (bool done = false; !done;) {
        const auto rows_max = static_cast<std::uint32_t>(1 + random.below(9));
        const auto bytes_max = static_cast<std::uint32_t>(random.below(40'000));
        const auto page = store.scan(vnode, after, rows_max, bytes_max, false);
        if (!page) return page.error().to_string();
        if (page->rows.empty() && !page->done) return "an empty page that is not the last";
        for (const auto& [key, row] : page->rows) {
          if (after && !(*after < key)) return "a scan out of order";
          after = key;
          found[key] = without_sequence(row);
        }
        done = page->done;
      }
      if (found != expected) return "other rows in vnode " + std::to_string(vnode);
      for (const auto& [key, row] : expected) {
        const auto read = store.read(vnode, key);
        if (!read) return read.error().to_string();
        if (!*read || without_sequence(**read) != row) return "another row of " + key.name;
      }
    }
    for (int i = 0; i < 4; ++i) {
      const std::string name = "m" + std::to_string(i);
      const auto value = store.read_meta(name);
      if (!value) return value.error().to_string();
      const auto expected = meta.find(name);
      const bool there = expected != meta.end();
      if (value->has_value() != there || (there && **value != expected->second)) {
        return "another value of meta " + name;
      }
    }
    const auto listed = store.scan_meta("m", "", 100, 1u << 20);
    if (!listed) return listed.error().to_string();
    if (std::map<std::string, std::string>(listed->values.begin(), listed->values.end()) != meta) {
      return "other named values are listed";
    }
    return "";
  }
};

TYPED_TEST_P(StoreContract, BehavesLikeAMapAndACrashLeavesAPrefixOfTheBatches) {
  Random random(test_seed());
  StoreModel visible;
  for (VnodeId vnode = 0; vnode < 3; ++vnode) visible.rows[vnode] = {};
  for (int opening = 0; opening < 40; ++opening) {
    std::vector<StoreModel> possible = {visible};  // after a crash now
    Writer writer = this->writer();
    for (std::uint64_t step = random.below(30); step > 0; --step) {
      std::vector<RowChange> changes;
      for (std::uint64_t i = random.below(4); i > 0; --i) {
        RowChange change;
        change.vnode = static_cast<VnodeId>(random.below(3));
        change.key = key_of("k" + std::to_string(random.below(12)),
                            random.chance(1, 4) ? "other" : "default");
        if (!random.chance(1, 4)) change.row = random_row(random);
        changes.push_back(std::move(change));
      }
      std::map<std::string, std::string> values;
      if (random.chance(1, 3)) {
        values["m" + std::to_string(random.below(4))] = random_bytes(random, 6);
      }
      QUORATE_ASSERT_OK(writer.apply(changes, values));
      visible.apply(changes, values);
      possible.push_back(visible);
      if (random.chance(1, 6)) {
        QUORATE_ASSERT_OK(this->store().sync());
        possible = {visible};
      }
    }
    ASSERT_EQ(visible.difference(this->store(), random), "") << "in opening " << opening;
    if (random.chance(1, 4)) {
      this->harness_.restart();
      ASSERT_EQ(visible.difference(this->store(), random), "") << "after opening " << opening;
      continue;
    }
    this->harness_.crash(random);
    std::string differences;
    const StoreModel* left = nullptr;
    for (auto state = possible.rbegin(); state != possible.rend() && !left; ++state) {
      const std::string difference = state->difference(this->store(), random);
      if (difference.empty()) left = &*state;
      differences += "\n  " + difference;
    }
    ASSERT_TRUE(left) << "crash " << opening << " left no prefix of the batches:" << differences;
    visible = *left;
  }
}

REGISTER_TYPED_TEST_SUITE_P(
    StoreContract, AnEmptyStoreHasNothing, ABatchIsVisibleAtOnce,
    ARowIsFoundOnlyUnderItsVnodeBucketAndName, ALaterBatchReplacesARow,
    OfARowChangedTwiceInABatchTheLastChangeHolds, ARemovedRowIsGone,
    MetaIsSetReplacedAndRemovedByAnEmptyValue, NamedValuesAreListedByPrefixInPages,
    KeysAndValuesAreAnyBytes, EverythingInARowComesBack, ALargeRowGrowsShrinksAndGoes,
    AScanIsInTheOrderOfBucketAndName, AScanKeepsToItsVnode,
    PagesHoldAtMostSoManyRowsAndSayWhenTheyAreDone, AScanGoesOnBehindAKeyThatIsNotThere,
    PagesHoldAtMostSoManyBytesButOneRowAtLeast, AScanOfKeysLeavesTheRecordsOut,
    EachChangeHasALargerSequenceNumber, HighWaterGrowsWithEachChangeOnceItIsDurable,
    HighWaterIsNeverBelowWhatWasEverTold, WhatWasSyncedSurvivesACrash, AnOrderlyEndKeepsEverything,
    ARefusedBatchLeavesNothingBehind, BehavesLikeAMapAndACrashLeavesAPrefixOfTheBatches);

}  // namespace quorate::testing_support
