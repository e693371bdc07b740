#include "sim/world/leg.h"

namespace quorate::sim {

Leg leg_of(const Packet& packet) {
  const auto* message = std::get_if<Message>(&packet);
  if (message == nullptr) return Leg::kOther;
  if (std::holds_alternative<WriteRequest>(*message)) return Leg::kWrite;
  if (std::holds_alternative<WriteReply>(*message)) return Leg::kAck;
  if (std::holds_alternative<ReadRequest>(*message)) return Leg::kRead;
  if (std::holds_alternative<ReadReply>(*message)) return Leg::kResponse;
  return Leg::kOther;
}

const std::optional<Latency>* LegLatencies::find(Leg leg) const {
  switch (leg) {
    case Leg::kWrite:
      return &write;
    case Leg::kAck:
      return &ack;
    case Leg::kRead:
      return &read;
    case Leg::kResponse:
      return &response;
    case Leg::kOther:
      return nullptr;
  }
  return nullptr;
}

std::string to_string(const LegLatencies& legs) {
  std::string text;
  const auto add = [&text](const char* name, const std::optional<Latency>& latency) {
    if (latency) text += std::string(", ") + name + " " + to_string(*latency);
  };
  add("write", legs.write);
  add("ack", legs.ack);
  add("read", legs.read);
  add("response", legs.response);
  return text;
}

}  // namespace quorate::sim
