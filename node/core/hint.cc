#include "node/core/hint.h"

#include "node/causality/byte_io.h"
#include "node/causality/codec.h"

namespace quorate {

namespace {

constexpr std::string_view kPrefix = "hint/";
constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kSpareFlag = 1;
constexpr std::uint8_t kOwedFlag = 2;
constexpr std::uint8_t kGenerationFlag = 4;

void append_big_endian(std::uint64_t value, int bytes, std::string& out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

std::uint64_t take_big_endian(std::string_view& bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  }
  bytes.remove_prefix(count);
  return value;
}

}  // namespace

std::string hint_prefix() { return std::string(kPrefix); }

std::string hint_prefix(NodeId primary) {
  std::string name(kPrefix);
  append_big_endian(primary, 2, name);
  return name;
}

std::string hint_name(const HintId& id) {
  std::string name = hint_prefix(id.primary);
  append_big_endian(id.vnode, 2, name);
  append_big_endian(id.key.bucket.size(), 1, name);
  name += id.key.bucket;
  name += id.key.name;
  return name;
}

std::optional<HintId> parse_hint_name(std::string_view name) {
  constexpr std::size_t kFixedBytes = 2 + 2 + 1;
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  if (name.size() < kFixedBytes) return std::nullopt;
  HintId id;
  id.primary = static_cast<NodeId>(take_big_endian(name, 2));
  id.vnode = static_cast<VnodeId>(take_big_endian(name, 2));
  const auto bucket_bytes = static_cast<std::size_t>(take_big_endian(name, 1));
  if (name.size() < bucket_bytes) return std::nullopt;
  id.key.bucket = name.substr(0, bucket_bytes);
  id.key.name = name.substr(bucket_bytes);
  return id;
}

std::string encode_hint(const Hint& hint) {
  std::string bytes;
  append_byte(kFormat, bytes);
  append_byte(
      static_cast<std::uint8_t>((hint.spare ? kSpareFlag : 0) | (hint.owed() ? kOwedFlag : 0) |
                                (hint.generation != 0 ? kGenerationFlag : 0)),
      bytes);
  append_varint(hint.order, bytes);
  append_fixed64(static_cast<std::uint64_t>(hint.since_ms), bytes);
  if (hint.generation != 0) append_varint(hint.generation, bytes);
  std::string row;
  if (hint.row) append_row(*hint.row, RowLayout::kInline, row);
  append_bytes(row, bytes);
  return bytes;
}

Result<Hint> decode_hint(std::string_view bytes) {
  ByteReader reader(bytes, "hint");
  const std::uint8_t format = reader.byte();
  if (reader.ok() && format != kFormat) {
    reader.fail("unknown format, written by a newer version?");
  }
  const std::uint8_t flags = reader.byte();
  if (reader.ok() && flags > (kSpareFlag | kOwedFlag | kGenerationFlag))
    reader.fail("unknown flags");
  Hint hint;
  hint.spare = (flags & kSpareFlag) != 0;
  hint.order = reader.varint();
  hint.since_ms = static_cast<std::int64_t>(reader.fixed64());
  if ((flags & kGenerationFlag) != 0) {
    hint.generation = reader.varint();
    if (reader.ok() && hint.generation == 0) reader.fail("a generation that is none");
  }
  const std::string_view row_bytes = reader.bytes();
  reader.expect_end();
  const bool owed = (flags & kOwedFlag) != 0;
  if (reader.ok() && owed != row_bytes.empty()) reader.fail("the record does not fit the flags");
  if (!reader.ok()) return reader.error();
  if (owed) return hint;
  Result<DecodedRow> decoded = decode_row(row_bytes);
  if (!decoded) return decoded.error();
  if (decoded->layout != RowLayout::kInline) {
    return Error{ErrorCode::kCorruption, "hint: its record is not in it"};
  }
  hint.row = std::move(decoded->row);
  return hint;
}

}  // namespace quorate
