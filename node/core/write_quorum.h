// A quorum write as a value: takes acknowledgements and refusals, says when they are enough. It
// sends nothing.
//
// Implements: Dynamo 4.5 (W of N).
// Invariants: (1) only durable acknowledgements are added, so enough() means that W replicas would
//             survive a power cut; (2) a refusal is forgotten when the same replica acknowledges
//             later, never the reverse. tests/node/core/write_quorum_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "node/core/messages.h"
#include "node/core/quorum_sets.h"

namespace quorate {

class WriteQuorum {
 public:
  explicit WriteQuorum(ReplicaSets sets);

  void add_ack(NodeId from);
  void add_refusal(NodeId from);      // it answered that it did not store
  void add_unreachable(NodeId node);  // nothing reaches it now

  bool enough() const;
  // Whatever the silent ones may still say, it will not be enough.
  bool impossible() const;
  // No replica is owed an answer any more.
  bool all_settled() const;
  // Replicas that have not acknowledged and may still: whom to ask again.
  std::vector<NodeId> unacknowledged() const;

  std::uint32_t reached() const;
  std::vector<NodeId> acknowledged() const;

 private:
  enum class State : std::uint8_t { kSilent, kAcked, kRefused, kUnreachable };
  struct Reply {
    NodeId node = 0;
    State state = State::kSilent;
  };
  Reply* find(NodeId node);
  const Reply* find(NodeId node) const;

  ReplicaSets sets_;
  std::vector<Reply> replies_;
};

}  // namespace quorate
