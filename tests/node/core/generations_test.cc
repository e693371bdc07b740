#include "node/core/generations.h"

#include <gtest/gtest.h>

#include "sim/world/memory_store.h"

namespace quorate {
namespace {

class GenerationsTest : public ::testing::Test {
 protected:
  void apply(Batch batch) {
    batch.id = ++last_;
    ASSERT_TRUE(disk_.apply(batch));
  }
  Generations loaded() const {
    Generations generations(4);
    generations.load(disk_);
    return generations;
  }

  sim::MemoryStore disk_;
  BatchId last_ = 0;
};

TEST_F(GenerationsTest, BeginAtOneAndAreRememberedAsTheyRise) {
  Generations generations = loaded();
  EXPECT_TRUE(generations.known());
  EXPECT_EQ(generations.all(), (std::vector<Generation>{1, 1, 1, 1}));
  Batch batch;
  generations.raise(2, 2, batch);
  generations.raise(2, 7, batch);
  generations.raise(0, 3, batch);
  apply(std::move(batch));
  EXPECT_EQ(loaded().all(), (std::vector<Generation>{3, 1, 7, 1}));
}

TEST_F(GenerationsTest, WhoForgotThemKnowsNothingUntilItIsTold) {
  Generations generations = loaded();
  Batch forgotten;
  generations.forget(forgotten);
  apply(std::move(forgotten));
  for (Generations* each : {&generations}) {
    EXPECT_FALSE(each->known());
    EXPECT_EQ(each->of(1), 0u);
    EXPECT_TRUE(each->all().empty());
    EXPECT_FALSE(each->takes_row(1, 9, false));
    EXPECT_FALSE(each->takes_hint(1, 9));
  }
  EXPECT_FALSE(loaded().known()) << "over a restart too";
  Batch told;
  generations.learn({4, 5, 6, 7}, told);
  apply(std::move(told));
  EXPECT_TRUE(loaded().known());
  EXPECT_EQ(loaded().all(), (std::vector<Generation>{4, 5, 6, 7}));
}

TEST_F(GenerationsTest, WhatIsLearnedNeverFalls) {
  Generations generations = loaded();
  Batch batch;
  generations.raise(1, 8, batch);
  generations.learn({1, 2, 3, 4}, batch);
  EXPECT_EQ(generations.all(), (std::vector<Generation>{1, 8, 3, 4}));
}

TEST_F(GenerationsTest, WhoKnowsNothingOfItsWordHasForgotten) {
  Generations generations = loaded();
  EXPECT_TRUE(generations.has_forgotten(1, 2)) << "the second needs a word in the first";
  Batch batch;
  generations.give_word(1, batch);
  EXPECT_FALSE(generations.has_forgotten(1, 2));
  EXPECT_TRUE(generations.has_forgotten(1, 3));
  generations.raise(1, 2, batch);
  EXPECT_FALSE(generations.has_given_word(1));
  EXPECT_FALSE(generations.has_forgotten(1, 2));
  EXPECT_TRUE(generations.has_forgotten(1, 3));
  apply(std::move(batch));
  EXPECT_TRUE(loaded().has_forgotten(1, 3)) << "over a restart too";
  // Whoever begins anew has nothing left that a word could be about.
  Batch anew;
  generations.raise(1, 5, anew);
  EXPECT_FALSE(generations.has_forgotten(1, 6));
  generations.learn({4, 4, 4, 4}, anew);
  EXPECT_FALSE(generations.has_forgotten(0, 5));
}

TEST_F(GenerationsTest, ARowTakesOneBackAHintNoneAndARebuiltRowNone) {
  Generations generations = loaded();
  Batch batch;
  generations.raise(0, 5, batch);
  EXPECT_FALSE(generations.takes_row(0, 3, false));
  EXPECT_TRUE(generations.takes_row(0, 4, false));
  EXPECT_TRUE(generations.takes_row(0, 5, false));
  EXPECT_FALSE(generations.takes_row(0, 4, true));
  EXPECT_TRUE(generations.takes_row(0, 5, true));
  EXPECT_FALSE(generations.takes_hint(0, 4));
  EXPECT_TRUE(generations.takes_hint(0, 5));
}

}  // namespace
}  // namespace quorate
