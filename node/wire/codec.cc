#include "node/wire/codec.h"

#include <type_traits>

#include "node/causality/codec.h"
#include "node/wire/client_codec.h"
#include "node/wire/fields.h"
#include "node/wire/parse.h"
#include "node/wire/quorate.pb.h"

namespace quorate {
namespace {

// ---------------------------------------------------------------- writing

constexpr std::uint32_t kNumberOf[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};  // PeerMessage's one-of, by variant index
static_assert(std::size(kNumberOf) == std::variant_size_v<Message>);

template <typename E>
std::uint64_t as_number(E value) {
  return static_cast<std::uint64_t>(value);
}

void append_token(std::uint32_t number, const Token& token, std::string& out) {
  std::string context;
  append_context(token.context, context);
  append_nested(number, [&](auto& f) {
    f.bytes(1, context);
    f.fixed64(2, token.timestamp.packed);
    f.varint(3, static_cast<std::uint64_t>(token.minted_at_ms));
  }, out);
}

// The two forwards: an operation, the client's message as on the client port, and the token in plain parts.
template <typename Part>
void append_forward(std::uint32_t number, OpId op, const Part& part, const std::optional<Token>& token,
                    std::string& out) {
  const std::string part_bytes = part.SerializeAsString();
  std::string token_bytes;
  if (token) append_token(3, *token, token_bytes);
  FieldSizer sizer;
  sizer.fixed64(1, op);
  sizer.nested(2, part_bytes);
  append_varint(bytes_tag(number), out);
  append_varint(sizer.size() + token_bytes.size(), out);
  FieldWriter writer(out);
  writer.fixed64(1, op);
  writer.nested(2, part_bytes);
  out.append(token_bytes);
}

void append_scan_reply(std::uint32_t number, const ScanReply& m, std::string& out) {
  std::string entries;
  std::string record;
  for (const ScanReply::Entry& entry : m.entries) {
    record.clear();
    if (entry.record) append_record(*entry.record, record);
    append_nested(3, [&](auto& f) {
      f.bytes(1, entry.key.bucket);
      f.bytes(2, entry.key.name);
      f.bytes(3, record);
    }, entries);
  }
  FieldSizer sizer;
  sizer.fixed64(1, m.op);
  sizer.varint(2, as_number(m.status));
  sizer.varint(4, m.done);
  append_varint(bytes_tag(number), out);
  append_varint(sizer.size() + entries.size(), out);
  FieldWriter writer(out);
  writer.fixed64(1, m.op);
  writer.varint(2, as_number(m.status));
  out.append(entries);
  writer.varint(4, m.done);
}

// Appends the body `m` as field `number` of a PeerMessage; `record` is the encoding of m's record, if it has one.
struct BodyWriter {
  std::uint32_t number;
  std::string_view record;
  std::string& out;

  void operator()(const ReadRequest& m) const {
    append_nested(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, m.ring_version);
      f.varint(3, m.vnode);
      f.bytes(4, m.key.bucket);
      f.bytes(5, m.key.name);
      f.fixed64(6, m.known_hash);
    }, out);
  }
  void operator()(const ReadReply& m) const {
    append_nested(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, as_number(m.status));
      f.varint(3, m.rebuilding);
      f.varint(4, m.same);
      f.varint(5, m.record != nullptr);
      f.bytes(6, record);
    }, out);
  }
  void operator()(const WriteRequest& m) const {
    append_nested(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, m.ring_version);
      f.varint(3, m.vnode);
      f.bytes(4, m.key.bucket);
      f.bytes(5, m.key.name);
      f.varint(6, as_number(m.purpose));
      f.bytes(7, record);
    }, out);
  }
  void operator()(const WriteReply& m) const {
    append_nested(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, as_number(m.status));
    }, out);
  }
  void operator()(const ForwardRequest& m) const {
    wire::ClientRequest request;
    request_to_wire(m.request, request);
    append_forward(number, m.op, request, m.request.token, out);
  }
  void operator()(const ForwardReply& m) const {
    wire::ClientReply reply;
    reply_to_wire(m.reply, reply);
    append_forward(number, m.op, reply, m.reply.token, out);
  }
  void operator()(const Ping& m) const {
    append_nested(number, [&](auto& f) {
      f.varint(1, m.sequence);
      f.fixed64(2, m.run);
      f.varint(3, static_cast<std::uint64_t>(m.wall_ms));
      f.varint(4, m.high_water);
    }, out);
  }
  void operator()(const Pong& m) const {
    append_nested(number, [&](auto& f) {
      f.varint(1, m.sequence);
      f.varint(2, static_cast<std::uint64_t>(m.wall_ms));
      f.varint(3, m.heard_of_you);
    }, out);
  }
  void operator()(const ScanRequest& m) const {
    const Key after = m.after.value_or(Key());
    append_nested(number, [&](auto& f) {
      f.fixed64(1, m.op);
      f.varint(2, m.ring_version);
      f.varint(3, m.vnode);
      f.varint(4, m.after.has_value());
      f.bytes(5, after.bucket);
      f.bytes(6, after.name);
      f.varint(7, m.rows_max);
      f.varint(8, m.bytes_max);
      f.varint(9, m.keys_only);
    }, out);
  }
  void operator()(const ScanReply& m) const { append_scan_reply(number, m, out); }
};

// The record whose encoding may be shared between messages.
RecordPtr record_of(const Message& message) {
  if (const auto* write = std::get_if<WriteRequest>(&message)) return write->record;
  if (const auto* read = std::get_if<ReadReply>(&message)) return read->record;
  return nullptr;
}

void append_message(const Message& message, std::string_view record, std::string& out) {
  std::visit(BodyWriter{kNumberOf[message.index()], record, out}, message);
}

// ---------------------------------------------------------------- reading

// Walks over one message's fields and takes them within bounds. After the first field that is wrong there are no
// more fields, and error() tells which it was.
class BodyReader {
 public:
  BodyReader(const char* message, std::string_view bytes) : message_(message), fields_(bytes) {}

  bool next() { return !error_ && fields_.next(); }
  std::uint32_t tag() const { return fields_.tag(); }
  std::string_view raw() const { return fields_.bytes(); }
  std::uint64_t raw_number() const { return fields_.number(); }

  template <typename T>
  void number(const char* field, T& out, std::uint64_t max = std::numeric_limits<T>::max()) {
    if (fields_.number() > max) {
      fail(field, std::to_string(fields_.number()) + ", at most " + std::to_string(max));
    } else {
      out = static_cast<T>(fields_.number());
    }
  }
  void flag(const char* field, bool& out) { number(field, out, 1); }
  template <typename E>
  void enumerator(const char* field, E& out, E last) {
    number(field, out, as_number(last));
  }
  void vnode(VnodeId& out) { number("vnode", out, Ring::kVnodesMax - 1); }
  void bucket(const char* field, std::string& out) { bytes(field, out, kBucketNameBytesMax); }
  void key(const char* field, std::string& out) { bytes(field, out, kWireKeyBytesMax); }
  void record(RecordPtr& out) {
    Result<Record> record = decode_record(fields_.bytes());
    if (record) {
      out = std::make_shared<const Record>(std::move(*record));
    } else {
      fail(record.error().code, "record", record.error().message);
    }
  }

  // What must be there, and of what kind, once all fields are read.
  void require(bool there, const char* field) {
    if (!there) fail(field, "missing");
  }
  void require(const Key& key) {
    require(!key.bucket.empty(), "bucket");
    require(!key.name.empty(), "key");
  }

  void fail(const char* field, const std::string& what) {
    fail(ErrorCode::kInvalidInput, field, what);
  }
  void fail(const Error& error) {
    if (!error_) error_ = error;
  }
  template <typename T>
  Result<Message> result(T&& message) {
    if (fields_.malformed()) fail("fields", "malformed");
    if (error_) return *std::move(error_);
    return Message(std::forward<T>(message));
  }
  bool failed() const { return error_.has_value() || fields_.malformed(); }
  Error take_error() {
    if (fields_.malformed()) fail("fields", "malformed");
    return *std::move(error_);
  }

 private:
  void bytes(const char* field, std::string& out, std::size_t max) {
    if (fields_.bytes().size() > max) {
      fail(field, std::to_string(fields_.bytes().size()) + " bytes, at most " + std::to_string(max));
    } else {
      out.assign(fields_.bytes());
    }
  }
  void fail(ErrorCode code, const char* field, const std::string& what) {
    if (!error_) error_ = Error{code, std::string(message_) + "." + field + ": " + what};
  }

  const char* message_;
  FieldReader fields_;
  std::optional<Error> error_;
};

constexpr ReplicaStatus kStatusLast = ReplicaStatus::kWrongRing;

Result<Message> read_read_request(std::string_view bytes) {
  BodyReader f("read_request", bytes);
  ReadRequest m;
  while (f.next()) {
    switch (f.tag()) {
      case fixed64_tag(1): f.number("op", m.op); break;
      case varint_tag(2): f.number("ring_version", m.ring_version); break;
      case varint_tag(3): f.vnode(m.vnode); break;
      case bytes_tag(4): f.bucket("bucket", m.key.bucket); break;
      case bytes_tag(5): f.key("key", m.key.name); break;
      case fixed64_tag(6): f.number("known_hash", m.known_hash); break;
    }
  }
  f.require(m.key);
  return f.result(std::move(m));
}

Result<Message> read_read_reply(std::string_view bytes) {
  BodyReader f("read_reply", bytes);
  ReadReply m;
  bool has_record = false;
  while (f.next()) {
    switch (f.tag()) {
      case fixed64_tag(1): f.number("op", m.op); break;
      case varint_tag(2): f.enumerator("status", m.status, kStatusLast); break;
      case varint_tag(3): f.flag("rebuilding", m.rebuilding); break;
      case varint_tag(4): f.flag("same", m.same); break;
      case varint_tag(5): f.flag("has_record", has_record); break;
      case bytes_tag(6): f.record(m.record); break;
    }
  }
  f.require(has_record == (m.record != nullptr), has_record ? "record" : "has_record");
  return f.result(std::move(m));
}

Result<Message> read_write_request(std::string_view bytes) {
  BodyReader f("write_request", bytes);
  WriteRequest m;
  while (f.next()) {
    switch (f.tag()) {
      case fixed64_tag(1): f.number("op", m.op); break;
      case varint_tag(2): f.number("ring_version", m.ring_version); break;
      case varint_tag(3): f.vnode(m.vnode); break;
      case bytes_tag(4): f.bucket("bucket", m.key.bucket); break;
      case bytes_tag(5): f.key("key", m.key.name); break;
      case varint_tag(6):
        f.enumerator("purpose", m.purpose, WriteRequest::Purpose::kRestore);
        break;
      case bytes_tag(7): f.record(m.record); break;
    }
  }
  f.require(m.key);
  f.require(m.record != nullptr, "record");
  return f.result(std::move(m));
}

Result<Message> read_write_reply(std::string_view bytes) {
  BodyReader f("write_reply", bytes);
  WriteReply m;
  while (f.next()) {
    switch (f.tag()) {
      case fixed64_tag(1): f.number("op", m.op); break;
      case varint_tag(2): f.enumerator("status", m.status, kStatusLast); break;
    }
  }
  return f.result(m);
}

void read_token(BodyReader& outer, std::optional<Token>& out) {
  BodyReader f("token", outer.raw());
  Token token;
  while (f.next()) {
    switch (f.tag()) {
      case bytes_tag(1): {
        Result<Context> context = decode_context(f.raw());
        if (context) {
          token.context = std::move(*context);
        } else {
          f.fail("context", context.error().message);
        }
        break;
      }
      case fixed64_tag(2): f.number("timestamp", token.timestamp.packed); break;
      case varint_tag(3): token.minted_at_ms = static_cast<std::int64_t>(f.raw_number()); break;
    }
  }
  if (f.failed()) {
    outer.fail(f.take_error());
  } else {
    out = std::move(token);
  }
}

// The two forwards. `from` turns the generated class Part into the core's value, which lands in `out`.
template <typename Part, typename Value>
void read_forward(BodyReader& f, OpId& op, Value& out, Result<Value> (*from)(Part&&)) {
  bool has_part = false;
  std::optional<Token> token;
  while (f.next()) {
    switch (f.tag()) {
      case fixed64_tag(1): f.number("op", op); break;
      case bytes_tag(2): {
        Part part;
        if (const Status parsed = parse_message(f.raw(), part); !parsed) {
          f.fail(parsed.error());
        } else if (Result<Value> value = from(std::move(part)); !value) {
          f.fail(value.error());
        } else {
          out = std::move(*value);
          has_part = true;
        }
        break;
      }
      case bytes_tag(3): read_token(f, token); break;
    }
  }
  f.require(has_part, "body");
  out.token = std::move(token);
}

Result<Message> read_forward_request(std::string_view bytes) {
  BodyReader f("forward_request", bytes);
  ForwardRequest m;
  read_forward(f, m.op, m.request, &request_from_wire);
  return f.result(std::move(m));
}

Result<Message> read_forward_reply(std::string_view bytes) {
  BodyReader f("forward_reply", bytes);
  ForwardReply m;
  read_forward(f, m.op, m.reply, &reply_from_wire);
  return f.result(std::move(m));
}

Result<Message> read_ping(std::string_view bytes) {
  BodyReader f("ping", bytes);
  Ping m;
  while (f.next()) {
    switch (f.tag()) {
      case varint_tag(1): f.number("sequence", m.sequence); break;
      case fixed64_tag(2): f.number("run", m.run); break;
      case varint_tag(3): m.wall_ms = static_cast<std::int64_t>(f.raw_number()); break;
      case varint_tag(4): f.number("high_water", m.high_water); break;
    }
  }
  return f.result(m);
}

Result<Message> read_pong(std::string_view bytes) {
  BodyReader f("pong", bytes);
  Pong m;
  while (f.next()) {
    switch (f.tag()) {
      case varint_tag(1): f.number("sequence", m.sequence); break;
      case varint_tag(2): m.wall_ms = static_cast<std::int64_t>(f.raw_number()); break;
      case varint_tag(3): f.number("heard_of_you", m.heard_of_you); break;
    }
  }
  return f.result(m);
}

Result<Message> read_scan_request(std::string_view bytes) {
  BodyReader f("scan_request", bytes);
  ScanRequest m;
  bool has_after = false;
  Key after;
  while (f.next()) {
    switch (f.tag()) {
      case fixed64_tag(1): f.number("op", m.op); break;
      case varint_tag(2): f.number("ring_version", m.ring_version); break;
      case varint_tag(3): f.vnode(m.vnode); break;
      case varint_tag(4): f.flag("has_after", has_after); break;
      case bytes_tag(5): f.bucket("after_bucket", after.bucket); break;
      case bytes_tag(6): f.key("after_key", after.name); break;
      case varint_tag(7): f.number("rows_max", m.rows_max); break;
      case varint_tag(8): f.number("bytes_max", m.bytes_max); break;
      case varint_tag(9): f.flag("keys_only", m.keys_only); break;
    }
  }
  if (has_after) m.after = std::move(after);
  return f.result(std::move(m));
}

void read_scan_entry(BodyReader& outer, std::vector<ScanReply::Entry>& out) {
  BodyReader f("scan_reply.entry", outer.raw());
  ScanReply::Entry entry;
  while (f.next()) {
    switch (f.tag()) {
      case bytes_tag(1): f.bucket("bucket", entry.key.bucket); break;
      case bytes_tag(2): f.key("key", entry.key.name); break;
      case bytes_tag(3): f.record(entry.record); break;
    }
  }
  // Entries without a key are refused one by one, so that a page of nothing but empty ones costs nothing.
  f.require(entry.key);
  if (f.failed()) {
    outer.fail(f.take_error());
  } else {
    out.push_back(std::move(entry));
  }
}

Result<Message> read_scan_reply(std::string_view bytes) {
  BodyReader f("scan_reply", bytes);
  ScanReply m;
  while (f.next()) {
    switch (f.tag()) {
      case fixed64_tag(1): f.number("op", m.op); break;
      case varint_tag(2): f.enumerator("status", m.status, kStatusLast); break;
      case bytes_tag(3): read_scan_entry(f, m.entries); break;
      case varint_tag(4): f.flag("done", m.done); break;
    }
  }
  return f.result(std::move(m));
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

void encode_message(const Message& message, std::string& out) {
  PeerEncoder().encode(message, out);
}

Result<Message> decode_message(std::string_view bytes) {
  FieldReader fields(bytes);
  std::uint32_t tag = 0;
  std::string_view body;
  while (fields.next()) {
    if (fields.tag() < bytes_tag(1) || fields.tag() > bytes_tag(10) || (fields.tag() & 7) != 2) continue;
    if (tag != 0) return invalid_input("peer_message: more than one body");
    tag = fields.tag();
    body = fields.bytes();
  }
  if (fields.malformed()) return invalid_input("peer_message.fields: malformed");
  switch (tag) {
    case bytes_tag(1): return read_read_request(body);
    case bytes_tag(2): return read_read_reply(body);
    case bytes_tag(3): return read_write_request(body);
    case bytes_tag(4): return read_write_reply(body);
    case bytes_tag(5): return read_forward_request(body);
    case bytes_tag(6): return read_forward_reply(body);
    case bytes_tag(7): return read_ping(body);
    case bytes_tag(8): return read_pong(body);
    case bytes_tag(9): return read_scan_request(body);
    case bytes_tag(10): return read_scan_reply(body);
  }
  return invalid_input("peer_message: no body of a known kind");
}

}  // namespace quorate
