// What parts_add_up is for, it notices: a sound run is damaged afterwards, or an answer is
// falsified.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/workload/change_steps.h"
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

ClusterOptions typed_options(BucketType type) {
  ClusterOptions options = plain_options();
  Bucket bucket = *options.buckets.find("default");
  bucket.type = type;
  EXPECT_TRUE(options.buckets.add(bucket).has_value());
  return options;
}

struct PartsAddUp : ::testing::TestWithParam<BucketType> {
  TestCluster cluster{typed_options(GetParam())};
  SimClient& client = cluster.client_at({1});
  const Key key = key_of("k");

  void change(Intent intent, const std::string& value) {
    ClientStep like;
    like.request.key = key;
    like.request.value = Blob(value);
    for (const ClientStep& step : steps_of(intent, GetParam(), like)) {
      EXPECT_TRUE(cluster.call(client, step).acknowledged());
    }
  }
  void two_changes() {
    const Intent intent = GetParam() == BucketType::kCounter ? Intent::kCount : Intent::kAdd;
    change(intent, "1");
    cluster->run_for(from_seconds(1));
    if (intent == Intent::kAdd) change(Intent::kRemove, "1");
    change(intent, "2");
    cluster->run_for(from_seconds(1));
  }
  std::optional<Violation> judge(const History& history) {
    Supersession supersession(cluster.ledger(), history, cluster->options().buckets);
    return parts_add_up(gather(*cluster, history, cluster.ledger(), supersession, {key}));
  }
  void replace_row(NodeId node, const Record& record) {
    Row row = *cluster->row(node, key);
    row.record = record;
    Batch batch;
    batch.id = 1'000'000;
    batch.rows.push_back(
        RowChange{cluster->ring().vnode_of(key.bucket, key.name), key, std::move(row)});
    ASSERT_TRUE(cluster->node(node).disk().apply(std::move(batch)));
  }
};

TEST_P(PartsAddUp, holds_in_a_sound_run) {
  two_changes();
  cluster.call(client, get("k"));
  cluster.expect_sound();
}

TEST_P(PartsAddUp, a_part_that_is_gone_from_a_row_is_noticed) {
  two_changes();
  EXPECT_FALSE(judge(cluster->history()));
  Record record = cluster->row(2, key)->record;
  record.siblings.clear();
  replace_row(2, record);
  const auto violation = judge(cluster->history());
  ASSERT_TRUE(violation);
  EXPECT_NE(violation->witness.find("node 2 keeps nothing"), std::string::npos)
      << violation->witness;
}

TEST_P(PartsAddUp, a_part_that_returns_to_a_row_is_noticed) {
  two_changes();
  Record record = cluster->row(2, key)->record;
  ASSERT_FALSE(record.siblings.empty());
  Sibling again = record.siblings.front();
  const MintedEvent* first = cluster.ledger().of_key(key).front();
  ASSERT_NE(first->dot, again.dot);
  again.dot = first->dot;
  if (!again.field.empty()) again.field = "1";
  record.siblings.insert(record.siblings.begin(), again);
  replace_row(2, record);
  EXPECT_TRUE(judge(cluster->history()));
}

TEST_P(PartsAddUp, an_answer_that_does_not_add_up_is_noticed) {
  two_changes();
  History history;
  for (const Operation& operation : cluster->history().operations()) history.add(operation);
  Operation read = cluster.call(client, get("k"));
  ASSERT_FALSE(read.reply.values.empty());
  read.reply.values.clear();
  history.add(read);
  const auto violation = judge(history);
  ASSERT_TRUE(violation);
  EXPECT_NE(violation->witness.find("a read was told nothing"), std::string::npos)
      << violation->witness;
}

std::string type_name(const testing::TestParamInfo<BucketType>& type) {
  return bucket_type_name(type.param);
}

INSTANTIATE_TEST_SUITE_P(Types, PartsAddUp,
                         testing::Values(BucketType::kCounter, BucketType::kSet, BucketType::kMap),
                         type_name);

}  // namespace
}  // namespace quorate::sim
