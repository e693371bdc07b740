#include "node/core/write_quorum.h"

#include <utility>

namespace quorate {

WriteQuorum::WriteQuorum(ReplicaSets sets) : sets_(std::move(sets)) {
  const NodeList nodes = union_of(sets_);
  replies_.reserve(nodes.size());
  for (NodeId node : nodes) replies_.push_back(Reply{node, State::kSilent});
}

WriteQuorum::Reply* WriteQuorum::find(NodeId node) {
  for (Reply& reply : replies_) {
    if (reply.node == node) return &reply;
  }
  return nullptr;
}

const WriteQuorum::Reply* WriteQuorum::find(NodeId node) const {
  return const_cast<WriteQuorum*>(this)->find(node);
}

void WriteQuorum::add_ack(NodeId from) {
  if (Reply* reply = find(from)) reply->state = State::kAcked;
}

void WriteQuorum::add_refusal(NodeId from) {
  Reply* reply = find(from);
  if (reply != nullptr && reply->state != State::kAcked) reply->state = State::kRefused;
}

void WriteQuorum::add_unreachable(NodeId node) {
  Reply* reply = find(node);
  if (reply != nullptr && reply->state == State::kSilent) reply->state = State::kUnreachable;
}

bool WriteQuorum::enough() const {
  return lacking(sets_, [&](NodeId node) { return find(node)->state == State::kAcked; }) == 0;
}

bool WriteQuorum::impossible() const {
  return lacking(sets_, [&](NodeId node) {
           const State state = find(node)->state;
           return state == State::kAcked || state == State::kSilent;
         }) != 0;
}

bool WriteQuorum::all_settled() const {
  return std::none_of(replies_.begin(), replies_.end(),
                      [](const Reply& reply) { return reply.state == State::kSilent; });
}

std::vector<NodeId> WriteQuorum::unacknowledged() const {
  std::vector<NodeId> nodes;
  for (const Reply& reply : replies_) {
    if (reply.state == State::kAcked) continue;
    nodes.reserve(replies_.size());
    nodes.push_back(reply.node);
  }
  return nodes;
}

std::uint32_t WriteQuorum::reached() const {
  return static_cast<std::uint32_t>(
      std::count_if(replies_.begin(), replies_.end(),
                    [](const Reply& reply) { return reply.state == State::kAcked; }));
}

std::vector<NodeId> WriteQuorum::acknowledged() const {
  std::vector<NodeId> nodes;
  for (const Reply& reply : replies_) {
    if (reply.state != State::kAcked) continue;
    nodes.reserve(replies_.size());
    nodes.push_back(reply.node);
  }
  return nodes;
}

}  // namespace quorate
