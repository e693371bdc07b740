#include "sim/world/cluster.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

// How long it takes a peer's kernel to say that nobody listens any more, or that somebody does.
constexpr SimTime kNoticeDelay = from_ms(1);

}  // namespace

Ring make_ring(const ClusterOptions& options) {
  std::vector<NodeId> members;
  for (std::uint16_t id = 1; id <= options.nodes; ++id) members.push_back(id);
  Result<Ring> ring = Ring::compute(1, std::move(members), options.vnodes);
  QUORATE_CHECK_MSG(ring, "a cluster needs nodes and a number of vnodes that is a power of two");
  return std::move(*ring);
}

Cluster::Cluster(ClusterOptions options, const MakeDisk& make_disk)
    : options_(std::move(options)),
      ring_(make_ring(options_)),
      world_(options_.seed, options_.nodes) {
  QUORATE_CHECK_MSG(options_.core.validate(), "core options out of bounds");
  world_.buckets = options_.buckets;
  world_.network.set_geography(options_.geography);
  world_.network.set_node_links(options_.node_links);
  world_.network.set_client_links(options_.client_links);
  for (std::uint16_t id = 1; id <= options_.nodes; ++id) {
    const ClockModel clock = id <= options_.clocks.size() ? options_.clocks[id - 1u] : ClockModel{};
    nodes_.push_back(std::make_unique<SimNode>(
        world_,
        SimNode::Setup{id, options_.core, options_.buckets, options_.disk, options_.processing,
                       clock, options_.codec},
        ring_, make_disk ? make_disk(id) : std::make_unique<MemoryStore>()));
  }
  for (const auto& node : nodes_) {
    node->start();
    notify_peers(node->id(), true);
  }
}

Cluster::~Cluster() = default;

// ---------------------------------------------------------------- time

void Cluster::step() {
  world_.queue.pop_to([this](SimTime time, Event& event) {
    world_.now = time;
    handle(event);
  });
}

void Cluster::run_until(SimTime time) {
  QUORATE_CHECK(time >= now());
  for (std::optional<SimTime> next = world_.queue.next_time(); next && *next <= time;
       next = world_.queue.next_time()) {
    step();
  }
  world_.now = time;
}

bool Cluster::run_until_true(const std::function<bool()>& condition, SimTime limit) {
  const SimTime end = now() + limit;
  while (!condition()) {
    const std::optional<SimTime> next = world_.queue.next_time();
    if (!next || *next > end) {
      world_.now = end;
      return false;
    }
    step();
  }
  return true;
}

bool Cluster::settled() const {
  for (const auto& node : nodes_) {
    if (!node->up() || node->paused()) return false;
    const CoreStatus status = node->core().status();
    if (status.vnodes_rebuilding > 0 || !status.hints.empty()) return false;
    if (status.store != StoreState::kWritable) return false;
    for (const PeerStatus& peer : status.peers) {
      if (peer.circuit != Circuit::kClosed) return false;
    }
  }
  return true;
}

bool Cluster::run_until_settled(SimTime limit) {
  const SimTime end = now() + limit;
  // looking at every event would cost more than the events
  constexpr SimTime kLookEvery = from_ms(10);
  while (!settled()) {
    if (now() >= end) return false;
    run_until(std::min(now() + kLookEvery, end));
  }
  return true;
}

void Cluster::at(SimTime time, std::function<void()> action) {
  QUORATE_CHECK(time >= now());
  world_.queue.push(time, ScriptedAction{actions_.size()});
  actions_.push_back(std::move(action));
}

void Cluster::handle(Event& event) {
  if (auto* delivery = std::get_if<Delivery>(&event)) {
    if (!world_.network.arrives(*delivery)) return;
    world_.hash.add_delivery(now(), *delivery);
    if (!is_client(delivery->to)) {
      nodes_[delivery->to - 1]->on_input(event);
    } else if (auto* answer = std::get_if<ClientAnswer>(&delivery->packet)) {
      clients_[delivery->to - kFirstClientHost]->on_answer(answer->tag, std::move(answer->reply));
    }
  } else if (const auto* fired = std::get_if<TimerFired>(&event)) {
    nodes_[fired->node - 1u]->on_input(event);
  } else if (const auto* synced = std::get_if<DiskSynced>(&event)) {
    nodes_[synced->node - 1u]->on_input(event);
  } else if (const auto* notice = std::get_if<LinkNotice>(&event)) {
    nodes_[notice->node - 1u]->on_input(event);
  } else if (const auto* ready = std::get_if<NodeReady>(&event)) {
    nodes_[ready->node - 1u]->on_ready(*ready);
  } else if (const auto* alarm = std::get_if<ClientAlarm>(&event)) {
    clients_[alarm->client - kFirstClientHost]->on_alarm(alarm->alarm);
  } else {
    const std::function<void()> action = std::move(actions_[std::get<ScriptedAction>(event).index]);
    action();
  }
}

// ---------------------------------------------------------------- clients

SimClient& Cluster::add_client(ClientPolicy policy) {
  if (policy.endpoints.empty()) policy.endpoints = node_ids();
  const HostId host = kFirstClientHost + static_cast<HostId>(clients_.size());
  clients_.push_back(std::make_unique<SimClient>(world_, history_, host, std::move(policy)));
  return *clients_.back();
}

const Operation& Cluster::call(SimClient& client, ClientStep step) {
  client.enqueue(std::move(step));
  // Every operation ends at its deadline, so this ends.
  const bool ended = run_until_true([&client] { return client.idle(); }, from_seconds(3600));
  QUORATE_CHECK_MSG(ended, "a client's operation did not end");
  return history_[*client.last_operation()];
}

// ---------------------------------------------------------------- nodes and their disks

SimNode& Cluster::node(NodeId id) {
  QUORATE_CHECK(id >= 1 && id <= nodes_.size());
  return *nodes_[id - 1u];
}

const SimNode& Cluster::node(NodeId id) const {
  QUORATE_CHECK(id >= 1 && id <= nodes_.size());
  return *nodes_[id - 1u];
}

std::vector<NodeId> Cluster::node_ids() const { return ring_.members(); }

void Cluster::notify_peers(NodeId id, bool up) {
  if (!options_.link_notices) return;
  for (const auto& peer : nodes_) {
    if (peer->id() == id || !peer->up()) continue;
    const bool reachable =
        !world_.network.is_cut(id, peer->id()) && !world_.network.is_cut(peer->id(), id);
    if (!reachable) continue;  // whoever is cut off learns nothing: that is what a cut is
    world_.queue.push(now() + kNoticeDelay, LinkNotice{peer->id(), id, up});
    if (up) world_.queue.push(now() + kNoticeDelay, LinkNotice{id, peer->id(), true});
  }
}

void Cluster::crash(NodeId id) {
  const bool was_up = node(id).up();
  node(id).crash();
  if (was_up) notify_peers(id, false);
}

void Cluster::kill(NodeId id) {
  if (!node(id).up()) return;
  node(id).kill();
  notify_peers(id, false);
}

void Cluster::restart(NodeId id) {
  if (node(id).up()) return;
  node(id).start();
  notify_peers(id, true);
}

void Cluster::wipe(NodeId id) {
  const bool was_up = node(id).up();
  crash(id);
  node(id).disk().wipe();
  tell_damage(id, DiskDamage::kWiped, nullptr);
  if (was_up) restart(id);
}

void Cluster::restore(NodeId id, const MemoryStore::Image& image) {
  const bool was_up = node(id).up();
  crash(id);
  node(id).disk().restore(image);
  tell_damage(id, DiskDamage::kRestored, nullptr);
  if (was_up) restart(id);
}

void Cluster::forget_row(NodeId id, const Key& key) {
  node(id).disk().forget(ring_.vnode_of(key.bucket, key.name), key);
  tell_damage(id, DiskDamage::kRowForgotten, &key);
}

void Cluster::corrupt_row(NodeId id, const Key& key) {
  node(id).disk().corrupt(ring_.vnode_of(key.bucket, key.name), key);
  tell_damage(id, DiskDamage::kRowUnreadable, &key);
}

void Cluster::tell_damage(NodeId id, DiskDamage damage, const Key* key) {
  for (WorldObserver* observer : world_.observers) {
    observer->on_damage(world_.now, id, damage, key);
  }
}

// ---------------------------------------------------------------- network

void Cluster::cut_both(HostId a, HostId b) {
  cut(a, b);
  cut(b, a);
}

void Cluster::mend_both(HostId a, HostId b) {
  mend(a, b);
  mend(b, a);
}

void Cluster::split(const std::vector<HostId>& side, const std::vector<HostId>& other) {
  for (const HostId a : side) {
    for (const HostId b : other) cut_both(a, b);
  }
}

void Cluster::isolate(NodeId id) {
  for (const NodeId peer : node_ids()) {
    if (peer != id) cut_both(id, peer);
  }
}

// ---------------------------------------------------------------- what is known

std::uint64_t Cluster::inputs_overflowed() const {
  std::uint64_t count = 0;
  for (const auto& node : nodes_) count += node->overflowed();
  return count;
}

const Bucket& Cluster::bucket(const Key& key) const {
  const Bucket* found = options_.buckets.find(key.bucket);
  QUORATE_CHECK_MSG(found != nullptr, "no such bucket in this cluster");
  return *found;
}

std::vector<NodeId> Cluster::primaries(const Key& key) const {
  const std::span<const NodeId> found =
      ring_.primaries(ring_.vnode_of(key.bucket, key.name), bucket(key).n);
  return {found.begin(), found.end()};
}

bool Cluster::is_primary(NodeId id, const Key& key) const {
  const std::vector<NodeId> all = primaries(key);
  return std::find(all.begin(), all.end(), id) != all.end();
}

const Row* Cluster::row(NodeId id, const Key& key) const {
  const MemoryStore::Rows& rows = node(id).disk().rows(ring_.vnode_of(key.bucket, key.name));
  const auto found = rows.find(key);
  return found == rows.end() ? nullptr : found->second.get();
}

Record Cluster::shown(NodeId id, const Key& key) const {
  const Row* held = row(id, key);
  if (held == nullptr) return {};
  const std::string name = retired_name(ring_.vnode_of(key.bucket, key.name), key);
  const auto retired = node(id).disk().read_meta(name);
  if (!retired || !*retired || (**retired).empty()) return held->record;
  return Retired(options_.buckets).reaped(key, held->record);
}

}  // namespace quorate::sim
