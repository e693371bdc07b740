#include "tests/client/fake_cluster.h"

#include <algorithm>

#include "node/base/hash.h"
#include "node/causality/codec.h"
#include "node/causality/hybrid_clock.h"
#include "node/core/types/misfit.h"

namespace quorate::client {
namespace {

constexpr std::uint32_t kNodes = 3;
constexpr std::uint32_t kVnodes = 8;
constexpr std::int64_t kFirstWriteMs = 1'790'000'000'000;

std::uint64_t run_of(std::uint32_t node) {
  return make_run_id(static_cast<NodeId>(node), 0xabc0 + node);
}

void fail(wire::ClientReply& reply, Outcome outcome, Reason reason, const std::string& detail) {
  reply.set_outcome(static_cast<std::uint32_t>(outcome));
  reply.set_reason(static_cast<std::uint32_t>(reason));
  reply.set_detail(detail);
}

std::optional<BucketType> type_named(const std::string& bucket) {
  const auto names = bucket_type_names();
  const auto found = std::find(names.begin(), names.end(), bucket);
  if (found == names.end()) return std::nullopt;
  const auto type = static_cast<BucketType>(found - names.begin());
  return data_type(type).is_partial() ? std::optional(type) : std::nullopt;
}

// A token says up to which write its holder has read.
std::string token(std::uint64_t number) { return "seen:" + std::to_string(number); }

std::uint64_t number_in(const std::string& text) { return std::stoull(text.substr(5)); }

}  // namespace

FakeCluster::FakeCluster() {
  for (std::uint32_t node = 1; node <= kNodes; ++node) {
    nodes_.push_back(std::make_unique<FakeNode>(
        [this, node](const FakeNode::LinkPtr& link, const wire::ToNode& request) {
          answer(node, link, request);
        },
        FakeNode::Options{.node = node, .cluster = "fake"}));
  }
}

std::string FakeCluster::endpoints() const {
  std::string list;
  for (const auto& node : nodes_) list += (list.empty() ? "" : ",") + node->endpoint().to_string();
  return list;
}

void FakeCluster::answer(std::uint32_t node, const FakeNode::LinkPtr& link,
                         const wire::ToNode& request) {
  if (request.has_request() && request.request().key() == "in-doubt") {
    link->close();  // taken, and never answered
    return;
  }
  link->send(on_request(node, request));
}

wire::ToClient FakeCluster::on_request(std::uint32_t node, const wire::ToNode& question) {
  const std::lock_guard lock(mutex_);
  wire::ToClient message;
  message.set_tag(question.tag());
  switch (question.body_case()) {
    case wire::ToNode::kRequest: {
      const wire::ClientRequest& request = question.request();
      wire::ClientReply& reply = *message.mutable_reply();
      reply.set_id_high(request.id_high());
      reply.set_id_low(request.id_low());
      reply.set_coordinator(1);
      if (request.token() == "forged") {
        message.mutable_error()->set_code(static_cast<std::uint32_t>(ErrorCode::kUnauthorized));
        message.mutable_error()->set_message(
            "the token was not sealed for this key: read the key again");
      } else if (const auto type = type_named(request.bucket())) {
        typed(*type, request, reply);
      } else if (request.bucket() != "default" && request.bucket() != "carts") {
        fail(reply, Outcome::kInvalid, Reason::kUnknownBucket,
             "there is no bucket \"" + request.bucket() +
                 "\"; the configuration names carts, default");
      } else if (request.key().rfind("refused", 0) == 0) {
        fail(reply, Outcome::kNotApplied, Reason::kQuorumUnreachable,
             "only 1 of 3 primaries answer and 2 are needed; nodes 2 and 3 cannot be reached from "
             "node 1");
      } else if (request.key().rfind("unknown", 0) == 0) {
        fail(reply, Outcome::kUnknown, Reason::kRetryTooOld,
             "the retry is older than the retry window");
      } else if (request.key() == "full") {
        fail(
            reply, Outcome::kNotApplied, Reason::kTooManySiblings,
            "key \"full\" already has 100 siblings, and siblings_max of bucket \"default\" is 100; "
            "read it, merge its values and write the result under the context of that read");
      } else if (request.verb() == static_cast<std::uint32_t>(Verb::kGet)) {
        get(request, reply);
      } else {
        write(request, reply);
      }
      break;
    }
    case wire::ToNode::kStatus:
      status(node, *message.mutable_status());
      if (question.status().meetings()) meetings(node, *message.mutable_status());
      break;
    case wire::ToNode::kRepair:
      ++repairs_[node];
      message.mutable_repair();
      break;
    case wire::ToNode::kRow:
      row(node, question.row(), *message.mutable_row());
      break;
    case wire::ToNode::kDigest:
      digest(node, question.digest(), *message.mutable_digest());
      break;
    case wire::ToNode::kRing:
      message.mutable_ring()->set_version(1);
      message.mutable_ring()->set_hash(0xfeed);
      for (std::uint32_t member = 1; member <= kNodes; ++member)
        message.mutable_ring()->add_members(member);
      for (std::uint32_t vnode = 0; vnode < kVnodes; ++vnode) {
        auto& order = *message.mutable_ring()->add_vnodes();
        for (std::uint32_t i = 0; i < kNodes; ++i) order.add_nodes((vnode + i) % kNodes + 1);
      }
      break;
    case wire::ToNode::kLocate:
      if (!question.locate().bucket().empty() && question.locate().bucket() != "default" &&
          question.locate().bucket() != "carts") {
        message.mutable_locate()->set_error("there is no bucket \"" + question.locate().bucket() +
                                            "\" in this cluster's configuration");
        break;
      }
      message.mutable_locate()->set_vnode(5);
      for (const std::uint32_t primary : {3u, 1u}) message.mutable_locate()->add_primaries(primary);
      message.mutable_locate()->add_fallbacks(2);
      break;
    case wire::ToNode::kList:
      list(question.list(), *message.mutable_list());
      break;
    case wire::ToNode::kChaos:
      if (node == 3) {
        message.mutable_chaos()->set_error(
            "this node runs without --chaos: start it with --chaos to cut its links");
      } else {
        message.mutable_chaos();
        cuts_[node] = question.chaos();
      }
      break;
    case wire::ToNode::kPing:
    case wire::ToNode::BODY_NOT_SET:
      message.mutable_ping();
      break;
  }
  return message;
}

void FakeCluster::get(const wire::ClientRequest& request, wire::ClientReply& reply) {
  const auto found = records_.find({request.bucket(), request.key()});
  std::uint64_t seen = 0;
  if (found != records_.end()) {
    for (const Value& value : found->second.values) {
      wire::ReadValue& read = *reply.add_values();
      read.set_value(value.bytes);
      read.set_run(run_of(value.node));
      read.set_epoch(1);
      read.set_counter(value.number);
      read.set_timestamp(
          Timestamp::from_wall_ms(kFirstWriteMs + static_cast<std::int64_t>(value.number) * 1000)
              .packed);
      seen = std::max(seen, value.number);
    }
  }
  if (reply.values().empty()) reply.set_outcome(static_cast<std::uint32_t>(Outcome::kNotFound));
  reply.set_token(token(std::max(seen, writes_)));
  reply.set_needed(2);
  reply.set_reached(2);
  reply.set_replicas(3);
  for (const std::uint32_t node : {2u, 1u}) reply.add_answered(node);
}

void FakeCluster::write(const wire::ClientRequest& request, wire::ClientReply& reply) {
  Record& record = records_[{request.bucket(), request.key()}];
  if (!request.token().empty() && request.key().rfind("raced", 0) == 0 && !record.raced) {
    record.raced = true;  // somebody who knew nothing of the others was faster
    record.values.push_back(Value{"[\"late\"]", 3, ++writes_});
  }
  // What the writer has not read stays beside its value.
  const std::uint64_t seen = request.context_none()    ? 0
                             : request.token().empty() ? writes_
                                                       : number_in(request.token());
  std::erase_if(record.values, [&](const Value& value) { return value.number <= seen; });
  ++writes_;
  if (request.verb() == static_cast<std::uint32_t>(Verb::kPut)) {
    record.values.push_back(Value{request.value(), request.context_none() ? 2u : 1u, writes_});
  }
  reply.set_run(run_of(1));
  reply.set_epoch(1);
  reply.set_counter(writes_);
  reply.set_token(token(writes_));
  const std::uint32_t reached =
      request.w().kind() == static_cast<std::uint32_t>(Quorum::Kind::kAll) ? 3 : 2;
  reply.set_needed(reached);
  reply.set_reached(reached);
  reply.set_replicas(3);
  for (std::uint32_t i = 1; i <= reached; ++i) reply.add_answered(i);
}

// As a node with one replica would: the real types over one record. Every write comes through node
// 1, but for those without a context: through node 2, where nobody knew anything.
void FakeCluster::typed(BucketType type, const wire::ClientRequest& request,
                        wire::ClientReply& reply) {
  ClientRequest asked;
  asked.verb = static_cast<Verb>(request.verb());
  asked.update = static_cast<Update>(request.update());
  asked.field = request.field();
  asked.value = Blob(request.value());
  Bucket bucket;
  bucket.name = request.bucket();
  bucket.type = type;
  if (const auto why = misfit(bucket, asked)) {
    fail(reply, Outcome::kInvalid, Reason::kWrongType, *why);
    return;
  }
  quorate::Record& record = typed_[{request.bucket(), request.key()}];
  reply.set_needed(2);
  reply.set_reached(2);
  reply.set_replicas(3);
  for (const std::uint32_t node : {1u, 2u}) reply.add_answered(node);
  reply.set_token(token(writes_));
  if (asked.verb == Verb::kGet) {
    for (const ReadValue& value : data_type(type).view(record, 0)) {
      if (!asked.field.empty() && value.field != asked.field) continue;
      wire::ReadValue& read = *reply.add_values();
      read.set_field(value.field);
      read.set_value(std::string(value.value.view()));
      read.set_run(value.dot.actor.run);
      read.set_epoch(value.dot.actor.epoch);
      read.set_counter(value.dot.counter);
      read.set_timestamp(value.timestamp.packed);
    }
    if (reply.values().empty()) reply.set_outcome(static_cast<std::uint32_t>(Outcome::kNotFound));
    return;
  }
  const bool apart = request.token() == "nothing";
  Mutation mutation;
  mutation.verb = asked.verb;
  mutation.update = asked.update;
  mutation.field = asked.field;
  mutation.value = asked.value;
  if (!apart) mutation.context = record.context;
  mutation.dot = Dot{{run_of(apart ? 2 : 1), 1}, ++writes_};
  mutation.timestamp =
      Timestamp::from_wall_ms(kFirstWriteMs + static_cast<std::int64_t>(writes_) * 1000);
  if (const auto refusal = data_type(type).apply(&mutation, &record)) {
    fail(reply, Outcome::kNotApplied, refusal->reason, refusal->detail);
    return;
  }
  reply.set_run(mutation.dot.actor.run);
  reply.set_epoch(1);
  reply.set_counter(writes_);
  reply.set_token(token(writes_));
}

void FakeCluster::status(std::uint32_t node, wire::StatusReply& reply) {
  reply.set_cluster("fake");
  reply.set_node(node);
  reply.set_run(run_of(node));
  reply.set_version("0.1.0");
  reply.set_uptime_ms(node * 61'000);
  reply.set_durability("fsync");
  reply.set_store(node == 2 ? "no space" : "writable");
  reply.set_keys_estimate(records_.size());
  reply.set_disk_bytes(node * 1'000'000);
  reply.set_vnodes_primary(kVnodes);
  reply.set_chaos(node != 3);
  reply.set_pid(1000 + node);
  reply.set_data_directory("data/" + std::to_string(node));
  const auto has = [](const auto& list, std::uint32_t id) {
    return std::find(list.begin(), list.end(), id) != list.end();
  };
  for (std::uint32_t peer = 1; peer <= kNodes; ++peer) {
    if (peer == node) continue;
    wire::PeerStatus& view = *reply.add_peers();
    view.set_node(peer);
    view.set_cut_in(has(cuts_[node].cut_in(), peer));
    view.set_cut_out(has(cuts_[node].cut_out(), peer));
    view.set_circuit(view.cut_in() ? 1 : 0);
    view.set_link_up(true);
  }
  for (const char* name : {"carts", "default"}) {
    wire::BucketStatus& bucket = *reply.add_buckets();
    bucket.set_name(name);
    bucket.set_type("register");
    bucket.set_n(3);
    bucket.set_r(2);
    bucket.set_w(2);
  }
  wire::Counter& counter = *reply.add_counters();
  counter.set_name("requests");
  counter.set_value(7);
  if (node == 2) {
    reply.set_vnodes_without_trees(cuts_[2].cut_in_size() > 0 ? 3 : 0);
    wire::Counter& delivered = *reply.add_counters();
    delivered.set_name("hint_delivered");
    delivered.set_value(12);
  }
}

// All met five seconds ago. In vnode 3 nodes 1 and 2 find two keys that differ, until they have
// been asked twice to repair them; whom node 2 does not hear it does not meet.
void FakeCluster::meetings(std::uint32_t node, wire::StatusReply& reply) {
  for (std::uint32_t vnode = 0; vnode < kVnodes; ++vnode) {
    for (std::uint32_t peer = 1; peer <= kNodes; ++peer) {
      if (peer == node) continue;
      wire::MeetingStatus& meeting = *reply.add_meetings();
      meeting.set_vnode(vnode);
      meeting.set_n(3);
      meeting.set_peer(peer);
      meeting.set_since_ms(node < peer ? 5'000 : -1);
      if (vnode == 3 && node == 1 && peer == 2 && repairs_[1] < 2) meeting.set_differed(2);
      if (node == 2 && peer == 3 && cuts_[2].cut_in_size() > 0) meeting.set_hurried(true);
    }
  }
}

void FakeCluster::hold(std::uint32_t node, const Name& name, bool again, wire::HeldRecord& held) {
  const auto found = records_.find(name);
  if (found == records_.end()) return;
  const bool behind = node == 3 && (name.second.rfind("differs", 0) == 0 ||
                                    (name.second.rfind("passing", 0) == 0 && !again));
  if (node == 3 && name.second.rfind("broken", 0) == 0) {
    held.set_unreadable("corruption: the row's checksum is wrong");
    return;
  }
  quorate::Record record;
  for (const Value& value : found->second.values) {
    const std::uint64_t number = behind ? value.number - 1 : value.number;
    if (number == 0) return;
    Sibling sibling;
    sibling.dot = Dot{{run_of(value.node), 1}, number};
    sibling.timestamp =
        Timestamp::from_wall_ms(kFirstWriteMs + static_cast<std::int64_t>(number) * 1000);
    sibling.value = Blob(behind ? "older" : value.bytes);
    record.context.join(Context::from_parts({{sibling.dot.actor, number}}, {}));
    record.siblings.push_back(std::move(sibling));
  }
  std::sort(record.siblings.begin(), record.siblings.end(),
            [](const Sibling& a, const Sibling& b) { return a.dot < b.dot; });
  if (record.siblings.empty()) {
    record.context = Context::from_parts({{Actor{run_of(1), 1}, writes_}}, {});
  }
  append_record(record, *held.mutable_record());
  held.set_state_hash(hash64(held.record()));
}

void FakeCluster::row(std::uint32_t node, const wire::RowRequest& request, wire::RowReply& reply) {
  reply.set_vnode(5);
  const Name name{request.bucket(), request.key()};
  hold(node, name, true, *reply.mutable_row());
  if (node != 2 || request.key().rfind("differs", 0) != 0) return;
  reply.mutable_row()->Clear();  // it is a fallback
  wire::RowReply::Hint& hint = *reply.add_hints();
  hint.set_primary(3);
  hint.set_spare(true);
  hint.set_since_ms(4'000'000'000'000);  // "0 ms old"
  hold(1, name, true, *hint.mutable_held());
}

// As list: all keys are in vnode 0, in pages of two.
void FakeCluster::digest(std::uint32_t node, const wire::DigestRequest& request,
                         wire::DigestReply& reply) {
  reply.set_done(true);
  if (request.vnode() != 0) return;
  auto record = request.has_after()
                    ? records_.upper_bound(Name{request.after_bucket(), request.after_key()})
                    : records_.begin();
  for (int looked = 0; record != records_.end() && looked < 2; ++record, ++looked) {
    const auto& [bucket, key] = record->first;
    reply.set_through_bucket(bucket);
    reply.set_through_key(key);
    if (!request.bucket().empty() && bucket != request.bucket()) continue;
    if (key.rfind(request.prefix(), 0) != 0) continue;
    wire::HeldRecord held;
    hold(node, record->first, false, held);
    if (held.record().empty() && held.unreadable().empty()) continue;
    wire::DigestReply::Entry& entry = *reply.add_entries();
    entry.set_bucket(bucket);
    entry.set_key(key);
    entry.mutable_held()->Swap(&held);
  }
  reply.set_done(record == records_.end());
}

// All keys are in vnode 0; pages of two, so that paging is seen to work.
void FakeCluster::list(const wire::ListRequest& request, wire::ListReply& reply) {
  reply.set_done(true);
  if (request.vnode() != 0) return;
  const Name after{request.after_bucket(), request.after_key()};
  auto record = request.from_start() ? records_.begin() : records_.upper_bound(after);
  for (; record != records_.end() && reply.entries_size() < 2; ++record) {
    wire::ListReply::Entry& entry = *reply.add_entries();
    entry.set_bucket(record->first.first);
    entry.set_key(record->first.second);
    entry.set_live(!record->second.values.empty());
  }
  reply.set_done(record == records_.end());
}

}  // namespace quorate::client
