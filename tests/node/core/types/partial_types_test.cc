// Counter, set, map and flag in the meetings that they exist for: two replicas that write without
// having heard of one another, and then do.
#include <gtest/gtest.h>

#include <limits>

#include "node/core/types/counter.h"
#include "node/core/types/flag.h"
#include "node/core/types/map.h"
#include "node/core/types/set.h"
#include "tests/node/core/types/type_world.h"

namespace quorate {
namespace {

using testing_support::Shown;

// One replica, written to as a coordinator writes.
struct Replica {
  Replica(const DataType& of, NodeId node) : type(of), mint(make_run_id(node, node)) {}

  // Returns the token.
  Context write(Verb verb, Update update, const std::string& field, const std::string& value,
                const Context* token = nullptr) {
    Mutation mutation = mutation_of(verb, update, field, value, token);
    const auto refusal = type.apply(&mutation, &row.record);
    EXPECT_FALSE(refusal) << refusal->detail;
    row.mark = Mark{mutation.dot.actor, mutation.dot.counter};
    mutation.context.add(mutation.dot);
    return mutation.context;
  }
  Context update(Update what, const std::string& field = "", const std::string& value = "",
                 const Context* token = nullptr) {
    return write(Verb::kUpdate, what, field, value, token);
  }
  Context del(const Context* token = nullptr) {
    return write(Verb::kDelete, Update::kNone, "", "", token);
  }
  Reason refusal_of(Verb verb, Update what, const std::string& value,
                    const Context* token = nullptr) {
    Mutation mutation = mutation_of(verb, what, "", value, token);
    Record record = row.record;
    const auto refusal = type.apply(&mutation, &record);
    return refusal ? refusal->reason : Reason::kNone;
  }
  void learn(const Replica& from) {
    row.record = sync(row.record, from.row.record, kRetryWindowDefaultMs);
  }
  Shown shown() const { return testing_support::TypeWorld::shown(type, row.record); }

  Mutation mutation_of(Verb verb, Update what, const std::string& field, const std::string& value,
                       const Context* token) {
    Mutation mutation;
    mutation.verb = verb;
    mutation.update = what;
    mutation.field = field;
    mutation.value = Blob(value);
    mutation.context = token == nullptr ? row.record.context : *token;
    if (token != nullptr) mutation.brought = *token;
    mutation.dot = mint.mint(&row, mutation.context);
    mutation.timestamp = Timestamp{row.record.latest().packed + 1};
    return mutation;
  }

  const DataType& type;
  DotMint mint;
  Row row;
};

void exchange(Replica& a, Replica& b) {
  a.learn(b);
  b.learn(a);
  EXPECT_TRUE(same_state(a.row.record, b.row.record));
}

TEST(Set, AnAddBeatsAConcurrentRemove) {
  const SetType type;
  Replica a(type, 1), b(type, 2);
  a.update(Update::kSetAdd, "x");
  exchange(a, b);
  a.update(Update::kSetRemove, "x");
  b.update(Update::kSetAdd, "x");
  exchange(a, b);
  EXPECT_EQ(a.shown(), Shown{"x="});
  b.update(Update::kSetRemove, "x");
  exchange(a, b);
  EXPECT_TRUE(a.shown().empty());
}

TEST(Set, AddingAnElementTwiceKeepsOneSiblingAndShowsIt) {
  const SetType type;
  Replica a(type, 1), b(type, 2);
  a.update(Update::kSetAdd, "x");
  a.update(Update::kSetAdd, "x");
  EXPECT_EQ(a.row.record.siblings.size(), 1u);
  b.update(Update::kSetAdd, "x");
  exchange(a, b);
  EXPECT_EQ(a.row.record.siblings.size(), 2u);
  EXPECT_EQ(a.shown(), Shown{"x="});
}

// DESIGN 7, lagging_remove, at the level of the type: the coordinator has neither x nor y when
// `remove x` arrives. It hears of both first, and joins nothing that it has not heard of.
TEST(Set, ARemoveAtALaggingReplicaTakesOnlyItsElement) {
  const SetType type;
  Replica a(type, 1), lagging(type, 2);
  a.update(Update::kSetAdd, "x");
  a.update(Update::kSetAdd, "y");
  const Context token = a.row.record.context;
  ASSERT_FALSE(lagging.row.record.context.descends(token));
  lagging.learn(a);
  lagging.update(Update::kSetRemove, "x", "", &token);
  exchange(a, lagging);
  EXPECT_EQ(a.shown(), Shown{"y="});
}

TEST(Set, TheTokenOfAnAddErasesNothingThatItsWriterNeverSaw) {
  const SetType type;
  Replica a(type, 1);
  a.update(Update::kSetAdd, "theirs");
  const Context mine = a.update(Update::kSetAdd, "mine");
  a.del(&mine);
  EXPECT_EQ(a.shown(), Shown{"theirs="});
}

TEST(Map, EditsOfTwoFieldsBothSurvive) {
  const MapType type;
  Replica a(type, 1), b(type, 2);
  a.update(Update::kMapPut, "name", "Ada");
  exchange(a, b);
  a.update(Update::kMapPut, "city", "London");
  b.update(Update::kMapPut, "name", "Ada Lovelace");
  exchange(a, b);
  EXPECT_EQ(a.shown(), (Shown{"city=London", "name=Ada Lovelace"}));
}

TEST(Map, ConcurrentPutsOfOneFieldAreItsSiblingsAndTheNextPutReplacesThem) {
  const MapType type;
  Replica a(type, 1), b(type, 2);
  a.update(Update::kMapPut, "f", "1");
  b.update(Update::kMapPut, "f", "2");
  b.update(Update::kMapPut, "g", "3");
  exchange(a, b);
  EXPECT_EQ(a.shown(), (Shown{"f=1", "f=2", "g=3"}));
  EXPECT_EQ(type.concurrent_values(a.row.record, "f"), 2u);
  EXPECT_EQ(type.concurrent_values(a.row.record, "g"), 1u);
  a.update(Update::kMapPut, "f", "4");
  EXPECT_EQ(a.shown(), (Shown{"f=4", "g=3"}));
}

TEST(Flag, EnableWinsOverAConcurrentDisable) {
  const FlagType type;
  Replica a(type, 1), b(type, 2);
  a.update(Update::kFlagEnable);
  exchange(a, b);
  a.update(Update::kFlagDisable);
  EXPECT_TRUE(a.shown().empty());
  b.update(Update::kFlagEnable);
  exchange(a, b);
  EXPECT_EQ(a.shown(), Shown{"=on"});
}

TEST(Counter, AdditionsThatDidNotMeetBothCount) {
  const CounterType type;
  Replica a(type, 1), b(type, 2);
  a.update(Update::kCounterAdd, "", "5");
  b.update(Update::kCounterAdd, "", "-2");
  exchange(a, b);
  a.update(Update::kCounterAdd, "", "10");
  EXPECT_EQ(a.shown(), Shown{"=13"});
  EXPECT_EQ(a.row.record.siblings.size(), 2u);
}

TEST(Counter, ConcurrentDeletesDoNotSubtractTwice) {
  const CounterType type;
  Replica a(type, 1), b(type, 2), c(type, 3);
  a.update(Update::kCounterAdd, "", "5");
  exchange(a, b);
  exchange(a, c);
  b.del();
  c.del();
  a.update(Update::kCounterAdd, "", "4");
  exchange(a, b);
  EXPECT_EQ(a.shown(), Shown{"=4"});
  exchange(a, c);
  EXPECT_EQ(a.shown(), Shown{"=4"});
  a.update(Update::kCounterAdd, "", "1");
  exchange(a, b);
  EXPECT_EQ(b.shown(), Shown{"=5"});
}

TEST(Counter, GoesOnFromItsFloorAfterADelete) {
  const CounterType type;
  Replica a(type, 1), b(type, 2);
  a.update(Update::kCounterAdd, "", "5");
  a.del();
  EXPECT_TRUE(a.shown().empty());
  a.update(Update::kCounterAdd, "", "2");
  EXPECT_EQ(a.shown(), Shown{"=2"});
  exchange(a, b);
  b.del();
  exchange(a, b);
  EXPECT_TRUE(a.shown().empty());
}

TEST(Counter, ADeleteThatCannotTellWhatItHasSeenIsRefused) {
  const CounterType type;
  Replica a(type, 1);
  a.update(Update::kCounterAdd, "", "5");
  const Context seen = a.row.record.context;
  a.update(Update::kCounterAdd, "", "4");
  EXPECT_EQ(a.refusal_of(Verb::kDelete, Update::kNone, "", &seen), Reason::kContextBehind);
  const Context now = a.row.record.context;
  EXPECT_EQ(a.refusal_of(Verb::kDelete, Update::kNone, "", &now), Reason::kNone);
}

TEST(Counter, RefusesToLeaveTheRangeOfItsNumbers) {
  const CounterType type;
  Replica a(type, 1), b(type, 2);
  const std::string largest = std::to_string(std::numeric_limits<std::int64_t>::max());
  a.update(Update::kCounterAdd, "", largest);
  EXPECT_EQ(a.refusal_of(Verb::kUpdate, Update::kCounterAdd, "1"), Reason::kNumberTooLarge);
  b.update(Update::kCounterAdd, "", largest);
  exchange(a, b);
  EXPECT_EQ(a.shown(), Shown{"=" + largest});
  EXPECT_EQ(b.refusal_of(Verb::kUpdate, Update::kCounterAdd, "1"), Reason::kNumberTooLarge);
}

// The bucket was of another type when these were written.
TEST(Counter, SiblingsThatAreNoneOfItsOwnCountForNothing) {
  const CounterType type;
  Replica a(type, 1);
  a.update(Update::kCounterAdd, "", "5");
  for (const SiblingKind kind : {SiblingKind::kValue, SiblingKind::kDeleted}) {
    Sibling strange;
    strange.dot = Dot{Actor{9, 1}, kind == SiblingKind::kValue ? 1u : 2u};
    strange.kind = kind;
    strange.value = Blob("a long text that is no number and no floor");
    a.row.record.siblings.push_back(strange);
    a.row.record.context.add(strange.dot);
  }
  std::sort(a.row.record.siblings.begin(), a.row.record.siblings.end(),
            [](const Sibling& x, const Sibling& y) { return x.dot < y.dot; });
  EXPECT_EQ(a.shown(), Shown{"=5"});
  a.del();
  EXPECT_TRUE(a.shown().empty());
}

}  // namespace
}  // namespace quorate
