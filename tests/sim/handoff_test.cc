// Sloppy quorums and hinted handoff (papers/decisions/0008-hints.md), on the real core.
#include <algorithm>

#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Values = std::vector<std::string>;

const Key kKey = key_of("k");

ClusterOptions five_nodes() {
  ClusterOptions options = plain_options(5);
  options.core.hints = true;
  return options;
}

// Five nodes, three copies: `p` are the primaries of "k", `f` the fallbacks in their order.
class Handoff : public ::testing::Test {
 protected:
  explicit Handoff(ClusterOptions options = five_nodes()) : cluster_(std::move(options)) {
    const VnodeId vnode = cluster_->ring().vnode_of(kKey.bucket, kKey.name);
    const auto list = cluster_->ring().preference_list(vnode);
    p_.assign(list.begin(), list.begin() + 3);
    f_.assign(list.begin() + 3, list.end());
  }

  void away(std::initializer_list<NodeId> nodes) {
    for (const NodeId node : nodes) cluster_->isolate(node);
    cluster_->run_for(from_seconds(3));  // the circuits open
  }
  std::size_t hints_of(NodeId node) {
    std::size_t count = 0;
    for (const HintsStatus& kept : cluster_->node(node).core().status().hints) count += kept.count;
    return count;
  }
  std::size_t sole_of(NodeId node) {
    std::size_t count = 0;
    for (const HintsStatus& kept : cluster_->node(node).core().status().hints) count += kept.sole;
    return count;
  }
  const Operation& call(NodeId at, ClientStep step) {
    return cluster_.call(cluster_.client_at({at}), std::move(step));
  }

  TestCluster cluster_;
  std::vector<NodeId> p_;
  std::vector<NodeId> f_;
};

TEST_F(Handoff, fallbacks_stand_in_and_hand_over) {
  away({p_[1], p_[2]});
  const Operation& write = call(p_[0], put("k", "v").w(3).sloppy());
  EXPECT_EQ(write.outcome, Outcome::kOk) << write.reply.detail;
  EXPECT_EQ(write.reply.reached, 3u);
  std::vector<NodeId> answered = write.reply.answered;
  std::sort(answered.begin(), answered.end());
  std::vector<NodeId> expected = {p_[0], f_[0], f_[1]};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(answered, expected);
  EXPECT_EQ(hints_of(f_[0]) + hints_of(f_[1]), 2u);
  EXPECT_EQ(cluster_->row(f_[0], kKey), nullptr);
  cluster_->heal();
  ASSERT_TRUE(cluster_->run_until_settled(from_seconds(20)));
  for (const NodeId node : p_) EXPECT_EQ(values_on(*cluster_, node, kKey), Values{"v"});
  EXPECT_EQ(hints_of(f_[0]) + hints_of(f_[1]), 0u);
  cluster_.expect_sound();
}

TEST_F(Handoff, strict_requests_count_no_hint) {
  away({p_[1], p_[2]});
  const Operation& write = call(p_[0], put("k", "strict").w(2));
  EXPECT_EQ(write.outcome, Outcome::kNotApplied);
  EXPECT_EQ(hints_of(f_[0]) + hints_of(f_[1]), 0u);
  EXPECT_EQ(call(p_[0], put("k", "v").w(2).sloppy()).outcome, Outcome::kOk);
  EXPECT_EQ(call(f_[0], get("k").r(2)).outcome, Outcome::kNotApplied);
  EXPECT_EQ(values_of(call(f_[0], get("k").r(2).sloppy())), Values{"v"});
  cluster_.expect_sound();
}

TEST_F(Handoff, a_fallback_coordinates_where_no_primary_can_be_reached) {
  cluster_->split({p_[0], p_[1], p_[2]}, {f_[0], f_[1]});
  cluster_->run_for(from_seconds(3));
  EXPECT_EQ(call(f_[0], put("k", "strict").w(2)).outcome, Outcome::kNotApplied);
  const Operation& there = call(f_[0], put("k", "theirs").w(2).sloppy());
  EXPECT_EQ(there.outcome, Outcome::kOk) << there.reply.detail;
  EXPECT_EQ(values_of(call(f_[1], get("k").r(2).sloppy())), Values{"theirs"});
  // It replaces what it wrote itself, as any coordinator does.
  EXPECT_EQ(call(f_[0], put("k", "theirs, again").w(2).sloppy()).outcome, Outcome::kOk);
  EXPECT_EQ(values_of(call(f_[1], get("k").r(2).sloppy())), Values{"theirs, again"});
  EXPECT_EQ(call(p_[0], put("k", "ours")).outcome, Outcome::kOk);
  cluster_->heal();
  ASSERT_TRUE(cluster_->run_until_settled(from_seconds(20)));
  EXPECT_EQ(hints_of(f_[0]) + hints_of(f_[1]), 0u);
  cluster_.expect_sound();
  for (const NodeId node : p_) {
    EXPECT_EQ(values_on(*cluster_, node, kKey), (Values{"ours", "theirs, again"})) << node;
  }
}

TEST_F(Handoff, w_that_not_even_fallbacks_can_fill_is_not_applied) {
  cluster_->isolate(f_[0]);
  away({p_[0], p_[1], p_[2]});
  const Operation& write = call(f_[1], put("k", "refused").w(2).sloppy());
  EXPECT_EQ(write.outcome, Outcome::kNotApplied);
  EXPECT_NE(write.reply.detail.find("1 fallback can stand in"), std::string::npos)
      << write.reply.detail;
  EXPECT_EQ(hints_of(f_[1]), 0u);
  EXPECT_EQ(call(f_[1], put("k", "v").w(1).sloppy()).outcome, Outcome::kOk);
  cluster_.expect_sound();
}

TEST_F(Handoff, a_sole_hint_goes_to_another_primary_and_is_spare_then) {
  cluster_->split({p_[0], p_[1], p_[2]}, {f_[0], f_[1]});
  cluster_->run_for(from_seconds(3));
  ASSERT_EQ(call(f_[0], put("k", "v").w(2).sloppy()).outcome, Outcome::kOk);
  EXPECT_EQ(sole_of(f_[0]) + sole_of(f_[1]), 2u);
  // Only one primary comes back, and nobody had kept anything for it.
  cluster_->heal();
  cluster_->isolate(p_[0]);
  cluster_->isolate(p_[1]);
  ASSERT_TRUE(cluster_->run_until_true([&] { return sole_of(f_[0]) + sole_of(f_[1]) == 0; },
                                       from_seconds(20)));
  EXPECT_EQ(hints_of(f_[0]) + hints_of(f_[1]), 2u);
  EXPECT_EQ(values_on(*cluster_, p_[2], kKey), Values{"v"});
  cluster_.expect_sound();
  EXPECT_EQ(values_on(*cluster_, p_[0], kKey), Values{"v"});
}

TEST_F(Handoff, a_holder_that_crashes_goes_on_after_its_restart) {
  away({p_[1], p_[2]});
  ASSERT_EQ(call(p_[0], put("k", "v").w(3).sloppy()).outcome, Outcome::kOk);
  for (const NodeId node : f_) cluster_->crash(node);
  cluster_->crash(p_[0]);
  cluster_->heal();
  for (const NodeId node : f_) cluster_->restart(node);
  ASSERT_TRUE(cluster_->run_until_true(
      [&] {
        return values_on(*cluster_, p_[1], kKey) == Values{"v"} &&
               values_on(*cluster_, p_[2], kKey) == Values{"v"};
      },
      from_seconds(20)));
  cluster_.expect_sound();
}

TEST_F(Handoff, a_hint_stays_until_it_is_acknowledged) {
  away({p_[2]});
  ASSERT_EQ(call(p_[0], put("k", "v").w(3).sloppy()).outcome, Outcome::kOk);
  const NodeId holder = hints_of(f_[0]) > 0 ? f_[0] : f_[1];
  ASSERT_EQ(hints_of(holder), 1u);
  // Its record gets there, and the acknowledgement does not come back.
  cluster_->heal();
  ASSERT_TRUE(cluster_->run_until_true(
      [&] {
        if (values_on(*cluster_, p_[2], kKey) != Values{"v"}) return false;
        cluster_->cut(p_[2], holder);
        return true;
      },
      from_seconds(20)));
  cluster_->run_for(from_seconds(5));
  EXPECT_EQ(hints_of(holder), 1u);
  cluster_->heal();
  ASSERT_TRUE(cluster_->run_until_settled(from_seconds(20)));
  EXPECT_EQ(hints_of(holder), 0u);
  cluster_.expect_sound();
}

// Strict quorums are not counted up by hints, but the coordinator remembers whom it owes the
// record.
TEST_F(Handoff, a_primary_that_was_away_gets_what_it_missed_without_any_read) {
  cluster_->crash(p_[2]);
  cluster_->run_for(from_seconds(3));
  ASSERT_EQ(call(p_[0], put("k", "one")).outcome, Outcome::kOk);
  ASSERT_EQ(call(p_[0], put("k", "two")).outcome, Outcome::kOk);
  EXPECT_EQ(hints_of(p_[0]), 1u);
  EXPECT_EQ(sole_of(p_[0]), 0u);
  cluster_->restart(p_[2]);
  ASSERT_TRUE(cluster_->run_until_settled(from_seconds(20)));
  EXPECT_EQ(values_on(*cluster_, p_[2], kKey), Values{"two"});
  EXPECT_EQ(hints_of(p_[0]), 0u);
  cluster_.expect_sound();
}

TEST_F(Handoff, a_replica_that_was_late_is_owed_what_it_did_not_acknowledge) {
  cluster_->cut(p_[2], p_[0]);  // it gets everything, and nobody hears of it
  const Operation& write = call(p_[0], put("k", "v").deadline(from_ms(400)));
  ASSERT_EQ(write.outcome, Outcome::kOk);
  cluster_->run_for(from_ms(500));
  EXPECT_EQ(hints_of(p_[0]), 1u);
  cluster_.expect_sound();
}

class HandoffOfFew : public Handoff {
 protected:
  static ClusterOptions options() {
    ClusterOptions options = five_nodes();
    options.core.hints_max = 2;
    return options;
  }
  HandoffOfFew() : Handoff(options()) {}
};

TEST_F(HandoffOfFew, at_the_bound_sloppy_writes_are_not_applied_and_say_so) {
  cluster_->isolate(f_[1]);
  cluster_->split({p_[0], p_[1], p_[2]}, {f_[0]});
  cluster_->run_for(from_seconds(3));
  int stored = 0;
  for (int i = 0; i < 6; ++i) {
    const Operation& write =
        call(f_[0], put("k" + std::to_string(i), std::to_string(i)).w(1).sloppy());
    if (write.outcome == Outcome::kOk) {
      ++stored;
      continue;
    }
    EXPECT_EQ(write.outcome, Outcome::kNotApplied) << to_string(write);
  }
  EXPECT_LT(stored, 6);
  EXPECT_LE(sole_of(f_[0]), 2u);
  cluster_.expect_sound();
}

// kv679_dataloss_fb (DESIGN 7): A writes c1 to fallbacks; c2 and c3 are on B and C; A forgets the
// row; the fallbacks give A c1 back; A writes again: that write must be a sibling of c3, not lost.
TEST_F(Handoff, kv679_dataloss_fb) {
  const NodeId a = p_[0];
  const NodeId b = p_[1];
  const NodeId c = p_[2];
  cluster_->split({a, f_[0], f_[1]}, {b, c});
  cluster_->run_for(from_seconds(3));
  ASSERT_EQ(call(a, put("k", "c1").w(3).sloppy()).outcome, Outcome::kOk);
  ASSERT_EQ(call(b, put("k", "c2")).outcome, Outcome::kOk);
  ASSERT_EQ(call(b, put("k", "c3")).outcome, Outcome::kOk);
  cluster_->crash(a);
  cluster_->forget_row(a, kKey);
  cluster_->restart(a);
  ASSERT_TRUE(cluster_->run_until_true(
      [&] { return values_of(call(a, get("k").r(3).sloppy())) == Values{"c1"}; },
      from_seconds(20)));
  cluster_->run_for(from_seconds(1));
  EXPECT_EQ(values_on(*cluster_, a, kKey), Values{"c1"});
  ASSERT_EQ(call(a, put("k", "c4").w(3).sloppy()).outcome, Outcome::kOk);
  cluster_.expect_sound();
  for (const NodeId node : p_) {
    EXPECT_EQ(values_on(*cluster_, node, kKey), (Values{"c3", "c4"})) << node;
  }
}

}  // namespace
}  // namespace quorate::sim
