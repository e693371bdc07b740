// Honest (papers/faults.md): a write that was said to be *not applied* was stored nowhere, and
// nobody ever reads it.
#include <map>
#include <string_view>

#include "sim/check/property.h"

namespace quorate::sim {

namespace {

// Who first read which bytes of which key. Values of a workload are distinct, so the bytes name the
// write.
class Readers {
 public:
  explicit Readers(const Evidence& evidence) {
    for (const Operation& operation : evidence.operations()) {
      if (!operation.answered_read()) continue;
      for (const ReadValue& value : operation.reply.values) {
        first_[operation.request.key].emplace(value.value.view(), &operation);
      }
    }
  }

  const Operation* of(const Operation& write) const {
    if (write.request.verb != Verb::kPut) return nullptr;
    const auto key = first_.find(write.request.key);
    if (key == first_.end()) return nullptr;
    const auto found = key->second.find(write.request.value.view());
    return found == key->second.end() ? nullptr : found->second;
  }

 private:
  std::map<Key, std::map<std::string_view, const Operation*>> first_;
};

}  // namespace

std::optional<Violation> not_applied_is_true(const Evidence& evidence) {
  const Readers readers(evidence);
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
    if (const Operation* reader = readers.of(operation)) {
      return Violation{"not applied is true", "read all the same:\n  " + to_string(operation) +
                                                  "\n  " + to_string(*reader) + "\n"};
    }
  }
  return std::nullopt;
}

}  // namespace quorate::sim
