// A small cluster with round numbers, for tests that drive it step by step and have everything
// judged at the end.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sim/check/property.h"
#include "sim/world/cluster.h"

namespace quorate::sim {

inline Key key_of(std::string name, std::string bucket = "default") {
  return Key{std::move(bucket), std::move(name)};
}

// A client step, named as a person would say it: put("k", "v").w(2).session().
struct Step : ClientStep {
  Step& at(NodeId node) { return endpoint = node, *this; }
  Step& r(std::uint32_t count) { return request.r = Quorum::of(count), *this; }
  Step& w(std::uint32_t count) { return request.w = Quorum::of(count), *this; }
  Step& sloppy() { return request.sloppy = true, *this; }
  Step& all() { return request.r = Quorum{Quorum::Kind::kAll, 0}, *this; }
  Step& session() { return context = ContextUse::kSession, *this; }
  Step& none() { return context = ContextUse::kNone, *this; }
  Step& token(const Token& known) { return request.token = known, *this; }
  Step& repair(ReadRepair how) { return request.read_repair = how, *this; }
  Step& deadline(SimTime time) { return request.deadline_ns = time, *this; }
};

inline Step get(std::string name, std::string bucket = "default") {
  Step step;
  step.request.verb = Verb::kGet;
  step.request.key = key_of(std::move(name), std::move(bucket));
  return step;
}

inline Step put(std::string name, std::string value, std::string bucket = "default") {
  Step step;
  step.request.verb = Verb::kPut;
  step.request.key = key_of(std::move(name), std::move(bucket));
  step.request.value = Blob(std::move(value));
  return step;
}

inline Step del(std::string name, std::string bucket = "default") {
  Step step;
  step.request.verb = Verb::kDelete;
  step.request.key = key_of(std::move(name), std::move(bucket));
  return step;
}

// The values of an answer, sorted.
std::vector<std::string> values_of(const Operation& operation);

// The values that live in a node's row, sorted; nothing when there is no row.
std::vector<std::string> values_on(const Cluster& cluster, NodeId node, const Key& key);

// Every message takes 1 ms and every sync 1 ms; three nodes unless said otherwise. What reads do
// not mend stays as it is: neither hints nor anti-entropy, nor reaping.
ClusterOptions plain_options(std::uint16_t nodes = 3);

// A cluster that has settled, with a ledger from its first moment.
class TestCluster {
 public:
  explicit TestCluster(ClusterOptions options = plain_options());

  Cluster* operator->() { return &cluster_; }
  Cluster& operator*() { return cluster_; }
  const Ledger& ledger() const { return ledger_; }

  // A client that speaks to these nodes only, and tries once.
  SimClient& client_at(std::vector<NodeId> endpoints);
  // A client of all nodes that retries.
  SimClient& client() { return cluster_.add_client(); }

  const Operation& call(SimClient& client, ClientStep step) {
    return cluster_.call(client, std::move(step));
  }

  // Heals and settles the world, has every key that was used read with r=all, lets repairs arrive,
  // and expects that every property holds.
  void expect_sound();

 private:
  Ledger ledger_;
  Cluster cluster_;
};

}  // namespace quorate::sim
