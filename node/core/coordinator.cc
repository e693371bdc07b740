#include "node/core/coordinator.h"

#include <algorithm>

#include "node/base/in_quotes.h"
#include "node/core/types/data_type.h"
#include "node/core/types/misfit.h"

namespace quorate {

namespace {

ClientReply refusal_of(const NodeState& state, const RequestId& id, Outcome outcome, Reason reason,
                       std::string detail) {
  ClientReply reply;
  reply.id = id;
  reply.outcome = outcome;
  reply.reason = reason;
  reply.detail = std::move(detail);
  reply.coordinator = state.self();
  return reply;
}

std::string quorum_error(const char* name, std::uint32_t value, std::uint32_t n,
                         const std::string& bucket) {
  return std::string(name) + "=" + std::to_string(value) + " cannot be met: bucket \"" + bucket +
         "\" has n=" + std::to_string(n) + " copies; give 1 to " + std::to_string(n) +
         ", or one, quorum or all";
}

}  // namespace

ReplicaSets Coordinator::Place::sets(const Ring& ring, std::uint32_t needed) const {
  const auto primaries = ring.primaries(vnode, n);
  return {ReplicaSet{{primaries.begin(), primaries.end()}, needed}};
}

std::size_t Coordinator::in_flight() const {
  return reads_.in_flight() + writes_.in_flight() + forwards_.in_flight();
}

void Coordinator::on_client_request(ClientId client, ClientTag tag, ClientRequest request) {
  Origin origin;
  origin.kind = Origin::Kind::kClient;
  origin.client = client;
  origin.tag = tag;
  start(std::move(request), origin);
}

void Coordinator::on_forward(NodeId from, const ForwardRequest& message) {
  if (const ClientReply* known = state_.answers.find(from, message.op)) {
    state_.trace({.kind = TraceKind::kForwardRepeated, .peer = from});
    state_.send(from, ForwardReply{message.op, *known});
    return;
  }
  const Key& key = message.request.key;
  const VnodeId vnode = state_.ring.vnode_of(key.bucket, key.name);
  if (message.request.verb != Verb::kGet && message.generation + 1 < state_.generations.of(vnode)) {
    state_.trace({.kind = TraceKind::kTooOld,
                  .peer = from,
                  .a = message.generation,
                  .b = state_.generations.of(vnode)});
    state_.send(from, ForwardReply{message.op,
                                   refusal_of(state_, message.request.id, Outcome::kUnknown,
                                              Reason::kRetryTooOld,
                                              "the request was under way for so long that another "
                                              "copy of it may have been applied and forgotten; "
                                              "read the key to find out")});
    return;
  }
  Origin origin;
  origin.kind = Origin::Kind::kForward;
  origin.peer = from;
  origin.peer_op = message.op;
  start(message.request, origin);
}

void Coordinator::start(ClientRequest request, const Origin& origin) {
  state_.foreground.note(state_.env.now_ns());
  const bool is_write = request.verb != Verb::kGet;
  if (is_write && !request.id.is_set()) {
    request.id = RequestId{state_.env.random(), state_.env.random()};
  }
  state_.trace({.kind = TraceKind::kRequestStarted,
                .a = static_cast<std::uint64_t>(request.verb),
                .b = request.id.low});
  // Before anything may refuse it: what is said of a write that is in flight here is that write's
  // outcome, however full this node is by now.
  if (is_write && writes_.join(request.id, origin)) return;
  ClientReply refusal;
  Place place;
  if (!validate(request, &place, &refusal)) {
    state_.trace({.kind = TraceKind::kRequestFinished,
                  .a = static_cast<std::uint64_t>(refusal.outcome),
                  .b = request.id.low,
                  .c = static_cast<std::uint64_t>(refusal.reason)});
    answer(state_, origin, std::move(refusal));
    return;
  }
  std::int64_t remaining_ns =
      request.deadline_ns > 0 ? request.deadline_ns : state_.options().deadline_default_ns;
  remaining_ns = std::min(remaining_ns, state_.options().deadline_max_ns);
  const std::int64_t deadline_at_ns = state_.env.now_ns() + remaining_ns;
  if (is_write) {
    start_write(std::move(request), origin, place, deadline_at_ns);
  } else {
    start_get(std::move(request), origin, place, deadline_at_ns);
  }
}

bool Coordinator::validate(const ClientRequest& request, Place* place, ClientReply* refusal) const {
  const auto refuse = [&](Outcome outcome, Reason reason, std::string detail) {
    *refusal = refusal_of(state_, request.id, outcome, reason, std::move(detail));
    return false;
  };
  if (state_.stopping) {
    return refuse(Outcome::kNotApplied, Reason::kStopping,
                  "node " + std::to_string(state_.self()) + " is shutting down; ask another node");
  }
  if (in_flight() >= state_.options().requests_max) {
    return refuse(Outcome::kNotApplied, Reason::kOverloaded,
                  "node " + std::to_string(state_.self()) + " has " + std::to_string(in_flight()) +
                      " requests in flight, its limit; try again later or ask another node");
  }
  const Bucket* bucket = state_.config.buckets.find(request.key.bucket);
  if (bucket == nullptr) {
    std::string known;
    for (const auto& [name, unused] : state_.config.buckets.all()) {
      known += (known.empty() ? "" : ", ") + name;
    }
    return refuse(Outcome::kInvalid, Reason::kUnknownBucket,
                  "there is no bucket " + in_quotes(request.key.bucket) +
                      "; the configuration names " + known);
  }
  if (!check_limits(request, *bucket, refusal)) return false;
  place->bucket = bucket;
  place->vnode = state_.ring.vnode_of(request.key.bucket, request.key.name);
  place->n = std::min(bucket->n, static_cast<std::uint32_t>(state_.ring.members().size()));
  place->r = request.r.resolve(place->n, std::min(bucket->r, place->n));
  place->w = request.w.resolve(place->n, std::min(bucket->w, place->n));
  if (place->r == 0 || place->r > place->n) {
    return refuse(Outcome::kInvalid, Reason::kQuorumImpossible,
                  quorum_error("r", place->r, place->n, bucket->name));
  }
  if (place->w == 0 || place->w > place->n) {
    return refuse(Outcome::kInvalid, Reason::kQuorumImpossible,
                  quorum_error("w", place->w, place->n, bucket->name));
  }
  return true;
}

bool Coordinator::check_limits(const ClientRequest& request, const Bucket& bucket,
                               ClientReply* refusal) const {
  const auto refuse = [&](Outcome outcome, Reason reason, std::string detail) {
    *refusal = refusal_of(state_, request.id, outcome, reason, std::move(detail));
    return false;
  };
  if (request.key.name.empty()) {
    return refuse(Outcome::kInvalid, Reason::kKeyEmpty, "a key must have at least one byte");
  }
  if (request.key.name.size() > bucket.key_bytes_max) {
    return refuse(Outcome::kInvalid, Reason::kKeyTooLarge,
                  "the key has " + std::to_string(request.key.name.size()) +
                      " bytes, key_bytes_max of bucket \"" + bucket.name + "\" is " +
                      std::to_string(bucket.key_bytes_max));
  }
  if (request.field.size() + request.value.size() > bucket.value_bytes_max) {
    const char* what = request.field.empty() ? "the value has " : "field and value have ";
    return refuse(Outcome::kInvalid, Reason::kValueTooLarge,
                  what + std::to_string(request.field.size() + request.value.size()) +
                      " bytes, value_bytes_max of bucket \"" + bucket.name + "\" is " +
                      std::to_string(bucket.value_bytes_max));
  }
  if (std::optional<std::string> why = misfit(bucket, request)) {
    return refuse(Outcome::kInvalid, Reason::kWrongType, *std::move(why));
  }
  const bool sloppy = request.sloppy.value_or(bucket.sloppy);
  const bool blocking = request.read_repair.value_or(bucket.read_repair) == ReadRepair::kBlocking;
  if (sloppy && blocking && request.verb == Verb::kGet) {
    return refuse(Outcome::kInvalid, Reason::kNotSupported,
                  "a sloppy read cannot wait for repairs, for it may count nodes that are no "
                  "replicas; ask for a strict read, or for asynchronous repair");
  }
  if (request.token) {
    const std::int64_t age_ms = state_.wall_now_ms() - request.token->minted_at_ms;
    if (age_ms > state_.options().token_life_ms) {
      return refuse(
          request.verb == Verb::kGet ? Outcome::kInvalid : Outcome::kNotApplied,
          Reason::kTokenExpired,
          "the context is " + std::to_string(age_ms / 1000) + " s old, more than token_life (" +
              std::to_string(state_.options().token_life_ms / 1000) + " s); read the key again");
    }
  }
  return true;
}

void Coordinator::start_get(ClientRequest request, const Origin& origin, const Place& place,
                            std::int64_t deadline_at_ns) {
  ReadPlan plan;
  plan.purpose = ReadPlan::Purpose::kGet;
  plan.key = request.key;
  plan.vnode = place.vnode;
  plan.bucket = place.bucket;
  plan.sets = place.sets(state_.ring, place.r);
  plan.sloppy = request.sloppy.value_or(place.bucket->sloppy);
  plan.repair = request.read_repair.value_or(place.bucket->read_repair);
  plan.token = request.token;
  plan.deadline_at_ns = deadline_at_ns;
  const OpId op = reads_.start(std::move(plan));
  gets_.emplace(op, Get{std::move(request), origin});
}

void Coordinator::start_write(ClientRequest request, const Origin& origin, const Place& place,
                              std::int64_t deadline_at_ns) {
  if (request.attempt > 0 && request.age_ns / kNsPerMs > state_.options().retry_window_ms) {
    state_.trace({.kind = TraceKind::kRetryTooOld, .b = request.id.low});
    answer(state_, origin,
           refusal_of(state_, request.id, Outcome::kUnknown, Reason::kRetryTooOld,
                      "this retry comes later than retry_window after its first attempt, which may "
                      "or may not "
                      "have been applied; read the key to find out"));
    return;
  }
  const auto primaries = state_.ring.primaries(place.vnode, place.n);
  const bool is_primary =
      std::find(primaries.begin(), primaries.end(), state_.self()) != primaries.end();
  const bool writable = state_.store_state == StoreState::kWritable;
  const bool current = state_.generations.known();
  const bool whole = writable && current && !lineage_.rebuilding(place.vnode);

  std::vector<NodeId> candidates;
  if (origin.kind == Origin::Kind::kClient && !(is_primary && whole)) {
    for (NodeId node : primaries) {
      if (node != state_.self() && state_.health.closed(node)) candidates.push_back(node);
    }
  }
  if (!candidates.empty()) {
    if (!forwards_.has_room(request)) {
      answer(state_, origin,
             refusal_of(state_, request.id, Outcome::kNotApplied, Reason::kOverloaded,
                        "node " + std::to_string(state_.self()) + " holds " +
                            std::to_string(forwards_.unanswered_bytes()) +
                            " bytes of writes that wait for a primary, and unanswered_bytes_max "
                            "is " +
                            std::to_string(state_.options().unanswered_bytes_max) +
                            "; try again later or ask another node"));
      return;
    }
    forwards_.start(std::move(request), origin, std::move(candidates), deadline_at_ns);
    return;
  }
  // No primary can be reached: of a sloppy write this node keeps the first hint, and coordinates.
  const bool sloppy = request.sloppy.value_or(place.bucket->sloppy);
  const bool stands_in = sloppy && !is_primary && origin.kind == Origin::Kind::kClient;
  if ((is_primary || stands_in) && writable && current) {
    WritePlan plan;
    plan.sloppy = sloppy;
    plan.request = std::move(request);
    plan.origin = origin;
    plan.vnode = place.vnode;
    plan.bucket = place.bucket;
    plan.sets = place.sets(state_.ring, place.w);
    plan.read_needed = place.r;
    plan.deadline_at_ns = deadline_at_ns;
    writes_.start(std::move(plan));
    return;
  }
  const std::string self = "node " + std::to_string(state_.self());
  if (!current) {
    answer(state_, origin,
           refusal_of(state_, request.id, Outcome::kNotApplied, Reason::kQuorumUnreachable,
                      self + " has a new disk and has not heard from the other nodes yet what they "
                             "have agreed on since; ask another node, or try again when one of "
                             "them answers"));
    return;
  }
  ClientReply reply = refusal_of(
      state_, request.id, Outcome::kNotApplied,
      !is_primary
          ? Reason::kQuorumUnreachable
          : (state_.store_state == StoreState::kNoSpace ? Reason::kNoSpace : Reason::kStoreFailed),
      !is_primary ? self + " is no primary of this key, and it reaches none of its primaries (" +
                        node_list({primaries.begin(), primaries.end()}) + ")"
                  : self + " cannot write (" + store_state_name(state_.store_state) +
                        ") and reaches no other primary of this key");
  reply.needed = place.w;
  reply.replicas = place.n;
  answer(state_, origin, std::move(reply));
}

void Coordinator::on_read_finished(const ReadResult& result) {
  if (result.purpose != ReadPlan::Purpose::kGet) return;
  const auto found = gets_.find(result.op);
  if (found == gets_.end()) return;
  ClientReply reply = get_reply(found->second, result);
  state_.trace({.kind = TraceKind::kRequestFinished,
                .a = static_cast<std::uint64_t>(reply.outcome),
                .b = found->second.request.id.low,
                .c = static_cast<std::uint64_t>(reply.reason)});
  answer(state_, found->second.origin, std::move(reply));
  gets_.erase(found);
}

ClientReply Coordinator::get_reply(const Get& get, const ReadResult& result) const {
  const Bucket& bucket = *state_.config.buckets.find(get.request.key.bucket);
  ClientReply reply;
  reply.id = get.request.id;
  reply.coordinator = state_.self();
  reply.needed = result.needed;
  reply.reached = result.reached;
  reply.replicas = result.replicas;
  reply.answered = result.answered;
  if (result.reason != Reason::kNone) {
    reply.outcome = Outcome::kNotApplied;
    reply.reason = result.reason;
    reply.detail = why_not_read(result);
    return reply;
  }
  Token token;
  if (result.shown != nullptr) {
    const Record& record = *result.shown;
    reply.values = data_type(bucket.type).view(record, state_.wall_now_ms());
    if (const std::string& field = get.request.field; !field.empty()) {
      std::erase_if(reply.values, [&](const ReadValue& value) { return value.field != field; });
    }
    token.context = record.context;
    token.timestamp = record.latest();
  }
  if (get.request.token) token.timestamp = std::max(token.timestamp, get.request.token->timestamp);
  token.minted_at_ms = state_.wall_now_ms();
  reply.token = std::move(token);
  reply.outcome = reply.values.empty() ? Outcome::kNotFound : Outcome::kOk;
  return reply;
}

std::string Coordinator::why_not_read(const ReadResult& result) const {
  std::string text = std::to_string(result.reached) + " of " + std::to_string(result.replicas) +
                     " primaries answered";
  if (!result.answered.empty()) text += " (" + node_list(result.answered) + ")";
  text += " and r=" + std::to_string(result.needed);
  if (!result.silent.empty()) {
    text += "; " + node_list(result.silent) +
            (result.reason == Reason::kDeadline ? " did not answer in time" : " cannot be reached");
  }
  if (!result.rebuilding.empty()) {
    text += "; " + node_list(result.rebuilding) +
            " lost data that is being copied back, and counts towards no read until that is done";
  }
  if (!result.unreadable.empty()) {
    text += "; " + node_list(result.unreadable) + " cannot read the row";
  }
  if (!result.unrepaired.empty() && result.reached >= result.needed) {
    text += "; not all of them hold the newest of it, and " + node_list(result.unrepaired) +
            (result.reason == Reason::kDeadline ? " did not take it over in time"
                                                : " cannot take it over now") +
            ": try again, or read without blocking repair";
  }
  if (result.reason == Reason::kTokenNotCovered) {
    text = "the replicas that answered have not caught up yet with what this session has seen (" +
           node_list(result.answered) + "); try again, or read without the session's context";
  }
  return text;
}

}  // namespace quorate
