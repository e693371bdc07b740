#include "node/core/peer_health.h"

#include <algorithm>

namespace quorate {

PeerHealth::PeerHealth(const std::vector<NodeId>& peers, std::int64_t ping_interval_ns,
                       std::int64_t silence_max_ns)
    : unanswered_max_(static_cast<std::uint32_t>(
          std::max<std::int64_t>(1, silence_max_ns / ping_interval_ns))) {
  for (NodeId peer : peers) peers_.emplace(peer, Peer{});
}

PeerHealth::Changes PeerHealth::tick() {
  Changes changes;
  for (auto& [node, peer] : peers_) {
    if (peer.circuit == Circuit::kClosed) {
      if (peer.unanswered >= unanswered_max_) {
        peer.circuit = Circuit::kOpen;
        peer.back_off = 1;
        peer.wait = 0;
        changes.opened.push_back(node);
      }
    } else if (peer.circuit == Circuit::kHalfOpen && peer.unanswered >= unanswered_max_) {
      peer.circuit = Circuit::kOpen;
      peer.back_off = std::min(peer.back_off * 2, kBackOffTicksMax);
      peer.wait = peer.back_off;
    }
    if (peer.circuit == Circuit::kOpen) {
      if (peer.wait > 0) {
        --peer.wait;
        continue;
      }
      peer.circuit = Circuit::kHalfOpen;
      peer.unanswered = 0;
      changes.half_opened.push_back(node);
    }
    ++peer.unanswered;
    changes.probe.push_back(node);
  }
  return changes;
}

PeerHealth::Changes PeerHealth::answered(NodeId node, std::int64_t now_ns) {
  Changes changes;
  const auto found = peers_.find(node);
  if (found == peers_.end()) return changes;
  Peer& peer = found->second;
  peer.unanswered = 0;
  peer.last_answer_ns = now_ns;
  if (peer.circuit != Circuit::kClosed) {
    peer.circuit = Circuit::kClosed;
    peer.back_off = 1;
    changes.closed.push_back(node);
  }
  return changes;
}

PeerHealth::Changes PeerHealth::link_down(NodeId node) {
  Changes changes;
  const auto found = peers_.find(node);
  if (found == peers_.end()) return changes;
  Peer& peer = found->second;
  if (peer.circuit == Circuit::kClosed) changes.opened.push_back(node);
  if (peer.circuit != Circuit::kOpen) {
    peer.circuit = Circuit::kOpen;
    peer.wait = peer.back_off;
  }
  return changes;
}

PeerHealth::Changes PeerHealth::link_up(NodeId node) {
  Changes changes;
  const auto found = peers_.find(node);
  if (found == peers_.end() || found->second.circuit == Circuit::kClosed) return changes;
  Peer& peer = found->second;
  if (peer.circuit == Circuit::kOpen) changes.half_opened.push_back(node);
  peer.circuit = Circuit::kHalfOpen;
  peer.unanswered = 1;
  changes.probe.push_back(node);
  return changes;
}

bool PeerHealth::closed(NodeId node) const {
  const auto found = peers_.find(node);
  return found != peers_.end() && found->second.circuit == Circuit::kClosed;
}

Circuit PeerHealth::circuit(NodeId node) const {
  const auto found = peers_.find(node);
  return found == peers_.end() ? Circuit::kOpen : found->second.circuit;
}

std::int64_t PeerHealth::last_answer_ns(NodeId node) const {
  const auto found = peers_.find(node);
  return found == peers_.end() ? -1 : found->second.last_answer_ns;
}

}  // namespace quorate
