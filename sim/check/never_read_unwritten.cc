// Nothing is read that was never written: each value that a client saw is that of a write to the
// same key, under its own dot, and the write had begun before the read ended.
#include "sim/check/property.h"

namespace quorate::sim {

namespace {

std::optional<std::string> what_is_wrong(const Evidence& evidence, const Operation& read,
                                         const ReadValue& value) {
  const MintedEvent* event = evidence.ledger.find(value.dot);
  if (event == nullptr) return "no node ever minted this event";
  if (event->key != read.request.key) return "the event belongs to another key";
  if (event->time > read.finished) return "the event was minted after the read had ended";
  if (!(event->value == value.value)) return "the event wrote another value";
  const Operation* write = evidence.history.find_request(evidence.ledger.request_of(value.dot));
  if (write == nullptr) return "no client asked for this event";
  if (write->request.verb != Verb::kPut) return "the event was no put";
  if (!(write->request.value == value.value)) return "the client had asked for another value";
  return std::nullopt;
}

}  // namespace

std::optional<Violation> never_read_unwritten(const Evidence& evidence) {
  for (const Operation& operation : evidence.operations()) {
    if (!operation.answered_read() || evidence.of_parts(operation.request.key)) continue;
    for (const ReadValue& value : operation.reply.values) {
      const std::optional<std::string> wrong = what_is_wrong(evidence, operation, value);
      if (!wrong) continue;
      return Violation{"never read unwritten", *wrong + ":\n  " + to_string(operation) + "\n" +
                                                   describe_event(evidence, value.dot)};
    }
  }
  return std::nullopt;
}

}  // namespace quorate::sim
