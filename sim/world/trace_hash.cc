#include "sim/world/trace_hash.h"

#include <variant>

namespace quorate::sim {

namespace {

// What tells one message from another, beside its type.
struct Essence {
  TraceHash& hash;

  void operator()(const ReadRequest& m) const {
    hash.add(m.op);
    hash.add(m.known_hash);
  }
  void operator()(const ReadReply& m) const {
    hash.add(m.op);
    hash.add((static_cast<std::uint64_t>(m.status) << 2) | (m.rebuilding ? 2u : 0u) |
             (m.same ? 1u : 0u));
  }
  void operator()(const WriteRequest& m) const {
    hash.add(m.op);
    hash.add(static_cast<std::uint64_t>(m.purpose));
  }
  void operator()(const WriteReply& m) const {
    hash.add(m.op);
    hash.add(static_cast<std::uint64_t>(m.status));
  }
  void operator()(const ForwardRequest& m) const {
    hash.add(m.op);
    hash.add(m.request.id.low);
  }
  void operator()(const ForwardReply& m) const {
    hash.add(m.op);
    (*this)(m.reply);
  }
  void operator()(const Ping& m) const {
    hash.add(m.sequence);
    hash.add(m.high_water);
  }
  void operator()(const Pong& m) const {
    hash.add(m.sequence);
    hash.add(m.heard_of_you);
  }
  void operator()(const ScanRequest& m) const { hash.add(m.op); }
  void operator()(const ScanReply& m) const {
    hash.add(m.op);
    hash.add(m.entries.size());
  }
  void operator()(const TreeRequest& m) const {
    hash.add(m.op);
    hash.add(m.level);
  }
  void operator()(const TreeReply& m) const {
    hash.add(m.op);
    for (const std::uint64_t sum : m.sums) hash.add(sum);
  }
  void operator()(const LeavesRequest& m) const {
    hash.add(m.op);
    hash.add(m.leaves.size());
  }
  void operator()(const LeavesReply& m) const {
    hash.add(m.op);
    for (const LeavesReply::Entry& entry : m.entries) hash.add(entry.hash);
  }
  void operator()(const GenerationsRequest& m) const { hash.add(m.op); }
  void operator()(const GenerationsReply& m) const {
    hash.add(m.op);
    for (const Generation generation : m.generations) hash.add(generation);
  }
  void operator()(const ReapRequest& m) const {
    hash.add(m.op);
    hash.add(static_cast<std::uint64_t>(m.step));
    hash.add(m.generation);
  }
  void operator()(const ReapReply& m) const {
    hash.add(m.op);
    hash.add(static_cast<std::uint64_t>(m.hold));
    hash.add(m.held.size());
  }
  void operator()(const ClientReply& reply) const {
    hash.add(static_cast<std::uint64_t>(reply.outcome) * 256 +
             static_cast<std::uint64_t>(reply.reason));
    hash.add(reply.dot);
    hash.add(reply.values.size());
    for (const ReadValue& value : reply.values) hash.add(value.dot);
  }
};

}  // namespace

void TraceHash::add_trace(SimTime time, NodeId node, const TraceEvent& event) {
  add(static_cast<std::uint64_t>(time));
  add((std::uint64_t{node} << 32) | (std::uint64_t{event.peer} << 8) |
      static_cast<std::uint64_t>(event.kind));
  add(event.dot);
  add(event.a);
  add(event.b);
  add(event.c);
}

void TraceHash::add_delivery(SimTime time, const Delivery& delivery) {
  add(static_cast<std::uint64_t>(time));
  add((std::uint64_t{delivery.from} << 32) | delivery.to);
  const Essence essence{*this};
  if (const auto* message = std::get_if<Message>(&delivery.packet)) {
    add(message->index());
    add(quorate::nominal_size_bytes(*message));
    std::visit(essence, *message);
  } else if (const auto* call = std::get_if<ClientCall>(&delivery.packet)) {
    add(call->tag);
    add(call->request.id.low);
    add(quorate::nominal_size_bytes(call->request));
  } else {
    const auto& answer = std::get<ClientAnswer>(delivery.packet);
    add(answer.tag);
    essence(answer.reply);
  }
}

}  // namespace quorate::sim
