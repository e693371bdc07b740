#include "client/admin.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "client/engine/blocking.h"
#include "node/causality/codec.h"
#include "node/core/core.h"

namespace quorate::client {
namespace {

Error odd_answer(const AdminAnswer& answer) {
  return Error{ErrorCode::kIncompatible, answer.endpoint + ": the answer is of another kind"};
}

NodeId node_id(std::uint32_t id) { return id <= 65535 ? static_cast<NodeId>(id) : NodeId{0}; }

template <typename Repeated>
std::vector<NodeId> node_ids(const Repeated& ids) {
  std::vector<NodeId> out;
  out.reserve(static_cast<std::size_t>(ids.size()));
  for (const std::uint32_t id : ids) out.push_back(node_id(id));
  return out;
}

PeerView peer_view(const wire::PeerStatus& peer) {
  const bool known = peer.circuit() <= static_cast<std::uint32_t>(Circuit::kHalfOpen);
  return PeerView{.node = node_id(peer.node()),
                  .circuit = known ? circuit_name(static_cast<Circuit>(peer.circuit())) : "unknown",
                  .silent_ns = peer.silent_ns(),
                  .clock_offset_ms = peer.clock_offset_ms(),
                  .clock_known = peer.clock_known(),
                  .link_up = peer.link_up(),
                  .cut_in = peer.cut_in(),
                  .cut_out = peer.cut_out(),
                  .queued_bytes = peer.queued_bytes(),
                  .address = peer.address()};
}

Result<NodeView> node_view(const AdminAnswer& answer) {
  if (!answer.message.has_status()) return odd_answer(answer);
  const wire::StatusReply& status = answer.message.status();
  NodeView view;
  view.endpoint = answer.endpoint;
  view.cluster = status.cluster();
  view.node = node_id(status.node());
  view.run = status.run();
  view.version = status.version();
  view.uptime_ms = status.uptime_ms();
  view.durability = status.durability();
  view.store = status.store();
  view.keys_estimate = status.keys_estimate();
  view.disk_bytes = status.disk_bytes();
  view.vnodes_primary = status.vnodes_primary();
  view.vnodes_rebuilding = status.vnodes_rebuilding();
  view.forgot = status.forgot();
  view.requests_in_flight = status.requests_in_flight();
  view.late_bytes = status.late_bytes();
  for (const auto& hints : status.hints()) {
    view.hints.push_back(HintsView{node_id(hints.primary()), hints.count(), hints.bytes(),
                                   hints.sole(), hints.oldest_ms()});
  }
  view.hints_dropped = status.hints_dropped();
  view.vnodes_without_trees = status.vnodes_without_trees();
  view.anti_entropy_at_rest = status.anti_entropy_at_rest();
  view.remains = status.remains();
  view.retired = status.retired();
  for (const auto& hold : status.reaping_held_by()) {
    view.reaping_held_by.push_back(
        ReapingHoldView{node_id(hold.node()), hold.why(), hold.vnodes()});
  }
  view.meetings.reserve(static_cast<std::size_t>(status.meetings_size()));
  for (const auto& meeting : status.meetings()) {
    if (meeting.vnode() >= Ring::kVnodesMax) continue;
    view.meetings.push_back(MeetingView{static_cast<VnodeId>(meeting.vnode()), meeting.n(),
                                        node_id(meeting.peer()), meeting.since_ms(),
                                        meeting.differed(), meeting.hurried()});
  }
  view.clients = status.clients();
  view.chaos = status.chaos();
  view.pid = status.pid();
  view.data_directory = status.data_directory();
  for (const auto& peer : status.peers()) view.peers.push_back(peer_view(peer));
  for (const auto& bucket : status.buckets()) {
    view.buckets.push_back(BucketView{bucket.name(), bucket.type(), bucket.n(), bucket.r(),
                                      bucket.w(), bucket.sloppy()});
  }
  for (const auto& counter : status.counters()) {
    view.counters.emplace_back(counter.name(), counter.value());
  }
  return view;
}

Result<HeldView> held_view(const wire::HeldRecord& held, const std::string& endpoint) {
  HeldView view;
  view.state_hash = held.state_hash();
  view.unreadable = held.unreadable();
  view.omitted_bytes = held.omitted_bytes();
  if (held.record().empty()) return view;
  Result<Record> record = decode_record(held.record());
  if (!record) {
    return Error{ErrorCode::kIncompatible,
                 endpoint + ": a record in its answer does not decode: " + record.error().message};
  }
  view.record = std::move(*record);
  return view;
}

Result<RowView> row_view(const AdminAnswer& answer) {
  if (!answer.message.has_row()) return odd_answer(answer);
  const wire::RowReply& reply = answer.message.row();
  if (!reply.error().empty()) return invalid_input(reply.error());
  if (reply.vnode() >= Ring::kVnodesMax ||
      static_cast<std::size_t>(reply.hints_size()) > Ring::kMembersMax) {
    return odd_answer(answer);
  }
  RowView view;
  view.node = answer.node.node;
  view.vnode = static_cast<VnodeId>(reply.vnode());
  auto row = held_view(reply.row(), answer.endpoint);
  if (!row) return row.error();
  view.row = std::move(*row);
  view.retired = reply.retired();
  for (const auto& hint : reply.hints()) {
    auto held = held_view(hint.held(), answer.endpoint);
    if (!held) return held.error();
    view.hints.push_back(HintView{node_id(hint.primary()), hint.owed(), hint.spare(),
                                  hint.since_ms(), std::move(*held)});
  }
  return view;
}

Result<PingView> ping_view(const AdminAnswer& answer) {
  if (!answer.message.has_ping()) return odd_answer(answer);
  return PingView{.endpoint = answer.endpoint,
                  .cluster = answer.node.cluster,
                  .node = answer.node.node,
                  .run = answer.node.run,
                  .round_trip_ns = answer.round_trip_ns};
}

Result<AdminAnswer> ask(Client& client, wire::ToNode question, std::optional<std::size_t> endpoint,
                        std::int64_t deadline_ms) {
  return wait_for<Result<AdminAnswer>>(client, [&](OnAdminAnswer done) {
    client.engine().ask(std::move(question), endpoint, deadline_ms, std::move(done));
  });
}

// Asks every endpoint at once and waits for all.
std::vector<Result<AdminAnswer>> ask_all(Client& client, const wire::ToNode& question,
                                         std::int64_t deadline_ms) {
  struct Gather {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::optional<Result<AdminAnswer>>> answers;
    std::size_t missing = 0;
  };
  const auto gather = std::make_shared<Gather>();
  const std::size_t endpoints = client.engine().endpoint_count();
  gather->answers.resize(endpoints);
  gather->missing = endpoints;
  for (std::size_t i = 0; i < endpoints; ++i) {
    client.engine().ask(question, i, deadline_ms, [gather, i](Result<AdminAnswer> answer) {
      const std::lock_guard lock(gather->mutex);
      gather->answers[i].emplace(std::move(answer));
      if (--gather->missing == 0) gather->changed.notify_one();
    });
  }
  std::unique_lock lock(gather->mutex);
  gather->changed.wait(lock, [&] { return gather->missing == 0; });
  std::vector<Result<AdminAnswer>> answers;
  for (auto& answer : gather->answers) answers.push_back(std::move(*answer));
  return answers;
}

}  // namespace

std::string Admin::endpoint_name(std::size_t endpoint) const {
  return client_.engine().endpoint_name(endpoint);
}

std::vector<Result<PingView>> Admin::ping_all() {
  wire::ToNode question;
  question.mutable_ping();
  std::vector<Result<PingView>> views;
  for (const auto& answer : ask_all(client_, question, deadline_ms_)) {
    views.push_back(answer ? ping_view(*answer) : Result<PingView>(answer.error()));
  }
  return views;
}

std::vector<Result<NodeView>> Admin::status_all(bool meetings) {
  wire::ToNode question;
  question.mutable_status()->set_meetings(meetings);
  std::vector<Result<NodeView>> views;
  for (const auto& answer : ask_all(client_, question, deadline_ms_)) {
    views.push_back(answer ? node_view(*answer) : Result<NodeView>(answer.error()));
  }
  return views;
}

Result<NodeView> Admin::status(std::optional<std::size_t> endpoint) {
  wire::ToNode question;
  question.mutable_status();
  const auto answer = ask(client_, std::move(question), endpoint, deadline_ms_);
  if (!answer) return answer.error();
  return node_view(*answer);
}

Result<RingView> Admin::ring() {
  wire::ToNode question;
  question.mutable_ring();
  const auto answer = ask(client_, std::move(question), std::nullopt, deadline_ms_);
  if (!answer) return answer.error();
  if (!answer->message.has_ring()) return odd_answer(*answer);
  const wire::RingReply& ring = answer->message.ring();
  RingView view;
  view.version = ring.version();
  view.hash = ring.hash();
  view.members = node_ids(ring.members());
  for (const auto& vnode : ring.vnodes()) view.vnodes.push_back(node_ids(vnode.nodes()));
  return view;
}

Result<KeyView> Admin::locate(std::string bucket, std::string key) {
  wire::ToNode question;
  question.mutable_locate()->set_bucket(std::move(bucket));
  question.mutable_locate()->set_key(std::move(key));
  const auto answer = ask(client_, std::move(question), std::nullopt, deadline_ms_);
  if (!answer) return answer.error();
  if (!answer->message.has_locate()) return odd_answer(*answer);
  const wire::LocateReply& where = answer->message.locate();
  if (!where.error().empty()) return invalid_input(where.error());
  return KeyView{static_cast<VnodeId>(where.vnode()), node_ids(where.primaries()),
                 node_ids(where.fallbacks())};
}

Result<KeyPage> Admin::list(std::size_t endpoint, VnodeId vnode, const KeyPage::Entry* after,
                            std::uint32_t rows_max) {
  wire::ToNode question;
  wire::ListRequest& request = *question.mutable_list();
  request.set_vnode(vnode);
  request.set_rows_max(rows_max);
  request.set_from_start(after == nullptr);
  if (after != nullptr) {
    request.set_after_bucket(after->bucket);
    request.set_after_key(after->key);
  }
  auto answer = ask(client_, std::move(question), endpoint, deadline_ms_);
  if (!answer) return answer.error();
  if (!answer->message.has_list()) return odd_answer(*answer);
  wire::ListReply& page = *answer->message.mutable_list();
  if (!page.error().empty()) {
    return Error{ErrorCode::kIoError, answer->endpoint + ": " + page.error()};
  }
  KeyPage view;
  view.done = page.done();
  for (auto& entry : *page.mutable_entries()) {
    view.entries.push_back(
        {std::move(*entry.mutable_bucket()), std::move(*entry.mutable_key()), entry.live()});
  }
  if (view.entries.empty() && !view.done) {
    return Error{ErrorCode::kIncompatible,
                 answer->endpoint + ": an empty page that is not the last"};
  }
  return view;
}

std::vector<Result<RowView>> Admin::row_all(const std::string& bucket, const std::string& key) {
  wire::ToNode question;
  question.mutable_row()->set_bucket(bucket);
  question.mutable_row()->set_key(key);
  std::vector<Result<RowView>> views;
  for (const auto& answer : ask_all(client_, question, deadline_ms_)) {
    views.push_back(answer ? row_view(*answer) : Result<RowView>(answer.error()));
  }
  return views;
}

Result<RowView> Admin::row(std::size_t endpoint, const Key& key, bool without_values) {
  wire::ToNode question;
  question.mutable_row()->set_bucket(key.bucket);
  question.mutable_row()->set_key(key.name);
  question.mutable_row()->set_without_values(without_values);
  const auto answer = ask(client_, std::move(question), endpoint, deadline_ms_);
  if (!answer) return answer.error();
  return row_view(*answer);
}

Result<DigestPage> Admin::digest(std::size_t endpoint, const KeyRange& range, const Key* after,
                                 std::uint32_t rows_max) {
  wire::ToNode question;
  wire::DigestRequest& request = *question.mutable_digest();
  request.set_vnode(range.vnode);
  request.set_bucket(range.bucket);
  request.set_prefix(range.prefix);
  request.set_rows_max(rows_max);
  if (after != nullptr) {
    request.set_has_after(true);
    request.set_after_bucket(after->bucket);
    request.set_after_key(after->name);
  }
  auto answer = ask(client_, std::move(question), endpoint, deadline_ms_);
  if (!answer) return answer.error();
  if (!answer->message.has_digest()) return odd_answer(*answer);
  wire::DigestReply& reply = *answer->message.mutable_digest();
  if (!reply.error().empty()) {
    return Error{ErrorCode::kIoError, answer->endpoint + ": " + reply.error()};
  }
  DigestPage page;
  page.done = reply.done();
  page.through =
      Key{std::move(*reply.mutable_through_bucket()), std::move(*reply.mutable_through_key())};
  Key last = after == nullptr ? Key{} : *after;
  for (auto& entry : *reply.mutable_entries()) {
    Key key{std::move(*entry.mutable_bucket()), std::move(*entry.mutable_key())};
    auto held = held_view(entry.held(), answer->endpoint);
    if (!held) return held.error();
    if (!(last < key)) {
      return Error{ErrorCode::kIncompatible, answer->endpoint + ": a page is out of order"};
    }
    last = key;
    page.entries.emplace_back(std::move(key), std::move(*held));
  }
  // A page that leads nowhere would be asked for again and again.
  if (!page.done && (page.through < last || (after != nullptr && !(*after < page.through)))) {
    return Error{ErrorCode::kIncompatible, answer->endpoint + ": a page that does not go on"};
  }
  return page;
}

Status Admin::repair(std::size_t endpoint, std::optional<VnodeId> vnode) {
  wire::ToNode question;
  wire::RepairRequest& request = *question.mutable_repair();
  if (vnode) {
    request.set_one_vnode(true);
    request.set_vnode(*vnode);
  }
  const auto answer = ask(client_, std::move(question), endpoint, deadline_ms_);
  if (!answer) return answer.error();
  if (!answer->message.has_repair()) return odd_answer(*answer);
  if (const std::string& error = answer->message.repair().error(); !error.empty()) {
    return invalid_input(answer->endpoint + ": " + error);
  }
  return {};
}

Status Admin::cut(std::size_t endpoint, const std::vector<NodeId>& in,
                  const std::vector<NodeId>& out) {
  wire::ToNode question;
  wire::ChaosRequest& request = *question.mutable_chaos();
  for (const NodeId node : in) request.add_cut_in(node);
  for (const NodeId node : out) request.add_cut_out(node);
  const auto answer = ask(client_, std::move(question), endpoint, deadline_ms_);
  if (!answer) return answer.error();
  if (!answer->message.has_chaos()) return odd_answer(*answer);
  if (const std::string& error = answer->message.chaos().error(); !error.empty()) {
    return Error{ErrorCode::kUnauthorized, answer->endpoint + ": " + error};
  }
  return {};
}

}  // namespace quorate::client
