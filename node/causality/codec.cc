#include "node/causality/codec.h"

#include <utility>
#include <vector>

#include "node/causality/byte_io.h"
#include "node/causality/context_codec.h"

namespace quorate {

namespace {

constexpr std::uint8_t kFormat = 1;  // of records, rows and siblings that stand alone

// The fewest bytes that each thing takes, to hold announced numbers against what is left.
constexpr std::size_t kSiblingBytesMin = 1 + kDotBytesMin + 1 + 8 + 1 + 1;
constexpr std::size_t kAppliedBytesMin = 16 + kDotBytesMin + 8;

// ---- siblings

// Small numbers of either sign become small numbers: 0, -1, 1, -2...
std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
}

void append_sibling_body(const Sibling& sibling, std::string& out) {
  append_byte(static_cast<std::uint8_t>(sibling.kind), out);
  append_dot(sibling.dot, out);
  append_bytes(sibling.field, out);
  append_fixed64(sibling.timestamp.packed, out);
  append_varint(zigzag(sibling.expiry_ms), out);
  append_bytes(sibling.value.view(), out);
}

Sibling read_sibling_body(ByteReader& in) {
  Sibling sibling;
  switch (const std::uint8_t kind = in.byte()) {
    case static_cast<std::uint8_t>(SiblingKind::kValue):
    case static_cast<std::uint8_t>(SiblingKind::kDeleted):
      sibling.kind = static_cast<SiblingKind>(kind);
      break;
    default:
      in.fail("has a kind of sibling that is unknown here, written by a newer version");
  }
  sibling.dot = read_dot(in);
  sibling.field = in.bytes();
  sibling.timestamp = Timestamp{in.fixed64()};
  sibling.expiry_ms = unzigzag(in.varint());
  sibling.value = Blob(std::string(in.bytes()));
  return sibling;
}

void append_siblings(const std::vector<Sibling>& siblings, std::string& out) {
  append_varint(siblings.size(), out);
  for (const Sibling& sibling : siblings) append_sibling_body(sibling, out);
}

std::vector<Sibling> read_siblings(ByteReader& in, const Context& context) {
  std::vector<Sibling> siblings;
  const std::size_t total = in.count(kSiblingBytesMin);
  siblings.reserve(total);
  while (in.ok() && siblings.size() < total) {
    Sibling sibling = read_sibling_body(in);
    if (!in.ok()) break;
    if (!siblings.empty() && !(siblings.back().dot < sibling.dot)) {
      in.fail("has siblings out of order");
    } else if (!context.contains(sibling.dot)) {
      in.fail("has a sibling that its context does not cover");
    }
    siblings.push_back(std::move(sibling));
  }
  return siblings;
}

// ---- applied requests

void append_applied(const AppliedRequests& applied, std::string& out) {
  append_fixed64(applied.floor().packed, out);
  append_varint(applied.entries().size(), out);
  for (const AppliedRequest& entry : applied.entries()) {
    append_fixed64(entry.id.high, out);
    append_fixed64(entry.id.low, out);
    append_dot(entry.dot, out);
    append_fixed64(entry.timestamp.packed, out);
  }
}

AppliedRequests read_applied(ByteReader& in) {
  const Timestamp floor{in.fixed64()};
  const std::size_t total = in.count(kAppliedBytesMin);
  if (total > AppliedRequests::kCountMax) in.fail("remembers too many requests");
  if (!in.ok()) return {};
  std::vector<AppliedRequest> entries;
  entries.reserve(total);
  while (in.ok() && entries.size() < total) {
    AppliedRequest entry;
    entry.id.high = in.fixed64();
    entry.id.low = in.fixed64();
    entry.dot = read_dot(in);
    entry.timestamp = Timestamp{in.fixed64()};
    if (!in.ok()) break;
    if (entry.timestamp <= floor) in.fail("remembers a request from below its floor");
    if (!entries.empty() &&
        std::pair(entries.back().id, entries.back().dot) >= std::pair(entry.id, entry.dot)) {
      in.fail("has requests out of order");
    }
    entries.push_back(entry);
  }
  if (!in.ok()) return {};
  return AppliedRequests::from_parts(std::move(entries), floor);
}

// ---- whole things

std::size_t siblings_bytes_estimate(const std::vector<Sibling>& siblings) {
  std::size_t bytes = 4;
  for (const Sibling& sibling : siblings) {
    bytes += 48 + sibling.field.size() + sibling.value.size();
  }
  return bytes;
}

std::size_t header_bytes_estimate(const Record& record) {
  return 64 + 24 * (record.context.entries().size() + record.context.lone_dots().size()) +
         48 * record.applied.entries().size();
}

void read_format(ByteReader& in) {
  const std::uint8_t format = in.byte();
  if (format == 0) in.fail("has format 0, which does not exist");
  if (format > kFormat) in.fail("has a format that is unknown here, written by a newer version");
}

void append_mark(const Mark& mark, std::string& out) {
  append_byte(mark.counter > 0 ? 1 : 0, out);
  if (mark.counter > 0) append_dot(Dot{mark.actor, mark.counter}, out);
}

Mark read_mark(ByteReader& in) {
  const std::uint8_t present = in.byte();
  if (present > 1) in.fail("has a mark that is neither there nor not");
  if (present != 1 || !in.ok()) return {};
  const Dot dot = read_dot(in);
  return Mark{dot.actor, dot.counter};
}

RowLayout read_layout(ByteReader& in) {
  switch (in.byte()) {
    case static_cast<std::uint8_t>(RowLayout::kInline):
      return RowLayout::kInline;
    case static_cast<std::uint8_t>(RowLayout::kApart):
      return RowLayout::kApart;
    default:
      in.fail("has a layout that is unknown here, written by a newer version");
      return RowLayout::kInline;
  }
}

RowKind read_kind(ByteReader& in) {
  if (in.byte() != static_cast<std::uint8_t>(RowKind::kDotted)) {
    in.fail("has a kind of row that is unknown here, written by a newer version");
  }
  return RowKind::kDotted;
}

}  // namespace

void append_record(const Record& record, std::string& out) {
  out.reserve(out.size() + header_bytes_estimate(record) +
              siblings_bytes_estimate(record.siblings));
  append_byte(kFormat, out);
  append_context(record.context, out);
  append_siblings(record.siblings, out);
  append_applied(record.applied, out);
}

Result<Record> decode_record(std::string_view bytes) {
  ByteReader in(bytes, "record");
  Record record;
  read_format(in);
  record.context = read_context(in);
  record.siblings = read_siblings(in, record.context);
  record.applied = read_applied(in);
  in.expect_end();
  if (!in.ok()) return in.error();
  return record;
}

void append_sibling(const Sibling& sibling, std::string& out) {
  out.reserve(out.size() + 49 + sibling.field.size() + sibling.value.size());
  append_byte(kFormat, out);
  append_sibling_body(sibling, out);
}

Result<Sibling> decode_sibling(std::string_view bytes) {
  ByteReader in(bytes, "sibling");
  read_format(in);
  Sibling sibling = read_sibling_body(in);
  in.expect_end();
  if (!in.ok()) return in.error();
  return sibling;
}

void append_row(const Row& row, RowLayout layout, std::string& out) {
  const Record& record = row.record;
  const bool is_inline = layout == RowLayout::kInline;
  out.reserve(out.size() + header_bytes_estimate(record) +
              (is_inline ? siblings_bytes_estimate(record.siblings) : 0));
  append_byte(kFormat, out);
  append_byte(static_cast<std::uint8_t>(layout), out);
  append_byte(static_cast<std::uint8_t>(row.kind), out);
  append_mark(row.mark, out);
  append_varint(row.sequence, out);
  append_context(record.context, out);
  append_applied(record.applied, out);
  if (is_inline) {
    append_siblings(record.siblings, out);
    return;
  }
  std::uint64_t dots_sum = 0;
  for (const Sibling& sibling : record.siblings) dots_sum += dot_hash(sibling.dot);
  append_varint(record.siblings.size(), out);
  append_fixed64(dots_sum, out);
}

Result<DecodedRow> decode_row(std::string_view bytes) {
  ByteReader in(bytes, "row");
  DecodedRow decoded;
  Row& row = decoded.row;
  read_format(in);
  decoded.layout = read_layout(in);
  row.kind = read_kind(in);
  row.mark = read_mark(in);
  row.sequence = in.varint();
  row.record.context = read_context(in);
  row.record.applied = read_applied(in);
  switch (decoded.layout) {
    case RowLayout::kInline:
      row.record.siblings = read_siblings(in, row.record.context);
      break;
    case RowLayout::kApart:
      decoded.apart_count = in.varint();
      decoded.apart_dots_sum = in.fixed64();
      break;
  }
  in.expect_end();
  if (!in.ok()) return in.error();
  return decoded;
}

}  // namespace quorate
