// The ladder: the strongest level of consistency that held in a run, and what broke the next one.
//
// Levels, from the weakest, and what each claims. All but the first two speak of the clients'
// operations only, key by key; "held" means in this run, for every client, promised or not.
//   durable              every acknowledged write is there at the end, or was rightly replaced
//   convergent           after healing all primaries of each key hold the same state
//   monotonic reads, read your writes, monotonic writes, writes follow reads
//                        Terry et al. 1994: session_levels.h
//   sessions             all four together; what Brzezinski et al. 2004 show to be causal
//                        consistency, here of each key
//   2-atomic             the smallest k for which each key's history is k-atomic is at most 2:
//                        linear/k_atomic.h. The k itself is reported, whatever it is
//   regular              every read alone is as of a regular register: regularity.h
//   linearizable         as one copy: linear_history.h, linear/judge.h. Siblings are a witness
//                        against it
//
// What stands on what: each level on the one before, except that the four guarantees, 2-atomic and
// regular each stand on convergent, sessions on the four, linearizable on sessions, 2-atomic and
// regular. A level *counts* only when it held and all below it counted. That linearizable stands on
// sessions is said here, and does not follow: the guarantees are judged by what the answering
// replicas knew, linearizability by values alone, and a sibling that nobody has looked at yet shows
// only in the former.
// Limits:  LadderOptions, for each search; past that a level is undecided, and does not count.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/property.h"

namespace quorate::sim {

enum class Rung : std::uint8_t {
  kDurable,
  kConvergent,
  kMonotonicReads,
  kReadYourWrites,
  kMonotonicWrites,
  kWritesFollowReads,
  kSessions,
  kTwoAtomic,
  kRegular,
  kLinearizable,
};
inline constexpr std::size_t kRungCount = static_cast<std::size_t>(Rung::kLinearizable) + 1;

// "read your writes"; and what it claims, as half a sentence.
const char* rung_name(Rung rung);
const char* rung_meaning(Rung rung);

// The levels that it stands on directly.
const std::vector<Rung>& stands_on(Rung rung);

struct RungVerdict {
  enum class Standing : std::uint8_t { kHeld, kBroken, kUndecided };

  Rung rung = Rung::kDurable;
  Standing standing = Standing::kHeld;
  bool counts = false;  // held, and all that it stands on counts
  std::string witness;  // kBroken: lines for a person. kUndecided: what ran out
};
const char* standing_name(RungVerdict::Standing standing);

// Over all keys: the smallest k of the key that needs the largest.
struct Staleness {
  std::uint32_t k_at_least = 1;  // linear::kNoK: something was read that nobody had written
  std::uint32_t k_at_most = 1;   // more than at_least: the budget ran out between them
};

struct Ladder {
  std::vector<RungVerdict> rungs;  // all, from the weakest
  std::optional<Rung> strongest;   // of those that count the last
  std::optional<Rung> next;        // of those that do not count the first; nothing above all
  std::string witness;             // against `next`
  Staleness staleness;

  const RungVerdict& verdict(Rung rung) const { return rungs[static_cast<std::size_t>(rung)]; }
};

// Of one key. A step of the search for k is dearer, and remembers more: some 100 bytes and 8 for
// each operation in flight.
struct LadderOptions {
  std::uint64_t steps_max = 1'000'000;
  std::uint64_t k_steps_max = 100'000;
};

Ladder climb(const Evidence& evidence, const LadderOptions& options = {});

}  // namespace quorate::sim
