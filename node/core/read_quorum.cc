#include "node/core/read_quorum.h"

#include <algorithm>
#include <utility>

namespace quorate {

namespace {

const Context& context_of(const RecordPtr& record) {
  static const Context kNothing;
  return record == nullptr ? kNothing : record->context;
}

// 0: it has not answered, or does not know.
bool outdated(Generation generation, Generation newest) {
  return generation != 0 && generation + 1 < newest;
}

}  // namespace

ReadQuorum::ReadQuorum(ReplicaSets sets, std::int64_t retry_window_ms)
    : sets_(std::move(sets)), retry_window_ms_(retry_window_ms) {
  const NodeList nodes = union_of(sets_);
  replies_.reserve(nodes.size());
  for (NodeId node : nodes) replies_.emplace_back().node = node;
}

void ReadQuorum::set_reaped(Reaped reaped, bool alike) {
  reaped_ = std::move(reaped);
  alike_ = alike;
}

ReadQuorum::Reply* ReadQuorum::find(NodeId node) {
  for (Reply& reply : replies_) {
    if (reply.node == node) return &reply;
  }
  return nullptr;
}

const ReadQuorum::Reply* ReadQuorum::find(NodeId node) const {
  return const_cast<ReadQuorum*>(this)->find(node);
}

void ReadQuorum::add_fallback(NodeId node) {
  Reply& reply = replies_.emplace_back();
  reply.node = node;
  reply.fallback = true;
}

bool ReadQuorum::is_fallback(NodeId node) const {
  const Reply* reply = find(node);
  return reply != nullptr && reply->fallback;
}

std::vector<NodeId> ReadQuorum::fallbacks() const {
  std::vector<NodeId> nodes;
  for (const Reply& reply : replies_) {
    if (reply.fallback) nodes.push_back(reply.node);
  }
  return nodes;
}

std::uint32_t ReadQuorum::fallbacks_in(State state) const {
  return static_cast<std::uint32_t>(
      std::count_if(replies_.begin(), replies_.end(),
                    [&](const Reply& reply) { return reply.fallback && reply.state == state; }));
}

bool ReadQuorum::add(NodeId from, Answer answer) {
  Reply* reply = find(from);
  if (reply == nullptr) return true;  // not asked: an old or strayed message
  reply->state = answer.rebuilding ? State::kRebuilding : State::kGood;
  reply->record = std::move(answer.record);
  reply->generation = answer.generation;
  reply->retired = answer.retired;
  newest_ = std::max(newest_, answer.generation);
  const bool any_outdated = std::any_of(replies_.begin(), replies_.end(), [&](const Reply& other) {
    return outdated(other.generation, newest_);
  });
  if (any_outdated) leave_outdated();
  return reply->state == State::kUnreachable || merge(*reply);
}

bool ReadQuorum::merge(Reply& reply) {
  if (reply.record == nullptr || reply.record == merged_) return true;
  if (merged_ == nullptr) {
    merged_ = reply.record;
    return true;
  }
  if (merged_->context == reply.record->context) {
    if (!consistent(*merged_, *reply.record)) return false;
    reply.record = merged_;  // the same knowledge need not be kept twice
    return true;
  }
  merged_ = std::make_shared<const Record>(sync(*merged_, *reply.record, retry_window_ms_));
  return true;
}

// What others have reaped since may live in their records.
void ReadQuorum::leave_outdated() {
  merged_ = nullptr;
  for (Reply& reply : replies_) {
    if (outdated(reply.generation, newest_)) {
      reply.state = State::kUnreachable;
      reply.record = nullptr;
      reply.generation = 0;
    } else {
      merge(reply);
    }
  }
}

Generation ReadQuorum::generation() const {
  Generation oldest = newest_;
  for (const Reply& reply : replies_) {
    if (reply.record != nullptr) oldest = std::min(oldest, reply.generation);
  }
  return oldest;
}

void ReadQuorum::add_unreadable(NodeId from) {
  Reply* reply = find(from);
  if (reply == nullptr) return;
  reply->state = State::kUnreadable;
  reply->record = nullptr;
}

void ReadQuorum::add_unreachable(NodeId from) {
  Reply* reply = find(from);
  if (reply != nullptr && reply->state == State::kSilent) reply->state = State::kUnreachable;
}

void ReadQuorum::add_repaired(NodeId from, RecordPtr record) {
  Reply* reply = find(from);
  if (reply == nullptr) return;
  if (reply->state != State::kGood && reply->state != State::kRebuilding) return;
  reply->record = std::move(record);
  reply->retired = false;
}

bool ReadQuorum::enough() const {
  return lacking(
             sets_, [&](NodeId node) { return find(node)->state == State::kGood; },
             fallbacks_in(State::kGood)) == 0;
}

bool ReadQuorum::impossible() const {
  return lacking(
             sets_,
             [&](NodeId node) {
               const State state = find(node)->state;
               return state == State::kGood || state == State::kSilent;
             },
             fallbacks_in(State::kGood) + fallbacks_in(State::kSilent)) != 0;
}

std::vector<NodeId> ReadQuorum::in_state(State state) const {
  std::vector<NodeId> nodes;
  for (const Reply& reply : replies_) {
    if (reply.state != state) continue;
    nodes.reserve(replies_.size());
    nodes.push_back(reply.node);
  }
  return nodes;
}

bool ReadQuorum::any_silent() const {
  return std::any_of(replies_.begin(), replies_.end(),
                     [](const Reply& reply) { return reply.state == State::kSilent; });
}

std::uint32_t ReadQuorum::reached_primaries() const {
  return static_cast<std::uint32_t>(std::count_if(
      replies_.begin(), replies_.end(),
      [](const Reply& reply) { return reply.state == State::kGood && !reply.fallback; }));
}

std::uint32_t ReadQuorum::reached() const {
  const auto primaries = static_cast<std::uint32_t>(std::count_if(
      replies_.begin(), replies_.end(), [](const Reply& reply) { return !reply.fallback; }));
  return std::min(reached_primaries() + fallbacks_in(State::kGood), primaries);
}

bool ReadQuorum::is_retired(const Reply& reply) const {
  return reply.retired && reply.record != nullptr && merged_ != nullptr &&
         reply.record->context == merged_->context;
}

bool ReadQuorum::any_retired() const {
  return reaped_ && std::any_of(replies_.begin(), replies_.end(),
                                [this](const Reply& reply) { return is_retired(reply); });
}

RecordPtr ReadQuorum::shown() const {
  if (!any_retired()) return merged_;
  Record left = reaped_(*merged_);
  return left.context.empty() ? nullptr : std::make_shared<const Record>(std::move(left));
}

std::vector<NodeId> ReadQuorum::repairs() const {
  std::vector<NodeId> nodes;
  if (merged_ == nullptr) return nodes;
  // Who has reaped what others have retired lacks nothing; who has retired it shows what he should,
  // unless somebody still shows all.
  const RecordPtr left = shown();
  const bool retired = left != merged_;
  const bool all_retired =
      retired && std::all_of(replies_.begin(), replies_.end(), [&](const Reply& reply) {
        return reply.fallback || is_retired(reply) ||
               context_of(reply.record) == context_of(left) ||
               (reply.state != State::kGood && reply.state != State::kRebuilding);
      });
  const bool excused = retired && (all_retired || !alike_);
  for (const Reply& reply : replies_) {
    if (reply.fallback) continue;
    if (reply.state != State::kGood && reply.state != State::kRebuilding) continue;
    if (excused && context_of(reply.record) == context_of(left)) continue;
    const bool holds = reply.record == merged_ || context_of(reply.record) == merged_->context;
    if (holds && (!alike_ || excused || !reply.retired)) continue;
    nodes.push_back(reply.node);
  }
  return nodes;
}

std::size_t ReadQuorum::held_bytes() const {
  std::size_t bytes = merged_ == nullptr ? 0 : merged_->size_bytes();
  for (const Reply& reply : replies_) {
    if (reply.record != nullptr && reply.record != merged_) bytes += reply.record->size_bytes();
  }
  return bytes;
}

}  // namespace quorate
