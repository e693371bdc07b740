// Honest (papers/faults.md): a write that was said to be *not applied* was stored nowhere, and
// nobody ever reads it.
#include "sim/check/property.h"

namespace quorate::sim {

namespace {

// Values of a workload are distinct, so the bytes name the write.
const Operation* reader_of(const Evidence& evidence, const Operation& write) {
  if (write.request.verb != Verb::kPut) return nullptr;
  for (const Operation& operation : evidence.operations()) {
    if (!operation.answered_read() || operation.request.key != write.request.key) continue;
    for (const ReadValue& value : operation.reply.values) {
      if (value.value == write.request.value) return &operation;
    }
  }
  return nullptr;
}

}  // namespace

std::optional<Violation> not_applied_is_true(const Evidence& evidence) {
  for (const Operation& operation : evidence.operations()) {
    const bool refused =
        operation.done() && operation.is_write() &&
        (operation.outcome == Outcome::kNotApplied || operation.outcome == Outcome::kInvalid);
    if (!refused) continue;
    for (const MintedEvent* event : evidence.ledger.of_request(operation.request.id.low)) {
      const auto merged = evidence.merged.find(event->key);
      const bool known =
          merged != evidence.merged.end() && merged->second.context.contains(event->dot);
      if (!event->stored && !known) continue;  // minted, refused by the disk, and gone
      return Violation{"not applied is true", "stored all the same:\n  " + to_string(operation) +
                                                  "\n" + describe_event(evidence, event->dot)};
    }
    if (const Operation* reader = reader_of(evidence, operation)) {
      return Violation{"not applied is true", "read all the same:\n  " + to_string(operation) +
                                                  "\n  " + to_string(*reader) + "\n"};
    }
  }
  return std::nullopt;
}

}  // namespace quorate::sim
