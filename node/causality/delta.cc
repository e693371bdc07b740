#include "node/causality/delta.h"

#include <algorithm>

namespace quorate {

namespace {

// Calls with each sibling of `a` whose dot `b` does not have. Both are sorted.
template <typename Call>
void for_each_only_in(const std::vector<Sibling>& a, const std::vector<Sibling>& b,
                      const Call& call) {
  auto other = b.begin();
  for (const Sibling& sibling : a) {
    while (other != b.end() && other->dot < sibling.dot) ++other;
    if (other == b.end() || other->dot != sibling.dot) call(sibling);
  }
}

}  // namespace

std::optional<Delta> delta_of(const Record& before, const Record& after, const Dot& event) {
  Delta delta;
  delta.change.context.add(event);
  for_each_only_in(after.siblings, before.siblings, [&](const Sibling& came) {
    delta.change.siblings.push_back(came);
    delta.change.context.add(came.dot);
  });
  for_each_only_in(before.siblings, after.siblings,
                   [&](const Sibling& gone) { delta.change.context.add(gone.dot); });
  delta.change.applied = after.applied;
  Context all = before.context;
  all.join(delta.change.context);
  if (all != after.context) return std::nullopt;
  delta.since = before.context;
  return delta;
}

}  // namespace quorate
