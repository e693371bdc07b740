#include "client/pair_meetings.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace quorate::client {
namespace {

using Place = std::tuple<VnodeId, std::uint32_t, NodeId, NodeId>;  // seen by whom, of whom

}  // namespace

std::vector<PairMeeting> pair_meetings(const RingView& ring, const std::vector<BucketView>& buckets,
                                       const std::vector<const NodeView*>& nodes,
                                       std::optional<VnodeId> only) {
  std::map<Place, const MeetingView*> told;
  for (const NodeView* node : nodes) {
    for (const MeetingView& meeting : node->meetings) {
      told[{meeting.vnode, meeting.n, node->node, meeting.peer}] = &meeting;
    }
  }
  std::set<std::uint32_t> ns;
  for (const BucketView& bucket : buckets) ns.insert(bucket.n);

  std::vector<PairMeeting> pairs;
  const auto add = [&](VnodeId vnode, std::uint32_t n, NodeId low, NodeId high) {
    PairMeeting pair{.vnode = vnode, .n = n, .low = low, .high = high};
    if (const auto found = told.find({vnode, n, low, high}); found != told.end()) {
      pair.known = true;
      pair.since_ms = found->second->since_ms;
      pair.differed = found->second->differed;
      pair.hurried = found->second->hurried;
    }
    // In a hurry the other one may have called.
    const auto found = told.find({vnode, n, high, low});
    if (found != told.end() && found->second->since_ms >= 0 &&
        (pair.since_ms < 0 || found->second->since_ms < pair.since_ms)) {
      pair.since_ms = found->second->since_ms;
      pair.differed = found->second->differed;
    }
    pairs.push_back(pair);
  };
  for (std::size_t v = 0; v < ring.vnodes.size(); ++v) {
    if (only && *only != v) continue;
    for (const std::uint32_t n : ns) {
      std::vector<NodeId> primaries = ring.vnodes[v];
      primaries.resize(std::min<std::size_t>(n, primaries.size()));
      std::sort(primaries.begin(), primaries.end());
      for (std::size_t i = 0; i < primaries.size(); ++i) {
        for (std::size_t j = i + 1; j < primaries.size(); ++j) {
          add(static_cast<VnodeId>(v), n, primaries[i], primaries[j]);
        }
      }
    }
  }
  return pairs;
}

}  // namespace quorate::client
