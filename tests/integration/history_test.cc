// The judge itself: it must see each kind of wrong, and nothing where all is right.
#include "tests/integration/history.h"

#include <gtest/gtest.h>

namespace quorate::integration {
namespace {

class HistoryTest : public testing::Test {
 protected:
  void wrote(const std::string& value, Fate fate, const std::vector<std::string>& knew = {}) {
    history_.began("k", value, knew);
    history_.ended("k", value, fate);
  }
  std::string verdict(const std::vector<std::string>& values) const {
    return history_.judge("k", values).value_or("fine");
  }

  History history_;
};

TEST_F(HistoryTest, AcknowledgedValueThatIsThereIsFine) {
  wrote("a", Fate::kAcknowledged);
  EXPECT_EQ(verdict({"a"}), "fine");
}

TEST_F(HistoryTest, AcknowledgedValueThatIsGoneIsLost) {
  wrote("a", Fate::kAcknowledged);
  EXPECT_NE(verdict({}).find("has lost 'a'"), std::string::npos);
}

TEST_F(HistoryTest, ConcurrentWriteDoesNotAccountForAnother) {
  wrote("a", Fate::kAcknowledged);
  wrote("b", Fate::kAcknowledged);
  EXPECT_NE(verdict({"b"}).find("has lost 'a'"), std::string::npos);
  EXPECT_EQ(verdict({"b", "a"}), "fine");
}

TEST_F(HistoryTest, LaterWriteAccountsForAllThatItCoversThroughOthers) {
  wrote("a", Fate::kAcknowledged);
  wrote("b", Fate::kUnknown, {"a"});
  wrote("c", Fate::kUnknown, {"b"});
  EXPECT_EQ(verdict({"c"}), "fine");
  EXPECT_EQ(verdict({"b"}), "fine");
  EXPECT_EQ(verdict({"a"}), "fine");
  EXPECT_NE(verdict({}), "fine");
}

TEST_F(HistoryTest, SupersededValueThatComesBackIsSeen) {
  wrote("a", Fate::kAcknowledged);
  wrote("b", Fate::kAcknowledged, {"a"});
  EXPECT_EQ(verdict({"b"}), "fine");
  EXPECT_NE(verdict({"a", "b"}).find("holds 'a' again"), std::string::npos);
}

TEST_F(HistoryTest, SupersededValueThatWasSentAgainMayShowButNotReplaceTheNewer) {
  history_.began("k", "a", {});
  history_.ended("k", "a", Fate::kAcknowledged, 3);
  history_.began("k", "b", {"a"});
  history_.ended("k", "b", Fate::kUnknown, 2);
  wrote("c", Fate::kAcknowledged, {"b"});
  EXPECT_EQ(verdict({"a", "b", "c"}), "fine");
  EXPECT_NE(verdict({"a", "b"}), "fine");
}

TEST_F(HistoryTest, UnknownWriteMayOrMayNotBeThere) {
  wrote("a", Fate::kUnknown);
  EXPECT_EQ(verdict({}), "fine");
  EXPECT_EQ(verdict({"a"}), "fine");
}

TEST_F(HistoryTest, NotAppliedMeansNever) {
  wrote("a", Fate::kNotApplied);
  EXPECT_EQ(verdict({}), "fine");
  EXPECT_NE(verdict({"a"}).find("not applied"), std::string::npos);
}

TEST_F(HistoryTest, ValueFromNowhereIsSeen) {
  EXPECT_NE(verdict({"a"}).find("nobody wrote"), std::string::npos);
}

TEST_F(HistoryTest, CountsWritesByTheirFate) {
  wrote("a", Fate::kAcknowledged);
  wrote("b", Fate::kUnknown);
  history_.began("k", "c", {});
  EXPECT_EQ(history_.count(Fate::kAcknowledged), 1u);
  EXPECT_EQ(history_.count(Fate::kUnknown), 1u);
  EXPECT_EQ(history_.count(Fate::kOpen), 1u);
  EXPECT_EQ(history_.count(Fate::kNotApplied), 0u);
}

}  // namespace
}  // namespace quorate::integration
