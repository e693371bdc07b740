#include "node/core/types/register.h"

#include <gtest/gtest.h>

#include "tests/node/core/builders.h"

namespace quorate {
namespace {

using Values = std::vector<std::string>;

Mutation put(const Dot& at, std::string value, Context replaces, std::uint64_t timestamp = 9) {
  Mutation mutation;
  mutation.dot = at;
  mutation.value = Blob(std::move(value));
  mutation.context = std::move(replaces);
  mutation.timestamp = Timestamp{timestamp};
  return mutation;
}

std::vector<std::string> shown(const Record& of, std::int64_t now_ms = 0) {
  std::vector<std::string> values;
  for (const ReadValue& each : RegisterType().view(of, now_ms)) {
    values.emplace_back(each.value.view());
  }
  return values;
}

TEST(Register, APutReplacesExactlyWhatItsContextCovers) {
  Record row = record(context({dot(1, 1), dot(2, 1)}),
                      {sibling(dot(1, 1), "seen"), sibling(dot(2, 1), "unseen")});
  Mutation mutation = put(dot(3, 1), "new", context({dot(1, 1)}));
  RegisterType().apply(&mutation, &row);
  EXPECT_EQ(shown(row), (std::vector<std::string>{"new", "unseen"}));
  EXPECT_EQ(row.context, context({dot(1, 1), dot(2, 1), dot(3, 1)}));
}

TEST(Register, APutWithoutContextIsASibling) {
  Record row = record(context({dot(1, 1)}), {sibling(dot(1, 1), "one")});
  Mutation mutation = put(dot(2, 1), "two", Context{});
  RegisterType().apply(&mutation, &row);
  EXPECT_EQ(RegisterType().concurrent_values(row, ""), 2u);
}

TEST(Register, ADeleteLeavesATombstoneThatRemembersItself) {
  Record row = record(context({dot(1, 1)}), {sibling(dot(1, 1), "one")});
  Mutation mutation = put(dot(2, 1), "", context({dot(1, 1)}));
  mutation.verb = Verb::kDelete;
  RegisterType().apply(&mutation, &row);
  EXPECT_TRUE(row.is_tombstone());
  EXPECT_TRUE(row.context.contains(dot(2, 1)));
}

TEST(Register, TwoSiblingsOfOneRequestShowAsOne) {
  Record row =
      record(context({dot(1, 1), dot(2, 1), dot(3, 1)}),
             {sibling(dot(1, 1), "same"), sibling(dot(2, 1), "same"), sibling(dot(3, 1), "other")});
  row.applied.add(AppliedRequest{RequestId{7, 7}, dot(1, 1), Timestamp{1}}, 60'000);
  row.applied.add(AppliedRequest{RequestId{7, 7}, dot(2, 1), Timestamp{1}}, 60'000);
  row.applied.add(AppliedRequest{RequestId{8, 8}, dot(3, 1), Timestamp{1}}, 60'000);
  EXPECT_EQ(shown(row).size(), 2u);
}

TEST(Register, ShowsTheNewestFirstAndNothingExpired) {
  Sibling expired = sibling(dot(3, 1), "expired", 30);
  expired.expiry_ms = 1000;
  const Record row =
      record(context({dot(1, 1), dot(2, 1), dot(3, 1)}),
             {sibling(dot(1, 1), "new", 20), sibling(dot(2, 1), "old", 10), expired});
  EXPECT_EQ(shown(row, 999), (std::vector<std::string>{"expired", "new", "old"}));
  EXPECT_EQ(shown(row, 1000), (std::vector<std::string>{"new", "old"}));
}

// ---- twins: one write that two coordinators took, with one value and two dots

constexpr RequestId kRequest{7, 7};

void applied(const Dot& at, std::uint64_t timestamp, Record* row) {
  row->applied.add(AppliedRequest{kRequest, at, Timestamp{timestamp}}, 60'000);
}

TEST(RegisterTwins, TheOlderIsNotShownOnceTheYoungerIsReplaced) {
  Record row = record(context({dot(1, 1), dot(2, 1), dot(3, 1)}),
                      {sibling(dot(1, 1), "twice", 10), sibling(dot(3, 1), "new", 30)});
  applied(dot(1, 1), 10, &row);
  applied(dot(2, 1), 20, &row);
  EXPECT_EQ(shown(row), Values{"new"});
}

TEST(RegisterTwins, TheOlderIsShownWhileTheYoungerIsNotKnownYet) {
  Record row = record(context({dot(1, 1)}), {sibling(dot(1, 1), "twice", 10)});
  applied(dot(1, 1), 10, &row);
  applied(dot(2, 1), 20, &row);
  EXPECT_EQ(shown(row), Values{"twice"});
}

TEST(RegisterTwins, TheYoungerIsShownThoughTheOlderIsReplaced) {
  Record row = record(context({dot(1, 1), dot(2, 1), dot(3, 1)}),
                      {sibling(dot(2, 1), "twice", 20), sibling(dot(3, 1), "new", 30)});
  applied(dot(1, 1), 10, &row);
  applied(dot(2, 1), 20, &row);
  EXPECT_EQ(shown(row), (Values{"new", "twice"}));
}

// Two writes, each of which a second coordinator put in the place of the other: whatever their
// timestamps, one of the two values is to be seen.
TEST(RegisterTwins, WritesThatReplacedOneAnotherDoNotHideOneAnother) {
  const std::uint64_t orders[][4] = {{10, 11, 20, 21}, {20, 10, 15, 25}, {10, 20, 25, 15}};
  for (const auto& [first, other_first, second, other_second] : orders) {
    Record row =
        record(context({dot(1, 1), dot(2, 1), dot(3, 1), dot(4, 1)}),
               {sibling(dot(3, 1), "one", second), sibling(dot(4, 1), "two", other_second)});
    applied(dot(1, 1), first, &row);
    applied(dot(3, 1), second, &row);
    row.applied.add(AppliedRequest{{8, 8}, dot(2, 1), Timestamp{other_first}}, 60'000);
    row.applied.add(AppliedRequest{{8, 8}, dot(4, 1), Timestamp{other_second}}, 60'000);
    EXPECT_FALSE(shown(row).empty());
  }
}

TEST(RegisterTwins, APutThatCoversTheOneReplacesTheOtherAndWhatThatHadReplaced) {
  const Dot old = dot(5, 1);  // dead: the first of the twins had replaced it
  Record row = record(context({dot(1, 1), dot(2, 1), dot(4, 1), old}),
                      {sibling(dot(1, 1), "twice", 10), sibling(dot(2, 1), "twice", 20),
                       sibling(dot(4, 1), "unseen")});
  applied(dot(1, 1), 10, &row);
  applied(dot(2, 1), 20, &row);
  Mutation mutation = put(dot(3, 1), "new", context({dot(2, 1)}), 30);
  RegisterType().apply(&mutation, &row);
  EXPECT_EQ(shown(row), (Values{"new", "unseen"}));
  EXPECT_EQ(mutation.context, context({dot(1, 1), dot(2, 1), old}));
}

TEST(RegisterTwins, APutThatCoversNeitherReplacesNeither) {
  Record row = record(context({dot(1, 1), dot(2, 1)}),
                      {sibling(dot(1, 1), "twice", 10), sibling(dot(2, 1), "twice", 20)});
  applied(dot(1, 1), 10, &row);
  applied(dot(2, 1), 20, &row);
  Mutation mutation = put(dot(3, 1), "new", Context{}, 30);
  RegisterType().apply(&mutation, &row);
  EXPECT_EQ(row.siblings.size(), 3u);
  EXPECT_TRUE(mutation.context.empty());
}

}  // namespace
}  // namespace quorate
