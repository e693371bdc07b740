#include "sim/check/key_view.h"

namespace quorate::sim {

bool ended_before(const Operation& a, const Operation& b) {
  return a.done() && (a.finished < b.invoked || (a.client == b.client && a.index < b.index));
}

std::map<Key, KeyView> view_by_key(const Evidence& evidence) {
  std::map<Key, KeyView> views;
  for (const Operation& operation : evidence.operations()) {
    if (operation.index >= evidence.client_operations) break;
    if (evidence.of_parts(operation.request.key)) continue;
    KeyView& view = views[operation.request.key];
    view.operations.push_back(&operation);
    const bool may_have_happened = !operation.done() || operation.outcome == Outcome::kOk ||
                                   operation.outcome == Outcome::kUnknown;
    if (operation.is_write() && may_have_happened) {
      view.writes.push_back(&operation);
    } else if (operation.answered_read()) {
      view.reads.push_back(&operation);
    } else {
      continue;
    }
    view.sessions[operation.client].push_back(&operation);
  }
  return views;
}

}  // namespace quorate::sim
