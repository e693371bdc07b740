// Where the hosts stand, and how far it is from one site to another: what every packet takes on top
// of its link's latency, whatever befalls the link.
//
// Place:      part of the cluster's options; the network adds it. Named ones: models/.
// Invariants: distances need not be symmetric; a site is at distance 0 from itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/world/event.h"
#include "sim/world/sim_time.h"

namespace quorate::sim {

struct Geography {
  std::vector<std::string> sites;             // empty: all hosts stand in one place
  std::vector<std::vector<SimTime>> one_way;  // [from][to], by the order of `sites`

  // Indices into `sites`: of node i at i - 1, of client i (the first is 0) at i. Hosts past the end
  // stand at the first site.
  std::vector<std::uint16_t> node_sites;
  std::vector<std::uint16_t> client_sites;

  std::uint16_t site_of(HostId host) const;
  SimTime distance(HostId from, HostId to) const;

  // Square, without negative distances, every host at a site that there is.
  bool valid() const;

  friend bool operator==(const Geography&, const Geography&) = default;
};

}  // namespace quorate::sim
