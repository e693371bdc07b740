// A dot names one event: who issued it and which of that actor's events it is (Preguica et al.
// 2010).
//
// Implements: Dynamo 4.4's version vectors, with actors that live one run instead of for ever,
//             after Riak's vnode epochs (papers/decisions/0002-actors-and-marks.md).
// Invariants: (1) no two events share a dot; (2) an actor's counters for one key run 1, 2, 3...
//             Both are held up by DotMint (dot_mint.h) and shown in tests/node/causality/.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace quorate {

using NodeId = std::uint16_t;  // 1..65535, given by the configuration; 0 is nobody
using RunId = std::uint64_t;   // one life of one process; see make_run_id

// A run id is 48 random bits over the node's id, so that people can read from any dot which node
// issued it, even long after that run ended. Nothing in the protocol relies on the node's half.
RunId make_run_id(NodeId node, std::uint64_t random);
NodeId node_of(RunId run);

// Who issues events: one run of one node, and within it an epoch that is renewed whenever the node
// can no longer be sure which counters it used for a key.
struct Actor {
  RunId run = 0;
  std::uint32_t epoch = 0;

  friend auto operator<=>(const Actor&, const Actor&) = default;
};

struct Dot {
  Actor actor;
  std::uint64_t counter = 0;  // 1 and up

  friend auto operator<=>(const Dot&, const Dot&) = default;
};

// Counters stay at or below this, epochs are at least 1. Nobody gets there by counting: what lies
// beyond is not an event, and no encoding holds it (codec.h).
inline constexpr std::uint64_t kCounterMax = std::uint64_t{1} << 48;

// "n2.5f3a91c04b7e/3": node, random part of the run, epoch.
std::string to_string(const Actor& actor);

// "n2.5f3a91c04b7e/3:17": the actor, then the counter.
std::string to_string(const Dot& dot);

}  // namespace quorate
