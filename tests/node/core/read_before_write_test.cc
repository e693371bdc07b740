#include "node/core/read_before_write.h"

#include <gtest/gtest.h>

#include "tests/node/core/builders.h"

namespace quorate {
namespace {

Bucket of_type(BucketType type) {
  Bucket bucket;
  bucket.type = type;
  return bucket;
}

ClientRequest request_of(Verb verb, Update update = Update::kNone) {
  ClientRequest request;
  request.verb = verb;
  request.update = update;
  return request;
}

ClientRequest under(ClientRequest request, const Context& context) {
  request.token = Token{context, {}, 0};
  return request;
}

ClientRequest retried(ClientRequest request) {
  request.attempt = 1;
  return request;
}

TEST(ReadBeforeWrite, WhatOnlyRemovesReadsUnlessItsClientHasReadOrWantsNothing) {
  const Bucket whole = of_type(BucketType::kRegister);
  const Bucket set = of_type(BucketType::kSet);
  const ClientRequest del = request_of(Verb::kDelete);
  const ClientRequest remove = request_of(Verb::kUpdate, Update::kSetRemove);
  EXPECT_EQ(read_before(whole, del, nullptr), ReadBefore::kQuorum);
  EXPECT_EQ(read_before(set, del, nullptr), ReadBefore::kQuorum);
  EXPECT_EQ(read_before(set, remove, nullptr), ReadBefore::kQuorum);
  EXPECT_EQ(read_before(whole, under(del, context({dot(1, 1)})), nullptr), ReadBefore::kNothing);
  ClientRequest none = remove;
  none.context_none = true;
  EXPECT_EQ(read_before(set, none, nullptr), ReadBefore::kNothing);
  EXPECT_EQ(read_before(whole, request_of(Verb::kPut), nullptr), ReadBefore::kNothing);
  EXPECT_EQ(read_before(set, request_of(Verb::kUpdate, Update::kSetAdd), nullptr),
            ReadBefore::kNothing);
}

TEST(ReadBeforeWrite, APartialWriteReadsUntilTheRowCoversItsToken) {
  const Bucket set = of_type(BucketType::kSet);
  const ClientRequest add =
      under(request_of(Verb::kUpdate, Update::kSetAdd), context({dot(1, 1), dot(2, 1)}));
  const Record behind = record(context({dot(1, 1)}), {});
  const Record level = record(context({dot(1, 1), dot(2, 1), dot(3, 1)}), {});
  EXPECT_EQ(read_before(set, add, nullptr), ReadBefore::kToken);
  EXPECT_EQ(read_before(set, add, &behind), ReadBefore::kToken);
  EXPECT_EQ(read_before(set, add, &level), ReadBefore::kNothing);
  const ClientRequest put = under(request_of(Verb::kPut), context({dot(1, 1), dot(2, 1)}));
  EXPECT_EQ(read_before(of_type(BucketType::kRegister), put, &behind), ReadBefore::kNothing);
}

TEST(ReadBeforeWrite, ARetryOfAPartialWriteLooksForWhatCameOfIt) {
  const ClientRequest add = retried(request_of(Verb::kUpdate, Update::kCounterAdd));
  EXPECT_TRUE(is_partial_retry(of_type(BucketType::kCounter), add));
  EXPECT_EQ(read_before(of_type(BucketType::kCounter), add, nullptr), ReadBefore::kRetry);
  const ClientRequest put = retried(request_of(Verb::kPut));
  EXPECT_FALSE(is_partial_retry(of_type(BucketType::kRegister), put));
  EXPECT_EQ(read_before(of_type(BucketType::kLww), put, nullptr), ReadBefore::kNothing);
}

TEST(ReadBeforeWrite, OneReplicaThatCoversTheTokenIsEnough) {
  WritePlan plan;
  plan.request = under(request_of(Verb::kUpdate, Update::kSetAdd), context({dot(1, 1)}));
  plan.sets = {ReplicaSet{{1, 2, 3}, 3}};
  plan.read_needed = 2;
  plan.deadline_at_ns = 77;
  const ReadPlan token = plan_read(ReadBefore::kToken, plan);
  EXPECT_EQ(token.sets.front().needed, 1u);
  EXPECT_EQ(token.token, plan.request.token);
  EXPECT_EQ(token.deadline_at_ns, 77);
  for (const ReadBefore what : {ReadBefore::kQuorum, ReadBefore::kRetry}) {
    const ReadPlan quorum = plan_read(what, plan);
    EXPECT_EQ(quorum.sets.front().needed, 2u);
    EXPECT_FALSE(quorum.token);
  }
}

}  // namespace
}  // namespace quorate
