// The shapes that partitions have, as functions: which links stop, and when; what comes out are
// plain faults.
//
// A shape is *which links* (a set of directed links, drawn by no one) put together with *when*
// (during a window, again and again, one by one): any of the first goes with any of the second.
//
//     during(between({{1, 2}, {3}}), {from_seconds(1), from_seconds(4)})       split brain, healed
//     flapping(around(2, {1, 3}), window, {.down = from_ms(50), .up = from_ms(200)})
//
// Place:      used by the swarm (fault_plan.h), by scenario files and by tests.
// Implements: the partitions of Jepsen's nemesis (halves, bridge, majorities ring), FoundationDB's
//             swizzle, the one-way cuts of Alquraan et al., OSDI 2018.
// Invariants: (1) the expansion is a function of its arguments: nothing is drawn; (2) whatever
//             begins in a window ends in it; (3) a host is never cut from itself. Shown in
//             tests/sim/faults/shapes_test.cc.
// Not here:   what a primitive fault does: fault.h.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/faults/fault.h"

namespace quorate::sim {

// One direction.
struct Link {
  HostId from = 0;
  HostId to = 0;
  friend bool operator==(const Link& a, const Link& b) { return a.from == b.from && a.to == b.to; }
  friend bool operator<(const Link& a, const Link& b) {
    return a.from != b.from ? a.from < b.from : a.to < b.to;
  }
};
using Links = std::vector<Link>;  // each once, in the order in which they stop
using Hosts = std::vector<HostId>;

struct Window {
  SimTime begin = 0;
  SimTime end = 0;
};

// ---------------------------------------------------------------- which links

// Symmetric cut: nothing passes between any two of the groups. Hosts of no group keep all their
// links; two clients have none.
Links between(const std::vector<Hosts>& groups);

// One-way cut: nothing passes from `from` to `to`; the other direction works.
Links one_way(const Hosts& from, const Hosts& to);

// Isolate one: nothing passes between the host and the others.
Links around(HostId host, const Hosts& others);

// Isolate each of these from everybody else and from one another: the primaries of a key, say.
Links around_each(const Hosts& hosts, const Hosts& others);

// Two sides that only the bridge reaches: it sees all, and all see it.
Links bridged(const Hosts& side, const Hosts& other, HostId bridge);

// Each host sees a majority (itself counted) around it in the order given, no two the same, and
// whoever it sees sees it. Three hosts: a chain, for no other three neighbourhoods differ. Fewer:
// no cut.
Links majorities_ring(const Hosts& hosts);

// Each host sees only its neighbours in the order given; in a ring the last and the first are
// neighbours.
Links chain(const Hosts& hosts);
Links ring(const Hosts& hosts);

// All links among the hosts but for these: any directed graph.
Links all_but(const Hosts& hosts, const Links& kept);

// Both directions of each.
Links both_ways(const Links& links);

// ---------------------------------------------------------------- when

// Stop at the beginning, work again at the end.
std::vector<Fault> during(const Links& links, Window window);

// Stopped and working by turns, stopped first. REQUIRES: down > 0, up > 0
struct Beat {
  SimTime down = 0;
  SimTime up = 0;
};
std::vector<Fault> flapping(const Links& links, Window window, Beat beat);

// One by one, in the order given, until `still`; then one by one again in the other order.
// heal_order: positions in `links`, each once. REQUIRES: begin <= still <= end
struct Swizzle {
  Window window;
  SimTime still = 0;  // from here on nothing more stops, and the first works again
  std::vector<std::size_t> heal_order;
};
std::vector<Fault> swizzled(const Links& links, const Swizzle& swizzle);

// Everything on these links takes so much longer; or so much of it is lost.
std::vector<Fault> slow_during(const Links& links, Window window, SimTime extra);
std::vector<Fault> lossy_during(const Links& links, Window window, std::uint32_t loss_ppm);

// A fault of hosts that has an end: crash and restart, pause and resume, a slow node, a limping
// disk... on each of them for the window. `amount` as fault.h says for the kind. REQUIRES:
// end_of(kind)
std::vector<Fault> of_hosts(FaultKind kind, const Hosts& hosts, Window window,
                            std::int64_t amount = 0);

// ---------------------------------------------------------------- who

// 1..nodes, then the clients.
Hosts all_hosts(std::uint16_t nodes, std::size_t clients = 0);

// Those of `all` that are not among `some`.
Hosts others_than(const Hosts& some, const Hosts& all);

// Who holds the key, in the order of its preference list: the first is who coordinates its writes
// when a node that does not hold it is asked.
Hosts primaries_of(const ClusterOptions& cluster, const Key& key);

}  // namespace quorate::sim
