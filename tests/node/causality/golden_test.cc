// Format 1 is frozen: these bytes were once written to disks and sent to peers, and are read for
// ever. When a later format comes, these files stay, and still decode; the bytes that are written
// then get files of their own.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "node/causality/codec.h"

namespace quorate {
namespace {

// The bytes of golden/NAME: hexadecimal digits with spaces and lines as one likes; '#' starts a
// comment.
std::string golden(const std::string& name) {
  std::ifstream file(std::string(QUORATE_GOLDEN_DIR) + "/" + name);
  EXPECT_TRUE(file.is_open()) << name;
  std::string digits;
  for (std::string line; std::getline(file, line);) {
    for (const char c : line.substr(0, line.find('#'))) {
      if (c != ' ') digits.push_back(c);
    }
  }
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string hex(const std::string& bytes) {
  static const char* const kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    text.push_back(kDigits[static_cast<unsigned char>(c) & 0xf]);
  }
  return text;
}

const RunId kRun1 = make_run_id(1, 0x5f3a91c04b7e);
const RunId kRun2 = make_run_id(2, 0x000000000001);
const RunId kRun3 = make_run_id(65535, 0xffffffffffff);

// Every kind of thing that a row can hold in format 1, with small and with the largest numbers.
Row row_of_everything() {
  Row row;
  row.record.context = Context::from_parts(
      {{{kRun1, 1}, 300}, {{kRun1, 3}, 2}, {{kRun2, 1}, 1}},
      {{{kRun2, 1}, 5}, {{kRun2, 1}, 6}, {{kRun2, 1}, 200}, {{kRun3, UINT32_MAX}, kCounterMax}});
  const Timestamp timestamp{Timestamp::from_wall_ms(1'700'000'000'000).packed + 7};
  Sibling deleted;
  deleted.dot = {{kRun2, 1}, 6};
  deleted.kind = SiblingKind::kDeleted;
  deleted.field = std::string("f\0", 2);
  deleted.timestamp = timestamp;
  deleted.expiry_ms = 1'800'000'000'000;
  Sibling value;
  value.dot = {{kRun1, 3}, 2};
  value.timestamp = Timestamp{timestamp.packed + 1};
  value.value = Blob("Lisboa");
  row.record.siblings = {deleted, value};
  row.record.applied = AppliedRequests::from_parts(
      {{{0x0123456789abcdef, 0xfedcba9876543210}, value.dot, value.timestamp},
       {{0, 1}, deleted.dot, deleted.timestamp}},
      Timestamp::from_wall_ms(1'699'999'940'000));
  row.mark = Mark{{kRun1, 3}, 2};
  row.sequence = 1000;
  return row;
}

TEST(GoldenFormat1, Context) {
  std::string bytes;
  append_context(row_of_everything().record.context, bytes);
  EXPECT_EQ(hex(bytes), hex(golden("context_1.hex")));
  const Result<Context> context = decode_context(golden("context_1.hex"));
  ASSERT_TRUE(context) << context.error().to_string();
  EXPECT_EQ(*context, row_of_everything().record.context);
}

TEST(GoldenFormat1, Sibling) {
  const Sibling sibling = row_of_everything().record.siblings[0];
  std::string bytes;
  append_sibling(sibling, bytes);
  EXPECT_EQ(hex(bytes), hex(golden("sibling_1.hex")));
  const Result<Sibling> decoded = decode_sibling(golden("sibling_1.hex"));
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  EXPECT_EQ(*decoded, sibling);
}

TEST(GoldenFormat1, Record) {
  std::string bytes;
  append_record(row_of_everything().record, bytes);
  EXPECT_EQ(hex(bytes), hex(golden("record_1.hex")));
  const Result<Record> record = decode_record(golden("record_1.hex"));
  ASSERT_TRUE(record) << record.error().to_string();
  EXPECT_EQ(*record, row_of_everything().record);
}

TEST(GoldenFormat1, RowWithItsSiblingsInline) {
  std::string bytes;
  append_row(row_of_everything(), RowLayout::kInline, bytes);
  EXPECT_EQ(hex(bytes), hex(golden("row_inline_1.hex")));
  const Result<DecodedRow> decoded = decode_row(golden("row_inline_1.hex"));
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  EXPECT_EQ(decoded->layout, RowLayout::kInline);
  EXPECT_EQ(decoded->row, row_of_everything());
}

TEST(GoldenFormat1, RowWithItsSiblingsApart) {
  std::string bytes;
  append_row(row_of_everything(), RowLayout::kApart, bytes);
  EXPECT_EQ(hex(bytes), hex(golden("row_apart_1.hex")));
  const Result<DecodedRow> decoded = decode_row(golden("row_apart_1.hex"));
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  EXPECT_EQ(decoded->layout, RowLayout::kApart);
  EXPECT_EQ(decoded->apart_count, 2u);
  Row expected = row_of_everything();
  expected.record.siblings.clear();
  EXPECT_EQ(decoded->row, expected);
}

TEST(GoldenFormat1, EmptyThings) {
  std::string bytes;
  append_context({}, bytes);
  EXPECT_EQ(hex(bytes), "0000");
  bytes.clear();
  append_record({}, bytes);
  EXPECT_EQ(hex(bytes),
            "01"
            "0000"
            "00"
            "0000000000000000"
            "00");
  bytes.clear();
  append_row({}, RowLayout::kInline, bytes);
  EXPECT_EQ(hex(bytes),
            "01"
            "00"
            "00"
            "00"
            "00"
            "0000"
            "0000000000000000"
            "00"
            "00");
}

// Sums of dot hashes are stored with rows whose siblings are apart; context hashes go between
// nodes.
TEST(GoldenFormat1, Hashes) {
  EXPECT_EQ(dot_hash({{kRun1, 3}, 2}), 0x6585fa9d4665a67fu);
  EXPECT_EQ(dot_hash({{kRun3, UINT32_MAX}, kCounterMax}), 0x1151355967522b19u);
  EXPECT_EQ(context_hash({}), 1u);
  EXPECT_EQ(context_hash(row_of_everything().record.context), 0x76fb4b93d721a568u);
}

}  // namespace
}  // namespace quorate
