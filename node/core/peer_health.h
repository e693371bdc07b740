// Who answers: a circuit breaker for each peer, fed by what really happens on the link.
//
//   closed     requests flow; a probe goes out at every tick.
//   open       nothing is sent but probes, ever more rarely (up to kBackOffTicksMax ticks apart).
//   half-open  a probe is on its way after an opening; its answer closes the circuit.
//
// Only an answer to something that *we* sent counts as life: hearing from a peer that cannot hear
// us (a one-way cut) must not keep the circuit closed. Silence is counted in probes that went
// unanswered, not in time passed: a process that was itself stopped for a minute finds one
// unanswered probe when it wakes, and no dead peers.
//
// Place:      the core ticks it at every ping interval and sends what it says.
// Not here:   clocks of peers and their high-water marks: lineage.h.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "node/core/core.h"

namespace quorate {

class PeerHealth {
 public:
  PeerHealth(const std::vector<NodeId>& peers, std::int64_t ping_interval_ns,
             std::int64_t silence_max_ns);

  // What a tick or an event changed, and whom to probe now.
  struct Changes {
    std::vector<NodeId> opened;
    std::vector<NodeId> half_opened;
    std::vector<NodeId> closed;
    std::vector<NodeId> probe;
  };

  Changes tick();
  // `node` answered something.
  Changes answered(NodeId node, std::int64_t now_ns);
  // The transport says that nothing reaches it.
  Changes link_down(NodeId node);
  // The transport says that a connection stands: worth a probe at once.
  Changes link_up(NodeId node);

  bool closed(NodeId node) const;  // false for a node that is no peer
  Circuit circuit(NodeId node) const;
  std::int64_t last_answer_ns(NodeId node) const;  // -1: never

 private:
  static constexpr std::uint32_t kBackOffTicksMax = 8;

  struct Peer {
    Circuit circuit = Circuit::kOpen;
    std::uint32_t unanswered = 0;  // probes since the last answer
    std::uint32_t back_off = 1;    // ticks between probes while open
    std::uint32_t wait = 0;        // ticks left until the next probe while open
    std::int64_t last_answer_ns = -1;
  };

  std::map<NodeId, Peer> peers_;
  std::uint32_t unanswered_max_;
};

}  // namespace quorate
