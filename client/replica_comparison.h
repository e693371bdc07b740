// How the replicas of one key stand to one another: who lacks what, and which writes have been
// superseded where.
//
// Place:      explain and verify show it; pure functions over what nodes said (admin.h).
// Invariants: replicas are equal if and only if every one that was asked is whole. Shown in
//             tests/client/replica_comparison_test.cc.
// Limits:     kLacksMax ranges of events are named for each replica.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "node/causality/context.h"
#include "node/causality/dot.h"
#include "node/causality/record.h"

namespace quorate::client {

struct Replica {
  NodeId node = 0;
  bool asked = true;  // false: nothing is known of it
  bool unreadable = false;
  std::optional<Record> record{};  // nothing: it holds nothing of the key
  std::uint64_t state_hash = 0;    // equal for equal context, siblings and values
};

enum class Standing {
  kWhole,       // knows all that any of them knows
  kMissing,     // holds nothing of the key, and others do
  kOlder,       // another one knows all that it does, and more
  kConcurrent,  // knows what others do not, and lacks what others know
  kUnlike,      // the same events as others, other values: somebody broke the law
  kUnreadable,  // it holds something that it cannot read
  kNotAsked,
};
const char* standing_name(Standing standing);

// The actor's events first..last.
struct EventRange {
  Actor actor;
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  friend bool operator==(const EventRange&, const EventRange&) = default;
};
std::string to_string(const EventRange& range);  // "n2.5f3a91c04b7e/3:4-7"

struct ReplicaStanding {
  NodeId node = 0;
  Standing standing = Standing::kWhole;
  std::vector<EventRange> lacks;  // what the others together know and it does not
  bool lacks_more = false;        // than are named
};

// A write that lives on some replicas, while others know it and hold it no more.
struct Superseded {
  Dot dot;
  std::vector<NodeId> lives_at;
  std::vector<NodeId> gone_at;
  // What took its place where it is gone, as far as it still lives there: one of these. None: it
  // was deleted, or what replaced it is gone too.
  std::vector<Dot> by;
};

struct ReplicaComparison {
  std::vector<ReplicaStanding> standings;  // in the order of the replicas
  std::vector<Superseded> superseded;      // by dot

  bool equal() const;     // those that were asked
  bool complete() const;  // all were
};

inline constexpr std::size_t kLacksMax = 16;

ReplicaComparison compare_replicas(const std::vector<Replica>& replicas);

// Of two looks at the same replicas, a moment apart: does one of them still lack what another had
// at the first look already? Else the difference was a write on its way. Also when a row is
// unreadable at the second look, or unlike.
bool still_differs(const std::vector<Replica>& first, const std::vector<Replica>& second);

}  // namespace quorate::client
