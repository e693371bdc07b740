// The writing half of codec.h.
#include "node/causality/codec.h"
#include "node/wire/codec.h"
#include "node/wire/fields.h"

namespace quorate {
namespace {

template <typename E>
std::uint64_t as_number(E value) {
  return static_cast<std::uint64_t>(value);
}

template <typename Fields>
void put_token(Fields& f, const Token& token, std::string_view context) {
  f.bytes(1, context);
  f.fixed64(2, token.timestamp.packed);
  f.varint(3, as_number(token.minted_at_ms));
}

template <typename Fields>
void put_quorum(Fields& f, std::uint32_t number, const Quorum& quorum) {
  if (quorum == Quorum()) return;
  f.message(number, [&](auto& inner) {
    inner.varint(1, as_number(quorum.kind));
    inner.varint(2, quorum.count);
  });
}

// Without its token.
template <typename Fields>
void put_request(Fields& f, const ClientRequest& m) {
  f.fixed64(1, m.id.high);
  f.fixed64(2, m.id.low);
  f.varint(3, as_number(m.verb));
  f.bytes(4, m.key.bucket);
  f.bytes(5, m.key.name);
  f.bytes(6, m.value.view());
  f.varint(7, as_number(m.expiry_ms));
  f.varint(9, m.context_none);
  put_quorum(f, 10, m.r);
  put_quorum(f, 11, m.w);
  f.varint(12, m.sloppy ? 1 + std::uint64_t{*m.sloppy} : 0);
  f.varint(13, m.read_repair ? 1 + as_number(*m.read_repair) : 0);
  f.varint(14, as_number(m.deadline_ns));
  f.varint(15, m.attempt);
  f.varint(16, as_number(m.age_ns));
  f.varint(17, as_number(m.update));
  f.bytes(18, m.field);
}

template <typename Fields>
void put_value(Fields& f, const ReadValue& m) {
  f.bytes(1, m.value.view());
  f.fixed64(2, m.dot.actor.run);
  f.varint(3, m.dot.actor.epoch);
  f.varint(4, m.dot.counter);
  f.fixed64(5, m.timestamp.packed);
  f.varint(6, as_number(m.expiry_ms));
  f.bytes(7, m.field);
}

template <typename Fields>
void put_reply(Fields& f, const ClientReply& m, std::string_view detail, std::string_view token,
               std::string_view answered) {
  f.fixed64(1, m.id.high);
  f.fixed64(2, m.id.low);
  f.varint(3, as_number(m.outcome));
  f.varint(4, as_number(m.reason));
  f.bytes(5, detail.substr(0, kDetailBytesMax));
  for (const ReadValue& value : m.values) {
    f.message(6, [&](auto& inner) { put_value(inner, value); });
  }
  f.bytes(7, token);
  f.fixed64(8, m.dot.actor.run);
  f.varint(9, m.dot.actor.epoch);
  f.varint(10, m.dot.counter);
  f.varint(11, m.needed);
  f.varint(12, m.reached);
  f.varint(13, m.replicas);
  f.bytes(14, answered);
  f.varint(15, m.coordinator);
}

std::string packed(const std::vector<NodeId>& nodes) {
  std::string out;
  for (const NodeId node : nodes) append_varint(node, out);
  return out;
}

// Numbers of a tree's nodes; sums, which take eight bytes each.
std::string packed(const std::vector<std::uint32_t>& nodes) {
  std::string out;
  for (const std::uint32_t node : nodes) append_varint(node, out);
  return out;
}
std::string packed(const std::vector<std::uint64_t>& sums) {
  std::string out;
  out.reserve(8 * sums.size());
  for (const std::uint64_t sum : sums) append_fixed64(sum, out);
  return out;
}

std::string plain_context(const std::optional<Token>& token) {
  std::string out;
  if (token) append_context(token->context, out);
  return out;
}

void append_leaves_reply(std::uint32_t number, const LeavesReply& m, std::string& out) {
  std::string entries;
  for (const LeavesReply::Entry& entry : m.entries) {
    FieldWriter(entries).message(3, [&](auto& f) {
      f.bytes(1, entry.key.bucket);
      f.bytes(2, entry.key.name);
      f.fixed64(3, entry.hash);
    });
  }
  const Key through = m.through.value_or(Key());
  FieldWriter(out).message(number, [&](auto& f) {
    f.fixed64(1, m.op);
    f.varint(2, as_number(m.status));
    f.written(entries);
    f.varint(4, m.through.has_value());
    f.bytes(5, through.bucket);
    f.bytes(6, through.name);
  });
}

void append_scan_reply(std::uint32_t number, const ScanReply& m, std::string& out) {
  std::string entries;
  std::string record;
  for (const ScanReply::Entry& entry : m.entries) {
    record.clear();
    if (entry.record) append_record(*entry.record, record);
    FieldWriter(entries).message(3, [&](auto& f) {
      f.bytes(1, entry.key.bucket);
      f.bytes(2, entry.key.name);
      f.bytes(3, record);
    });
  }
  FieldWriter(out).message(number, [&](auto& f) {
    f.fixed64(1, m.op);
    f.varint(2, as_number(m.status));
    f.written(entries);
    f.varint(4, m.done);
    f.varint(5, m.generation);
  });
}

void append_reap_request(std::uint32_t number, const ReapRequest& m, std::string& out) {
  std::string entries;
  for (const ReapRequest::Entry& entry : m.entries) {
    FieldWriter(entries).message(6, [&](auto& f) {
      f.bytes(1, entry.key.bucket);
      f.bytes(2, entry.key.name);
      f.fixed64(3, entry.hash);
    });
  }
  FieldWriter(out).message(number, [&](auto& f) {
    f.fixed64(1, m.op);
    f.varint(2, m.ring_version);
    f.varint(3, m.vnode);
    f.varint(4, m.generation);
    f.varint(5, as_number(m.step));
    f.written(entries);
  });
}

// Appends the body `m` as field `number` of a PeerMessage; `record` is the encoding of m's record,
// if it has one.
struct BodyWriter {
  std::uint32_t number;
  std::string_view record;
  std::string& out;

  void operator()(const ReadRequest& m) const {
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, m.ring_version);
      f.varint(3, m.vnode);
      f.bytes(4, m.key.bucket);
      f.bytes(5, m.key.name);
      f.fixed64(6, m.known_hash);
      f.varint(7, m.of_hints ? 1 : 0);
      f.varint(8, m.background ? 1 : 0);
    });
  }
  void operator()(const ReadReply& m) const {
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, as_number(m.status));
      f.varint(3, m.rebuilding);
      f.varint(4, m.same);
      f.varint(5, m.record != nullptr);
      f.bytes(6, record);
      f.varint(7, m.generation);
      f.varint(8, m.retired);
    });
  }
  void operator()(const WriteRequest& m) const {
    std::string since;
    if (!m.since.empty()) append_context(m.since, since);
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, m.ring_version);
      f.varint(3, m.vnode);
      f.bytes(4, m.key.bucket);
      f.bytes(5, m.key.name);
      f.varint(6, as_number(m.purpose));
      f.bytes(7, record);
      f.varint(8, m.hint_for);
      f.varint(9, m.generation);
      f.bytes(10, since);
    });
  }
  void operator()(const WriteReply& m) const {
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, as_number(m.status));
      f.varint(3, m.generation);
    });
  }
  void operator()(const ForwardRequest& m) const {
    const std::string context = plain_context(m.request.token);
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.message(2, [&](auto& inner) { put_request(inner, m.request); });
      if (m.request.token) {
        f.message(3, [&](auto& inner) { put_token(inner, *m.request.token, context); });
      }
      f.varint(4, m.generation);
    });
  }
  void operator()(const ForwardReply& m) const {
    const std::string context = plain_context(m.reply.token);
    const std::string answered = packed(m.reply.answered);
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.message(2, [&](auto& inner) { put_reply(inner, m.reply, m.reply.detail, "", answered); });
      if (m.reply.token) {
        f.message(3, [&](auto& inner) { put_token(inner, *m.reply.token, context); });
      }
    });
  }
  void operator()(const Ping& m) const {
    FieldWriter(out).message(number, [&](auto& f) {
      f.varint(1, m.sequence);
      f.varint(2, as_number(m.wall_ms));
      f.varint(3, m.high_water);
      f.fixed64(4, m.run);
    });
  }
  void operator()(const Pong& m) const {
    FieldWriter(out).message(number, [&](auto& f) {
      f.varint(1, m.sequence);
      f.varint(2, as_number(m.wall_ms));
      f.varint(3, m.heard_of_you);
      f.varint(4, m.takes_hints ? 0 : 1);
    });
  }
  void operator()(const ScanRequest& m) const {
    const Key after = m.after.value_or(Key());
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, m.ring_version);
      f.varint(3, m.vnode);
      f.varint(4, m.after.has_value());
      f.bytes(5, after.bucket);
      f.bytes(6, after.name);
      f.varint(7, m.rows_max);
      f.varint(8, m.bytes_max);
      f.varint(9, m.keys_only);
      f.varint(10, m.generation);
    });
  }
  void operator()(const ScanReply& m) const { append_scan_reply(number, m, out); }
  void operator()(const TreeRequest& m) const {
    const std::string parents = packed(m.parents);
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, m.ring_version);
      f.varint(3, m.vnode);
      f.varint(4, m.n);
      f.varint(5, m.level);
      f.bytes(6, parents);
      f.varint(7, m.hurry);
    });
  }
  void operator()(const TreeReply& m) const {
    const std::string sums = packed(m.sums);
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, as_number(m.status));
      f.varint(3, m.ready);
      f.bytes(4, sums);
    });
  }
  void operator()(const LeavesRequest& m) const {
    const std::string leaves = packed(m.leaves);
    const Key after = m.after.value_or(Key());
    const Key through = m.through.value_or(Key());
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, m.ring_version);
      f.varint(3, m.vnode);
      f.varint(4, m.n);
      f.bytes(5, leaves);
      f.varint(6, m.after.has_value());
      f.bytes(7, after.bucket);
      f.bytes(8, after.name);
      f.varint(9, m.through.has_value());
      f.bytes(10, through.bucket);
      f.bytes(11, through.name);
      f.varint(12, m.rows_max);
      f.varint(13, m.bytes_max);
    });
  }
  void operator()(const LeavesReply& m) const { append_leaves_reply(number, m, out); }
  void operator()(const GenerationsRequest& m) const {
    FieldWriter(out).message(number, [&](auto& f) { f.fixed64(1, m.op); });
  }
  void operator()(const GenerationsReply& m) const {
    const std::string generations = packed(m.generations);
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.bytes(2, generations);
    });
  }
  void operator()(const ReapRequest& m) const { append_reap_request(number, m, out); }
  void operator()(const ReapReply& m) const {
    const std::string held = packed(m.held);
    FieldWriter(out).message(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, as_number(m.status));
      f.varint(3, m.generation);
      f.varint(4, as_number(m.hold));
      f.bytes(5, held);
    });
  }
};

// The record whose encoding may be shared between messages.
RecordPtr record_of(const Message& message) {
  if (const auto* write = std::get_if<WriteRequest>(&message)) return write->record;
  if (const auto* read = std::get_if<ReadReply>(&message)) return read->record;
  return nullptr;
}

void append_message(const Message& message, std::string_view record, std::string& out) {
  // PeerMessage's one-of counts the bodies from 1, in the order of the variant.
  const auto number = static_cast<std::uint32_t>(message.index() + 1);
  std::visit(BodyWriter{number, record, out}, message);
}

}  // namespace

void PeerEncoder::encode(const Message& message, std::string& out) {
  const RecordPtr record = record_of(message);
  if (record && record != last_) {
    last_bytes_.clear();
    append_record(*record, last_bytes_);
    last_ = record;
  }
  append_message(message, record ? std::string_view(last_bytes_) : std::string_view(), out);
}

void encode_client_reply(std::uint64_t tag, const ClientReply& reply, const Key& key,
                         const TokenSeal& seal, std::string& out) {
  std::string token;
  std::string detail = reply.detail;
  if (reply.token) {
    Result<std::string> sealed = seal.seal(*reply.token, key);
    if (sealed) {
      token = std::move(*sealed);
    } else {
      detail = "no token comes with this answer: " + sealed.error().message;
    }
  }
  const std::string answered = packed(reply.answered);
  FieldWriter fields(out);
  fields.varint(1, tag);
  fields.message(2, [&](auto& f) { put_reply(f, reply, detail, token, answered); });
}

void encode_message(const Message& message, std::string& out) {
  PeerEncoder().encode(message, out);
}

}  // namespace quorate
