#include "node/core/trees.h"

#include <gtest/gtest.h>

#include "node/base/random.h"
#include "tests/node/core/fake_environment.h"

namespace quorate {
namespace {

class TreesTest : public ::testing::Test {
 protected:
  TreesTest() : state_(config(), fake_ring(), env_) { state_.trees.doubt_all(); }

  static CoreConfig config() {
    CoreConfig config = fake_config();
    Bucket bucket;
    QUORATE_CHECK(config.buckets.add(bucket));
    bucket.name = "two";
    bucket.n = bucket.r = bucket.w = 2;
    QUORATE_CHECK(config.buckets.add(bucket));
    return config;
  }

  // Some row of some key, or its removal.
  void change(Random& random) {
    const Key key{random.chance(1, 3) ? "two" : "default", std::to_string(random.below(60))};
    const VnodeId vnode = state_.ring.vnode_of(key.bucket, key.name);
    const Result<RowPtr> before = env_.disk.read(vnode, key);
    Batch batch;
    if (before && *before && random.chance(1, 5)) {
      if (state_.retired.has(vnode, key)) {
        state_.unretire(vnode, key, *before, batch);
      } else {
        state_.retire(vnode, key, *before, 1, batch);
      }
    } else if (random.chance(1, 6)) {
      state_.change_row(vnode, key, before, std::nullopt, batch);
    } else {
      Row row;
      if (before && *before) row = **before;
      const Dot dot{Actor{1 + random.below(3), 1}, ++counter_};
      if (random.chance(1, 2)) row.record.siblings.clear();
      Sibling sibling;
      sibling.dot = dot;
      row.record.siblings.push_back(std::move(sibling));
      row.record.context.add(dot);
      state_.change_row(vnode, key, before, std::move(row), batch);
    }
    state_.apply(std::move(batch));
  }

  void walk(std::uint32_t rows_max = 3) {
    while (state_.trees.walking()) {
      const Result<Trees::Step> step = state_.trees.walk(env_.disk, rows_max, 1u << 20);
      ASSERT_TRUE(step);
      EXPECT_FALSE(step->lied);
    }
  }

  // A second way to them: all rows at once.
  void expect_trees_equal_rows() {
    for (std::uint32_t v = 0; v < state_.ring.vnodes(); ++v) {
      const auto vnode = static_cast<VnodeId>(v);
      std::uint64_t remains = 0;
      for (const std::uint32_t n : {2u, 3u}) {
        const auto primaries = state_.ring.primaries(vnode, n);
        if (std::find(primaries.begin(), primaries.end(), 1) == primaries.end()) continue;
        HashTree expected;
        const auto page = env_.disk.scan(vnode, std::nullopt, 1'000, 1u << 20, false);
        ASSERT_TRUE(page && page->done);
        for (const auto& [key, row] : page->rows) {
          if (state_.config.buckets.find(key.bucket)->n != n) continue;
          const RecordPtr shown =
              state_.retired.shown(vnode, key, std::make_shared<const Row>(row));
          if (shown == nullptr) continue;
          expected.add(HashTree::leaf_of(key), state_.trees.hash_of(key, *shown));
          if (state_.retired.has_remains(key, *shown)) ++remains;
        }
        const HashTree* tree = state_.trees.find(vnode, n);
        ASSERT_NE(tree, nullptr);
        EXPECT_TRUE(*tree == expected) << "vnode " << v << ", n " << n;
      }
      EXPECT_EQ(state_.trees.remains(vnode), remains) << "vnode " << v;
    }
  }

  FakeEnvironment env_;
  NodeState state_;
  std::uint64_t counter_ = 0;
};

TEST_F(TreesTest, EqualTheirRowsWhateverChangesWhileTheyAreBuilt) {
  Random random(1);
  for (int i = 0; i < 300; ++i) change(random);
  for (int round = 0; round < 30; ++round) {
    state_.trees.doubt_all();
    while (state_.trees.walking()) {
      ASSERT_TRUE(state_.trees.walk(env_.disk, 2, 1u << 20));
      for (int i = 0; i < 3; ++i) change(random);
    }
    for (int i = 0; i < 20; ++i) change(random);
    expect_trees_equal_rows();
  }
}

TEST_F(TreesTest, VerifyingFindsNothingWhereNothingIsWrong) {
  Random random(2);
  for (int i = 0; i < 100; ++i) change(random);
  walk();
  for (int i = 0; i < 20; ++i) {
    state_.trees.verify_next();
    for (int j = 0; j < 5; ++j) change(random);
    walk();
  }
  expect_trees_equal_rows();
}

TEST_F(TreesTest, ATreeThatLiesIsMadeAnew) {
  Random random(3);
  for (int i = 0; i < 100; ++i) change(random);
  walk();
  const Key key{"default", "unseen"};
  const VnodeId vnode = state_.ring.vnode_of(key.bucket, key.name);
  Batch behind;
  behind.id = 1'000'000;
  Row row;
  row.record.context.add(Dot{Actor{1, 1}, 1});
  behind.rows.push_back(RowChange{vnode, key, row});
  ASSERT_TRUE(env_.disk.apply(behind));
  int lies = 0;
  for (std::uint32_t i = 0; i < state_.ring.vnodes(); ++i) {
    state_.trees.verify_next();
    while (state_.trees.walking()) {
      const Result<Trees::Step> step = state_.trees.walk(env_.disk, 3, 1u << 20);
      ASSERT_TRUE(step);
      if (step->lied) {
        EXPECT_EQ(*step->lied, vnode);
        ++lies;
      }
    }
  }
  EXPECT_EQ(lies, 1);
  expect_trees_equal_rows();
}

TEST_F(TreesTest, WhatIsDoubtedIsNotTold) {
  walk();
  const VnodeId vnode = state_.ring.vnode_of("default", "k");
  ASSERT_NE(state_.trees.find(vnode, 3), nullptr);
  state_.trees.doubt(vnode);
  EXPECT_EQ(state_.trees.find(vnode, 3), nullptr);
  walk();
  EXPECT_NE(state_.trees.find(vnode, 3), nullptr);
}

}  // namespace
}  // namespace quorate
