// Siblings stay bounded: the bucket's siblings_max holds at every coordinator (DESIGN 2.4), and so
// no row ever holds more than siblings_max of any one actor.
//
// The second follows from the first, as long as an actor counts on only where it remembers: when an
// actor mints, its row holds all its earlier siblings that nobody has replaced. A merge is always
// accepted, so what several actors minted apart can meet in one row; then nobody adds to it.
#include <algorithm>
#include <map>

#include "sim/check/property.h"

namespace quorate::sim {

namespace {

std::optional<std::string> written_past_the_bound(const Evidence& evidence, const Key& key,
                                                  std::size_t siblings_max) {
  for (const MintedEvent* event : evidence.ledger.of_key(key)) {
    const std::size_t after = event->living_after.size();
    // A delete adds none, and is never refused for what it leaves.
    const bool adds = std::find(event->living_after.begin(), event->living_after.end(),
                                event->dot) != event->living_after.end();
    if (after <= siblings_max || !adds || !event->stored) continue;
    return "a write was accepted as sibling number " + std::to_string(after) + " of at most " +
           std::to_string(siblings_max) + ":\n" + describe_event(evidence, event->dot);
  }
  return std::nullopt;
}

std::optional<std::string> too_many_of_one_actor(const Evidence& evidence, const Key& key,
                                                 std::size_t siblings_max) {
  for (const NodeId node : evidence.cluster.primaries(key)) {
    const Row* row = evidence.cluster.row(node, key);
    if (row == nullptr) continue;
    std::map<Actor, std::size_t> of_actor;
    for (const Sibling& sibling : row->record.siblings) {
      if (++of_actor[sibling.dot.actor] <= siblings_max) continue;
      return "node " + std::to_string(node) + " holds more than " + std::to_string(siblings_max) +
             " siblings of actor " + to_string(sibling.dot.actor) + ":\n" +
             describe_key(evidence, key);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> siblings_stay_bounded(const Evidence& evidence) {
  for (const Key& key : evidence.keys) {
    if (evidence.of_parts(key)) continue;  // bounded by element or field
    const std::size_t siblings_max = evidence.cluster.bucket(key).siblings_max;
    std::optional<std::string> wrong = written_past_the_bound(evidence, key, siblings_max);
    if (!wrong) wrong = too_many_of_one_actor(evidence, key, siblings_max);
    if (wrong) return Violation{"siblings stay bounded", std::move(*wrong)};
  }
  return std::nullopt;
}

}  // namespace quorate::sim
