// The reading half of codec.h.
#include <limits>
#include <memory>
#include <optional>

#include "node/causality/byte_io.h"
#include "node/causality/codec.h"
#include "node/core/hash_tree.h"
#include "node/wire/client_codec.h"
#include "node/wire/codec.h"
#include "node/wire/fields.h"
#include "node/wire/parse.h"
#include "node/wire/quorate.pb.h"

namespace quorate {
namespace {

// Walks over one message's fields and takes those that are asked for, within bounds; all others are
// passed over. After the first field that is wrong there are no more, and error() tells which it
// was.
class BodyReader {
 public:
  BodyReader(const char* message, std::string_view bytes) : message_(message), fields_(bytes) {}

  bool next() { return !error_ && fields_.next(); }

  // Each of these takes the present field if it has this number and this way of being written.
  void fixed64(std::uint32_t number, std::uint64_t& out) {
    if (fields_.tag() == fixed64_tag(number)) out = fields_.number();
  }
  template <typename T>
  void varint(std::uint32_t number, const char* field, T& out,
              std::uint64_t max = std::numeric_limits<T>::max()) {
    if (fields_.tag() != varint_tag(number)) return;
    if (fields_.number() > max) {
      fail(field, std::to_string(fields_.number()) + ", at most " + std::to_string(max));
    } else {
      out = static_cast<T>(fields_.number());
    }
  }
  void int64(std::uint32_t number, std::int64_t& out) {
    if (fields_.tag() == varint_tag(number)) out = static_cast<std::int64_t>(fields_.number());
  }
  void flag(std::uint32_t number, const char* field, bool& out) { varint(number, field, out, 1); }
  template <typename E>
  void enumerator(std::uint32_t number, const char* field, E& out, E last) {
    varint(number, field, out, static_cast<std::uint64_t>(last));
  }
  void vnode(std::uint32_t number, VnodeId& out) {
    varint(number, "vnode", out, Ring::kVnodesMax - 1);
  }
  void bucket(std::uint32_t number, const char* field, std::string& out) {
    bytes(number, field, out, kBucketNameBytesMax);
  }
  void key(std::uint32_t number, const char* field, std::string& out) {
    bytes(number, field, out, kWireKeyBytesMax);
  }
  void record(std::uint32_t number, RecordPtr& out) {
    if (fields_.tag() != bytes_tag(number)) return;
    Result<Record> record = decode_record(fields_.bytes());
    if (record) {
      out = std::make_shared<const Record>(std::move(*record));
    } else {
      fail("record", record.error());
    }
  }
  // Numbers in one field, each below `limit`, at most as many. Nobody writes them one by one.
  void packed(std::uint32_t number, const char* field, std::vector<std::uint32_t>& out,
              std::uint32_t limit) {
    if (fields_.tag() != bytes_tag(number)) return;
    ByteReader bytes(fields_.bytes(), field);
    while (bytes.ok() && bytes.left() > 0) {
      const std::uint64_t value = bytes.varint();
      if (value >= limit || out.size() >= limit) {
        fail(field, "a number of no node, or too many");
        return;
      }
      out.push_back(static_cast<std::uint32_t>(value));
    }
    if (!bytes.ok()) fail(field, "malformed");
  }
  void packed(std::uint32_t number, const char* field, std::vector<std::uint64_t>& out,
              std::size_t count_max) {
    if (fields_.tag() != bytes_tag(number)) return;
    ByteReader bytes(fields_.bytes(), field);
    while (bytes.ok() && bytes.left() > 0) {
      if (out.size() >= count_max) {
        fail(field, "too many numbers");
        return;
      }
      out.push_back(bytes.fixed64());
    }
    if (!bytes.ok()) fail(field, "malformed");
  }
  void context(std::uint32_t number, Context& out) {
    if (fields_.tag() != bytes_tag(number)) return;
    Result<Context> context = decode_context(fields_.bytes());
    if (context) {
      out = std::move(*context);
    } else {
      fail("context", context.error());
    }
  }
  // A sub-message: `read` makes a Result of its bytes.
  template <typename T, typename Read>
  void nested(std::uint32_t number, std::optional<T>& out, const Read& read) {
    if (fields_.tag() != bytes_tag(number)) return;
    Result<T> value = read(fields_.bytes());
    if (value) {
      out = std::move(*value);
    } else if (!error_) {
      error_ = value.error();
    }
  }

  // What must be there once all fields are read.
  void require(bool there, const char* field) {
    if (!there) fail(field, "missing");
  }
  void require(const Key& key) {
    require(!key.bucket.empty(), "bucket");
    require(!key.name.empty(), "key");
  }

  // The message, unless something was wrong with it.
  template <typename T>
  Result<T> result(T message) {
    if (fields_.malformed()) {
      return invalid_input(std::string(message_) + ": malformed fields");
    }
    if (error_) return *std::move(error_);
    return message;
  }

 private:
  void bytes(std::uint32_t number, const char* field, std::string& out, std::size_t max) {
    if (fields_.tag() != bytes_tag(number)) return;
    const std::string_view bytes = fields_.bytes();
    if (bytes.size() > max) {
      fail(field, std::to_string(bytes.size()) + " bytes, at most " + std::to_string(max));
    } else {
      out.assign(bytes);
    }
  }
  void fail(const char* field, const std::string& what) { fail(field, invalid_input(what)); }
  void fail(const char* field, const Error& error) {
    if (error_) return;
    error_ = Error{error.code, std::string(message_) + "." + field + ": " + error.message};
  }

  const char* message_;
  FieldReader fields_;
  std::optional<Error> error_;
};

constexpr ReplicaStatus kStatusLast = ReplicaStatus::kNeedsWhole;

Result<ReadRequest> read_read_request(std::string_view bytes) {
  BodyReader f("read_request", bytes);
  ReadRequest m;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.varint(2, "ring_version", m.ring_version);
    f.vnode(3, m.vnode);
    f.bucket(4, "bucket", m.key.bucket);
    f.key(5, "key", m.key.name);
    f.fixed64(6, m.known_hash);
    f.flag(7, "of_hints", m.of_hints);
    f.flag(8, "background", m.background);
  }
  f.require(m.key);
  return f.result(std::move(m));
}

Result<ReadReply> read_read_reply(std::string_view bytes) {
  BodyReader f("read_reply", bytes);
  ReadReply m;
  bool has_record = false;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.enumerator(2, "status", m.status, kStatusLast);
    f.flag(3, "rebuilding", m.rebuilding);
    f.flag(4, "same", m.same);
    f.flag(5, "has_record", has_record);
    f.record(6, m.record);
    f.varint(7, "generation", m.generation);
    f.flag(8, "retired", m.retired);
  }
  f.require(has_record == (m.record != nullptr), has_record ? "record" : "has_record");
  return f.result(std::move(m));
}

Result<WriteRequest> read_write_request(std::string_view bytes) {
  BodyReader f("write_request", bytes);
  WriteRequest m;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.varint(2, "ring_version", m.ring_version);
    f.vnode(3, m.vnode);
    f.bucket(4, "bucket", m.key.bucket);
    f.key(5, "key", m.key.name);
    f.enumerator(6, "purpose", m.purpose, WriteRequest::Purpose::kHandoff);
    f.record(7, m.record);
    f.varint(8, "hint_for", m.hint_for);
    f.varint(9, "generation", m.generation);
    f.context(10, m.since);
  }
  f.require(m.key);
  f.require(m.record != nullptr, "record");
  return f.result(std::move(m));
}

Result<WriteReply> read_write_reply(std::string_view bytes) {
  BodyReader f("write_reply", bytes);
  WriteReply m;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.enumerator(2, "status", m.status, kStatusLast);
    f.varint(3, "generation", m.generation);
  }
  return f.result(m);
}

Result<Token> read_token(std::string_view bytes) {
  BodyReader f("token", bytes);
  Token token;
  while (f.next()) {
    f.context(1, token.context);
    f.fixed64(2, token.timestamp.packed);
    f.int64(3, token.minted_at_ms);
  }
  return f.result(std::move(token));
}

// The client's part of a forward: parsed as on the client port, then made into the core's value.
template <typename Part, typename T>
Result<T> read_part(std::string_view bytes, Result<T> (*from_wire)(Part&&)) {
  Part part;
  if (const Status parsed = parse_message(bytes, part); !parsed) return parsed.error();
  return from_wire(std::move(part));
}

Result<ForwardRequest> read_forward_request(std::string_view bytes) {
  BodyReader f("forward_request", bytes);
  ForwardRequest m;
  std::optional<ClientRequest> request;
  std::optional<Token> token;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.nested(2, request, [](std::string_view part) { return read_part(part, request_from_wire); });
    f.nested(3, token, read_token);
    f.varint(4, "generation", m.generation);
  }
  f.require(request.has_value(), "request");
  if (request) m.request = std::move(*request);
  m.request.token = std::move(token);
  return f.result(std::move(m));
}

Result<ForwardReply> read_forward_reply(std::string_view bytes) {
  BodyReader f("forward_reply", bytes);
  ForwardReply m;
  std::optional<ClientReply> reply;
  std::optional<Token> token;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.nested(2, reply, [](std::string_view part) { return read_part(part, reply_from_wire); });
    f.nested(3, token, read_token);
  }
  f.require(reply.has_value(), "reply");
  if (reply) m.reply = std::move(*reply);
  m.reply.token = std::move(token);
  return f.result(std::move(m));
}

Result<Ping> read_ping(std::string_view bytes) {
  BodyReader f("ping", bytes);
  Ping m;
  while (f.next()) {
    f.varint(1, "sequence", m.sequence);
    f.int64(2, m.wall_ms);
    f.varint(3, "high_water", m.high_water);
    f.fixed64(4, m.run);
  }
  return f.result(m);
}

Result<Pong> read_pong(std::string_view bytes) {
  BodyReader f("pong", bytes);
  Pong m;
  bool no_more_hints = false;
  while (f.next()) {
    f.varint(1, "sequence", m.sequence);
    f.int64(2, m.wall_ms);
    f.varint(3, "heard_of_you", m.heard_of_you);
    f.flag(4, "no_more_hints", no_more_hints);
  }
  m.takes_hints = !no_more_hints;
  return f.result(m);
}

Result<ScanRequest> read_scan_request(std::string_view bytes) {
  BodyReader f("scan_request", bytes);
  ScanRequest m;
  bool has_after = false;
  Key after;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.varint(2, "ring_version", m.ring_version);
    f.vnode(3, m.vnode);
    f.flag(4, "has_after", has_after);
    f.bucket(5, "after_bucket", after.bucket);
    f.key(6, "after_key", after.name);
    f.varint(7, "rows_max", m.rows_max);
    f.varint(8, "bytes_max", m.bytes_max);
    f.flag(9, "keys_only", m.keys_only);
    f.varint(10, "generation", m.generation);
  }
  if (has_after) m.after = std::move(after);
  return f.result(std::move(m));
}

// An entry without a key ends the work at once: a page of nothing but empty ones costs nothing.
Result<ScanReply::Entry> read_scan_entry(std::string_view bytes) {
  BodyReader f("scan_reply.entry", bytes);
  ScanReply::Entry entry;
  while (f.next()) {
    f.bucket(1, "bucket", entry.key.bucket);
    f.key(2, "key", entry.key.name);
    f.record(3, entry.record);
  }
  f.require(entry.key);
  return f.result(std::move(entry));
}

Result<ScanReply> read_scan_reply(std::string_view bytes) {
  BodyReader f("scan_reply", bytes);
  ScanReply m;
  while (f.next()) {
    std::optional<ScanReply::Entry> entry;
    f.fixed64(1, m.op);
    f.enumerator(2, "status", m.status, kStatusLast);
    f.nested(3, entry, read_scan_entry);
    f.flag(4, "done", m.done);
    f.varint(5, "generation", m.generation);
    if (entry) m.entries.push_back(*std::move(entry));
  }
  return f.result(std::move(m));
}

Result<TreeRequest> read_tree_request(std::string_view bytes) {
  BodyReader f("tree_request", bytes);
  TreeRequest m;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.varint(2, "ring_version", m.ring_version);
    f.vnode(3, m.vnode);
    f.varint(4, "n", m.n);
    f.varint(5, "level", m.level, HashTree::kLeafLevel);
    f.packed(6, "parents", m.parents, HashTree::width(HashTree::kLeafLevel - 1));
    f.flag(7, "hurry", m.hurry);
  }
  return f.result(std::move(m));
}

Result<TreeReply> read_tree_reply(std::string_view bytes) {
  BodyReader f("tree_reply", bytes);
  TreeReply m;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.enumerator(2, "status", m.status, kStatusLast);
    f.flag(3, "ready", m.ready);
    f.packed(4, "sums", m.sums, std::size_t{HashTree::kLeaves});
  }
  return f.result(std::move(m));
}

Result<LeavesRequest> read_leaves_request(std::string_view bytes) {
  BodyReader f("leaves_request", bytes);
  LeavesRequest m;
  bool has_after = false;
  bool has_through = false;
  Key after;
  Key through;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.varint(2, "ring_version", m.ring_version);
    f.vnode(3, m.vnode);
    f.varint(4, "n", m.n);
    f.packed(5, "leaves", m.leaves, HashTree::kLeaves);
    f.flag(6, "has_after", has_after);
    f.bucket(7, "after_bucket", after.bucket);
    f.key(8, "after_key", after.name);
    f.flag(9, "has_through", has_through);
    f.bucket(10, "through_bucket", through.bucket);
    f.key(11, "through_key", through.name);
    f.varint(12, "rows_max", m.rows_max);
    f.varint(13, "bytes_max", m.bytes_max);
  }
  if (has_after) m.after = std::move(after);
  if (has_through) m.through = std::move(through);
  return f.result(std::move(m));
}

Result<LeavesReply::Entry> read_leaves_entry(std::string_view bytes) {
  BodyReader f("leaves_reply.entry", bytes);
  LeavesReply::Entry entry;
  while (f.next()) {
    f.bucket(1, "bucket", entry.key.bucket);
    f.key(2, "key", entry.key.name);
    f.fixed64(3, entry.hash);
  }
  f.require(entry.key);
  return f.result(std::move(entry));
}

Result<LeavesReply> read_leaves_reply(std::string_view bytes) {
  BodyReader f("leaves_reply", bytes);
  LeavesReply m;
  bool has_through = false;
  Key through;
  while (f.next()) {
    std::optional<LeavesReply::Entry> entry;
    f.fixed64(1, m.op);
    f.enumerator(2, "status", m.status, kStatusLast);
    f.nested(3, entry, read_leaves_entry);
    f.flag(4, "has_through", has_through);
    f.bucket(5, "through_bucket", through.bucket);
    f.key(6, "through_key", through.name);
    if (entry) m.entries.push_back(*std::move(entry));
  }
  if (has_through) m.through = std::move(through);
  return f.result(std::move(m));
}

Result<GenerationsRequest> read_generations_request(std::string_view bytes) {
  BodyReader f("generations_request", bytes);
  GenerationsRequest m;
  while (f.next()) f.fixed64(1, m.op);
  return f.result(m);
}

Result<GenerationsReply> read_generations_reply(std::string_view bytes) {
  BodyReader f("generations_reply", bytes);
  GenerationsReply m;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.packed(2, "generations", m.generations, std::size_t{Ring::kVnodesMax});
  }
  return f.result(std::move(m));
}

Result<ReapRequest::Entry> read_reap_entry(std::string_view bytes) {
  BodyReader f("reap_request.entry", bytes);
  ReapRequest::Entry entry;
  while (f.next()) {
    f.bucket(1, "bucket", entry.key.bucket);
    f.key(2, "key", entry.key.name);
    f.fixed64(3, entry.hash);
  }
  f.require(entry.key);
  return f.result(std::move(entry));
}

Result<ReapRequest> read_reap_request(std::string_view bytes) {
  BodyReader f("reap_request", bytes);
  ReapRequest m;
  while (f.next()) {
    std::optional<ReapRequest::Entry> entry;
    f.fixed64(1, m.op);
    f.varint(2, "ring_version", m.ring_version);
    f.vnode(3, m.vnode);
    f.varint(4, "generation", m.generation);
    f.enumerator(5, "step", m.step, ReapRequest::Step::kRetire);
    f.nested(6, entry, read_reap_entry);
    if (entry) m.entries.push_back(*std::move(entry));
  }
  return f.result(std::move(m));
}

Result<ReapReply> read_reap_reply(std::string_view bytes) {
  BodyReader f("reap_reply", bytes);
  ReapReply m;
  while (f.next()) {
    f.fixed64(1, m.op);
    f.enumerator(2, "status", m.status, kStatusLast);
    f.varint(3, "generation", m.generation);
    f.enumerator(4, "hold", m.hold, ReapHold::kBehind);
    f.packed(5, "held", m.held, kReapPage);
  }
  return f.result(std::move(m));
}

template <typename T>
Result<Message> as_message(Result<T> body) {
  if (!body) return body.error();
  return Message(*std::move(body));
}

}  // namespace

Result<Message> decode_message(std::string_view bytes) {
  FieldReader fields(bytes);
  std::uint32_t tag = 0;
  std::string_view body;
  while (fields.next()) {
    const bool delimited = (fields.tag() & 7) == 2;
    if (!delimited || fields.tag() > bytes_tag(std::variant_size_v<Message>)) continue;
    if (tag != 0) return invalid_input("peer_message: more than one body");
    tag = fields.tag();
    body = fields.bytes();
  }
  if (fields.malformed()) return invalid_input("peer_message: malformed fields");
  switch (tag) {
    case bytes_tag(1):
      return as_message(read_read_request(body));
    case bytes_tag(2):
      return as_message(read_read_reply(body));
    case bytes_tag(3):
      return as_message(read_write_request(body));
    case bytes_tag(4):
      return as_message(read_write_reply(body));
    case bytes_tag(5):
      return as_message(read_forward_request(body));
    case bytes_tag(6):
      return as_message(read_forward_reply(body));
    case bytes_tag(7):
      return as_message(read_ping(body));
    case bytes_tag(8):
      return as_message(read_pong(body));
    case bytes_tag(9):
      return as_message(read_scan_request(body));
    case bytes_tag(10):
      return as_message(read_scan_reply(body));
    case bytes_tag(11):
      return as_message(read_tree_request(body));
    case bytes_tag(12):
      return as_message(read_tree_reply(body));
    case bytes_tag(13):
      return as_message(read_leaves_request(body));
    case bytes_tag(14):
      return as_message(read_leaves_reply(body));
    case bytes_tag(15):
      return as_message(read_generations_request(body));
    case bytes_tag(16):
      return as_message(read_generations_reply(body));
    case bytes_tag(17):
      return as_message(read_reap_request(body));
    case bytes_tag(18):
      return as_message(read_reap_reply(body));
  }
  return invalid_input("peer_message: no body of a known kind");
}

}  // namespace quorate
