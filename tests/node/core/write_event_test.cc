#include "node/core/write_event.h"

#include <gtest/gtest.h>

#include "tests/node/core/builders.h"
#include "tests/node/core/fake_environment.h"

namespace quorate {
namespace {

// The second event of an actor, as it is found by its retry: by a client that had seen nothing
// before it.
Context token_of_retry(BucketType type) {
  Bucket bucket;
  bucket.type = type;
  Record known = record(context({dot(1, 1), dot(1, 2)}), {sibling(dot(1, 2), "6", 9)});
  known.applied.add(AppliedRequest{RequestId{1, 2}, dot(1, 2), Timestamp{9}}, 60'000);
  ClientRequest request;
  request.id = RequestId{1, 2};
  request.token = Token{};
  const std::optional<KnownEvent> event = find_event(bucket, request, known);
  EXPECT_TRUE(event && event->token);
  return event && event->token ? event->token->context : Context{};
}

TEST(WriteEvent, TheTokenOfARetryNamesItsOwnEventAlone) {
  EXPECT_EQ(token_of_retry(BucketType::kSet), context({dot(1, 2)}));
  EXPECT_EQ(token_of_retry(BucketType::kRegister), context({dot(1, 2)}));
}

// An actor's partial sum holds all its additions: who names its last event names them all.
TEST(WriteEvent, TheTokenOfARetriedAdditionCoversWhatItsSumStandsFor) {
  EXPECT_EQ(token_of_retry(BucketType::kCounter), context({dot(1, 1), dot(1, 2)}));
}

// A write with no context meets what the row has of another actor.
std::variant<NewEvent, Refusal> beside(std::size_t siblings, std::uint32_t siblings_max) {
  FakeEnvironment world;
  NodeState state(fake_config(), fake_ring(), world);
  Bucket bucket;
  bucket.siblings_max = siblings_max;
  Row row;
  for (std::size_t i = 1; i <= siblings; ++i) {
    row.record.context.add(dot(9, i));
    row.record.siblings.push_back(sibling(dot(9, i), "v", i));
  }
  ClientRequest request;
  request.id = RequestId{1, 2};
  request.verb = Verb::kPut;
  request.key = Key{"default", "city:1"};
  request.context_none = true;
  return mint_event(state, bucket, request, std::make_shared<const Row>(row), nullptr, false);
}

TEST(WriteEvent, PastTheBoundTheRefusalNamesTheKeyTheNumberAndTheWayOut) {
  const auto last = beside(3, 4);
  ASSERT_TRUE(std::holds_alternative<NewEvent>(last));
  EXPECT_EQ(std::get<NewEvent>(last).concurrent_values, 4u);
  const auto refused = beside(4, 4);
  ASSERT_TRUE(std::holds_alternative<Refusal>(refused));
  EXPECT_EQ(std::get<Refusal>(refused).reason, Reason::kTooManySiblings);
  EXPECT_EQ(
      std::get<Refusal>(refused).detail,
      "key \"city:1\" already has 4 siblings, and siblings_max of bucket \"default\" is 4; read "
      "it, merge its values and write the result under the context of that read (kvcli "
      "resolve, update in the client library)");
}

TEST(WriteEvent, AQuarterOfTheBoundIsManySiblingsAndOneIsNone) {
  const struct {
    std::uint32_t siblings_max;
    std::size_t warning;
  } cases[] = {{1, 2}, {4, 2}, {7, 2}, {8, 2}, {9, 3}, {100, 25}, {1000, 250}};
  for (const auto& one : cases) {
    Bucket bucket;
    bucket.siblings_max = one.siblings_max;
    EXPECT_EQ(siblings_warning(bucket), one.warning) << one.siblings_max;
  }
}

}  // namespace
}  // namespace quorate
