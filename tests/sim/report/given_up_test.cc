#include "sim/report/given_up.h"

#include <gtest/gtest.h>

#include "tests/sim/report/sample_plans.h"

namespace quorate::sim {
namespace {

TEST(GivenUp, NothingWhenNothingHappened) {
  EXPECT_EQ(what_was_given_up(summary_of(quiet_plan())),
            "This run gave up nothing; it kept availability, freshness and every acknowledged "
            "write.");
  EXPECT_EQ(given_up_briefly(summary_of(quiet_plan())), "nothing");
}

TEST(GivenUp, AvailabilityOnTheSideOfTheMinority) {
  const RunSummary summary = summary_of(split_plan());
  EXPECT_EQ(what_was_given_up(summary),
            "This run gave up availability on the side of node 1 (none of 13 operations "
            "answered); it kept availability on the side of nodes 2 3, freshness and every "
            "acknowledged write.");
  EXPECT_EQ(given_up_briefly(summary), "availability");
}

TEST(GivenUp, SpeedWhenClientsHadToTryElsewhere) {
  const RunSummary summary = summary_of(crash_plan());
  EXPECT_EQ(losses_of(summary).not_answered, 0u);
  EXPECT_EQ(given_up_briefly(summary), "speed");
}

TEST(GivenUp, AnswersThatWereNotThereWhileANodeWasDown) {
  RunPlan plan = crash_plan();
  Bucket bucket = *plan.cluster.buckets.find("default");
  bucket.w = 3;
  ASSERT_TRUE(plan.cluster.buckets.add(bucket));
  const std::string sentence = what_was_given_up(summary_of(plan));
  EXPECT_NE(sentence.find("availability while node 2 was down ("), std::string::npos) << sentence;
}

TEST(GivenUp, FreshnessAndOrderWhenBothSidesServe) {
  RunPlan plan = split_plan();
  Bucket bucket = *plan.cluster.buckets.find("default");
  bucket.r = bucket.w = 1;
  ASSERT_TRUE(plan.cluster.buckets.add(bucket));
  for (ClientPlan& client : plan.clients) client.policy.endpoints = {client.policy.endpoints[0]};
  // The cut outlasts the clients, so that nothing is merged by their reads.
  for (Fault& fault : plan.faults) {
    if (fault.kind == FaultKind::kMend) fault.at = plan.faults_end - 1;
  }
  const RunSummary summary = summary_of(plan);
  const Losses losses = losses_of(summary);
  EXPECT_EQ(losses.not_answered, 0u);
  EXPECT_GT(losses.stale, 0u);
  EXPECT_EQ(losses.conflicts, 1u);
  EXPECT_EQ(given_up_briefly(summary), "freshness and one order");
}

TEST(GivenUp, AWorldThatNobodyAskedGaveUpNothing) {
  RunPlan plan = quiet_plan();
  plan.clients.clear();
  EXPECT_EQ(what_was_given_up(summary_of(plan)), "Nothing was asked, so nothing was given up.");
}

}  // namespace
}  // namespace quorate::sim
