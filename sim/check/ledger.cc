#include "sim/check/ledger.h"

#include <algorithm>
#include <utility>

#include "node/causality/context_part.h"

namespace quorate::sim {

namespace {

std::vector<Dot> dots_of(const Record& record) {
  std::vector<Dot> dots;
  for (const Sibling& sibling : record.siblings) dots.push_back(sibling.dot);
  return dots;
}

std::string describe(const Key& key, const Sibling& sibling) {
  return key.bucket + "/" + key.name + " = '" + std::string(sibling.value.view()) + "' kind " +
         std::to_string(static_cast<int>(sibling.kind)) + " at " +
         std::to_string(sibling.timestamp.packed);
}

}  // namespace

void Ledger::on_trace(SimTime time, NodeId node, const TraceEvent& event) {
  ++trace_counts_[static_cast<std::size_t>(event.kind)];
  if (event.kind == TraceKind::kDotMinted) {
    if (removing_.erase(node) != 0) removals_.insert(event.dot);
    const bool fresh = requests_.emplace(event.dot, event.b).second;
    if (fresh) {
      dots_of_request_.emplace(event.b, event.dot);
    } else {
      conflicts_.push_back(DotConflict{event.dot, Key{}, node, time, "minted before",
                                       "minted again by node " + std::to_string(node)});
    }
  } else if (event.kind == TraceKind::kContextCollision) {
    broken_laws_.push_back(time_to_string(time) + ", node " + std::to_string(node) +
                           ": equal contexts with unequal siblings");
  } else if (event.kind == TraceKind::kForgot && event.b > 0) {
    // b is the mark that its run began with; 0: it was new, and knows of no earlier life.
    forgetful_.push_back(ForgetfulNode{time, node, event.peer, event.b, event.a});
  } else if (event.kind == TraceKind::kBegunAnew) {
    begun_anew_[node] = time;
  } else if (event.kind == TraceKind::kExpired) {
    removing_.insert(node);
  } else if (event.kind == TraceKind::kRequestFinished) {
    removing_.erase(node);
  } else if (event.kind == TraceKind::kTreeLied) {
    lying_trees_.push_back(LyingTree{time, node, static_cast<VnodeId>(event.a)});
  }
}

void Ledger::check_meaning(SimTime time, NodeId node, const Key& key, const Sibling& sibling) {
  const auto [known, fresh] = meanings_.try_emplace(sibling.dot, key, sibling);
  if (fresh || (known->second.first == key && known->second.second == sibling)) return;
  conflicts_.push_back(DotConflict{sibling.dot, key, node, time,
                                   describe(known->second.first, known->second.second),
                                   describe(key, sibling)});
}

void Ledger::on_row_written(SimTime time, NodeId node, RunId run, const Key& key, const Row* before,
                            const Row& after, bool stored) {
  if (stored) {
    for (const Sibling& sibling : after.record.siblings) {
      check_meaning(time, node, key, sibling);
      const auto event = events_.find(sibling.dot);
      if (event != events_.end()) event->second.stored = true;
    }
  }
  const bool minted = after.mark.counter > 0 && after.mark.actor.run == run &&
                      (before == nullptr || !(before->mark == after.mark));
  if (!minted) return;

  MintedEvent event;
  event.dot = Dot{after.mark.actor, after.mark.counter};
  event.key = key;
  event.node = node;
  event.time = time;
  if (before != nullptr) {
    event.known_before = before->record.context;
    event.living_before = dots_of(before->record);
    if (const RequestId* request = after.record.applied.request_of(event.dot)) {
      const std::vector<Dot> earlier = before->record.applied.find(*request);
      if (!earlier.empty()) applied_again_.emplace_back(event.dot, earlier.front());
    }
  }
  event.stored = stored;
  event.known_after = after.record.context;
  event.living_after = dots_of(after.record);
  for (const Sibling& sibling : after.record.siblings) {
    if (sibling.dot != event.dot) continue;
    event.value = sibling.value;
  }
  for (const AppliedRequest& applied : after.record.applied.entries()) {
    if (applied.dot == event.dot) event.timestamp = applied.timestamp;
  }
  const Dot dot = event.dot;
  const auto [kept, fresh] = events_.emplace(dot, std::move(event));
  if (fresh) by_key_[key].push_back(&kept->second);
}

// Whatever an actor did of whom nothing is left is dead, and so are values that are not left.
void Ledger::on_retired(SimTime time, NodeId node, const Key& key, const Record& before,
                        const Record& left, bool reaped) {
  // A node that begins anew lets go of whole rows, and says nothing about the others'.
  const auto begun_anew = begun_anew_.find(node);
  if (reaped && begun_anew != begun_anew_.end() && begun_anew->second == time) return;
  Retirement retirement{time, node, {}, reaped, left, before.context};
  retirement.events = part_of(
      before.context, [&left](const Actor& actor) { return left.context.max_counter(actor) == 0; });
  retirements_[key].push_back(std::move(retirement));
}

const std::vector<Retirement>& Ledger::retirements(const Key& key) const {
  static const std::vector<Retirement> kNone;
  const auto found = retirements_.find(key);
  return found == retirements_.end() ? kNone : found->second;
}

void Ledger::on_damage(SimTime time, NodeId node, DiskDamage damage, const Key* key) {
  damages_.push_back(DamageEvent{time, node, damage, std::nullopt});
  if (key != nullptr) damages_.back().key = *key;
}

const MintedEvent* Ledger::find(const Dot& dot) const {
  const auto found = events_.find(dot);
  return found == events_.end() ? nullptr : &found->second;
}

const std::vector<const MintedEvent*>& Ledger::of_key(const Key& key) const {
  static const std::vector<const MintedEvent*> kNone;
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? kNone : found->second;
}

std::uint64_t Ledger::request_of(const Dot& dot) const {
  const auto found = requests_.find(dot);
  return found == requests_.end() ? 0 : found->second;
}

std::vector<const MintedEvent*> Ledger::of_request(std::uint64_t id_low) const {
  std::vector<const MintedEvent*> events;
  const auto [begin, end] = dots_of_request_.equal_range(id_low);
  for (auto each = begin; each != end; ++each) {
    if (const MintedEvent* event = find(each->second)) events.push_back(event);
  }
  return events;
}

}  // namespace quorate::sim
