// Five clients add integers to one set, each through a node of its own; some time later somebody
// reads it. Which of the acknowledged additions are there?
//
// Place:      kvsim survivors prints it, papers/call-me-maybe-2013 tells of it.
// Implements: Kingsbury 2013, "Call me maybe: Riak" (Jepsen's set application): client i of 5 adds
//             i, i + 5, i + 10...; a failed addition costs it a second; a resolver that has met
//             more than five siblings waits; an addition has five seconds. Where the store has no
//             set, a client reads, adds and writes back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "node/core/bucket.h"

namespace quorate::sim {

// What was printed for one run of theirs.
struct PublishedSurvivors {
  std::uint64_t acknowledged = 0;  // of 2,000
  std::uint64_t survivors = 0;
  std::uint64_t lost = 0;
  const char* source = "";
};

struct SurvivorsCase {
  std::string name;  // for people; unique
  BucketType type = BucketType::kLww;
  bool sloppy = true;
  std::uint32_t quorum = 2;    // r and w, of n = 3
  bool one_at_a_time = false;  // a perfect lock around each read, change and write
  // Nodes 1 and 2 are cut off from 3, 4 and 5 when so many percent of the additions have ended,
  // until all have; 0: never.
  std::uint32_t cut_percent = 0;
  std::optional<PublishedSurvivors> published = std::nullopt;
};

const std::vector<SurvivorsCase>& survivors_cases();

struct SurvivorsOptions {
  std::uint32_t elements = 2'000;
  std::uint64_t seed = 1;  // decides the key too, and so on which side of the cut its replicas are
};

struct Survivors {
  std::uint64_t acknowledged = 0;
  std::uint64_t survivors = 0;         // in what is read at the end
  std::uint64_t lost = 0;              // acknowledged, and not there
  std::uint64_t unacknowledged = 0;    // there, and not acknowledged
  std::uint32_t replicas_cut_off = 0;  // of the three, those on the side of nodes 1 and 2

  // Of the acknowledged ones.
  double loss() const;
};

// The replicas are equal at the end, and the reader asks all of them.
Survivors run_survivors(const SurvivorsCase& what, const SurvivorsOptions& options);

}  // namespace quorate::sim
