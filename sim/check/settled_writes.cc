#include "sim/check/settled_writes.h"

#include <algorithm>

namespace quorate::sim {

SettledWrites::SettledWrites(const Evidence& evidence, const Key& key,
                             const std::vector<Dot>& writes)
    : replaced_(writes.size()) {
  static const Context kNothing;
  const auto merged = evidence.merged.find(key);
  const Context& last = merged == evidence.merged.end() ? kNothing : merged->second.context;
  const ReplacementIndex& index = evidence.supersession.index_of(key);
  const auto& events = index.events();
  for (std::size_t position = 0; position < events.size(); ++position) {
    const Dot& dot = events[position]->dot;
    if (last.contains(dot)) lasting_[dot.actor].emplace_back(dot.counter, position);
  }
  for (auto& [actor, of_actor] : lasting_) {
    // The first position that is not known when the event of this counter is not.
    std::sort(of_actor.begin(), of_actor.end());
    for (std::size_t i = of_actor.size(); i-- > 1;) {
      of_actor[i - 1].second = std::min(of_actor[i - 1].second, of_actor[i].second);
    }
  }
  for (std::size_t i = 0; i < writes.size(); ++i) {
    std::size_t first = ReplacementIndex::kNever;
    for (const std::size_t position : index.direct_replacers(writes[i])) {
      const Dot& replacer = events[position]->dot;
      if (!(replacer == writes[i]) && last.contains(replacer)) first = std::min(first, position);
    }
    // Who knows all up to there then knows the write itself, too.
    const bool came_before = last.contains(writes[i]) && index.position_of(writes[i]) < first;
    if (!came_before) first = ReplacementIndex::kNever;
    replaced_.set(i, first == ReplacementIndex::kNever ? linear::kNever
                                                       : static_cast<linear::Time>(first) + 1);
  }
}

std::size_t SettledWrites::known_up_to(const Context& known) const {
  std::size_t up_to = ReplacementIndex::kNever;
  for (const auto& [actor, events] : lasting_) {
    std::uint64_t counter = 0;
    for (const Context::Entry& entry : known.entries()) {
      if (entry.actor == actor) counter = entry.counter;
    }
    auto missing = std::upper_bound(
        events.begin(), events.end(), counter,
        [](std::uint64_t value, const auto& event) { return value < event.first; });
    while (missing != events.end() && known.contains(Dot{actor, missing->first})) ++missing;
    if (missing != events.end()) up_to = std::min(up_to, missing->second);
  }
  return up_to;
}

std::vector<std::size_t> SettledWrites::doubtful(const Operation& read, std::size_t count) const {
  std::vector<std::size_t> found;
  const std::size_t up_to = read.reply.token ? known_up_to(read.reply.token->context) : 0;
  // When everything lasting is known, only what nothing lasting replaced is doubtful.
  const linear::Time settled =
      up_to == ReplacementIndex::kNever ? linear::kNever - 1 : static_cast<linear::Time>(up_to);
  for (std::size_t end = count; end > 0;) {
    end = replaced_.last_later(0, end, settled);
    if (end == linear::MaxTree::kNowhere) break;
    found.push_back(end);
  }
  std::reverse(found.begin(), found.end());
  return found;
}

}  // namespace quorate::sim
