#include "node/core/write_event.h"

#include <gtest/gtest.h>

#include "tests/node/core/builders.h"

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

}  // namespace
}  // namespace quorate
