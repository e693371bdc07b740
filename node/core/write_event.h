// What a write becomes: a new event in the row of its key, or the one that an earlier attempt of
// the same request made.
//
// Place:      Writes asks, then stores and sends. Nothing changes here but this node's clock and
//             its count of dots.
// Implements: DESIGN 2.1 (what a put and a delete do), 2.2 (marks), 2.3 (timestamps), 2.5
//             (retries); papers/decisions/0005-tokens-are-causally-closed.md.
// Invariants: (1) the row has the event, its mark and its request id together; (2) the token of a
//             write covers what the write replaced, and its own dot, and nothing else.
// Limits:     the bucket's siblings_max and record_bytes_max.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "node/causality/delta.h"
#include "node/core/node_state.h"
#include "node/core/types/data_type.h"

namespace quorate {

// A write that leaves so many concurrent values is counted and told (TraceKind::kSiblingsMany): a
// quarter of siblings_max, at least two.
inline std::size_t siblings_warning(const Bucket& bucket) {
  return bucket.siblings_max < 8 ? 2 : (bucket.siblings_max + 3) / 4;
}

struct NewEvent {
  Row row;  // to be stored
  Dot dot;
  Token token;                 // for the client
  bool epoch_renewed = false;  // the first of a new epoch for a key that this node has written
  // What replicas need that know what this node knew; empty: no less than the record.
  std::optional<Delta> delta;
  // Of the register or field that was written, as the bucket's siblings_max counts them.
  std::size_t concurrent_values = 0;
};

// `stored` is the key's row here, `read_first` what was read for the write (read_before_write.h);
// null: nothing. With `just_behind` the event's time is the next after what the row knows, not now.
std::variant<NewEvent, Refusal> mint_event(NodeState& state, const Bucket& bucket,
                                           const ClientRequest& request, const RowPtr& stored,
                                           const Record* read_first, bool just_behind);

struct KnownEvent {
  Dot dot;
  // Empty where what the write had replaced cannot be said shortly: the client reads the key again.
  std::optional<Token> token;
};

// The event that the record remembers of this request; nothing when it remembers none.
std::optional<KnownEvent> find_event(const Bucket& bucket, const ClientRequest& request,
                                     const Record& known);

// Is this a retry whose first attempt may be as old as what the record has let go of? Then it may
// have been applied. REQUIRES: !find_event(...).
bool may_be_forgotten(const NodeState& state, const ClientRequest& request, const Record& known);

}  // namespace quorate
