#include "sim/check/reflection.h"

#include <algorithm>

namespace quorate::sim {

namespace {

// Every event of the write that `dot` belongs to.
std::vector<Dot> events_of_write(const Evidence& evidence, const Dot& dot) {
  std::vector<Dot> dots{dot};
  const std::uint64_t request = evidence.ledger.request_of(dot);
  if (request == 0) return dots;
  for (const MintedEvent* event : evidence.ledger.of_request(request)) {
    if (event->dot != dot) dots.push_back(event->dot);
  }
  return dots;
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
  if (!read.reply.token) return false;
  const Context& known = read.reply.token->context;
  const bool deletes = is_delete(evidence, dot);
  for (const Dot& event : events_of_write(evidence, dot)) {
    if (deletes && known.contains(event)) return true;
    const std::vector<Dot>& replacers = evidence.supersession.replacers_of(event);
    if (std::any_of(replacers.begin(), replacers.end(),
                    [&](const Dot& replacer) { return known.contains(replacer); })) {
      return true;
    }
  }
  return false;
}

bool knows_of(const Evidence& evidence, const Operation& read, const Operation& write) {
  const Dot dot = event_of(evidence, write);
  if (dot.counter == 0) return false;
  if (shows(evidence, read, dot)) return true;
  if (!read.reply.token) return false;
  const Context& known = read.reply.token->context;
  const std::vector<Dot> events = events_of_write(evidence, dot);
  return std::any_of(events.begin(), events.end(),
                     [&](const Dot& event) { return known.contains(event); });
}

Dot event_of(const Evidence& evidence, const Operation& write) {
  if (write.acknowledged()) return write.reply.dot;
  const std::vector<const MintedEvent*> events = evidence.ledger.of_request(write.request.id.low);
  return events.empty() ? Dot{} : events.front()->dot;
}

}  // namespace quorate::sim
