// Every property can fail: a run that is sound is damaged afterwards, or the evidence is made up,
// and the property must say so.
#include "sim/check/property.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

const Key kKey = key_of("k");

struct PropertyTest : ::testing::Test {
  TestCluster cluster;
  History history;  // made up
  SimClient& client = cluster.client_at({1});

  std::optional<Violation> judge(Property property, const History& judged) {
    Supersession supersession(cluster.ledger(), judged, cluster->options().buckets);
    return property(gather(*cluster, judged, cluster.ledger(), supersession, {kKey}));
  }
  std::optional<Violation> judge(Property property) { return judge(property, cluster->history()); }
  void forget_everywhere() {
    for (const NodeId node : cluster->node_ids()) cluster->forget_row(node, kKey);
  }
  // A copy of the real history, to be falsified.
  void copy_history() {
    for (const Operation& operation : cluster->history().operations()) history.add(operation);
  }
  const Operation& last() { return cluster->history().operations().back(); }
};

TEST_F(PropertyTest, all_hold_in_a_sound_run) {
  cluster.call(client, put("k", "a").session());
  cluster.call(client, get("k").session());
  cluster.call(client, del("k").session());
  cluster.expect_sound();
}

TEST_F(PropertyTest, a_lost_acknowledged_write_is_noticed) {
  cluster.call(client, put("k", "v").w(3));
  EXPECT_FALSE(judge(acknowledged_writes_survive));
  forget_everywhere();
  const auto violation = judge(acknowledged_writes_survive);
  ASSERT_TRUE(violation);
  EXPECT_NE(violation->witness.find("put default/k = v"), std::string::npos);
}

TEST_F(PropertyTest, a_write_replaced_by_somebody_who_had_not_seen_it_is_noticed) {
  cluster.call(client, put("k", "a").none().w(3));
  const Dot lost = last().reply.dot;
  cluster.call(client, put("k", "b").none().w(3));
  copy_history();
  // As if a third write had come under a token that claims a, though its holder had read nothing
  // but b.
  Operation read = cluster.call(client, get("k"));
  read.reply.values.erase(std::remove_if(read.reply.values.begin(), read.reply.values.end(),
                                         [&](const ReadValue& value) { return value.dot == lost; }),
                          read.reply.values.end());
  const std::uint64_t read_index = history.add(read).index;
  Operation write = cluster.call(client, put("k", "c").token(*read.reply.token).w(3));
  write.token_from = read_index;
  history.add(write);
  EXPECT_FALSE(judge(acknowledged_writes_survive));  // what really happened was right
  EXPECT_TRUE(judge(acknowledged_writes_survive, history));
}

TEST_F(PropertyTest, a_deleted_value_that_returns_is_noticed) {
  cluster.call(client, put("k", "v").w(3));
  const Row old = *cluster->row(2, kKey);
  cluster.call(client, del("k").w(3));
  EXPECT_FALSE(judge(replaced_stays_replaced));
  Row row = *cluster->row(2, kKey);
  row.record.siblings = old.record.siblings;
  Batch batch;
  batch.id = 1'000'000;
  batch.rows.push_back(RowChange{cluster->ring().vnode_of(kKey.bucket, kKey.name), kKey, row});
  ASSERT_TRUE(cluster->node(2).disk().apply(batch));
  EXPECT_TRUE(judge(replaced_stays_replaced));
  EXPECT_TRUE(judge(replicas_converge));
}

TEST_F(PropertyTest, replicas_that_differ_are_noticed) {
  cluster.call(client, put("k", "v").w(3));
  EXPECT_FALSE(judge(replicas_converge));
  cluster->forget_row(2, kKey);
  EXPECT_TRUE(judge(replicas_converge));
}

TEST_F(PropertyTest, a_value_that_was_read_and_is_nowhere_is_noticed) {
  cluster.call(client, put("k", "v").w(3));
  cluster.call(client, get("k"));
  EXPECT_FALSE(judge(no_unsynced_read));
  forget_everywhere();
  // Disks that forgot after the read had begun explain it...
  EXPECT_FALSE(judge(no_unsynced_read));
  // ...and those that had forgotten before do not.
  copy_history();
  history.at(1).invoked = cluster->now() + 1;
  EXPECT_TRUE(judge(no_unsynced_read, history));
}

TEST_F(PropertyTest, what_another_key_lost_explains_no_lost_value) {
  cluster.call(client, put("k", "v").w(3));
  cluster.call(client, get("k"));
  cluster->forget_row(1, key_of("other"));
  copy_history();
  // As if the value that was read had been another one, which is nowhere.
  history.at(1).reply.values[0].dot.counter += 100;
  EXPECT_TRUE(judge(no_unsynced_read, history));
  cluster->forget_row(1, kKey);
  EXPECT_FALSE(judge(no_unsynced_read, history));
}

TEST_F(PropertyTest, a_value_that_nobody_wrote_is_noticed) {
  cluster.call(client, put("k", "v"));
  cluster.call(client, get("k"));
  EXPECT_FALSE(judge(never_read_unwritten));
  copy_history();
  history.at(1).reply.values[0].value = Blob("something else");
  EXPECT_TRUE(judge(never_read_unwritten, history));
  history.at(1).reply.values[0] = cluster->history()[1].reply.values[0];
  EXPECT_FALSE(judge(never_read_unwritten, history));
  history.at(1).reply.values[0].dot.counter += 100;
  EXPECT_TRUE(judge(never_read_unwritten, history));
}

TEST_F(PropertyTest, a_refused_write_that_was_stored_is_noticed) {
  cluster.call(client, put("k", "v"));
  EXPECT_FALSE(judge(not_applied_is_true));
  copy_history();
  history.at(0).outcome = Outcome::kNotApplied;
  EXPECT_TRUE(judge(not_applied_is_true, history));
}

TEST_F(PropertyTest, a_quorum_read_that_misses_a_write_is_noticed) {
  cluster.call(client, put("k", "v"));
  cluster->run_for(from_ms(1));
  cluster.call(client, get("k"));
  EXPECT_FALSE(judge(quorum_reads_are_fresh));
  copy_history();
  history.at(1).reply.token = Token{};
  history.at(1).reply.values.clear();
  EXPECT_TRUE(judge(quorum_reads_are_fresh, history));
}

TEST_F(PropertyTest, a_quorum_read_is_excused_only_by_what_was_forgotten_between) {
  cluster->forget_row(3, kKey);
  cluster->run_for(from_ms(1));
  cluster.call(client, put("k", "v"));
  cluster->run_for(from_ms(1));
  cluster.call(client, get("k"));
  copy_history();
  history.at(1).reply.token = Token{};
  history.at(1).reply.values.clear();
  cluster->run_for(from_ms(1));
  cluster->forget_row(3, kKey);
  EXPECT_TRUE(judge(quorum_reads_are_fresh, history));  // before the write, and after the read
  history.at(1).finished = cluster->now();
  EXPECT_FALSE(judge(quorum_reads_are_fresh, history));
}

TEST_F(PropertyTest, writes_of_a_session_out_of_order_are_noticed) {
  cluster.call(client, put("k", "a").session());
  cluster.call(client, put("k", "b").session());
  SimClient& reader = cluster.client_at({2});
  cluster.call(reader, get("k"));
  EXPECT_FALSE(judge(monotonic_writes));
  EXPECT_FALSE(judge(writes_follow_reads));
  copy_history();
  const auto shown = [&](const char* value, const Operation& write) {
    ReadValue read;
    read.value = Blob(value);
    read.dot = write.reply.dot;
    return read;
  };
  // As if the reader had been shown the first write beside the second.
  history.at(2).reply.values.push_back(shown("a", history[0]));
  EXPECT_TRUE(judge(monotonic_writes, history));
  EXPECT_FALSE(judge(writes_follow_reads, history));
  // As if the session had read the first write, of somebody else, and not written it.
  history.at(0).client = 60'000;
  Operation read = history[2];
  read.client = history[1].client;
  read.context = ContextUse::kSession;
  read.reply.values = {shown("a", history[0])};
  read.reply.token->context = Context();
  read.reply.token->context.add(history[0].reply.dot);
  History reordered;
  for (const Operation& each : {history[0], read, history[1], history[2]}) reordered.add(each);
  EXPECT_FALSE(judge(monotonic_writes, reordered));
  EXPECT_TRUE(judge(writes_follow_reads, reordered));
}

TEST_F(PropertyTest, an_answer_that_shows_what_it_knows_to_be_deleted_is_noticed) {
  cluster.call(client, put("k", "v"));
  cluster.call(client, get("k"));
  const ReadValue deleted = last().reply.values[0];
  cluster.call(client, del("k"));
  cluster.call(client, get("k"));
  EXPECT_FALSE(judge(replaced_stays_replaced));
  copy_history();
  history.at(3).reply.values.push_back(deleted);
  EXPECT_TRUE(judge(replaced_stays_replaced, history));
}

// v lives on node 2, which knows of c and not of what c's coordinator knew (seed 9094).
TEST_F(PropertyTest, what_another_write_had_dropped_may_live_beside_this_one) {
  cluster.call(client, put("k", "v").w(3));
  cluster->isolate(1);
  cluster.call(client, put("k", "b").w(1));
  cluster.call(client, put("k", "c").none().w(1));
  const Token of_c = *last().reply.token;
  SimClient& other = cluster.client_at({2});
  cluster.call(other, put("k", "d").token(of_c).w(1));
  cluster.call(other, get("k").r(1));
  EXPECT_EQ(last().reply.values.size(), 2u);
  EXPECT_FALSE(judge(replaced_stays_replaced));
  // As if that read had known of b too.
  copy_history();
  history.at(4).reply.token->context.add(history[1].reply.dot);
  EXPECT_TRUE(judge(replaced_stays_replaced, history));
}

TEST_F(PropertyTest, more_siblings_than_allowed_are_noticed) {
  cluster.call(client, put("k", "v").w(3));
  EXPECT_FALSE(judge(siblings_stay_bounded));
  Row row = *cluster->row(2, kKey);
  const std::uint32_t siblings_max = cluster->bucket(kKey).siblings_max;
  Sibling sibling = row.record.siblings[0];
  for (std::uint32_t i = 0; i < siblings_max; ++i) {
    ++sibling.dot.counter;
    row.record.context.add(sibling.dot);
    row.record.siblings.push_back(sibling);
  }
  Batch batch;
  batch.id = 1'000'000;
  batch.rows.push_back(RowChange{cluster->ring().vnode_of(kKey.bucket, kKey.name), kKey, row});
  ASSERT_TRUE(cluster->node(2).disk().apply(batch));
  EXPECT_TRUE(judge(siblings_stay_bounded));
}

TEST_F(PropertyTest, a_put_past_the_bound_is_noticed_and_a_delete_that_leaves_many_is_not) {
  const RunId run = 77;
  const std::uint32_t siblings_max = cluster->bucket(kKey).siblings_max;
  const auto row_of = [&](std::uint32_t siblings, std::uint64_t minted) {
    Row row;
    for (std::uint64_t counter = 1; counter <= siblings; ++counter) {
      Sibling sibling;
      sibling.dot = Dot{Actor{run, 1}, counter};
      row.record.context.add(sibling.dot);
      row.record.siblings.push_back(sibling);
    }
    row.record.context.add(Dot{Actor{run, 1}, minted});
    row.mark = Mark{Actor{run, 1}, minted};
    return row;
  };
  Ledger ledger;
  const auto write = [&](const Row& before, const Row& after) {
    ledger.on_row_written(0, 1, run, kKey, &before, after, true);
    Supersession supersession(ledger, history, cluster->options().buckets);
    return siblings_stay_bounded(gather(*cluster, history, ledger, supersession, {kKey}));
  };
  EXPECT_FALSE(
      write(row_of(siblings_max - 1, siblings_max - 1), row_of(siblings_max, siblings_max)));
  const Row many = row_of(siblings_max + 50, siblings_max + 50);
  EXPECT_FALSE(write(many, row_of(siblings_max + 10, siblings_max + 51)));
  const auto violation =
      write(row_of(siblings_max, siblings_max), row_of(siblings_max + 1, siblings_max + 1));
  ASSERT_TRUE(violation);
  EXPECT_NE(violation->witness.find("sibling number " + std::to_string(siblings_max + 1)),
            std::string::npos);
}

TEST_F(PropertyTest, a_stale_read_of_one_is_no_broken_promise) {
  cluster->isolate(3);
  cluster.call(client, put("k", "v"));
  cluster.call(cluster.client_at({3}), get("k").r(1));
  EXPECT_EQ(last().outcome, Outcome::kNotFound);
  EXPECT_FALSE(judge(quorum_reads_are_fresh));
}

TEST_F(PropertyTest, a_session_that_goes_back_is_noticed) {
  cluster.call(client, put("k", "v").session());
  cluster.call(client, get("k").session());
  EXPECT_FALSE(judge(session_guarantees));
  copy_history();
  history.at(1).reply.values.clear();  // its context still claims to know the write
  EXPECT_TRUE(judge(session_guarantees, history));
  history.at(1).reply.token = Token{};
  EXPECT_TRUE(judge(session_guarantees, history));
}

TEST(Ledger, notices_a_dot_with_two_meanings) {
  Ledger ledger;
  const Dot dot{Actor{make_run_id(1, 1), 1}, 1};
  TraceEvent minted;
  minted.kind = TraceKind::kDotMinted;
  minted.dot = dot;
  ledger.on_trace(1, 1, minted);
  EXPECT_TRUE(ledger.conflicts().empty());

  Row row;
  row.record.context.add(dot);
  Sibling sibling;
  sibling.dot = dot;
  sibling.value = Blob("a");
  row.record.siblings.push_back(sibling);
  ledger.on_row_written(1, 1, dot.actor.run, kKey, nullptr, row, true);
  ledger.on_row_written(2, 2, make_run_id(2, 2), kKey, nullptr, row, true);
  EXPECT_TRUE(ledger.conflicts().empty());
  row.record.siblings[0].value = Blob("b");
  ledger.on_row_written(3, 3, make_run_id(3, 3), kKey, nullptr, row, true);
  EXPECT_EQ(ledger.conflicts().size(), 1u);
  ledger.on_trace(4, 1, minted);
  EXPECT_EQ(ledger.conflicts().size(), 2u);
}

TEST_F(PropertyTest, a_request_applied_again_by_a_row_that_remembers_it_is_noticed) {
  const RunId run = 77;
  const RequestId request{1, 2};
  const Timestamp now = Timestamp::from_wall_ms(1'000'000);
  Row before;
  before.mark = Mark{Actor{run, 1}, 1};
  before.record.context.add(Dot{before.mark.actor, 1});
  before.record.applied.add(AppliedRequest{request, Dot{before.mark.actor, 1}, now}, 60'000);
  Row after = before;
  after.mark.counter = 2;
  after.record.context.add(Dot{after.mark.actor, 2});
  Ledger ledger;
  const auto judge_now = [&] {
    Supersession supersession(ledger, history, cluster->options().buckets);
    return applied_once(gather(*cluster, history, ledger, supersession, {kKey}));
  };
  Row other = after;
  other.record.applied.add(AppliedRequest{RequestId{3, 4}, Dot{after.mark.actor, 2}, now}, 60'000);
  ledger.on_row_written(0, 1, run, kKey, &before, other, true);
  EXPECT_FALSE(judge_now());
  after.mark.counter = 3;
  after.record.applied.add(AppliedRequest{request, Dot{after.mark.actor, 3}, now}, 60'000);
  ledger.on_row_written(0, 1, run, kKey, &before, after, true);
  EXPECT_TRUE(judge_now());
}

TEST_F(PropertyTest, a_node_that_believes_it_forgot_is_noticed_where_its_disk_lost_nothing) {
  Ledger ledger;
  const auto judge_now = [&] {
    Supersession supersession(ledger, history, cluster->options().buckets);
    return forgets_only_what_was_lost(gather(*cluster, history, ledger, supersession, {kKey}));
  };
  TraceEvent forgot;
  forgot.kind = TraceKind::kForgot;
  forgot.peer = 1;
  forgot.a = 9;
  ledger.on_trace(10, 3, forgot);  // it was new
  EXPECT_FALSE(judge_now());
  forgot.b = 4;
  ledger.on_damage(20, 3, DiskDamage::kRestored, nullptr);
  ledger.on_trace(30, 3, forgot);
  EXPECT_FALSE(judge_now());
  ledger.on_trace(40, 2, forgot);
  const auto violation = judge_now();
  ASSERT_TRUE(violation);
  EXPECT_NE(violation->witness.find("node 2"), std::string::npos);
}

}  // namespace
}  // namespace quorate::sim
