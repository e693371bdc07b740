// The four messages that a quorum write and a quorum read are made of, by the letters of the WARS
// model: what a link takes for each may differ.
//
// Implements: Bailis et al., "Probabilistically Bounded Staleness for Practical Partial Quorums"
//             (PVLDB 5(8), 2012), section 4.1: W, the write on its way to a replica; A, its
//             acknowledgement; R, the read request; S, the response.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/world/event.h"
#include "sim/world/latency.h"

namespace quorate::sim {

enum class Leg : std::uint8_t { kWrite, kAck, kRead, kResponse, kOther };

// Repair is a write too; pings, scans, forwards and what clients say are none of the four.
Leg leg_of(const Packet& packet);

// A link's latencies for single legs; a leg without its own takes the link's.
struct LegLatencies {
  std::optional<Latency> write{};
  std::optional<Latency> ack{};
  std::optional<Latency> read{};
  std::optional<Latency> response{};

  const std::optional<Latency>* find(Leg leg) const;  // null for kOther
  bool any() const { return write || ack || read || response; }

  friend bool operator==(const LegLatencies&, const LegLatencies&) = default;
};

// ", write 3 ms, read 1 ms": of the legs that have their own.
std::string to_string(const LegLatencies& legs);

}  // namespace quorate::sim
