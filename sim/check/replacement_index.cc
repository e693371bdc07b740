#include "sim/check/replacement_index.h"

#include <algorithm>

namespace quorate::sim {

ReplacementIndex::ReplacementIndex(const Ledger& ledger, const History& history, const Key& key)
    : events_(ledger.of_key(key)) {
  for (std::size_t position = 0; position < events_.size(); ++position) {
    add(ledger, history, position);
  }
  for (auto& [actor, of_actor] : actors_) {
    std::sort(of_actor.positions.begin(), of_actor.positions.end(),
              [&](std::size_t a, std::size_t b) { return events_[a]->dot < events_[b]->dot; });
    for (const std::size_t position : of_actor.positions) {
      const MintedEvent& event = *events_[position];
      const std::pair age(event.timestamp, event.dot);
      of_actor.counters.push_back(event.dot.counter);
      of_actor.youngest.push_back(
          of_actor.youngest.empty() ? age : std::max(of_actor.youngest.back(), age));
    }
  }
}

void ReplacementIndex::add(const Ledger& ledger, const History& history, std::size_t position) {
  const MintedEvent& event = *events_[position];
  actors_[event.dot.actor].positions.push_back(position);
  const Operation* operation = history.find_request(ledger.request_of(event.dot));
  if (ledger.removes_expired(event.dot)) {
    for (const Dot& dot : event.living_before) {
      const auto& left = event.living_after;
      const bool lives = std::find(left.begin(), left.end(), dot) != left.end();
      if (!lives) direct_[dot].push_back(position);
    }
    return;
  }
  if (operation == nullptr) {
    add_sweep(position, event.known_after);
    return;
  }
  const ClientRequest& request = operation->request;
  if (request.context_none) return;
  if (request.token) {
    const Context& token = request.token->context;
    if (operation->token_from) {
      add_seen(ledger, history[*operation->token_from], token, position);
    } else {
      add_sweep(position, token);  // a test made it, and stands for what it says
    }
    return;
  }
  for (const Dot& dot : event.living_before) direct_[dot].push_back(position);
  if (request.verb == Verb::kDelete) add_sweep(position, event.known_after);
}

void ReplacementIndex::add_seen(const Ledger& ledger, const Operation& source, const Context& token,
                                std::size_t position) {
  const auto seen = [&](const Dot& dot) {
    if (token.contains(dot)) direct_[dot].push_back(position);
    const std::uint64_t request = ledger.request_of(dot);
    if (request == 0) return;
    for (const MintedEvent* twin : ledger.of_request(request)) {
      if (!(twin->dot == dot) && token.contains(twin->dot)) direct_[twin->dot].push_back(position);
    }
  };
  if (source.is_write()) seen(source.reply.dot);
  for (const ReadValue& value : source.reply.values) seen(value.dot);
}

void ReplacementIndex::add_sweep(std::size_t position, const Context& knew) {
  std::vector<Sweep>& sweeps = sweeps_[events_[position]->dot.actor];
  const bool goes_on = !sweeps.empty() && knew.descends(*sweeps.back().knew.back()) &&
                       events_[sweeps.back().positions.back()]->dot < events_[position]->dot;
  if (!goes_on) sweeps.emplace_back();
  sweeps.back().positions.push_back(position);
  sweeps.back().knew.push_back(&knew);
}

std::size_t ReplacementIndex::position_of(const Dot& dot) const {
  const auto found = actors_.find(dot.actor);
  if (found == actors_.end()) return 0;
  const auto& counters = found->second.counters;
  const auto at = std::lower_bound(counters.begin(), counters.end(), dot.counter);
  if (at == counters.end() || *at != dot.counter) return 0;
  return found->second.positions[static_cast<std::size_t>(at - counters.begin())];
}

const std::vector<std::size_t>& ReplacementIndex::direct_replacers(const Dot& dot) const {
  static const std::vector<std::size_t> kNone;
  const auto found = direct_.find(dot);
  return found == direct_.end() ? kNone : found->second;
}

bool ReplacementIndex::replaced_at_first_hand(const Dot& dot, const Context& known) const {
  for (const std::size_t position : direct_replacers(dot)) {
    const Dot& replacer = events_[position]->dot;
    if (!(replacer == dot) && known.contains(replacer)) return true;
  }
  for (const auto& [actor, sweeps] : sweeps_) {
    for (const Sweep& sweep : sweeps) {
      const auto swept_by = [&](std::size_t i) {
        return !(events_[sweep.positions[i]]->dot == dot) && sweep.knew[i]->contains(dot);
      };
      const std::size_t end = count_known(sweep, actor, known);
      // The last one may be `dot` itself; then the one before it knew the most.
      if (end > 0 && swept_by(end - 1)) return true;
      if (end > 1 && swept_by(end - 2)) return true;
      for (const Dot& lone : known.lone_dots()) {
        if (!(lone.actor == actor)) continue;
        for (std::size_t i = end; i < sweep.positions.size(); ++i) {
          if (events_[sweep.positions[i]]->dot == lone && swept_by(i)) return true;
        }
      }
    }
  }
  return false;
}

std::size_t ReplacementIndex::count_known(const Sweep& sweep, const Actor& actor,
                                          const Context& known) const {
  std::uint64_t counter = 0;
  for (const Context::Entry& entry : known.entries()) {
    if (entry.actor == actor) counter = entry.counter;
  }
  const auto end = std::partition_point(
      sweep.positions.begin(), sweep.positions.end(),
      [&](std::size_t position) { return events_[position]->dot.counter <= counter; });
  return static_cast<std::size_t>(end - sweep.positions.begin());
}

std::size_t ReplacementIndex::first_replacer(const Dot& dot) const {
  std::size_t first = kNever;
  for (const std::size_t position : direct_replacers(dot)) {
    if (!(events_[position]->dot == dot)) first = std::min(first, position);
  }
  for (const auto& [actor, sweeps] : sweeps_) {
    for (const Sweep& sweep : sweeps) {
      const auto found =
          std::partition_point(sweep.knew.begin(), sweep.knew.end(),
                               [&](const Context* knew) { return !knew->contains(dot); });
      auto i = static_cast<std::size_t>(found - sweep.knew.begin());
      // It knew itself first.
      if (i < sweep.positions.size() && events_[sweep.positions[i]]->dot == dot) ++i;
      if (i < sweep.positions.size()) first = std::min(first, sweep.positions[i]);
    }
  }
  return first;
}

bool ReplacementIndex::younger_known(const MintedEvent& event, const Context& known) const {
  const std::pair age(event.timestamp, event.dot);
  const auto younger_up_to = [&](const Actor& actor, std::uint64_t counter) {
    const auto found = actors_.find(actor);
    if (found == actors_.end()) return false;
    const auto& counters = found->second.counters;
    const auto end = std::upper_bound(counters.begin(), counters.end(), counter);
    if (end == counters.begin()) return false;
    return found->second.youngest[static_cast<std::size_t>(end - counters.begin()) - 1] > age;
  };
  for (const Context::Entry& entry : known.entries()) {
    if (younger_up_to(entry.actor, entry.counter)) return true;
  }
  for (const Dot& dot : known.lone_dots()) {
    if (events_.empty()) continue;
    const MintedEvent& lone = *events_[position_of(dot)];
    if (!(lone.dot == dot)) continue;
    if (std::pair(lone.timestamp, lone.dot) > age) return true;
  }
  return false;
}

}  // namespace quorate::sim
