// What clients meant by their writes, and how much of it is gone: an element that was added and is
// not there, though nobody took it away who had seen it; one that was removed and is there again;
// what a sum lacks; the value of a field that nobody replaced who had seen it.
//
// A change is named by an update of a partial type, or by the way in which a client made a put from
// what it had read (compose.h): so one workload can be held against another type.
//
// Place:      the report of a run, beside what was lost of its writes: a put may live on, and what
//             its client meant may not.
// Not here:   whether a type keeps its promises: parts_add_up.cc. No loss counted here breaks any.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/check/property.h"

namespace quorate::sim {

enum class ChangeKind : std::uint8_t { kAddition, kRemoval, kIncrement, kEdit };
inline constexpr std::size_t kChangeKindCount = 4;

// "additions", "removals", "increments", "edits".
const char* change_kind_name(ChangeKind kind);

struct ChangeTally {
  ChangeKind kind = ChangeKind::kAddition;
  std::int64_t acknowledged = 0;  // changes; of increments, what they add up to
  std::int64_t lost = 0;          // of those
};

// Of each kind that was asked for, in the order of ChangeKind. What the key ends with is what a
// reader of all its primaries would put together: of siblings the union of their elements, or the
// largest number.
std::vector<ChangeTally> changes_of(const Evidence& evidence);

}  // namespace quorate::sim
