// Three nodes that answer everything kvcli asks, from one store in memory: deterministic times,
// dots and tokens, and keys whose names ask for trouble ("refused", "unknown", "in-doubt", "raced":
// the first write with a token meets another one...). Not a model of the protocol: the words that a
// real node would say are all that matters here.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/client/fake_node.h"

namespace quorate::client {

class FakeCluster {
 public:
  FakeCluster();

  // For QUORATE_ENDPOINTS.
  std::string endpoints() const;
  std::vector<std::unique_ptr<FakeNode>>& nodes() { return nodes_; }

 private:
  struct Value {
    std::string bytes;
    std::uint32_t node = 0;
    std::uint64_t number = 0;  // the write that it came of
  };
  struct Record {
    std::vector<Value> values;
    bool raced = false;
  };
  using Name = std::pair<std::string, std::string>;

  void answer(std::uint32_t node, const FakeNode::LinkPtr& link, const wire::ToNode& request);
  wire::ToClient on_request(std::uint32_t node, const wire::ToNode& request);
  void get(const wire::ClientRequest& request, wire::ClientReply& reply);
  void write(const wire::ClientRequest& request, wire::ClientReply& reply);
  void typed(BucketType type, const wire::ClientRequest& request, wire::ClientReply& reply);
  void status(std::uint32_t node, wire::StatusReply& reply);
  void list(const wire::ListRequest& request, wire::ListReply& reply);
  void meetings(std::uint32_t node, wire::StatusReply& reply);
  void row(std::uint32_t node, const wire::RowRequest& request, wire::RowReply& reply);
  void digest(std::uint32_t node, const wire::DigestRequest& request, wire::DigestReply& reply);
  // What the node holds of a key. Of one whose name begins with "differs" node 3 has an older state
  // than the others, or none; "passing": so it was, until somebody looked again; "broken": it
  // cannot read its row.
  void hold(std::uint32_t node, const Name& name, bool again, wire::HeldRecord& held);

  std::mutex mutex_;  // the nodes run on threads of their own
  std::map<Name, Record> records_;
  std::map<Name, quorate::Record> typed_;  // of counters, sets, maps and flags
  std::map<std::uint32_t, wire::ChaosRequest> cuts_;
  std::map<std::uint32_t, int> repairs_;  // asked for, by node
  std::uint64_t writes_ = 0;
  std::vector<std::unique_ptr<FakeNode>> nodes_;
};

}  // namespace quorate::client
