#include "node/core/anti_entropy.h"

#include <algorithm>
#include <utility>

#include "node/core/tree_answers.h"

namespace quorate {

namespace {

constexpr std::int64_t kBurstMs = 100;
constexpr std::int64_t kWaitNs = 10 * kNsPerMs;         // between two pages, or looks at the purse
constexpr std::int64_t kReceiptsNs = 1 * kNsPerSecond;  // between two tries to pass one on

}  // namespace

AntiEntropy::AntiEntropy(NodeState& state, Reads& reads, const Lineage& lineage, Hints& hints)
    : state_(state),
      reads_(reads),
      lineage_(lineage),
      hints_(hints),
      schedule_(state.self(), state.config.buckets, state.ring,
                state.options().anti_entropy_interval_ns),
      bytes_(state.options().repair_bytes_per_second, kBurstMs),
      rows_(state.options().repair_rows_per_second, kBurstMs),
      keys_(state.options().repair_keys_per_second, kBurstMs) {}

void AntiEntropy::tick() {
  if (!state_.options().anti_entropy) return;
  const std::int64_t now_ns = state_.env.now_ns();
  if (meeting_ && meeting_->op != 0) ask_again(now_ns);
  if (now_ns >= verify_at_ns_ && !state_.trees.walking()) {
    // The first is due an interval after the start, for then all have just been built.
    if (verify_at_ns_ > 0) state_.trees.verify_next();
    verify_at_ns_ = now_ns + state_.options().tree_verify_interval_ns / state_.ring.vnodes();
  }
  send_receipts();
  proceed();
}

void AntiEntropy::on_pace() {
  waiting_ = false;
  proceed();
}

void AntiEntropy::on_circuit_closed(NodeId peer) { schedule_.hurry_peer(peer); }

void AntiEntropy::hurry(NodeId from, VnodeId vnode) {
  state_.trace({.kind = TraceKind::kMeetingHurried, .peer = from, .a = vnode});
  schedule_.hurry_vnode(vnode);
}

// A meeting under way may have passed already what the operator has in mind: it begins anew.
void AntiEntropy::hurry_all(std::optional<VnodeId> only) {
  if (meeting_ && (!only || meeting_->pair.vnode == *only)) meeting_.reset();
  schedule_.hurry_all(only);
}

bool AntiEntropy::compared(VnodeId vnode, Generation generation) {
  if (!state_.options().anti_entropy) return false;
  Asked& asked = compare_since_[vnode];
  if (asked.generation != generation) asked = {generation, state_.env.now_ns()};
  return schedule_.agreed_since(vnode, asked.at_ns);
}

bool AntiEntropy::can_meet(const PairId& id) const {
  return state_.health.closed(id.peer) && !lineage_.rebuilding(id.vnode) &&
         state_.trees.find(id.vnode, id.n) != nullptr;
}

bool AntiEntropy::at_rest() const {
  if (meeting_ || !syncing_.empty() || state_.trees.walking()) return false;
  return !schedule_.next(state_.env.now_ns(), [this](const PairId& id) { return can_meet(id); });
}

// To mend a key costs all its primaries a read, and a durable write where it lacks.
void AntiEntropy::refill() {
  const std::int64_t now_ns = state_.env.now_ns();
  const std::int64_t slower = state_.foreground.slower(now_ns);
  bytes_.refill(now_ns, slower);
  keys_.refill(now_ns, slower);
  rows_.refill(now_ns, state_.foreground.rows_slower(now_ns));
}

// Goes on with whatever can be gone on with, as far as the pace allows.
void AntiEntropy::proceed() {
  if (!state_.options().anti_entropy || state_.store_state != StoreState::kWritable) return;
  refill();
  // A page at a time: clients wait while one is read.
  if (rows_.any_left() && state_.trees.walking()) walk();
  if (!meeting_ && bytes_.any_left()) begin_next();
  while (meeting_ && meeting_->op == 0 && bytes_.any_left() && rows_.any_left()) {
    if (!meeting_->differing.empty()) {
      if (syncing_.size() >= kReadsMax || !keys_.any_left()) break;
      const Key key = std::move(meeting_->differing.front());
      meeting_->differing.pop_front();
      sync(meeting_->pair.vnode, key, meeting_->pair.peer);
    } else if (meeting_->own) {
      walk_own();
    } else if (!meeting_->compared) {
      ask();
    } else if (!syncing_.empty()) {
      break;
    } else {
      end();
      begin_next();
    }
  }
  const bool spent = !bytes_.any_left() || !rows_.any_left() || !keys_.any_left();
  if (waiting_ || !(state_.trees.walking() || (meeting_ && spent))) return;
  waiting_ = true;
  state_.env.set_timer(timer_id(0, TimerKind::kPace), state_.env.now_ns() + kWaitNs);
}

void AntiEntropy::walk() {
  Result<Trees::Step> step = state_.trees.walk(state_.env.store(), state_.rows_page(),
                                               state_.options().rebuild_bytes_page);
  rows_.spend(step ? std::max(step->rows, 1u) : state_.rows_page());
  if (!step) return;
  if (step->lied) {
    state_.trace({.kind = TraceKind::kTreeLied, .a = *step->lied});
    schedule_.hurry_vnode(*step->lied);
  }
  for (const Key& key : step->unreadable) {
    state_.trace({.kind = TraceKind::kRowUnreadable, .peer = state_.self()});
    sync(state_.ring.vnode_of(key.bucket, key.name), key, state_.self());
  }
}

void AntiEntropy::begin_next() {
  const std::optional<PairId> id = schedule_.next(
      state_.env.now_ns(), [this](const PairId& candidate) { return can_meet(candidate); });
  if (id) meeting_.emplace(*id, state_.env.now_ns());
}

// What lies in leaves takes the peer a while to find.
void AntiEntropy::ask_again(std::int64_t now_ns) {
  const bool of_leaves = meeting_->comparison.done();
  const std::int64_t patience_ns = state_.options().resend_ns * (of_leaves ? 3 : 1);
  if (now_ns - meeting_->asked_at_ns < patience_ns) return;
  const int attempts_max = of_leaves ? kLeavesAttemptsMax : kAttemptsMax;
  if (++meeting_->attempts < attempts_max && state_.health.closed(meeting_->pair.peer)) {
    ask();
  } else {
    give_up();
  }
}

void AntiEntropy::ask() {
  if (meeting_->comparison.done()) {
    ask_leaves();
  } else {
    ask_trees();
  }
}

void AntiEntropy::ask_trees() {
  TreeRequest request;
  request.level = meeting_->comparison.level();
  request.parents = meeting_->comparison.parents();
  pose(std::move(request));
}

void AntiEntropy::ask_leaves() {
  LeavesRequest request;
  request.leaves = meeting_->comparison.leaves();
  request.after = meeting_->after;
  request.rows_max = state_.options().rebuild_rows_page;
  request.bytes_max = state_.options().rebuild_bytes_page;
  pose(std::move(request));
}

// Asks the peer, and remembers which answer the meeting waits for; asked again, it is the same
// question.
template <typename Request>
void AntiEntropy::pose(Request request) {
  if (meeting_->op == 0) meeting_->op = state_.new_op();
  request.op = meeting_->op;
  request.ring_version = state_.ring.version();
  request.vnode = meeting_->pair.vnode;
  request.n = meeting_->pair.n;
  meeting_->asked_at_ns = state_.env.now_ns();
  Message message(std::move(request));
  bytes_.spend(nominal_size_bytes(message));
  state_.send(meeting_->pair.peer, std::move(message));
}

bool AntiEntropy::answers_meeting(NodeId from, OpId op) const {
  return meeting_ && meeting_->op != 0 && meeting_->op == op && meeting_->pair.peer == from;
}

void AntiEntropy::on_tree_reply(NodeId from, const TreeReply& reply) {
  if (receipt_op_ && *receipt_op_ == reply.op) {
    receipt_op_.reset();
    if (reply.status != ReplicaStatus::kOk || state_.store_state != StoreState::kWritable) return;
    Batch batch;
    hints_.remove_receipt(receipt_, receipt_count_, batch);
    if (!batch.meta.empty()) state_.apply(std::move(batch));
    return;
  }
  if (!answers_meeting(from, reply.op)) return;
  bytes_.spend(nominal_size_bytes(Message(reply)));
  const HashTree* own = state_.trees.find(meeting_->pair.vnode, meeting_->pair.n);
  if (reply.status != ReplicaStatus::kOk || !reply.ready || own == nullptr ||
      !meeting_->comparison.add(*own, reply.sums)) {
    give_up();
    return;
  }
  meeting_->op = 0;
  meeting_->attempts = 0;
  if (meeting_->comparison.done()) {
    meeting_->compared = meeting_->comparison.leaves().empty();
    if (!meeting_->compared) {
      state_.trace({.kind = TraceKind::kTreesDiffered,
                    .peer = from,
                    .a = meeting_->pair.vnode,
                    .b = meeting_->comparison.leaves().size()});
    }
  }
  proceed();
}

void AntiEntropy::on_leaves_reply(NodeId from, LeavesReply&& reply) {
  if (!answers_meeting(from, reply.op)) return;
  if (reply.status != ReplicaStatus::kOk) {
    give_up();
    return;
  }
  bytes_.spend(nominal_size_bytes(Message(reply)));
  meeting_->op = 0;
  meeting_->attempts = 0;
  meeting_->theirs = std::move(reply.entries);
  meeting_->own.emplace(meeting_->pair.vnode, meeting_->pair.n, meeting_->comparison.leaves(),
                        meeting_->after, std::move(reply.through));
  proceed();
}

// Own rows as far as the peer has listed its own, or as many as are compared at once.
void AntiEntropy::walk_own() {
  LeafWalk& own = *meeting_->own;
  const Result<std::uint32_t> rows =
      own.step(state_, state_.rows_page(), state_.options().rebuild_bytes_page);
  if (!rows) {
    give_up();
    return;
  }
  rows_.spend(std::max(*rows, 1u));
  if (own.done()) {
    compare(own.through());
  } else if (own.entries().size() >= state_.options().rebuild_rows_page) {
    compare(own.looked_through());
  }
}

// Both sides in key order; what lies past `through` only one of them has looked at.
void AntiEntropy::compare(const std::optional<Key>& through) {
  const std::vector<LeavesReply::Entry>& theirs = meeting_->theirs;
  const std::vector<LeavesReply::Entry>& ours = meeting_->own->entries();
  auto own = ours.begin();
  auto other = theirs.begin();
  const auto differs = [&](const Key& key) {
    if (through && *through < key) return;
    meeting_->differing.push_back(key);
    ++meeting_->differed;
  };
  while (own != ours.end() || other != theirs.end()) {
    if (other == theirs.end() || (own != ours.end() && own->key < other->key)) {
      differs((own++)->key);
    } else if (own == ours.end() || other->key < own->key) {
      differs((other++)->key);
    } else {
      if (own->hash != other->hash || own->hash == 0) differs(own->key);
      ++own;
      ++other;
    }
  }
  meeting_->compared = !through.has_value();
  meeting_->after = through;
  meeting_->theirs.clear();
  meeting_->own.reset();
}

void AntiEntropy::sync(VnodeId vnode, const Key& key, NodeId peer) {
  const Bucket* bucket = state_.config.buckets.find(key.bucket);
  if (bucket == nullptr) return;
  state_.trace({.kind = TraceKind::kKeySynced, .peer = peer, .a = vnode});
  ReadPlan read;
  read.purpose = ReadPlan::Purpose::kSync;
  read.key = key;
  read.vnode = vnode;
  read.bucket = bucket;
  const auto primaries = state_.ring.primaries(vnode, bucket->n);
  ReplicaSet set{{primaries.begin(), primaries.end()}, 0};
  set.needed = static_cast<std::uint32_t>(set.nodes.size());
  read.sets.push_back(std::move(set));
  read.repair = ReadRepair::kBlocking;
  read.deadline_at_ns = state_.env.now_ns() + state_.options().deadline_default_ns;
  keys_.spend(1);
  syncing_.insert(reads_.start(std::move(read)));
}

void AntiEntropy::on_read_finished(const ReadResult& result) {
  if (syncing_.erase(result.op) == 0) return;
  if (meeting_ && result.reason != Reason::kNone) meeting_->agreed = false;
  if (result.merged != nullptr) {
    // One brought it, and whoever lacked it was sent it.
    bytes_.spend(result.merged->size_bytes() * std::max<std::size_t>(result.replicas, 1));
  }
  proceed();
}

void AntiEntropy::give_up() {
  state_.trace(
      {.kind = TraceKind::kMeetingGivenUp, .peer = meeting_->pair.peer, .a = meeting_->pair.vnode});
  schedule_.not_met(meeting_->pair, state_.env.now_ns() + state_.options().resend_ns);
  meeting_.reset();
}

void AntiEntropy::end() {
  schedule_.met(meeting_->pair, meeting_->begun_ns, state_.env.now_ns(), meeting_->differed,
                meeting_->agreed);
  meeting_.reset();
}

// A receipt says that a hint was dropped: its primary is told to compare that vnode first.
void AntiEntropy::send_receipts() {
  if (hints_.receipts().empty() || state_.env.now_ns() < receipts_at_ns_) return;
  for (const auto& [place, count] : hints_.receipts()) {
    if (!state_.health.closed(place.second)) continue;
    receipts_at_ns_ = state_.env.now_ns() + kReceiptsNs;
    receipt_ = place;
    receipt_count_ = count;
    TreeRequest request;
    request.op = state_.new_op();
    receipt_op_ = request.op;
    request.ring_version = state_.ring.version();
    request.vnode = place.first;
    request.hurry = true;
    state_.send(place.second, std::move(request));
    return;
  }
}

}  // namespace quorate
