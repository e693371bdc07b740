// Replicas become equal without any read (papers/decisions/0009-anti-entropy.md), on the real core.
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Values = std::vector<std::string>;

const Key kKey = key_of("k");

// Nobody reads, and there are no hints: what is mended is mended by comparing trees.
ClusterOptions options_of(std::uint16_t nodes = 3) {
  ClusterOptions options = plain_options(nodes);
  options.core.anti_entropy = true;
  options.core.anti_entropy_interval_ns = from_seconds(2);
  options.core.tree_verify_interval_ns = from_seconds(4);
  return options;
}

class AntiEntropyTest : public ::testing::Test {
 protected:
  explicit AntiEntropyTest(ClusterOptions options = options_of()) : cluster_(std::move(options)) {}

  // All three primaries have just these values.
  bool all_have(const Key& key, const Values& values) {
    for (const NodeId node : cluster_->primaries(key)) {
      if (values_on(*cluster_, node, key) != values) return false;
    }
    return true;
  }
  bool within(SimTime limit, const std::function<bool()>& condition) {
    return cluster_->run_until_true(condition, limit);
  }
  const Operation& call(NodeId at, ClientStep step) {
    return cluster_.call(cluster_.client_at({at}), std::move(step));
  }

  TestCluster cluster_;
};

TEST_F(AntiEntropyTest, a_replica_that_was_cut_off_gets_what_it_missed) {
  cluster_->isolate(3);
  cluster_->run_for(from_seconds(3));
  for (int i = 0; i < 40; ++i) {
    ASSERT_EQ(call(1, put("k" + std::to_string(i), "v")).outcome, Outcome::kOk);
  }
  cluster_->run_for(from_seconds(10));
  EXPECT_EQ(cluster_->row(3, key_of("k0")), nullptr);
  cluster_->heal();
  EXPECT_TRUE(within(from_seconds(10), [&] {
    for (int i = 0; i < 40; ++i) {
      if (!all_have(key_of("k" + std::to_string(i)), {"v"})) return false;
    }
    return true;
  }));
  cluster_.expect_sound();
}

TEST_F(AntiEntropyTest, both_sides_of_a_cut_get_what_the_other_wrote_and_deletes_too) {
  ASSERT_EQ(call(1, put("gone", "v").w(3)).outcome, Outcome::kOk);
  cluster_->isolate(3);
  cluster_->run_for(from_seconds(3));
  ASSERT_EQ(call(1, put("k", "here").w(1)).outcome, Outcome::kOk);
  ASSERT_EQ(call(3, put("k", "there").w(1)).outcome, Outcome::kOk);
  ASSERT_EQ(call(1, del("gone")).outcome, Outcome::kOk);
  cluster_->heal();
  EXPECT_TRUE(within(from_seconds(10), [&] {
    return all_have(kKey, {"here", "there"}) && all_have(key_of("gone"), {});
  }));
  cluster_.expect_sound();
}

TEST_F(AntiEntropyTest, a_row_that_vanished_from_a_disk_comes_back_once_the_trees_are_verified) {
  ASSERT_EQ(call(1, put("k", "v").w(3)).outcome, Outcome::kOk);
  cluster_->run_for(from_seconds(1));  // the trees are built
  cluster_->forget_row(2, kKey);
  EXPECT_TRUE(within(from_seconds(15), [&] { return all_have(kKey, {"v"}); }));
  EXPECT_GE(cluster_.ledger().trace_count(TraceKind::kTreeLied), 1u);
  cluster_.expect_sound();
}

TEST_F(AntiEntropyTest, a_row_that_cannot_be_read_is_restored_unasked) {
  ASSERT_EQ(call(1, put("k", "v").w(3)).outcome, Outcome::kOk);
  cluster_->corrupt_row(2, kKey);
  EXPECT_TRUE(within(from_seconds(15), [&] {
    return cluster_.ledger().trace_count(TraceKind::kUnreadableReplaced) > 0;
  }));
  EXPECT_TRUE(all_have(kKey, {"v"}));
  cluster_.expect_sound();
}

TEST_F(AntiEntropyTest, equal_replicas_exchange_their_roots_and_nothing_else) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(call(1, put("k" + std::to_string(i), "v").w(3)).outcome, Outcome::kOk);
  }
  cluster_->run_for(from_seconds(5));
  const std::uint64_t differed = cluster_.ledger().trace_count(TraceKind::kTreesDiffered);
  cluster_->run_for(from_seconds(20));
  EXPECT_EQ(cluster_.ledger().trace_count(TraceKind::kTreesDiffered), differed);
  for (NodeId node = 1; node <= 3; ++node) {
    for (const MeetingStatus& pair : cluster_->node(node).core().status().meetings) {
      if (pair.peer < node) continue;
      EXPECT_GE(pair.since_ns, 0);
      EXPECT_LE(pair.since_ns, from_seconds(3));
    }
  }
}

TEST_F(AntiEntropyTest, a_node_that_restarts_builds_its_trees_anew_and_is_compared_at_once) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(call(1, put("k" + std::to_string(i), "v").w(3)).outcome, Outcome::kOk);
  }
  cluster_->crash(1);
  cluster_->run_for(from_seconds(3));
  ASSERT_EQ(call(2, put("k", "v")).outcome, Outcome::kOk);
  cluster_->restart(1);
  EXPECT_TRUE(within(from_seconds(3), [&] { return all_have(kKey, {"v"}); }));
  EXPECT_EQ(cluster_->node(1).core().status().vnodes_without_trees, 0u);
  cluster_.expect_sound();
}

class OffTest : public AntiEntropyTest {
 protected:
  static ClusterOptions options() {
    ClusterOptions options = options_of();
    options.core.anti_entropy = false;
    return options;
  }
  OffTest() : AntiEntropyTest(options()) {}
};

TEST_F(OffTest, nothing_is_mended_that_nobody_reads) {
  cluster_->isolate(3);
  cluster_->run_for(from_seconds(3));
  ASSERT_EQ(call(1, put("k", "v")).outcome, Outcome::kOk);
  cluster_->heal();
  cluster_->run_for(from_seconds(60));
  EXPECT_EQ(cluster_->row(3, kKey), nullptr);
  cluster_.expect_sound();
}

class DroppedHintsTest : public AntiEntropyTest {
 protected:
  static ClusterOptions options() {
    ClusterOptions options = options_of();
    options.core.hints = true;
    options.core.hints_max = 1;
    options.core.anti_entropy_interval_ns = from_seconds(3'600);
    return options;
  }
  DroppedHintsTest() : AntiEntropyTest(options()) {}
};

TEST_F(DroppedHintsTest, what_was_dropped_is_compared_first) {
  cluster_->isolate(3);
  cluster_->run_for(from_seconds(3));
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(call(1, put("k" + std::to_string(i), "v")).outcome, Outcome::kOk);
  }
  EXPECT_GT(cluster_->node(1).core().status().hints_dropped, 0u);
  cluster_->heal();
  EXPECT_TRUE(within(from_seconds(10), [&] {
    for (int i = 0; i < 10; ++i) {
      if (!all_have(key_of("k" + std::to_string(i)), {"v"})) return false;
    }
    return true;
  }));
  EXPECT_GT(cluster_.ledger().trace_count(TraceKind::kMeetingHurried), 0u);
  EXPECT_TRUE(within(from_seconds(10),
                     [&] { return cluster_->node(1).core().status().hints_dropped == 0; }));
  cluster_.expect_sound();
}

}  // namespace
}  // namespace quorate::sim
