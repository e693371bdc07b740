#include "node/core/write_quorum.h"

#include <utility>

#include "node/base/check.h"

namespace quorate {

WriteQuorum::WriteQuorum(ReplicaSets sets) : sets_(std::move(sets)) {
  const NodeList nodes = union_of(sets_);
  places_.reserve(nodes.size());
  for (NodeId node : nodes) places_.push_back(Place{Reply{node}, Reply{}});
}

WriteQuorum::Reply* WriteQuorum::find(NodeId node) {
  for (Place& place : places_) {
    if (place.primary.node == node) return &place.primary;
    if (place.stand_in.node == node) return &place.stand_in;
  }
  return nullptr;
}

const WriteQuorum::Place& WriteQuorum::place(NodeId primary) const {
  const auto found = std::find_if(places_.begin(), places_.end(), [&](const Place& place) {
    return place.primary.node == primary;
  });
  QUORATE_CHECK(found != places_.end());
  return *found;
}

void WriteQuorum::set_stand_in(NodeId primary, NodeId fallback) {
  for (Place& place : places_) {
    if (place.primary.node == primary) place.stand_in = Reply{fallback};
  }
}

NodeId WriteQuorum::stands_for(NodeId fallback) const {
  for (const Place& place : places_) {
    if (place.stand_in.node != 0 && place.stand_in.node == fallback) return place.primary.node;
  }
  return 0;
}

std::vector<NodeId> WriteQuorum::stand_ins() const {
  std::vector<NodeId> nodes;
  for (const Place& place : places_) {
    if (place.stand_in.node != 0) nodes.push_back(place.stand_in.node);
  }
  return nodes;
}

bool WriteQuorum::is_filled(NodeId primary) const {
  const Place& filled = place(primary);
  if (filled.primary.state == State::kAcked) return true;
  return filled.stand_in.node != 0 &&
         (filled.stand_in.state == State::kAcked || filled.stand_in.state == State::kSilent);
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
  return lacking(sets_, [&](NodeId node) { return place(node).any(State::kAcked); }) == 0;
}

bool WriteQuorum::impossible() const {
  return lacking(sets_, [&](NodeId node) {
           return place(node).any(State::kAcked) || place(node).any(State::kSilent);
         }) != 0;
}

bool WriteQuorum::all_settled() const {
  return std::none_of(places_.begin(), places_.end(),
                      [](const Place& place) { return place.any(State::kSilent); });
}

std::vector<NodeId> WriteQuorum::unacknowledged() const {
  std::vector<NodeId> nodes;
  for (const Place& place : places_) {
    if (place.primary.state == State::kAcked) continue;
    nodes.reserve(places_.size());
    nodes.push_back(place.primary.node);
    if (place.stand_in.node != 0 && place.stand_in.state != State::kAcked) {
      nodes.push_back(place.stand_in.node);
    }
  }
  return nodes;
}

std::vector<NodeId> WriteQuorum::empty_places() const {
  std::vector<NodeId> primaries;
  for (const Place& place : places_) {
    if (!place.any(State::kAcked)) primaries.push_back(place.primary.node);
  }
  return primaries;
}

std::uint32_t WriteQuorum::reached() const {
  return static_cast<std::uint32_t>(std::count_if(
      places_.begin(), places_.end(), [](const Place& place) { return place.any(State::kAcked); }));
}

std::vector<NodeId> WriteQuorum::acknowledged() const {
  std::vector<NodeId> nodes;
  for (const Place& place : places_) {
    nodes.reserve(places_.size());
    if (place.primary.state == State::kAcked) nodes.push_back(place.primary.node);
    if (place.stand_in.node != 0 && place.stand_in.state == State::kAcked) {
      nodes.push_back(place.stand_in.node);
    }
  }
  return nodes;
}

}  // namespace quorate
