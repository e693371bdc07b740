// The part of a context that is about some actors only.
#pragma once

#include <utility>
#include <vector>

#include "node/causality/context.h"

namespace quorate {

// `wanted(actor)`: does it belong to the part?
template <typename Wanted>
Context part_of(const Context& context, const Wanted& wanted) {
  std::vector<Context::Entry> entries;
  std::vector<Dot> lone_dots;
  for (const Context::Entry& entry : context.entries()) {
    if (wanted(entry.actor)) entries.push_back(entry);
  }
  for (const Dot& dot : context.lone_dots()) {
    if (wanted(dot.actor)) lone_dots.push_back(dot);
  }
  return Context::from_parts(std::move(entries), std::move(lone_dots));
}

}  // namespace quorate
