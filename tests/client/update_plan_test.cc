// One update, step by step: what is read, written, asked of the resolver, and how it ends.
#include "client/engine/update_plan.h"

#include <gtest/gtest.h>

namespace quorate::client {
namespace {

using Kind = UpdateStep::Kind;

Answer answer_of(Outcome outcome, Reason reason = Reason::kNone, std::string detail = "") {
  Answer answer;
  answer.outcome = outcome;
  answer.reason = reason;
  answer.detail = std::move(detail);
  answer.id = RequestId{1, 2};
  answer.attempts = 1;
  return answer;
}

Answer found(const std::vector<std::string>& values, std::string token) {
  Answer answer = answer_of(values.empty() ? Outcome::kNotFound : Outcome::kOk);
  std::uint64_t counter = 0;
  for (const std::string& value : values) {
    ReadValue& one = answer.values.emplace_back();
    one.value = Blob(value);
    one.dot = Dot{{1, 1}, ++counter};
  }
  answer.token = std::move(token);
  return answer;
}

Answer stored(std::string token) {
  Answer answer = answer_of(Outcome::kOk);
  answer.token = std::move(token);
  answer.dot = Dot{{1, 1}, 9};
  return answer;
}

// What stands, joined by "+", and "!".
Result<Resolution> joined(const std::vector<ReadValue>& siblings) {
  std::string all;
  for (const ReadValue& one : siblings) all += std::string(one.value.view()) + "+";
  return Resolution::write(all + "!");
}

UpdatePlan plan_of(Resolver resolver, std::uint32_t tries_max = 8) {
  UpdateOptions options;
  options.request.bucket = "carts";
  options.tries_max = tries_max;
  return UpdatePlan(std::move(resolver), options);
}

TEST(UpdatePlan, WritesWhatTheResolverSaysUnderTheTokenOfTheReadAndLooksAgain) {
  UpdatePlan plan = plan_of(joined);
  UpdateStep step = plan.start();
  EXPECT_EQ(step.kind, Kind::kRead);
  EXPECT_EQ(step.options.bucket, "carts");
  EXPECT_EQ(step.options.token, "");
  step = plan.on_read(found({"a", "b"}, "t1"));
  EXPECT_EQ(step.kind, Kind::kWrite);
  EXPECT_EQ(step.verb, Verb::kPut);
  EXPECT_EQ(step.change.value, "a+b+!");
  EXPECT_EQ(step.options.token, "t1");
  EXPECT_EQ(step.options.bucket, "carts");
  step = plan.on_write(stored("t2"));
  EXPECT_EQ(step.kind, Kind::kRead);
  EXPECT_EQ(step.options.token, "t2");
  EXPECT_EQ(plan.on_read(found({"a+b+!"}, "t3")).kind, Kind::kFinish);
  const auto updated = plan.result();
  ASSERT_TRUE(updated);
  EXPECT_TRUE(updated->ok());
  EXPECT_TRUE(updated->wrote);
  EXPECT_TRUE(updated->checked);
  EXPECT_FALSE(updated->lost_the_race());
  EXPECT_EQ(updated->tries, 1u);
  EXPECT_EQ(updated->before.size(), 2u);
  EXPECT_EQ(updated->answer.token, "t3");
  EXPECT_EQ(updated->answer.dot, (Dot{{1, 1}, 9}));
}

TEST(UpdatePlan, LeavesAloneWhatTheResolverLeavesOrWouldWriteAgain) {
  const Resolver leaves = [](const auto&) { return Resolution::leave(); };
  const Resolver same = [](const std::vector<ReadValue>& all) { return Resolution::keep(all[0]); };
  const Resolver erases = [](const auto&) { return Resolution::erase(); };
  const struct {
    Resolver resolver;
    std::vector<std::string> values;
    Outcome outcome;
  } cases[] = {{leaves, {"a", "b"}, Outcome::kOk},
               {leaves, {}, Outcome::kNotFound},
               {same, {"a"}, Outcome::kOk},
               {erases, {}, Outcome::kNotFound}};
  for (const auto& one : cases) {
    UpdatePlan plan = plan_of(one.resolver);
    plan.start();
    EXPECT_EQ(plan.on_read(found(one.values, "t")).kind, Kind::kFinish);
    const auto updated = plan.result();
    ASSERT_TRUE(updated);
    EXPECT_EQ(updated->answer.outcome, one.outcome);
    EXPECT_FALSE(updated->wrote);
    EXPECT_EQ(updated->tries, 0u);
    EXPECT_EQ(updated->answer.token, "t");
  }
}

TEST(UpdatePlan, ADeleteIsAWriteBackToo) {
  UpdatePlan plan = plan_of([](const auto&) { return Resolution::erase(); });
  plan.start();
  const UpdateStep step = plan.on_read(found({"a", "b"}, "t1"));
  EXPECT_EQ(step.kind, Kind::kWrite);
  EXPECT_EQ(step.verb, Verb::kDelete);
  EXPECT_EQ(step.options.token, "t1");
  plan.on_write(stored("t2"));
  plan.on_read(found({}, "t3"));
  EXPECT_TRUE(plan.result()->ok());
}

TEST(UpdatePlan, AKeptSiblingKeepsItsEndAndOthersHaveThatOfTheOptions) {
  UpdateOptions options;
  options.request.expiry_ms = 7;
  Answer read = found({"a", "b"}, "t");
  read.values[1].expiry_ms = 9;
  UpdatePlan keeps([](const std::vector<ReadValue>& all) { return Resolution::keep(all[1]); },
                   options);
  keeps.start();
  EXPECT_EQ(keeps.on_read(read).options.expiry_ms, 9);
  UpdatePlan writes(joined, options);
  writes.start();
  EXPECT_EQ(writes.on_read(read).options.expiry_ms, 7);
}

TEST(UpdatePlan, AFieldOfAMapIsReadAndPutByItself) {
  UpdateOptions options;
  options.request.field = "city";
  UpdatePlan plan(joined, options);
  EXPECT_EQ(plan.start().options.field, "city");
  const UpdateStep step = plan.on_read(found({"a", "b"}, "t"));
  EXPECT_EQ(step.verb, Verb::kUpdate);
  EXPECT_EQ(step.change.update, Update::kMapPut);
  EXPECT_EQ(step.change.field, "city");
  EXPECT_EQ(step.change.value, "a+b+!");
}

TEST(UpdatePlan, WhoLostTheRacePausesReadsAndResolvesWhatStandsThen) {
  UpdatePlan plan = plan_of(joined);
  plan.start();
  plan.on_read(found({"a", "b"}, "t1"));
  plan.on_write(stored("t2"));
  UpdateStep step = plan.on_read(found({"a+b+!", "c"}, "t3"));
  EXPECT_EQ(step.kind, Kind::kPause);
  EXPECT_EQ(step.pause_ns, 10'000'000);
  step = plan.on_pause_over();
  EXPECT_EQ(step.kind, Kind::kRead);
  EXPECT_EQ(step.options.token, "t3");
  step = plan.on_read(found({"a+b+!", "c", "d"}, "t4"));
  EXPECT_EQ(step.kind, Kind::kWrite);
  EXPECT_EQ(step.change.value, "a+b+!+c+d+!");
  EXPECT_EQ(step.options.token, "t4");
  plan.on_write(stored("t5"));
  EXPECT_EQ(plan.on_read(found({"x", "y"}, "t6")).pause_ns, 20'000'000);
  plan.on_pause_over();
  // Somebody else has resolved it meanwhile.
  EXPECT_EQ(plan.on_read(found({"z"}, "t7")).kind, Kind::kFinish);
  EXPECT_TRUE(plan.result()->ok());
  EXPECT_FALSE(plan.result()->lost_the_race());
  EXPECT_EQ(plan.result()->tries, 2u);
}

TEST(UpdatePlan, WhenTheTriesAreUsedUpTheSiblingsStandAndItSaysSo) {
  UpdatePlan plan = plan_of(joined, 1);
  plan.start();
  plan.on_read(found({"a", "b"}, "t1"));
  plan.on_write(stored("t2"));
  EXPECT_EQ(plan.on_read(found({"a+b+!", "c"}, "t3")).kind, Kind::kFinish);
  EXPECT_TRUE(plan.result()->ok());
  EXPECT_TRUE(plan.result()->lost_the_race());
  EXPECT_EQ(plan.result()->answer.values.size(), 2u);
}

TEST(UpdatePlan, AKeyThatChangedUnderItsTokenIsReadAgain) {
  for (const Reason reason :
       {Reason::kTooManySiblings, Reason::kContextBehind, Reason::kTokenExpired}) {
    UpdatePlan plan = plan_of(joined);
    plan.start();
    plan.on_read(found({"a"}, "t1"));
    EXPECT_EQ(plan.on_write(answer_of(Outcome::kNotApplied, reason)).kind, Kind::kPause);
    EXPECT_EQ(plan.on_pause_over().kind, Kind::kRead);
    EXPECT_EQ(plan.on_read(found({"a", "b"}, "t2")).change.value, "a+b+!");
  }
}

TEST(UpdatePlan, AWriteBackThatIsRefusedEndsItAndIsTold) {
  UpdatePlan plan = plan_of(joined);
  plan.start();
  plan.on_read(found({"a"}, "t1"));
  EXPECT_EQ(plan.on_write(answer_of(Outcome::kNotApplied, Reason::kQuorumUnreachable, "why")).kind,
            Kind::kFinish);
  EXPECT_EQ(plan.result()->answer.outcome, Outcome::kNotApplied);
  EXPECT_EQ(plan.result()->answer.detail, "why");
  EXPECT_FALSE(plan.result()->wrote);
}

TEST(UpdatePlan, AWriteInDoubtIsSentAgainUnderItsIdAndNeverFollowedByAnother) {
  UpdatePlan plan = plan_of(joined);
  plan.start();
  const UpdateStep first = plan.on_read(found({"a"}, "t1"));
  EXPECT_EQ(plan.on_write(answer_of(Outcome::kUnknown, Reason::kDeadline)).kind, Kind::kPause);
  const UpdateStep again = plan.on_pause_over();
  EXPECT_EQ(again.kind, Kind::kWriteAgain);
  EXPECT_EQ(again.id, (RequestId{1, 2}));
  EXPECT_EQ(again.attempts, 1u);
  EXPECT_EQ(again.change.value, first.change.value);
  EXPECT_EQ(again.options.token, "t1");
  EXPECT_EQ(plan.on_write(stored("t2")).kind, Kind::kRead);
  plan.on_read(found({"a+!"}, "t3"));
  EXPECT_TRUE(plan.result()->ok());
  EXPECT_EQ(plan.result()->tries, 2u);
}

TEST(UpdatePlan, UnknownAbsorbsWhatLaterAttemptsAreTold) {
  UpdatePlan plan = plan_of(joined, 3);
  plan.start();
  plan.on_read(found({"a"}, "t1"));
  plan.on_write(answer_of(Outcome::kUnknown, Reason::kDeadline, "silence"));
  plan.on_pause_over();
  EXPECT_EQ(plan.on_write(answer_of(Outcome::kNotApplied, Reason::kQuorumUnreachable, "cut")).kind,
            Kind::kPause);
  EXPECT_EQ(plan.on_pause_over().kind, Kind::kWriteAgain);
  EXPECT_EQ(plan.on_write(Error{ErrorCode::kUnreachable, "nobody"}).kind, Kind::kFinish);
  const auto updated = plan.result();
  ASSERT_TRUE(updated);
  EXPECT_EQ(updated->answer.outcome, Outcome::kUnknown);
  EXPECT_EQ(updated->answer.detail, "silence (a later attempt: cut)");
  EXPECT_EQ(updated->tries, 3u);
}

TEST(UpdatePlan, PastTheRetryWindowItEndsUnknownAtOnce) {
  for (const Reason reason : {Reason::kRetryTooOld, Reason::kRetryUnsure}) {
    UpdatePlan plan = plan_of(joined);
    plan.start();
    plan.on_read(found({"a"}, "t1"));
    EXPECT_EQ(plan.on_write(answer_of(Outcome::kUnknown, reason)).kind, Kind::kFinish);
    EXPECT_EQ(plan.result()->answer.outcome, Outcome::kUnknown);
    EXPECT_FALSE(plan.result()->wrote);
  }
}

TEST(UpdatePlan, ADoubtAfterALostRaceIsADoubt) {
  UpdatePlan plan = plan_of(joined);
  plan.start();
  plan.on_read(found({"a"}, "t1"));
  plan.on_write(stored("t2"));
  plan.on_read(found({"a+!", "b"}, "t3"));
  plan.on_pause_over();
  plan.on_read(found({"a+!", "b"}, "t3"));
  plan.on_write(answer_of(Outcome::kUnknown, Reason::kRetryTooOld));
  EXPECT_EQ(plan.result()->answer.outcome, Outcome::kUnknown);
  EXPECT_TRUE(plan.result()->wrote);
}

TEST(UpdatePlan, AResolverThatRefusesEndsItWithItsOwnWords) {
  UpdatePlan plan =
      plan_of([](const auto&) -> Result<Resolution> { return invalid_input("no array"); });
  plan.start();
  EXPECT_EQ(plan.on_read(found({"a"}, "t1")).kind, Kind::kFinish);
  EXPECT_EQ(plan.result()->answer.outcome, Outcome::kInvalid);
  EXPECT_EQ(plan.result()->answer.detail, "no array");
}

TEST(UpdatePlan, AReadThatFailsBeforeAnyWriteIsTheAnswerAndAfterOneIsNot) {
  UpdatePlan first = plan_of(joined);
  first.start();
  first.on_read(answer_of(Outcome::kNotApplied, Reason::kQuorumUnreachable));
  EXPECT_EQ(first.result()->answer.outcome, Outcome::kNotApplied);

  UpdatePlan nobody = plan_of(joined);
  nobody.start();
  nobody.on_read(Error{ErrorCode::kUnreachable, "nobody"});
  EXPECT_FALSE(nobody.result());

  UpdatePlan later = plan_of(joined);
  later.start();
  later.on_read(found({"a"}, "t1"));
  later.on_write(stored("t2"));
  later.on_read(answer_of(Outcome::kNotApplied, Reason::kQuorumUnreachable));
  EXPECT_TRUE(later.result()->ok());
  EXPECT_FALSE(later.result()->checked);
  EXPECT_EQ(later.result()->answer.token, "t2");
}

TEST(UpdatePlan, AnAcknowledgementWithoutATokenIsCheckedAtAQuorum) {
  UpdatePlan plan = plan_of(joined);
  plan.start();
  plan.on_read(found({"a"}, "t1"));
  const UpdateStep step = plan.on_write(stored(""));
  EXPECT_EQ(step.kind, Kind::kRead);
  EXPECT_EQ(step.options.token, "");
  EXPECT_EQ(step.options.r.kind, Quorum::Kind::kQuorum);
}

TEST(UpdatePlan, WithoutAContextOrATryThereIsNoUpdate) {
  UpdateOptions options;
  options.request.context_none = true;
  UpdatePlan none(joined, options);
  EXPECT_EQ(none.start().kind, Kind::kFinish);
  EXPECT_EQ(none.result()->answer.outcome, Outcome::kInvalid);
  UpdatePlan zero = plan_of(joined, 0);
  EXPECT_EQ(zero.start().kind, Kind::kFinish);
  EXPECT_EQ(zero.result()->answer.outcome, Outcome::kInvalid);
}

}  // namespace
}  // namespace quorate::client
