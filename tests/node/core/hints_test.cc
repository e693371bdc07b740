#include "node/core/hints.h"

#include <gtest/gtest.h>

#include "tests/node/core/builders.h"
#include "tests/node/core/fake_environment.h"

namespace quorate {
namespace {

Key key_of(std::string name) { return Key{"default", std::move(name)}; }

Row row_of(std::uint64_t counter, std::string value) {
  Row row;
  row.record = record(context({dot(1, counter)}), {sibling(dot(1, counter), std::move(value))});
  return row;
}

class HintsTest : public ::testing::Test {
 protected:
  explicit HintsTest(CoreOptions options = bounded())
      : state_(fake_config(options), fake_ring(), world_), hints_(state_) {}

  static CoreOptions bounded() {
    CoreOptions options;
    options.hints_max = 8;
    options.hints_bytes_max = 4096;
    options.hint_age_max_ms = 60'000;
    return options;
  }

  static HintId id(NodeId primary, std::string name) {
    return HintId{primary, 3, key_of(std::move(name))};
  }

  bool keep(const HintId& id, Row row) {
    Batch batch;
    const bool kept = hints_.keep(id, std::move(row), 1, batch);
    if (kept) state_.apply(std::move(batch));
    return kept;
  }
  void owe(const HintId& id) {
    Batch batch;
    hints_.owe(id, batch);
    state_.apply(std::move(batch));
  }
  void make_spare(const HintId& id) {
    Batch batch;
    hints_.set_spare(id, *hints_.read(id), batch);
    state_.apply(std::move(batch));
  }
  void remove(const HintId& id) {
    Batch batch;
    hints_.remove(id, batch);
    state_.apply(std::move(batch));
  }
  std::uint64_t dropped(VnodeId vnode, NodeId primary) {
    const auto found = hints_.receipts().find({vnode, primary});
    return found == hints_.receipts().end() ? 0 : found->second;
  }

  // A second index, read from the same store, must come to the same.
  void expect_index_equals_store() {
    Hints again(state_);
    again.load();
    EXPECT_EQ(again.size(), hints_.size());
    EXPECT_EQ(again.sole_count(), hints_.sole_count());
    EXPECT_EQ(again.has_room(), hints_.has_room());
    EXPECT_EQ(again.receipts(), hints_.receipts());
    for (NodeId primary = 1; primary <= 5; ++primary) {
      auto mine = hints_.next(primary, std::nullopt);
      auto theirs = again.next(primary, std::nullopt);
      while (mine && theirs) {
        EXPECT_EQ(*mine, *theirs);
        EXPECT_EQ(hints_.find(*mine)->order, again.find(*theirs)->order);
        EXPECT_EQ(hints_.find(*mine)->bytes, again.find(*theirs)->bytes);
        EXPECT_EQ(hints_.find(*mine)->spare, again.find(*theirs)->spare);
        EXPECT_EQ(hints_.find(*mine)->owed, again.find(*theirs)->owed);
        mine = hints_.next(primary, mine);
        theirs = again.next(primary, theirs);
      }
      EXPECT_EQ(mine, theirs);
    }
  }

  FakeEnvironment world_;
  NodeState state_;
  Hints hints_;
};

TEST_F(HintsTest, WhatIsKeptIsReadBackAndListedByPrimary) {
  ASSERT_TRUE(keep(id(2, "b"), row_of(1, "one")));
  ASSERT_TRUE(keep(id(2, "a"), row_of(2, "two")));
  owe(id(3, "c"));
  EXPECT_EQ(hints_.read(id(2, "b"))->row->record, row_of(1, "one").record);
  EXPECT_EQ(hints_.next(2, std::nullopt), id(2, "a"));
  EXPECT_EQ(hints_.next(2, id(2, "a")), id(2, "b"));
  EXPECT_EQ(hints_.next(2, id(2, "b")), std::nullopt);
  EXPECT_TRUE(hints_.read(id(3, "c"))->owed());
  EXPECT_EQ(hints_.sole_count(), 2u);
  expect_index_equals_store();
}

TEST_F(HintsTest, OfAKeyEverythingThatIsKeptIsMerged) {
  ASSERT_TRUE(keep(id(2, "k"), row_of(1, "one")));
  Row other;
  other.record = record(context({dot(2, 1)}), {sibling(dot(2, 1), "two")});
  ASSERT_TRUE(keep(id(3, "k"), other));
  owe(id(4, "k"));
  const auto known = hints_.known(3, key_of("k"));
  ASSERT_TRUE(known);
  ASSERT_TRUE(*known);
  EXPECT_EQ((*known)->siblings.size(), 2u);
  EXPECT_FALSE(*hints_.known(3, key_of("other")));
  EXPECT_FALSE(*hints_.known(4, key_of("k")));
}

TEST_F(HintsTest, AtTheBoundTheOldestSpareHintsGoAndLeaveReceipts) {
  owe(id(2, "old"));
  ASSERT_TRUE(keep(id(3, "spare"), row_of(1, "v")));
  make_spare(id(3, "spare"));
  for (int i = 0; i < 7; ++i) {
    ASSERT_TRUE(keep(id(4, "sole" + std::to_string(i)), row_of(1, "v")));
  }
  EXPECT_FALSE(hints_.has(id(2, "old")));
  EXPECT_TRUE(hints_.has(id(3, "spare")));
  EXPECT_EQ(dropped(3, 2), 1u);
  EXPECT_TRUE(hints_.has_room());
  ASSERT_TRUE(keep(id(4, "one more"), row_of(1, "v")));
  EXPECT_FALSE(hints_.has(id(3, "spare")));
  EXPECT_EQ(dropped(3, 3), 1u);
  EXPECT_EQ(world_.count(TraceKind::kHintDropped), 2u);
  expect_index_equals_store();
}

TEST_F(HintsTest, SoleHintsAreNeverDroppedAndPastAnEighthMoreTheNextIsRefused) {
  std::size_t kept = 0;
  while (kept < 100 && keep(id(4, "k" + std::to_string(kept)), row_of(1, "v"))) ++kept;
  EXPECT_EQ(kept, 9u);  // 8 and an eighth of them
  EXPECT_FALSE(hints_.has_room());
  EXPECT_EQ(hints_.size(), 9u);
  EXPECT_TRUE(hints_.receipts().empty());
  // What is there already may be brought up to a newer record.
  EXPECT_TRUE(keep(id(4, "k0"), row_of(2, "newer")));
  // An owed hint finds no room, and is a receipt at once.
  owe(id(5, "owed"));
  EXPECT_FALSE(hints_.has(id(5, "owed")));
  EXPECT_EQ(dropped(3, 5), 1u);
  remove(id(4, "k0"));
  remove(id(4, "k1"));
  EXPECT_TRUE(hints_.has_room());
  expect_index_equals_store();
}

TEST_F(HintsTest, BytesAreBoundedToo) {
  std::size_t kept = 0;
  while (kept < 100 && keep(id(4, "k" + std::to_string(kept)), row_of(1, std::string(1000, 'v')))) {
    ++kept;
  }
  EXPECT_EQ(kept, 4u);  // of 4,608 bytes
  EXPECT_FALSE(keep(id(4, "k0"), row_of(2, std::string(3000, 'v'))));
  EXPECT_EQ(hints_.read(id(4, "k0"))->row->record, row_of(1, std::string(1000, 'v')).record);
}

TEST_F(HintsTest, SpareHintsPastTheirAgeGo) {
  owe(id(2, "old"));
  ASSERT_TRUE(keep(id(3, "sole"), row_of(1, "v")));
  world_.wall_ms += 30'000;
  owe(id(2, "young"));
  world_.wall_ms += 30'001;
  Batch batch;
  hints_.expire(batch);
  state_.apply(std::move(batch));
  EXPECT_FALSE(hints_.has(id(2, "old")));
  EXPECT_TRUE(hints_.has(id(2, "young")));
  EXPECT_TRUE(hints_.has(id(3, "sole")));
  EXPECT_EQ(dropped(3, 2), 1u);
}

TEST_F(HintsTest, OwingAgainIsANewerHintOfTheSameAge) {
  owe(id(2, "k"));
  const Hints::Entry before = *hints_.find(id(2, "k"));
  world_.wall_ms += 1000;
  owe(id(2, "k"));
  EXPECT_GT(hints_.find(id(2, "k"))->order, before.order);
  EXPECT_EQ(hints_.find(id(2, "k"))->since_ms, before.since_ms);
  EXPECT_EQ(hints_.size(), 1u);
  expect_index_equals_store();
}

TEST_F(HintsTest, ANewerRecordMakesASpareHintSoleAgain) {
  ASSERT_TRUE(keep(id(2, "k"), row_of(1, "v")));
  make_spare(id(2, "k"));
  EXPECT_EQ(hints_.sole_count(), 0u);
  ASSERT_TRUE(keep(id(2, "k"), row_of(2, "w")));
  EXPECT_EQ(hints_.sole_count(), 1u);
  expect_index_equals_store();
}

TEST_F(HintsTest, AfterABatchThatWasNotAppliedTheIndexIsThatOfTheStore) {
  ASSERT_TRUE(keep(id(2, "a"), row_of(1, "v")));
  world_.disk.faults.apply_fails = true;
  ASSERT_TRUE(keep(id(2, "b"), row_of(1, "v")));
  EXPECT_TRUE(hints_.has(id(2, "b")));
  world_.disk.faults.apply_fails = false;
  hints_.load();
  EXPECT_TRUE(hints_.has(id(2, "a")));
  EXPECT_FALSE(hints_.has(id(2, "b")));
}

TEST_F(HintsTest, StatusTellsForWhomHowMuchAndSinceWhen) {
  ASSERT_TRUE(keep(id(2, "a"), row_of(1, "value")));
  world_.wall_ms += 10;
  owe(id(2, "b"));
  owe(id(4, "c"));
  const std::vector<HintsStatus> status = hints_.status();
  ASSERT_EQ(status.size(), 2u);
  EXPECT_EQ(status[0].primary, 2);
  EXPECT_EQ(status[0].count, 2u);
  EXPECT_EQ(status[0].sole, 1u);
  EXPECT_EQ(status[0].oldest_ms, world_.wall_ms - 10);
  EXPECT_EQ(status[1].primary, 4);
  EXPECT_EQ(status[1].sole, 0u);
}

}  // namespace
}  // namespace quorate
