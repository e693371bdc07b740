// What the client does about one request, without any network: DESIGN 2.5, "the outcome of a
// request is joined over all attempts ... and unknown absorbs not applied".
#include "client/engine/call_plan.h"

#include <gtest/gtest.h>

namespace quorate::client {
namespace {

constexpr bool kRead = false;
constexpr bool kWrite = true;

Error refused() { return Error{ErrorCode::kUnreachable, "a:1: connection refused"}; }
Error lost() { return Error{ErrorCode::kUnreachable, "a:1: the node closed the connection"}; }

Answer said(Outcome outcome, Reason reason = Reason::kNone, std::uint32_t reached = 0) {
  Answer answer;
  answer.outcome = outcome;
  answer.reason = reason;
  answer.reached = reached;
  answer.detail = std::string("the node says ") + reason_name(reason);
  return answer;
}

struct Fixture {
  explicit Fixture(bool write, std::size_t endpoints = 3, PlanLimits limits = {})
      : plan(write, order(endpoints), endpoints, limits, budget) {}

  static std::vector<std::size_t> order(std::size_t endpoints) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < endpoints; ++i) out.push_back(i);
    return out;
  }

  RetryBudget budget{0, 100};
  CallPlan plan;
};

#define EXPECT_TRY(step, at)                                 \
  do {                                                       \
    const Step taken = (step);                               \
    ASSERT_EQ(taken.kind, Step::Kind::kTry);                 \
    EXPECT_EQ(taken.endpoint, static_cast<std::size_t>(at)); \
  } while (false)
#define EXPECT_FINISH(step) ASSERT_EQ((step).kind, Step::Kind::kFinish)

TEST(CallPlan, AnOkEndsIt) {
  Fixture f(kWrite);
  EXPECT_TRY(f.plan.start(), 0);
  EXPECT_FINISH(f.plan.on_answer(0, said(Outcome::kOk)));
  EXPECT_EQ(f.plan.result()->outcome, Outcome::kOk);
}

TEST(CallPlan, ConnectionsThatAreRefusedLeadThroughAllEndpointsOnceThenToAnError) {
  for (const bool write : {kRead, kWrite}) {
    Fixture f(write);
    EXPECT_TRY(f.plan.start(), 0);
    EXPECT_TRY(f.plan.on_not_sent(0, refused()), 1);
    EXPECT_TRY(f.plan.on_not_sent(1, Error{ErrorCode::kUnreachable, "b:1: timed out"}), 2);
    EXPECT_FINISH(f.plan.on_not_sent(2, refused()));
    const auto result = f.plan.result();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kUnreachable);
    EXPECT_NE(result.error().message.find("b:1: timed out"), std::string::npos);
  }
}

TEST(CallPlan, ARefusalByNameTellsMoreThanSilence) {
  Fixture f(kRead, 2);
  EXPECT_TRY(f.plan.start(), 0);
  EXPECT_TRY(f.plan.on_not_sent(0, Error{ErrorCode::kIncompatible, "a:1: another cluster"}), 1);
  EXPECT_FINISH(f.plan.on_not_sent(1, refused()));
  EXPECT_EQ(f.plan.result().error().code, ErrorCode::kIncompatible);
}

TEST(CallPlan, AWriteWhoseConnectionIsLostIsRetriedInPlaceFirstThenElsewhere) {
  Fixture f(kWrite);
  EXPECT_TRY(f.plan.start(), 0);
  EXPECT_TRY(f.plan.on_lost(0, lost()), 0);
  EXPECT_TRY(f.plan.on_not_sent(0, refused()), 1);
  EXPECT_FINISH(f.plan.on_answer(1, said(Outcome::kOk)));
  EXPECT_EQ(f.plan.result()->outcome, Outcome::kOk);
}

TEST(CallPlan, OnceAWriteMayHaveBeenTakenNotAppliedBecomesUnknown) {
  for (const Outcome later : {Outcome::kNotApplied, Outcome::kInvalid}) {
    Fixture f(kWrite, 2);
    EXPECT_TRY(f.plan.start(), 0);
    EXPECT_TRY(f.plan.on_lost(0, lost()), 0);
    EXPECT_FINISH(f.plan.on_answer(0, said(later, Reason::kTooManySiblings)));
    const auto result = f.plan.result();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::kUnknown);
    EXPECT_NE(result->detail.find("may still surface"), std::string::npos) << result->detail;
    EXPECT_NE(result->detail.find("closed the connection"), std::string::npos) << result->detail;
    EXPECT_NE(result->detail.find("the node says"), std::string::npos) << result->detail;
  }
}

TEST(CallPlan, AnUnknownOfANodeIsNotUndoneByARefusalOfAnother) {
  Fixture f(kWrite, 2);
  EXPECT_TRY(f.plan.start(), 0);
  EXPECT_TRY(f.plan.on_answer(0, said(Outcome::kUnknown, Reason::kStopping)), 1);
  EXPECT_FINISH(f.plan.on_answer(1, said(Outcome::kNotApplied, Reason::kQuorumUnreachable, 2)));
  EXPECT_EQ(f.plan.result()->outcome, Outcome::kUnknown);
  EXPECT_EQ(f.plan.result()->detail,
            std::string("the node says ") + reason_name(Reason::kStopping));
}

TEST(CallPlan, AnOkOnALaterAttemptSettlesAnUnknown) {
  Fixture f(kWrite);
  EXPECT_TRY(f.plan.start(), 0);
  EXPECT_TRY(f.plan.on_answer(0, said(Outcome::kUnknown, Reason::kDeadline)), 0);
  EXPECT_FINISH(f.plan.on_answer(0, said(Outcome::kOk)));
  EXPECT_EQ(f.plan.result()->outcome, Outcome::kOk);
}

TEST(CallPlan, ARefusalThatAnotherNodeMayNotShareIsTriedThere) {
  for (const Reason reason : {Reason::kQuorumUnreachable, Reason::kOverloaded, Reason::kNoSpace,
                              Reason::kStopping, Reason::kStoreFailed, Reason::kClockSkew}) {
    Fixture f(kWrite, 2);
    EXPECT_TRY(f.plan.start(), 0);
    EXPECT_TRY(f.plan.on_answer(0, said(Outcome::kNotApplied, reason)), 1);
    EXPECT_FINISH(f.plan.on_answer(1, said(Outcome::kOk)));
  }
}

TEST(CallPlan, ARefusalThatEveryNodeSharesIsFinalAtOnce) {
  for (const Reason reason : {Reason::kTooManySiblings, Reason::kRecordTooLarge,
                              Reason::kTokenExpired, Reason::kRetryTooOld, Reason::kNotSupported}) {
    Fixture f(kWrite);
    EXPECT_TRY(f.plan.start(), 0);
    EXPECT_FINISH(f.plan.on_answer(0, said(Outcome::kNotApplied, reason)));
    EXPECT_EQ(f.plan.result()->outcome, Outcome::kNotApplied);
    EXPECT_EQ(f.plan.result()->reason, reason);
  }
}

TEST(CallPlan, WhenAllRefuseTheAnswerOfWhoReachedMostIsGiven) {
  Fixture f(kWrite);
  EXPECT_TRY(f.plan.start(), 0);
  EXPECT_TRY(f.plan.on_answer(0, said(Outcome::kNotApplied, Reason::kQuorumUnreachable, 1)), 1);
  EXPECT_TRY(f.plan.on_answer(1, said(Outcome::kNotApplied, Reason::kStopping, 0)), 2);
  EXPECT_FINISH(f.plan.on_not_sent(2, refused()));
  EXPECT_EQ(f.plan.result()->outcome, Outcome::kNotApplied);
  EXPECT_EQ(f.plan.result()->reached, 1u);
}

TEST(CallPlan, SilenceBringsInAnotherNodeAndTheFirstMayStillAnswer) {
  Fixture f(kWrite);
  EXPECT_TRY(f.plan.start(), 0);
  EXPECT_TRY(f.plan.on_silence(0), 1);
  ASSERT_EQ(f.plan.on_answer(1, said(Outcome::kNotApplied, Reason::kTooManySiblings)).kind,
            Step::Kind::kListen);
  EXPECT_FINISH(f.plan.on_answer(0, said(Outcome::kOk)));
  EXPECT_EQ(f.plan.result()->outcome, Outcome::kOk);
}

TEST(CallPlan, WhoFindsTheBudgetEmptyAsksForCompanyAgain) {
  RetryBudget budget(50, 1);
  CallPlan plan(kWrite, {0, 1}, 2, {}, budget);
  EXPECT_TRY(plan.start(), 0);
  ASSERT_TRUE(budget.spend());
  Step step = plan.on_silence(0);
  ASSERT_EQ(step.kind, Step::Kind::kListen);
  EXPECT_GT(step.pause_ns, 0);
  budget.on_request();
  budget.on_request();
  EXPECT_TRY(plan.on_silence(0), 1);
  step = plan.on_silence(1);
  ASSERT_EQ(step.kind, Step::Kind::kListen);
  EXPECT_EQ(step.pause_ns, 0) << "nobody is left to ask";
}

TEST(CallPlan, AtTheDeadlineASentWriteIsUnknownAndAnUnsentOneAnError) {
  Fixture sent(kWrite);
  EXPECT_TRY(sent.plan.start(), 0);
  sent.plan.on_given_up(1, Reason::kDeadline, "no answer within 10 ms");
  EXPECT_EQ(sent.plan.result()->outcome, Outcome::kUnknown);
  EXPECT_EQ(sent.plan.result()->reason, Reason::kDeadline);

  Fixture unsent(kWrite);
  EXPECT_TRY(unsent.plan.start(), 0);
  unsent.plan.on_given_up(0, Reason::kDeadline, "no answer within 10 ms");
  ASSERT_FALSE(unsent.plan.result());
  EXPECT_EQ(unsent.plan.result().error().code, ErrorCode::kUnreachable);
}

TEST(CallPlan, AReadThatWasSentAndNotAnsweredIsNotAppliedNeverUnknown) {
  Fixture f(kRead, 1);
  EXPECT_TRY(f.plan.start(), 0);
  EXPECT_TRY(f.plan.on_lost(0, lost()), 0);
  EXPECT_FINISH(f.plan.on_lost(0, lost()));
  EXPECT_EQ(f.plan.result()->outcome, Outcome::kNotApplied);

  Fixture late(kRead, 1);
  EXPECT_TRY(late.plan.start(), 0);
  late.plan.on_given_up(1, Reason::kDeadline, "no answer");
  EXPECT_EQ(late.plan.result()->outcome, Outcome::kNotApplied);
  EXPECT_EQ(late.plan.result()->reason, Reason::kDeadline);
}

TEST(CallPlan, AWriteInDoubtGoesRoundAgainWithGrowingPausesUntilItsAttemptsAreUsedUp) {
  Fixture f(kWrite, 1, PlanLimits{.attempts_max = 5, .pause_first_ns = 10, .pause_max_ns = 30});
  EXPECT_TRY(f.plan.start(), 0);
  EXPECT_TRY(f.plan.on_lost(0, lost()), 0);
  std::vector<std::int64_t> pauses;
  Step step = f.plan.on_not_sent(0, refused());
  while (step.kind == Step::Kind::kPause) {
    pauses.push_back(step.pause_ns);
    EXPECT_TRY(f.plan.on_pause_over(), 0);
    step = f.plan.on_not_sent(0, refused());
  }
  EXPECT_FINISH(step);
  EXPECT_EQ(pauses, (std::vector<std::int64_t>{10, 20, 30}));
  EXPECT_EQ(f.plan.result()->outcome, Outcome::kUnknown);
}

TEST(CallPlan, RetriesThatCostTheClusterWorkEndWithTheBudget) {
  RetryBudget budget(0, 1);
  CallPlan plan(kWrite, {0, 1, 2}, 3, PlanLimits{}, budget);
  EXPECT_TRY(plan.start(), 0);
  EXPECT_TRY(plan.on_answer(0, said(Outcome::kNotApplied, Reason::kOverloaded)), 1);
  EXPECT_FINISH(plan.on_answer(1, said(Outcome::kNotApplied, Reason::kOverloaded)));
  EXPECT_EQ(plan.result()->reason, Reason::kOverloaded);

  // A lost connection loses many at once: each is retried once all the same, and not twice.
  CallPlan lost_twice(kWrite, {0, 1, 2}, 3, PlanLimits{}, budget);
  EXPECT_TRY(lost_twice.start(), 0);
  EXPECT_TRY(lost_twice.on_lost(0, lost()), 0);
  EXPECT_FINISH(lost_twice.on_lost(0, lost()));
  EXPECT_EQ(lost_twice.result()->outcome, Outcome::kUnknown);

  // What was never sent costs nobody anything.
  CallPlan free(kWrite, {0, 1, 2}, 3, PlanLimits{}, budget);
  EXPECT_TRY(free.start(), 0);
  EXPECT_TRY(free.on_not_sent(0, refused()), 1);
  EXPECT_TRY(free.on_not_sent(1, refused()), 2);
}

TEST(CallPlan, WithNoTimeForAnotherAttemptItFinishesWithWhatItHas) {
  Fixture f(kWrite);
  EXPECT_TRY(f.plan.start(), 0);
  f.plan.no_more_attempts();
  EXPECT_FINISH(f.plan.on_answer(0, said(Outcome::kNotApplied, Reason::kOverloaded)));
  EXPECT_EQ(f.plan.result()->outcome, Outcome::kNotApplied);
}

TEST(CallPlan, ARequestThatANodeCannotReadIsAnErrorUnlessAnEarlierAttemptMayHaveBeenTaken) {
  Fixture f(kWrite);
  EXPECT_TRY(f.plan.start(), 0);
  EXPECT_FINISH(
      f.plan.on_rejected(0, Error{ErrorCode::kUnauthorized, "the token is of another key"}));
  ASSERT_FALSE(f.plan.result());
  EXPECT_EQ(f.plan.result().error().code, ErrorCode::kUnauthorized);

  Fixture doubt(kWrite);
  EXPECT_TRY(doubt.plan.start(), 0);
  EXPECT_TRY(doubt.plan.on_lost(0, lost()), 0);
  EXPECT_FINISH(doubt.plan.on_rejected(0, Error{ErrorCode::kUnauthorized, "no"}));
  EXPECT_EQ(doubt.plan.result()->outcome, Outcome::kUnknown);
}

// Every sequence of events up to six long, against the rule said plainly.
TEST(CallPlan, NoSequenceOfEventsReportsAWriteNotAppliedThatMayHaveBeenTaken) {
  enum Event { kNotSent, kLost, kSilence, kRefusal, kFinalRefusal, kUnknown, kEvents };
  std::size_t sequences = 0;
  for (int code = 0; code < 6 * 6 * 6 * 6 * 6 * 6; ++code) {
    Fixture f(kWrite, 2);
    Step step = f.plan.start();
    bool taken = false;
    std::vector<std::size_t> open;
    int rest = code;
    for (int length = 0; length < 6 && step.kind != Step::Kind::kFinish; ++length, rest /= 6) {
      if (step.kind == Step::Kind::kPause) step = f.plan.on_pause_over();
      if (step.kind == Step::Kind::kTry) open.push_back(step.endpoint);
      if (step.kind == Step::Kind::kFinish) break;
      ASSERT_FALSE(open.empty());
      ASSERT_EQ(open.size(), f.plan.open_attempts());
      const std::size_t at = open.back();
      const auto event = static_cast<Event>(rest % 6);
      if (event != kSilence) open.pop_back();
      taken = taken || event == kLost || event == kUnknown;
      switch (event) {
        case kNotSent:
          step = f.plan.on_not_sent(at, refused());
          break;
        case kLost:
          step = f.plan.on_lost(at, lost());
          break;
        case kSilence:
          step = f.plan.on_silence(at);
          break;
        case kRefusal:
          step = f.plan.on_answer(at, said(Outcome::kNotApplied, Reason::kQuorumUnreachable));
          break;
        case kFinalRefusal:
          step = f.plan.on_answer(at, said(Outcome::kInvalid, Reason::kKeyEmpty));
          break;
        case kUnknown:
          step = f.plan.on_answer(at, said(Outcome::kUnknown, Reason::kStopping));
          break;
        case kEvents:
          break;
      }
    }
    if (step.kind != Step::Kind::kFinish) {
      if (step.kind == Step::Kind::kTry) open.push_back(step.endpoint);
      taken = taken || !open.empty();
      f.plan.on_given_up(open.size(), Reason::kDeadline, "time is up");
    }
    const auto result = f.plan.result();
    if (taken) {
      ASSERT_TRUE(result) << code;
      ASSERT_EQ(result->outcome, Outcome::kUnknown) << code;
    } else {
      ASSERT_TRUE(!result || result->outcome == Outcome::kNotApplied ||
                  result->outcome == Outcome::kInvalid)
          << code;
    }
    ++sequences;
  }
  EXPECT_EQ(sequences, 46656u);
}

TEST(RetryBudget, RequestsEarnAShareAndTheReserveIsTheCap) {
  RetryBudget budget(20, 2);
  EXPECT_TRUE(budget.spend());
  EXPECT_TRUE(budget.spend());
  EXPECT_FALSE(budget.spend());
  for (int i = 0; i < 4; ++i) budget.on_request();
  EXPECT_FALSE(budget.spend());
  budget.on_request();
  EXPECT_TRUE(budget.spend());
  EXPECT_FALSE(budget.spend());
  for (int i = 0; i < 1000; ++i) budget.on_request();
  EXPECT_TRUE(budget.spend());
  EXPECT_TRUE(budget.spend());
  EXPECT_FALSE(budget.spend());
}

}  // namespace
}  // namespace quorate::client
