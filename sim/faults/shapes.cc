#include "sim/faults/shapes.h"

#include <algorithm>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

bool contains(const Hosts& hosts, HostId host) {
  return std::find(hosts.begin(), hosts.end(), host) != hosts.end();
}

// Two clients never talk, and nobody is cut from itself.
void add(Links& links, HostId from, HostId to) {
  if (from == to || (is_client(from) && is_client(to))) return;
  const Link link{from, to};
  if (std::find(links.begin(), links.end(), link) == links.end()) links.push_back(link);
}

// Cuts every pair of hosts that are not neighbours: at most `reach` places apart in the order,
// which closes into a ring or does not.
Links not_neighbours(const Hosts& hosts, std::size_t reach, bool closed) {
  Links links;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    for (std::size_t j = 0; j < hosts.size(); ++j) {
      const std::size_t apart = i < j ? j - i : i - j;
      const std::size_t around_back = closed ? hosts.size() - apart : apart;
      if (std::min(apart, around_back) > reach) add(links, hosts[i], hosts[j]);
    }
  }
  return links;
}

Fault on_link(SimTime at, FaultKind kind, const Link& link, std::int64_t amount = 0) {
  return Fault{at, kind, link.from, link.to, amount, {}};
}

std::vector<Fault> troubled(FaultKind kind, const Links& links, Window window,
                            std::int64_t amount) {
  std::vector<Fault> faults;
  for (const Link& link : links) faults.push_back(on_link(window.begin, kind, link, amount));
  for (const Link& link : links) faults.push_back(on_link(window.end, kind, link));
  return faults;
}

// The i-th of `count` moments that divide begin..end evenly, the first at its beginning.
SimTime moment(SimTime begin, SimTime end, std::size_t i, std::size_t count) {
  return begin + (end - begin) * static_cast<SimTime>(i) / static_cast<SimTime>(count);
}

}  // namespace

// ---------------------------------------------------------------- which links

Links between(const std::vector<Hosts>& groups) {
  Links links;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (std::size_t j = i + 1; j < groups.size(); ++j) {
      for (const HostId a : groups[i]) {
        for (const HostId b : groups[j]) {
          add(links, a, b);
          add(links, b, a);
        }
      }
    }
  }
  return links;
}

Links one_way(const Hosts& from, const Hosts& to) {
  Links links;
  for (const HostId a : from) {
    for (const HostId b : to) add(links, a, b);
  }
  return links;
}

Links around(HostId host, const Hosts& others) { return between({{host}, others}); }

Links around_each(const Hosts& hosts, const Hosts& others) {
  Links links;
  for (const HostId host : hosts) {
    for (const Hosts& from : {hosts, others}) {
      for (const Link& link : around(host, from)) add(links, link.from, link.to);
    }
  }
  return links;
}

Links bridged(const Hosts& side, const Hosts& other, HostId bridge) {
  return between({others_than({bridge}, side), others_than({bridge}, other)});
}

Links majorities_ring(const Hosts& hosts) {
  if (hosts.size() < 3) return {};
  if (hosts.size() == 3) return chain(hosts);
  // So many on either side that with the host itself they are a majority.
  const std::size_t reach = (hosts.size() / 2 + 1) / 2;
  return not_neighbours(hosts, reach, true);
}

Links chain(const Hosts& hosts) { return not_neighbours(hosts, 1, false); }

Links ring(const Hosts& hosts) { return not_neighbours(hosts, 1, true); }

Links all_but(const Hosts& hosts, const Links& kept) {
  Links links;
  for (const Link& link : one_way(hosts, hosts)) {
    if (std::find(kept.begin(), kept.end(), link) == kept.end()) links.push_back(link);
  }
  return links;
}

Links both_ways(const Links& links) {
  Links both;
  for (const Link& link : links) {
    add(both, link.from, link.to);
    add(both, link.to, link.from);
  }
  return both;
}

// ---------------------------------------------------------------- when

std::vector<Fault> during(const Links& links, Window window) {
  std::vector<Fault> faults;
  for (const Link& link : links) faults.push_back(on_link(window.begin, FaultKind::kCut, link));
  for (const Link& link : links) faults.push_back(on_link(window.end, FaultKind::kMend, link));
  return faults;
}

std::vector<Fault> flapping(const Links& links, Window window, Beat beat) {
  QUORATE_CHECK(beat.down > 0 && beat.up > 0);
  std::vector<Fault> faults;
  for (SimTime at = window.begin; at < window.end; at += beat.down + beat.up) {
    const std::vector<Fault> once = during(links, {at, std::min(at + beat.down, window.end)});
    faults.insert(faults.end(), once.begin(), once.end());
  }
  return faults;
}

std::vector<Fault> swizzled(const Links& links, const Swizzle& swizzle) {
  const auto [begin, end] = swizzle.window;
  QUORATE_CHECK(begin <= swizzle.still && swizzle.still <= end);
  QUORATE_CHECK(swizzle.heal_order.size() == links.size());
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < links.size(); ++i) {
    faults.push_back(
        on_link(moment(begin, swizzle.still, i, links.size()), FaultKind::kCut, links[i]));
  }
  for (std::size_t i = 0; i < links.size(); ++i) {
    QUORATE_CHECK(swizzle.heal_order[i] < links.size());
    // The last one heals at the end, not before it.
    faults.push_back(on_link(moment(swizzle.still, end, i + 1, links.size()), FaultKind::kMend,
                             links[swizzle.heal_order[i]]));
  }
  return faults;
}

std::vector<Fault> slow_during(const Links& links, Window window, SimTime extra) {
  return troubled(FaultKind::kLinkSlow, links, window, extra);
}

std::vector<Fault> lossy_during(const Links& links, Window window, std::uint32_t loss_ppm) {
  return troubled(FaultKind::kLinkLossy, links, window, loss_ppm);
}

std::vector<Fault> of_hosts(FaultKind kind, const Hosts& hosts, Window window,
                            std::int64_t amount) {
  const std::optional<FaultKind> end = end_of(kind);
  QUORATE_CHECK_MSG(end, "a fault without an end has no window");
  std::vector<Fault> faults;
  for (const HostId host : hosts) {
    faults.push_back(Fault{window.begin, kind, host, 0, amount, {}});
    faults.push_back(Fault{window.end, *end, host, 0, 0, {}});
  }
  return faults;
}

// ---------------------------------------------------------------- who

Hosts all_hosts(std::uint16_t nodes, std::size_t clients) {
  Hosts hosts;
  for (HostId node = 1; node <= nodes; ++node) hosts.push_back(node);
  for (std::size_t i = 0; i < clients; ++i) {
    hosts.push_back(kFirstClientHost + static_cast<HostId>(i));
  }
  return hosts;
}

Hosts others_than(const Hosts& some, const Hosts& all) {
  Hosts others;
  for (const HostId host : all) {
    if (!contains(some, host)) others.push_back(host);
  }
  return others;
}

Hosts primaries_of(const ClusterOptions& cluster, const Key& key) {
  const Bucket* bucket = cluster.buckets.find(key.bucket);
  QUORATE_CHECK_MSG(bucket != nullptr, "no such bucket in this cluster");
  const Ring table = make_ring(cluster);
  const std::span<const NodeId> found =
      table.primaries(table.vnode_of(key.bucket, key.name), bucket->n);
  return {found.begin(), found.end()};
}

}  // namespace quorate::sim
