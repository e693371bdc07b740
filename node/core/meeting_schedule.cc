#include "node/core/meeting_schedule.h"

#include <algorithm>
#include <set>
#include <utility>

namespace quorate {

MeetingSchedule::MeetingSchedule(NodeId self, const Buckets& buckets, const Ring& ring,
                                 std::int64_t interval_ns)
    : self_(self), interval_ns_(interval_ns) {
  std::set<std::uint32_t> ns;
  for (const auto& [name, bucket] : buckets.all()) ns.insert(bucket.n);
  for (std::uint32_t vnode = 0; vnode < ring.vnodes(); ++vnode) {
    for (const std::uint32_t n : ns) {
      const auto primaries = ring.primaries(static_cast<VnodeId>(vnode), n);
      if (std::find(primaries.begin(), primaries.end(), self) == primaries.end()) continue;
      for (const NodeId peer : primaries) {
        if (peer != self) pairs_[PairId{static_cast<VnodeId>(vnode), n, peer}] = Pair{};
      }
    }
  }
  hurry_all();
}

void MeetingSchedule::hurry(Pair& pair) const {
  pair.due_ns = 0;
  pair.hurried = true;
}

void MeetingSchedule::hurry_all(std::optional<VnodeId> only) {
  for (auto& [id, pair] : pairs_) {
    if (self_ < id.peer && (!only || id.vnode == *only)) hurry(pair);
  }
}

void MeetingSchedule::hurry_vnode(VnodeId vnode) {
  for (auto pair = pairs_.lower_bound(PairId{vnode, 0, 0});
       pair != pairs_.end() && pair->first.vnode == vnode; ++pair) {
    hurry(pair->second);
  }
}

void MeetingSchedule::hurry_peer(NodeId peer) {
  for (auto& [id, pair] : pairs_) {
    if (id.peer == peer && self_ < peer) hurry(pair);
  }
}

std::optional<PairId> MeetingSchedule::next(
    std::int64_t now_ns, const std::function<bool(const PairId&)>& can_meet) const {
  const Pair* best = nullptr;
  std::optional<PairId> found;
  const auto urgency = [](const Pair& pair) { return std::pair(!pair.hurried, pair.due_ns); };
  for (const auto& [id, pair] : pairs_) {
    if (pair.due_ns > now_ns || !(pair.hurried || self_ < id.peer)) continue;
    if (best != nullptr && urgency(*best) <= urgency(pair)) continue;
    if (!can_meet(id)) continue;
    best = &pair;
    found = id;
  }
  return found;
}

void MeetingSchedule::met(const PairId& id, std::int64_t begun_ns, std::int64_t now_ns,
                          std::uint64_t differed, bool agreed) {
  Pair& pair = pairs_[id];
  const std::int64_t agreed_ns = agreed ? begun_ns : pair.agreed_ns;
  pair = Pair{now_ns + interval_ns_, false, now_ns, differed, agreed_ns};
}

bool MeetingSchedule::agreed_since(VnodeId vnode, std::int64_t since_ns) {
  bool all = true;
  for (auto found = pairs_.lower_bound(PairId{vnode, 0, 0});
       found != pairs_.end() && found->first.vnode == vnode; ++found) {
    auto& [id, pair] = *found;
    if (!(self_ < id.peer) || pair.agreed_ns >= since_ns) continue;
    hurry(pair);
    all = false;
  }
  return all;
}

void MeetingSchedule::not_met(const PairId& id, std::int64_t again_ns) {
  pairs_[id].due_ns = again_ns;
}

}  // namespace quorate
