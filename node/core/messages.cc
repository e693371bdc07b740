#include "node/core/messages.h"

namespace quorate {

namespace {

constexpr std::size_t kMessageBase = 48;  // frame, ids and numbers, rounded

std::size_t size_of(const Key& key) { return key.bucket.size() + key.name.size(); }

std::size_t size_of(const Context& context) {
  return context.entries().size() * 12 + context.lone_dots().size() * 16;
}

std::size_t size_of(const RecordPtr& record) {
  return record == nullptr ? 0 : record->size_bytes();
}

std::size_t size_of(const std::optional<Token>& token) {
  return token ? 16 + size_of(token->context) : 0;
}

struct BodySize {
  std::size_t operator()(const ReadRequest& m) const { return size_of(m.key); }
  std::size_t operator()(const ReadReply& m) const { return size_of(m.record); }
  std::size_t operator()(const WriteRequest& m) const {
    return size_of(m.key) + size_of(m.record) + size_of(m.since);
  }
  std::size_t operator()(const WriteReply&) const { return 0; }
  std::size_t operator()(const ForwardRequest& m) const { return nominal_size_bytes(m.request); }
  std::size_t operator()(const ForwardReply& m) const { return nominal_size_bytes(m.reply); }
  std::size_t operator()(const Ping&) const { return 0; }
  std::size_t operator()(const Pong&) const { return 0; }
  std::size_t operator()(const ScanRequest& m) const { return m.after ? size_of(*m.after) : 0; }
  std::size_t operator()(const ScanReply& m) const {
    std::size_t bytes = 0;
    for (const ScanReply::Entry& entry : m.entries) {
      bytes += 8 + size_of(entry.key) + size_of(entry.record);
    }
    return bytes;
  }
  std::size_t operator()(const TreeRequest& m) const { return 2 * m.parents.size(); }
  std::size_t operator()(const TreeReply& m) const { return 8 * m.sums.size(); }
  std::size_t operator()(const LeavesRequest& m) const {
    return 2 * m.leaves.size() + (m.after ? size_of(*m.after) : 0) +
           (m.through ? size_of(*m.through) : 0);
  }
  std::size_t operator()(const LeavesReply& m) const {
    std::size_t bytes = m.through ? size_of(*m.through) : 0;
    for (const LeavesReply::Entry& entry : m.entries) bytes += 12 + size_of(entry.key);
    return bytes;
  }
  std::size_t operator()(const GenerationsRequest&) const { return 0; }
  std::size_t operator()(const GenerationsReply& m) const { return 2 * m.generations.size(); }
  std::size_t operator()(const ReapRequest& m) const {
    std::size_t bytes = 0;
    for (const ReapRequest::Entry& entry : m.entries) bytes += 12 + size_of(entry.key);
    return bytes;
  }
  std::size_t operator()(const ReapReply& m) const { return 2 * m.held.size(); }
};

}  // namespace

std::size_t nominal_size_bytes(const Message& message) {
  return kMessageBase + std::visit(BodySize{}, message);
}

std::size_t nominal_size_bytes(const ClientRequest& request) {
  return kMessageBase + size_of(request.key) + request.field.size() + request.value.size() +
         size_of(request.token);
}

std::size_t nominal_size_bytes(const ClientReply& reply) {
  std::size_t bytes = kMessageBase + reply.detail.size() + size_of(reply.token);
  for (const ReadValue& value : reply.values) bytes += 40 + value.value.size() + value.field.size();
  return bytes;
}

}  // namespace quorate
