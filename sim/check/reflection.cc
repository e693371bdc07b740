#include "sim/check/reflection.h"

#include <algorithm>

namespace quorate::sim {

namespace {

// Is this so of any event of the write that `dot` belongs to?
template <typename Holds>
bool any_event_of_write(const Evidence& evidence, const Dot& dot, Holds holds) {
  if (holds(dot)) return true;
  const std::uint64_t request = evidence.ledger.request_of(dot);
  if (request == 0) return false;
  const std::vector<const MintedEvent*> events = evidence.ledger.of_request(request);
  return std::any_of(events.begin(), events.end(), [&](const MintedEvent* event) {
    return !(event->dot == dot) && holds(event->dot);
  });
}

bool is_delete(const Evidence& evidence, const Dot& dot) {
  const Operation* write = evidence.history.find_request(evidence.ledger.request_of(dot));
  return write != nullptr && write->request.verb == Verb::kDelete;
}

}  // namespace

bool shows(const Evidence& evidence, const Operation& read, const Dot& dot) {
  const auto& values = read.reply.values;
  return std::any_of(values.begin(), values.end(), [&](const ReadValue& value) {
    return evidence.ledger.same_write(value.dot, dot);
  });
}

bool reflects(const Evidence& evidence, const Operation& read, const Dot& dot) {
  if (shows(evidence, read, dot)) return true;
  if (may_be_over(evidence, dot)) return true;
  if (!read.reply.token) return false;
  const Context& known = read.reply.token->context;
  const bool deletes = is_delete(evidence, dot);
  return any_event_of_write(evidence, dot, [&](const Dot& event) {
    return (deletes && known.contains(event)) || evidence.supersession.replaced_by(event, known);
  });
}

bool may_be_over(const Evidence& evidence, const Dot& dot) {
  const Operation* write = evidence.history.find_request(evidence.ledger.request_of(dot));
  return write != nullptr && write->request.expiry_ms != 0;
}

bool knows_of(const Evidence& evidence, const Operation& read, const Operation& write) {
  const Dot dot = event_of(evidence, write);
  if (dot.counter == 0) return false;
  if (shows(evidence, read, dot)) return true;
  if (!read.reply.token) return false;
  const Context& known = read.reply.token->context;
  return any_event_of_write(evidence, dot, [&](const Dot& event) { return known.contains(event); });
}

Dot event_of(const Evidence& evidence, const Operation& write) {
  if (write.acknowledged()) return write.reply.dot;
  const std::vector<const MintedEvent*> events = evidence.ledger.of_request(write.request.id.low);
  return events.empty() ? Dot{} : events.front()->dot;
}

}  // namespace quorate::sim
