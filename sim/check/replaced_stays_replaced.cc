// What a write dropped does not live on beside that write, in any replica or any answer: a deleted
// value does not return.
//
// A write drops what its effective context covers (DESIGN 2.1), not all that its coordinator knew:
// what another write had dropped from that row before may well live where nobody has heard of that
// other one. Say node 1 and node 2 hold v. Somebody replaces v by b on node 1. A session that has
// seen neither writes c there, beside b, and then d on node 2 with the token of c: node 2 knows of
// c, still holds v, and is right.
#include <algorithm>

#include "sim/check/property.h"

namespace quorate::sim {

namespace {

bool contains(const std::vector<Dot>& dots, const Dot& dot) {
  return std::find(dots.begin(), dots.end(), dot) != dots.end();
}

// REQUIRES: the event's row knew `living` and did not hold it.
bool covered_by(const Evidence& evidence, const MintedEvent& event, const Dot& living) {
  if (contains(event.living_before, living)) return true;
  const Operation* write = evidence.history.find_request(evidence.ledger.request_of(event.dot));
  const bool blind = write == nullptr || (!write->request.token && !write->request.context_none);
  // A blind write replaces what its row knew. So does each of a last-writer-wins bucket.
  if (blind || evidence.cluster.bucket(event.key).type == BucketType::kLww) return true;
  return write->request.token && write->request.token->context.contains(living);
}

// The event, known to whoever has this context, that had dropped this living sibling; null when
// there is none.
const MintedEvent* dropped_by(const Evidence& evidence, const Key& key, const Context& known,
                              const Dot& living) {
  const MintedEvent* dropper = nullptr;
  const ReplacementIndex& index = evidence.supersession.index_of(key);
  // Nobody drops what has not been written yet.
  index.any_known_from(index.position_of(living), known, [&](const MintedEvent& event) {
    const bool dropped = !(event.dot == living) && event.known_after.contains(living) &&
                         !contains(event.living_after, living) &&
                         covered_by(evidence, event, living);
    if (dropped) dropper = &event;
    return dropped;
  });
  return dropper;
}

std::optional<Violation> check_rows(const Evidence& evidence, const Key& key) {
  for (const NodeId node : evidence.cluster.primaries(key)) {
    const Row* row = evidence.cluster.row(node, key);
    if (row == nullptr) continue;
    for (const Sibling& sibling : row->record.siblings) {
      const MintedEvent* dropper = dropped_by(evidence, key, row->record.context, sibling.dot);
      if (dropper == nullptr) continue;
      return Violation{"replaced stays replaced",
                       "node " + std::to_string(node) +
                           " holds what a write that it knows dropped:\n" +
                           describe_event(evidence, sibling.dot) +
                           describe_event(evidence, dropper->dot) + describe_key(evidence, key)};
    }
  }
  return std::nullopt;
}

std::optional<Violation> check_answer(const Evidence& evidence, const Operation& read) {
  if (!read.answered_read() || !read.reply.token) return std::nullopt;
  const Key& key = read.request.key;
  for (const ReadValue& value : read.reply.values) {
    const MintedEvent* dropper = dropped_by(evidence, key, read.reply.token->context, value.dot);
    if (dropper == nullptr) continue;
    return Violation{"replaced stays replaced",
                     "an answer shows what a write that it knows dropped:\n  " + to_string(read) +
                         "\n" + describe_event(evidence, value.dot) +
                         describe_event(evidence, dropper->dot)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> replaced_stays_replaced(const Evidence& evidence) {
  for (const Key& key : evidence.keys) {
    if (evidence.of_parts(key)) continue;
    if (auto violation = check_rows(evidence, key)) return violation;
  }
  for (const Operation& operation : evidence.operations()) {
    if (evidence.of_parts(operation.request.key)) continue;
    if (auto violation = check_answer(evidence, operation)) return violation;
  }
  return std::nullopt;
}

}  // namespace quorate::sim
