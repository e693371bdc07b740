// What was reaped stays away: no read that begins afterwards shows a reaped event, and no replica
// has one alive at the end. A tombstone is what kept a deleted value away; without it nothing else
// does, if anybody still has the value.
//
// What comes back dead may: in a last-writer-wins bucket a value that was beaten is reaped at one
// node and not yet at another, which shows it again, as beaten as before, with the next change.
#include <algorithm>

#include "node/core/types/data_type.h"
#include "sim/check/property.h"

namespace quorate::sim {

namespace {

constexpr const char* kName = "nothing dead returns";

std::string when(const Retirement& reaped) {
  return "  node " + std::to_string(reaped.node) + " reaped it at " + time_to_string(reaped.time) +
         "\n";
}

std::optional<Violation> check_read(const Evidence& evidence, const Operation& read) {
  for (const Retirement& reaped : evidence.ledger.retirements(read.request.key)) {
    if (!reaped.reaped || reaped.time > read.invoked) continue;
    for (const ReadValue& value : read.reply.values) {
      if (!reaped.events.contains(value.dot)) continue;
      return Violation{kName, "a read shows what was dead and reaped before it began:\n  " +
                                  to_string(read) + "\n" + when(reaped) +
                                  describe_event(evidence, value.dot) +
                                  describe_key(evidence, read.request.key)};
    }
  }
  return std::nullopt;
}

std::optional<Violation> check_rows(const Evidence& evidence, const Key& key) {
  const DataType& type = data_type(evidence.cluster.bucket(key).type);
  for (const Retirement& reaped : evidence.ledger.retirements(key)) {
    if (!reaped.reaped) continue;
    for (const NodeId node : evidence.cluster.primaries(key)) {
      for (const Sibling& sibling : type.reaped(evidence.cluster.shown(node, key)).siblings) {
        if (!reaped.events.contains(sibling.dot)) continue;
        return Violation{kName, "node " + std::to_string(node) + " has alive what was reaped:\n" +
                                    when(reaped) + describe_event(evidence, sibling.dot) +
                                    describe_key(evidence, key)};
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> nothing_dead_returns(const Evidence& evidence) {
  for (const Operation& operation : evidence.operations()) {
    if (!operation.answered_read()) continue;
    if (auto violation = check_read(evidence, operation)) return violation;
  }
  for (const Key& key : evidence.keys) {
    if (auto violation = check_rows(evidence, key)) return violation;
  }
  return std::nullopt;
}

}  // namespace quorate::sim
