// Hands over what this node keeps for others, to each as soon as it answers again.
//
// Place:      Core ticks it, tells it when a circuit closes or opens, and gives it the answers.
// Implements: Dynamo 4.6; papers/decisions/0008-hints.md.
// Invariants: (1) a hint is removed only after its primary has acknowledged, as durable, what the
//             hint says now; (2) a sole hint whose primary is away is offered to the key's other
//             primaries, and is spare once one of them has acknowledged it. After a crash it starts
//             over: merging twice is harmless. tests/node/core/handoff_test.cc.
// Limits:     CoreOptions::handoff_bytes_per_second and handoff_keys_per_second to all together,
//             less the more clients ask of this node (foreground.h); kInFlightMax under way to each
//             primary; a hint without an answer is sent again after resend_ns.
// Not here:   which hints there are, and what goes for want of room (hints.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "node/core/generation_keeper.h"
#include "node/core/hints.h"
#include "node/core/node_state.h"
#include "node/core/pace.h"
#include "node/core/reads.h"

namespace quorate {

class Handoff {
 public:
  Handoff(NodeState& state, Hints& hints, Reads& reads, GenerationKeeper& keeper)
      : state_(state),
        hints_(hints),
        reads_(reads),
        keeper_(keeper),
        bytes_(state.options().handoff_bytes_per_second, kBurstMs),
        keys_(state.options().handoff_keys_per_second, kBurstMs) {}

  // At every tick, and when its pace lets it go on.
  void tick();
  void on_pace();
  void on_circuit_closed(NodeId peer);
  // False when the reply belongs to no hint of ours.
  bool on_reply(NodeId from, const WriteReply& reply);

 private:
  static constexpr std::size_t kInFlightMax = 32;
  static constexpr std::int64_t kBurstMs = 100;

  struct Offer {
    HintId id;
    NodeId to = 0;
    std::uint64_t order = 0;  // of the hint when it was sent
    std::int64_t sent_at_ns = 0;
  };
  // How far the sweep over one primary's hints has come.
  struct Sweep {
    std::optional<HintId> after;
    std::int64_t not_before_ns = 0;
    std::size_t in_flight = 0;
  };

  void proceed_with_all();
  void proceed(NodeId primary);
  void wait();
  // Whom the hint can be brought to now; 0: nobody.
  NodeId receiver(const HintId& id, const Hints::Entry& entry) const;
  // What to send; null: it cannot be read now, or the row that was owed is gone, and the hint too.
  RecordPtr record_of(const HintId& id, const Hints::Entry& entry);
  void remove(const HintId& id);
  void send(const HintId& id, const Hints::Entry& entry, NodeId to, RecordPtr record);
  void forget_unanswered();
  // The row that is owed, or the one that it was brought to, cannot be read.
  void restore(const HintId& id);

  NodeState& state_;
  Hints& hints_;
  Reads& reads_;
  GenerationKeeper& keeper_;
  std::map<NodeId, Sweep> sweeps_;
  std::map<OpId, Offer> offers_;
  Pace bytes_;
  Pace keys_;
  bool waiting_ = false;  // for the timer
};

}  // namespace quorate
