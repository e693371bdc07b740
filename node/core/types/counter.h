// A counter that many nodes add to at once: each actor keeps a partial sum, the value is the sum of
// those, and a delete subtracts exactly what it has seen.
//
// An actor's sums run on from one to the next as its dots do: sum(actor, counter) is what it had
// added in all by its event `counter`. An add replaces the actor's own partial sum by its new one.
// A delete drops the partial sums that its context covers and leaves a *floor*: actor -> (counter,
// sum), the sums from which those actors' later ones are counted.
//
// Invariants: (1) value = over the actors with a living partial sum, sum less floor; (2) floors are
//             points of the one function sum(actor, counter), so merging them by the larger counter
//             is exact, and two deletes of the same additions subtract them once
//             (Counter.ConcurrentDeletesDoNotSubtractTwice).
// Limits:     a partial sum is a 64-bit number, an add that would take it, or the value, out of
//             that range is refused. Should concurrent adds do it, the value stops at the end of
//             the range.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "node/core/types/data_type.h"

namespace quorate {

class CounterType : public DataType {
 public:
  bool is_partial() const override { return true; }
  std::span<const UpdateShape> updates() const override;
  // A delete is refused (kContextBehind) when its context covers an older sum of an actor than the
  // record has: how much of the newer one it has seen cannot be told any more.
  std::optional<Refusal> apply(Mutation* mutation, Record* record) const override;
  std::size_t concurrent_values(const Record& record, const std::string& field) const override;
  // All that its actor has done: an actor's sums run on from one to the next.
  Context stands_for(const Dot& dot) const override;
  // One decimal number; none when nothing was added since the last delete.
  std::vector<ReadValue> view(const Record& record, std::int64_t wall_now_ms) const override;
  std::optional<std::string> value_misfit(std::string_view value) const override;
};

// A decimal number of 64 bits, with nothing around it: "-17".
std::optional<std::int64_t> parse_amount(std::string_view text);

}  // namespace quorate
