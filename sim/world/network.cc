#include "sim/world/network.h"

#include <algorithm>
#include <string>
#include <utility>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

// Two clients, or a client and itself, never talk; their links exist to keep the table square.
bool between_nodes(HostId from, HostId to) { return !is_client(from) && !is_client(to); }

}  // namespace

const Latency& LinkModel::latency_of(Leg leg) const {
  const std::optional<Latency>* own = legs.find(leg);
  return own != nullptr && own->has_value() ? **own : latency;
}

Network::Network(std::uint64_t seed, std::uint16_t nodes, EventQueue& queue)
    : seed_(seed), nodes_(nodes), queue_(queue) {}

std::size_t Network::index_of(HostId host) const {
  if (is_client(host)) return static_cast<std::size_t>(nodes_) + (host - kFirstClientHost);
  return static_cast<std::size_t>(host) - 1;
}

HostId Network::host_at(std::size_t index) const {
  if (index < nodes_) return static_cast<HostId>(index + 1);
  return kFirstClientHost + static_cast<HostId>(index - nodes_);
}

Network::Link& Network::link(HostId from, HostId to) {
  const std::size_t from_index = index_of(from);
  const std::size_t to_index = index_of(to);
  if (from_index >= links_.size()) links_.resize(from_index + 1);
  std::vector<Link>& row = links_[from_index];
  while (row.size() <= to_index) {
    const HostId host = host_at(row.size());
    const std::string name = "link " + std::to_string(from) + ">" + std::to_string(host);
    row.emplace_back(between_nodes(from, host) ? node_model_ : client_model_,
                     Random::stream(seed_, name), geography_.distance(from, host));
  }
  return row[to_index];
}

void Network::set_node_links(const LinkModel& model) {
  node_model_ = model;
  for (std::size_t from = 0; from < links_.size() && from < nodes_; ++from) {
    for (std::size_t to = 0; to < links_[from].size() && to < nodes_; ++to) {
      links_[from][to].model = model;
    }
  }
}

void Network::set_client_links(const LinkModel& model) {
  client_model_ = model;
  for (std::size_t from = 0; from < links_.size(); ++from) {
    for (std::size_t to = 0; to < links_[from].size(); ++to) {
      if (!between_nodes(host_at(from), host_at(to))) links_[from][to].model = model;
    }
  }
}

void Network::set_link(HostId from, HostId to, const LinkModel& model) {
  link(from, to).model = model;
}

void Network::set_geography(Geography geography) {
  QUORATE_CHECK(geography.valid() && counts_.sent == 0);
  geography_ = std::move(geography);
  for (std::size_t from = 0; from < links_.size(); ++from) {
    for (std::size_t to = 0; to < links_[from].size(); ++to) {
      links_[from][to].distance = geography_.distance(host_at(from), host_at(to));
    }
  }
}

void Network::mend_all() {
  for (std::vector<Link>& row : links_) {
    for (Link& each : row) {
      each.is_cut = false;
      each.trouble = {};
    }
  }
}

std::optional<SimTime> Network::arrival_time(Link& link, SimTime now, const Packet& packet) {
  const LinkModel& model = link.model;
  SimTime departs = now;
  if (model.bytes_per_second > 0) {
    const auto time_of = [&model](std::uint64_t bytes) {
      return static_cast<SimTime>(bytes * static_cast<std::uint64_t>(kNsPerSecond) /
                                  model.bytes_per_second);
    };
    const SimTime occupied = time_of(nominal_size_bytes(packet));
    const SimTime waiting = std::max<SimTime>(0, link.busy_until - now);
    if (waiting > 0 && waiting + occupied > time_of(model.queue_bytes_max)) return std::nullopt;
    departs = now + waiting + occupied;
    link.busy_until = departs;
  }
  SimTime arrives = departs + link.distance + model.latency_of(leg_of(packet)).sample(link.random) +
                    link.trouble.extra_latency;
  if (model.reorder_ppm > 0 && link.random.chance(model.reorder_ppm, kMillion)) {
    arrives += link.random.between(0, model.reorder_extra);
  }
  if (model.ordered) {
    arrives = std::max(arrives, link.last_arrival);
    link.last_arrival = arrives;
  }
  return arrives;
}

std::uint32_t Network::life_on(HostId host) const {
  const auto found = lives_.find(host);
  return found == lives_.end() ? 0 : found->second;
}

void Network::send(SimTime now, HostId from, HostId to, Packet&& packet) {
  Link& used = link(from, to);
  ++counts_.sent;
  if (used.is_cut) {
    ++counts_.cut;
    return;
  }
  for (const std::uint32_t loss_ppm : {used.model.loss_ppm, used.trouble.loss_ppm}) {
    if (loss_ppm == 0 || !used.random.chance(loss_ppm, kMillion)) continue;
    ++counts_.lost;
    return;
  }
  std::uint32_t only_in_life = 0;
  if (used.model.duplicate_ppm > 0 && used.random.chance(used.model.duplicate_ppm, kMillion)) {
    ++counts_.duplicated;
    only_in_life = life_on(to);
    if (const std::optional<SimTime> again = arrival_time(used, now, packet)) {
      queue_.push(*again, Delivery{from, to, packet, only_in_life});
    }
  }
  const std::optional<SimTime> time = arrival_time(used, now, packet);
  if (!time) {
    ++counts_.overflowed;
    return;
  }
  queue_.push(*time, Delivery{from, to, std::move(packet), only_in_life});
}

bool Network::arrives(const Delivery& delivery) {
  if (link(delivery.from, delivery.to).is_cut) {
    ++counts_.cut;
    return false;
  }
  if (delivery.only_in_life != 0 && delivery.only_in_life != life_on(delivery.to)) {
    ++counts_.lost;
    return false;
  }
  ++counts_.delivered;
  counts_.bytes += nominal_size_bytes(delivery.packet);
  return true;
}

std::size_t nominal_size_bytes(const Packet& packet) {
  if (const auto* message = std::get_if<Message>(&packet)) {
    return quorate::nominal_size_bytes(*message);
  }
  if (const auto* call = std::get_if<ClientCall>(&packet)) {
    return quorate::nominal_size_bytes(call->request);
  }
  return quorate::nominal_size_bytes(std::get<ClientAnswer>(packet).reply);
}

}  // namespace quorate::sim
