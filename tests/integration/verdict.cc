#include "tests/integration/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace quorate::integration {
namespace {

// A value with the event that it is, so that two replicas agree only if they hold the very same
// siblings.
using Sibling = std::pair<Dot, std::string>;

struct Reading {
  std::string problem;  // empty: it went well
  std::vector<Sibling> siblings;

  std::vector<std::string> values() const {
    std::vector<std::string> result;
    for (const Sibling& sibling : siblings) {
      result.push_back(sibling.second);
    }
    return result;
  }
};

Reading read(client::Client& client, const std::string& key,
             const client::RequestOptions& options) {
  Reading reading;
  const auto answer = client.get(key, options);
  if (!answer) {
    reading.problem = answer.error().to_string();
  } else if (answer->outcome != Outcome::kOk && answer->outcome != Outcome::kNotFound) {
    reading.problem = std::string(outcome_name(answer->outcome)) + ", " +
                      reason_name(answer->reason) + ": " + answer->detail;
  } else {
    for (const ReadValue& value : answer->values) {
      reading.siblings.emplace_back(value.dot, value.value.view());
    }
    std::sort(reading.siblings.begin(), reading.siblings.end());
  }
  return reading;
}

client::Client client_of(const std::vector<client::Endpoint>& endpoints) {
  client::ClientOptions options;
  options.endpoints = endpoints;
  options.deadline_ms = 10'000;
  auto client = client::Client::create(options);
  QUORATE_CHECK(client.has_value());
  return std::move(client).value();
}

}  // namespace

void expect_agreement(const ClusterProcess& cluster, const Load& load, const History& history) {
  std::cout << load.summary() << std::endl;
  for (const std::string& complaint : load.complaints()) {
    ADD_FAILURE() << complaint;
  }
  EXPECT_EQ(history.count(Fate::kOpen), 0u);
  EXPECT_GT(history.count(Fate::kAcknowledged), 0u);

  client::Client everywhere = client_of(cluster.endpoints());
  std::vector<client::Client> each;
  for (const NodeId node : cluster.ids()) {
    each.push_back(client_of({cluster.endpoint(node)}));
  }

  client::RequestOptions from_all;
  from_all.r = Quorum{Quorum::Kind::kAll, 0};
  from_all.read_repair = ReadRepair::kBlocking;
  client::RequestOptions from_one;
  from_one.r = Quorum::of(1);
  from_one.read_repair = ReadRepair::kOff;

  for (const std::string& key : history.keys()) {
    const Reading whole = read(everywhere, key, from_all);
    EXPECT_EQ(whole.problem, "") << "reading " << key << " from all replicas";
    EXPECT_EQ(history.judge(key, whole.values()).value_or(""), "");
    for (std::size_t index = 0; index < each.size(); ++index) {
      const Reading alone = read(each[index], key, from_one);
      EXPECT_EQ(alone.problem, "") << "reading " << key << " from node " << cluster.ids()[index];
      EXPECT_EQ(alone.siblings, whole.siblings)
          << "node " << cluster.ids()[index] << " and the quorum differ on " << key;
    }
    if (testing::Test::HasFailure()) {
      return;  // one key tells enough
    }
  }
}

}  // namespace quorate::integration
