// What clients meant, and what of it is gone: the same changes under several types.
#include "sim/check/changes.h"

#include <gtest/gtest.h>

#include "sim/workload/change_steps.h"
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

// One cluster, one key, a type.
class Trial {
 public:
  explicit Trial(BucketType type) : type_(type), cluster_(options_of(type)) {}

  SimClient& client_at(NodeId node) { return cluster_.client_at({node}); }

  void change(SimClient& client, Intent intent, const std::string& value,
              const std::string& field = "") {
    for (const ClientStep& step : steps(intent, value, field)) cluster_.call(client, step);
  }
  // Both have read before either writes.
  void change_at_once(Intent intent, SimClient& one, const std::string& value_of_one,
                      SimClient& other, const std::string& value_of_other,
                      const std::string& field_of_one = "",
                      const std::string& field_of_other = "") {
    const auto first = steps(intent, value_of_one, field_of_one);
    const auto second = steps(intent, value_of_other, field_of_other);
    for (std::size_t i = 0; i < first.size(); ++i) {
      one.enqueue(first[i]);
      other.enqueue(second[i]);
      cluster_->run_for(from_seconds(1));
    }
  }
  void remove_all(SimClient& client) { cluster_.call(client, del("k").session()); }

  // "additions 1/2": one of two is lost.
  std::string lost() {
    Supersession supersession(cluster_.ledger(), cluster_->history(), cluster_->options().buckets);
    const Evidence evidence =
        gather(*cluster_, cluster_->history(), cluster_.ledger(), supersession, {key_of("k")});
    std::string text;
    for (const ChangeTally& tally : changes_of(evidence)) {
      text += (text.empty() ? "" : ", ") + std::string(change_kind_name(tally.kind)) + " " +
              std::to_string(tally.lost) + "/" + std::to_string(tally.acknowledged);
    }
    return text;
  }

 private:
  static ClusterOptions options_of(BucketType type) {
    ClusterOptions options = plain_options();
    Bucket bucket = *options.buckets.find("default");
    bucket.type = type;
    EXPECT_TRUE(options.buckets.add(bucket).has_value());
    return options;
  }
  std::vector<ClientStep> steps(Intent intent, const std::string& value,
                                const std::string& field) const {
    ClientStep like;
    like.request.key = key_of("k");
    like.request.value = Blob(value);
    like.request.field = field;
    return steps_of(intent, type_, like);
  }

  BucketType type_;
  TestCluster cluster_;
};

TEST(Changes, AnAdditionThatAnotherWriterHadNotSeenIsLostByLastWriterWinsAlone) {
  for (const auto& [type, lost] : {std::pair(BucketType::kLww, "additions 1/2"),
                                   std::pair(BucketType::kRegister, "additions 0/2"),
                                   std::pair(BucketType::kSet, "additions 0/2"),
                                   std::pair(BucketType::kMap, "additions 0/2")}) {
    Trial trial(type);
    trial.change_at_once(Intent::kAdd, trial.client_at(1), "a", trial.client_at(2), "b");
    EXPECT_EQ(trial.lost(), lost) << bucket_type_name(type);
  }
}

TEST(Changes, WhatWasRemovedByWhoHadSeenItIsNotLost) {
  for (const BucketType type : {BucketType::kLww, BucketType::kRegister, BucketType::kSet}) {
    Trial trial(type);
    SimClient& client = trial.client_at(1);
    trial.change(client, Intent::kAdd, "a");
    trial.change(client, Intent::kRemove, "a");
    EXPECT_EQ(trial.lost(), "additions 0/1, removals 0/1") << bucket_type_name(type);
    trial.change(client, Intent::kAdd, "a");
    EXPECT_EQ(trial.lost(), "additions 0/2, removals 0/1") << "added anew";
    trial.remove_all(client);
    EXPECT_EQ(trial.lost(), "additions 0/2, removals 0/1") << "and deleted";
  }
}

TEST(Changes, IncrementsAreLostWhereTheyAreReadAndWrittenBack) {
  for (const auto& [type, lost] : {std::pair(BucketType::kLww, "increments 2/5"),
                                   std::pair(BucketType::kRegister, "increments 2/5"),
                                   std::pair(BucketType::kCounter, "increments 0/5")}) {
    Trial trial(type);
    trial.change_at_once(Intent::kCount, trial.client_at(1), "3", trial.client_at(2), "2");
    if (type == BucketType::kLww) {
      const std::string found = trial.lost();
      EXPECT_TRUE(found == "increments 2/5" || found == "increments 3/5") << found;
    } else {
      EXPECT_EQ(trial.lost(), lost) << bucket_type_name(type);
    }
  }
}

TEST(Changes, AnEditOfAnotherFieldIsLostByLastWriterWinsAlone) {
  for (const auto& [type, lost] :
       {std::pair(BucketType::kLww, "edits 1/3"), std::pair(BucketType::kRegister, "edits 0/3"),
        std::pair(BucketType::kMap, "edits 0/3")}) {
    Trial trial(type);
    SimClient& one = trial.client_at(1);
    trial.change(one, Intent::kEdit, "1", "x");
    trial.change_at_once(Intent::kEdit, one, "2", trial.client_at(2), "3", "x", "y");
    EXPECT_EQ(trial.lost(), lost) << bucket_type_name(type);
  }
}

TEST(Changes, WhatCouldNotBeReadIsNotWrittenBack) {
  TestCluster cluster;
  SimClient& client = cluster.client_at({1});
  cluster->isolate(1);
  ClientStep like;
  like.request.key = key_of("k");
  like.request.value = Blob("a");
  for (const ClientStep& step : steps_of(Intent::kAdd, BucketType::kRegister, like)) {
    client.enqueue(step);
  }
  client.enqueue(get("other").r(1));
  cluster->run_for(from_seconds(10));
  ASSERT_EQ(cluster->history().operations().size(), 2u);
  EXPECT_FALSE(cluster->history()[0].answered_read());
  EXPECT_EQ(cluster->history()[1].request.key.name, "other");
}

TEST(Changes, ATypeHasOnlyItsOwn) {
  ClientStep like;
  EXPECT_TRUE(steps_of(Intent::kCount, BucketType::kSet, like).empty());
  EXPECT_TRUE(steps_of(Intent::kAdd, BucketType::kFlag, like).empty());
  EXPECT_TRUE(steps_of(Intent::kEdit, BucketType::kSet, like).empty());
  EXPECT_EQ(steps_of(Intent::kCount, BucketType::kCounter, like).size(), 1u);
  EXPECT_EQ(steps_of(Intent::kCount, BucketType::kLww, like).size(), 2u);
}

}  // namespace
}  // namespace quorate::sim
