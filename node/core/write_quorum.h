// A quorum write as a value: takes acknowledgements and refusals, says when they are enough. It
// sends nothing.
//
// Implements: Dynamo 4.5 (W of N).
// Invariants: (1) only durable acknowledgements are added, so enough() means that W replicas would
//             survive a power cut; (2) a refusal is forgotten when the same replica acknowledges
//             later, never the reverse; (3) a primary's place counts once, whoever fills it.
//             tests/node/core/write_quorum_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "node/core/messages.h"
#include "node/core/quorum_sets.h"

namespace quorate {

class WriteQuorum {
 public:
  explicit WriteQuorum(ReplicaSets sets);

  // `fallback` keeps the record in the place of `primary` from now on, in place of any before it.
  void set_stand_in(NodeId primary, NodeId fallback);
  // The primary for which this node stands in; 0: it does not.
  NodeId stands_for(NodeId fallback) const;
  std::vector<NodeId> stand_ins() const;
  // Has the primary acknowledged, or does somebody stand in who has not failed?
  bool is_filled(NodeId primary) const;

  void add_ack(NodeId from);
  void add_refusal(NodeId from);      // it answered that it did not store
  void add_unreachable(NodeId node);  // nothing reaches it now

  bool enough() const;
  // Whatever the silent ones may still say, it will not be enough.
  bool impossible() const;
  // No replica is owed an answer any more.
  bool all_settled() const;
  // Who has not acknowledged and may still: whom to ask again. Stand-ins are among them.
  std::vector<NodeId> unacknowledged() const;
  // Primaries without the record: neither they nor anybody in their place has acknowledged it.
  std::vector<NodeId> empty_places() const;

  std::uint32_t reached() const;             // places
  std::vector<NodeId> acknowledged() const;  // nodes, stand-ins among them

 private:
  enum class State : std::uint8_t { kSilent, kAcked, kRefused, kUnreachable };
  struct Reply {
    NodeId node = 0;
    State state = State::kSilent;
  };
  struct Place {
    Reply primary;
    Reply stand_in;  // node 0: nobody stands in

    bool any(State state) const {
      return primary.state == state || (stand_in.node != 0 && stand_in.state == state);
    }
  };
  Reply* find(NodeId node);
  const Place& place(NodeId primary) const;

  ReplicaSets sets_;
  std::vector<Place> places_;
};

}  // namespace quorate
