#include "node/io/admin.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <utility>

#include "node/base/in_quotes.h"
#include "node/core/types/data_type.h"
#include "node/io/config_text.h"
#include "node/wire/quorate.pb.h"

namespace quorate {
namespace {

const char* durability_name(Durability durability) {
  switch (durability) {
    case Durability::kFsync:
      return "fsync";
    case Durability::kOs:
      return "os";
  }
  return "?";
}

}  // namespace

void Admin::status(const wire::StatusRequest& in, wire::StatusReply& out) const {
  const CoreStatus core = from_.core.status();
  const RocksStore::Size size = from_.store.size();
  out.set_cluster(from_.config.name);
  out.set_node(from_.facts.node);
  out.set_run(from_.facts.run);
  out.set_version(from_.facts.version);
  out.set_uptime_ms((from_.now_ns() - from_.facts.started_ns) / kNsPerMs);
  out.set_durability(durability_name(from_.facts.durability));
  out.set_store(store_state_name(core.store));
  out.set_keys_estimate(size.keys_estimate);
  out.set_disk_bytes(size.disk_bytes);
  out.set_vnodes_primary(core.vnodes_primary);
  out.set_vnodes_rebuilding(core.vnodes_rebuilding);
  out.set_forgot(core.forgot);
  out.set_requests_in_flight(core.requests_in_flight);
  out.set_late_bytes(core.late_bytes);
  for (const HintsStatus& hints : core.hints) {
    wire::HintsStatus& entry = *out.add_hints();
    entry.set_primary(hints.primary);
    entry.set_count(hints.count);
    entry.set_bytes(hints.bytes);
    entry.set_sole(hints.sole);
    entry.set_oldest_ms(hints.oldest_ms);
  }
  out.set_hints_dropped(core.hints_dropped);
  out.set_vnodes_without_trees(core.vnodes_without_trees);
  out.set_anti_entropy_at_rest(core.anti_entropy_at_rest);
  out.set_remains(core.remains);
  out.set_retired(core.retired);
  std::map<std::pair<NodeId, std::string>, std::uint32_t> holds;
  for (const auto& [vnode, hold] : core.reaping_held_by) {
    ++holds[{hold.node, reap_hold_name(hold.hold)}];
  }
  for (const auto& [who, vnodes] : holds) {
    wire::ReapingHold& entry = *out.add_reaping_held_by();
    entry.set_node(who.first);
    entry.set_why(who.second);
    entry.set_vnodes(vnodes);
  }
  if (in.meetings()) {
    for (const MeetingStatus& meeting : core.meetings) {
      wire::MeetingStatus& entry = *out.add_meetings();
      entry.set_vnode(meeting.vnode);
      entry.set_n(meeting.n);
      entry.set_peer(meeting.peer);
      entry.set_since_ms(meeting.since_ns < 0 ? -1 : meeting.since_ns / kNsPerMs);
      entry.set_differed(meeting.differed);
      entry.set_hurried(meeting.hurried);
    }
  }
  for (const PeerStatus& peer : core.peers) {
    const LinkStatus link = from_.link(peer.node);
    wire::PeerStatus& entry = *out.add_peers();
    entry.set_node(peer.node);
    entry.set_circuit(static_cast<std::uint32_t>(peer.circuit));
    entry.set_silent_ns(peer.silent_ns);
    entry.set_clock_offset_ms(peer.clock_offset_ms);
    entry.set_clock_known(peer.clock_known);
    entry.set_link_up(link.up);
    entry.set_cut_in(from_.chaos.cut_in(peer.node));
    entry.set_cut_out(from_.chaos.cut_out(peer.node));
    entry.set_queued_bytes(link.queued_bytes);
    entry.set_address(link.address);
  }
  for (const auto& [name, bucket] : from_.config.buckets.all()) {
    wire::BucketStatus& entry = *out.add_buckets();
    entry.set_name(name);
    entry.set_type(bucket_type_name(bucket.type));
    entry.set_n(bucket.n);
    entry.set_r(bucket.r);
    entry.set_w(bucket.w);
    entry.set_sloppy(bucket.sloppy);
  }
  from_.counters.for_each([&out](std::string_view name, std::uint64_t value) {
    wire::Counter& entry = *out.add_counters();
    entry.set_name(std::string(name));
    entry.set_value(value);
  });
  out.set_chaos(from_.chaos.allowed());
  out.set_pid(static_cast<std::uint64_t>(::getpid()));
  out.set_data_directory(from_.facts.data_directory);
  out.set_clients(from_.clients());
}

void Admin::ring(wire::RingReply& out) const {
  const Ring& ring = from_.core.ring();
  out.set_version(ring.version());
  out.set_hash(ring.hash());
  for (const NodeId member : ring.members()) out.add_members(member);
  for (std::uint32_t vnode = 0; vnode < ring.vnodes(); ++vnode) {
    wire::RingReply::Vnode& entry = *out.add_vnodes();
    for (const NodeId node : ring.preference_list(static_cast<VnodeId>(vnode))) {
      entry.add_nodes(node);
    }
  }
}

void Admin::locate(const wire::LocateRequest& in, wire::LocateReply& out) const {
  const std::string& name = in.bucket().empty() ? "default" : in.bucket();
  const Bucket* bucket = from_.config.buckets.find(name);
  if (bucket == nullptr) {
    out.set_error("there is no bucket " + in_quotes(name) + " in this cluster's configuration");
    return;
  }
  const Ring& ring = from_.core.ring();
  const VnodeId vnode = ring.vnode_of(name, in.key());
  out.set_vnode(vnode);
  const std::size_t n = ring.primaries(vnode, bucket->n).size();
  std::size_t place = 0;
  for (const NodeId node : ring.preference_list(vnode)) {
    if (place++ < n) {
      out.add_primaries(node);
    } else {
      out.add_fallbacks(node);
    }
  }
}

bool Admin::is_live(const Key& key, const Record& record) const {
  const Bucket* bucket = from_.config.buckets.find(key.bucket);
  // A bucket that the configuration names no more cannot be read; its rows still hold what they
  // hold.
  const DataType& type = data_type(bucket == nullptr ? kBucketTypeDefault : bucket->type);
  return !type.view(record, from_.wall_now_ms()).empty();
}

void Admin::list(const wire::ListRequest& in, wire::ListReply& out) const {
  if (std::string none = no_such_vnode(in.vnode()); !none.empty()) {
    out.set_error(none);
    return;
  }
  const auto rows_max = static_cast<std::uint32_t>(from_.config.io.list_rows_max);
  const std::uint32_t rows = in.rows_max() == 0 ? rows_max : std::min(in.rows_max(), rows_max);
  std::optional<Key> after;
  if (!in.from_start()) after = Key{in.after_bucket(), in.after_key()};
  // With the rows themselves: only they tell whether something lives.
  Result<StoreReader::ScanPage> page =
      from_.store.scan(static_cast<VnodeId>(in.vnode()), after, rows,
                       static_cast<std::uint32_t>(from_.config.io.list_bytes_max), false);
  if (!page) {
    out.set_error(page.error().to_string());
    return;
  }
  for (auto& [key, row] : page->rows) {
    wire::ListReply::Entry& entry = *out.add_entries();
    entry.set_live(is_live(key, row.record));
    entry.set_bucket(std::move(key.bucket));
    entry.set_key(std::move(key.name));
  }
  out.set_done(page->done);
}

void Admin::chaos(const wire::ChaosRequest& in, wire::ChaosReply& out) {
  const Status set = from_.chaos.set({in.cut_in().begin(), in.cut_in().end()},
                                     {in.cut_out().begin(), in.cut_out().end()});
  if (!set) out.set_error(set.error().message);
}

}  // namespace quorate
