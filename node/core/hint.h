// What one node keeps for one primary of one key, and its bytes in the store.
//
// Place:      Hints (hints.h) keeps them among the store's named values; Handoff hands them over.
// Implements: Dynamo 4.6; papers/decisions/0008-hints.md.
// Format:     name "hint/", primary and vnode (2 bytes each, big-endian), bucket with a length
//             byte, key; value: format byte, flags, order, time, and of a kept hint generation and
//             row (causality/codec.h). papers/formats.md.
// Invariants: (1) names sort by primary, then vnode; (2) parse gives back what was made, and takes
//             nothing else. tests/node/core/hint_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "node/base/status.h"
#include "node/causality/row.h"
#include "node/core/messages.h"

namespace quorate {

struct HintId {
  NodeId primary = 0;  // for whom it is kept
  VnodeId vnode = 0;
  Key key;

  friend auto operator<=>(const HintId&, const HintId&) = default;
};

struct Hint {
  // A kept hint has the record, and the mark of a fallback that coordinated a write itself. An owed
  // one has neither: the row of the node that owes is the record.
  std::optional<Row> row;
  bool spare = false;         // some primary has acknowledged the record as durable
  Generation generation = 0;  // in which the record was taken; 0 of an owed hint
  std::uint64_t order = 0;    // of its last change among this node's hints
  std::int64_t since_ms = 0;  // wall time at which this node began to keep it

  bool owed() const { return !row.has_value(); }

  friend bool operator==(const Hint&, const Hint&) = default;
};

// What the names of all hints begin with, and those of one primary.
std::string hint_prefix();
std::string hint_prefix(NodeId primary);

std::string hint_name(const HintId& id);
// Empty when it is malformed.
std::optional<HintId> parse_hint_name(std::string_view name);

std::string encode_hint(const Hint& hint);
// Errors: kCorruption.
Result<Hint> decode_hint(std::string_view bytes);

}  // namespace quorate
