// The simulated network: a directed link between any two hosts, each with its own latency, loss,
// repetition, order and cut, and its own stream of chance.
//
// Place:      owned by the cluster; turns what a host sends into Delivery events.
// Invariants: (1) nothing sent into a cut, or arriving while the link is cut, is delivered; a cut
//             of one direction leaves the other alone; (2) a link without loss delivers every
//             packet once; (3) an ordered link delivers in the order of sending. Shown in
//             tests/sim/network_test.cc.
// Limits:     what waits for a narrow link is bounded by queue_bytes_max: at the bound the packet
//             is dropped, and counted. Sizes are the nominal ones that the core computes, so that
//             the wire format does not change what happens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "node/base/random.h"
#include "sim/world/event.h"
#include "sim/world/event_queue.h"
#include "sim/world/geography.h"
#include "sim/world/latency.h"
#include "sim/world/leg.h"

namespace quorate::sim {

inline constexpr std::uint32_t kMillion = 1'000'000;

struct LinkModel {
  Latency latency = Latency::uniform(from_us(200), from_us(1'000));
  LegLatencies legs{};  // of the messages that have their own
  std::uint32_t loss_ppm = 0;
  std::uint32_t duplicate_ppm = 0;
  std::uint32_t reorder_ppm = 0;  // so many packets take up to reorder_extra longer
  SimTime reorder_extra = from_ms(50);
  bool ordered = false;                // as one TCP connection: nothing overtakes
  std::uint64_t bytes_per_second = 0;  // 0: as many as there are
  // What may wait for a link with a bandwidth; an idle link takes any packet.
  std::uint64_t queue_bytes_max = 16u << 20;

  const Latency& latency_of(Leg leg) const;
};

// What makes a link worse than its model for a while.
struct LinkTrouble {
  SimTime extra_latency = 0;
  std::uint32_t loss_ppm = 0;  // beside the model's own
};

struct NetworkCounts {
  std::uint64_t sent = 0;
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;  // by chance
  std::uint64_t cut = 0;   // by a cut link
  std::uint64_t duplicated = 0;
  std::uint64_t overflowed = 0;  // found a link's queue full
  std::uint64_t bytes = 0;       // delivered, in nominal sizes
};

class Network {
 public:
  Network(std::uint64_t seed, std::uint16_t nodes, EventQueue& queue);

  std::uint16_t nodes() const { return nodes_; }

  // Between nodes, and between clients and nodes: of all links, also those that were set one by one
  // before.
  void set_node_links(const LinkModel& model);
  void set_client_links(const LinkModel& model);
  void set_link(HostId from, HostId to, const LinkModel& model);

  // REQUIRES: geography.valid(); nothing has been sent yet.
  void set_geography(Geography geography);

  void cut(HostId from, HostId to) { link(from, to).is_cut = true; }
  void mend(HostId from, HostId to) { link(from, to).is_cut = false; }
  // No link is cut or in trouble any more.
  void mend_all();
  bool is_cut(HostId from, HostId to) { return link(from, to).is_cut; }

  LinkTrouble& trouble(HostId from, HostId to) { return link(from, to).trouble; }

  // A process begins on the host. What the network repeats belongs to a connection, and neither
  // copy outlives the process at its end: no later one hears what an earlier one has answered.
  void begin_life(NodeId node, std::uint32_t life) { lives_[node] = life; }

  void send(SimTime now, HostId from, HostId to, Packet&& packet);

  // Whether a packet that is due may arrive; counts it.
  bool arrives(const Delivery& delivery);

  const NetworkCounts& counts() const { return counts_; }

 private:
  struct Link {
    Link(LinkModel link_model, Random stream, SimTime link_distance)
        : model(std::move(link_model)), random(stream), distance(link_distance) {}
    LinkModel model;
    Random random;
    LinkTrouble trouble;
    SimTime distance = 0;  // between the sites of its hosts
    bool is_cut = false;
    SimTime last_arrival = 0;  // of an ordered link
    SimTime busy_until = 0;    // of one with a bandwidth
  };

  std::size_t index_of(HostId host) const;
  std::uint32_t life_on(HostId host) const;  // 0: a client, or a node that never began
  HostId host_at(std::size_t index) const;
  Link& link(HostId from, HostId to);
  // Nothing: the link's queue is full.
  std::optional<SimTime> arrival_time(Link& link, SimTime now, const Packet& packet);

  std::uint64_t seed_;
  std::uint16_t nodes_;
  EventQueue& queue_;
  Geography geography_;
  LinkModel node_model_;
  LinkModel client_model_;
  std::vector<std::vector<Link>> links_;   // [from][to], by index_of
  std::map<HostId, std::uint32_t> lives_;  // of the processes on nodes
  NetworkCounts counts_;
};

// What a packet weighs on a link, in bytes.
std::size_t nominal_size_bytes(const Packet& packet);

}  // namespace quorate::sim
