#include "node/causality/codec.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "node/base/random.h"
#include "node/causality/byte_io.h"
#include "tests/node/causality/random_values.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

using testing_support::random_context;
using testing_support::random_dot;
using testing_support::random_record;
using testing_support::random_row;
using testing_support::random_sibling;
using testing_support::test_seed;

// One thing that the codec knows: bytes of random values, and bytes read and written again, or the
// fault.
struct Shape {
  const char* name;
  std::string (*random_bytes)(Random&);
  Result<std::string> (*read_and_write)(std::string_view);
};

template <typename T, typename Append>
Result<std::string> again(Result<T> decoded, Append append) {
  if (!decoded) return decoded.error();
  std::string bytes;
  append(*decoded, bytes);
  return bytes;
}

// What is stored apart is not in the row: its number and sum are put back as they were read.
void append_decoded_row(const DecodedRow& decoded, std::string& out) {
  append_row(decoded.row, decoded.layout, out);
  if (decoded.layout == RowLayout::kInline) return;
  out.resize(out.size() - 9);
  append_varint(decoded.apart_count, out);
  append_fixed64(decoded.apart_dots_sum, out);
}

template <RowLayout kLayout>
std::string random_row_bytes(Random& random) {
  std::string bytes;
  append_row(random_row(random), kLayout, bytes);
  return bytes;
}

Result<std::string> read_and_write_row(std::string_view bytes) {
  return again(decode_row(bytes), append_decoded_row);
}

const Shape kShapes[] = {
    {"context",
     [](Random& random) {
       std::string bytes;
       append_context(random_context(random), bytes);
       return bytes;
     },
     [](std::string_view bytes) { return again(decode_context(bytes), append_context); }},
    {"sibling",
     [](Random& random) {
       std::string bytes;
       append_sibling(random_sibling(random, random_dot(random)), bytes);
       return bytes;
     },
     [](std::string_view bytes) { return again(decode_sibling(bytes), append_sibling); }},
    {"record",
     [](Random& random) {
       std::string bytes;
       append_record(random_record(random), bytes);
       return bytes;
     },
     [](std::string_view bytes) { return again(decode_record(bytes), append_record); }},
    {"row inline", random_row_bytes<RowLayout::kInline>, read_and_write_row},
    {"row apart", random_row_bytes<RowLayout::kApart>, read_and_write_row},
};

TEST(CodecLaws, WhatWasAppendedComesBack) {
  Random random(test_seed());
  for (int i = 0; i < 20'000; ++i) {
    const Row row = random_row(random);
    std::string bytes;
    append_record(row.record, bytes);
    const Result<Record> record = decode_record(bytes);
    ASSERT_TRUE(record) << record.error().to_string();
    ASSERT_EQ(*record, row.record);

    bytes.clear();
    append_context(row.record.context, bytes);
    ASSERT_EQ(*decode_context(bytes), row.record.context);

    bytes.clear();
    append_row(row, RowLayout::kInline, bytes);
    const Result<DecodedRow> whole = decode_row(bytes);
    ASSERT_TRUE(whole) << whole.error().to_string();
    ASSERT_EQ(whole->row, row);
    ASSERT_EQ(whole->layout, RowLayout::kInline);

    bytes.clear();
    append_row(row, RowLayout::kApart, bytes);
    const Result<DecodedRow> header = decode_row(bytes);
    ASSERT_TRUE(header) << header.error().to_string();
    ASSERT_EQ(header->layout, RowLayout::kApart);
    ASSERT_EQ(header->apart_count, row.record.siblings.size());
    Row expected = row;
    expected.record.siblings.clear();
    ASSERT_EQ(header->row, expected);

    std::uint64_t dots_sum = 0;
    for (const Sibling& sibling : row.record.siblings) {
      bytes.clear();
      append_sibling(sibling, bytes);
      ASSERT_EQ(*decode_sibling(bytes), sibling);
      dots_sum += dot_hash(sibling.dot);
    }
    ASSERT_EQ(header->apart_dots_sum, dots_sum);
  }
}

TEST(CodecLaws, AppendingLeavesWhatIsThereAlone) {
  Random random(test_seed());
  const Record record = random_record(random);
  std::string bytes = "before";
  append_record(record, bytes);
  EXPECT_EQ(bytes.substr(0, 6), "before");
  EXPECT_EQ(*decode_record(std::string_view(bytes).substr(6)), record);
}

TEST(CodecLaws, NoProperPrefixDecodes) {
  Random random(test_seed());
  std::size_t prefixes = 0;
  for (const Shape& shape : kShapes) {
    for (int i = 0; i < 300; ++i) {
      const std::string bytes = shape.random_bytes(random);
      for (std::size_t size = 0; size < bytes.size(); ++size, ++prefixes) {
        const auto outcome = shape.read_and_write(std::string_view(bytes).substr(0, size));
        ASSERT_FALSE(outcome) << shape.name << " cut to " << size << " of " << bytes.size();
        ASSERT_EQ(outcome.error().code, ErrorCode::kCorruption);
      }
    }
  }
  EXPECT_GT(prefixes, 100'000u);
}

TEST(CodecLaws, NothingMayFollow) {
  Random random(test_seed());
  for (const Shape& shape : kShapes) {
    for (int i = 0; i < 100; ++i) {
      const auto outcome = shape.read_and_write(shape.random_bytes(random) + '\0');
      ASSERT_FALSE(outcome) << shape.name;
      ASSERT_NE(outcome.error().message.find("goes on after its end"), std::string::npos);
    }
  }
}

// One encoding of each value: whatever decodes is exactly what encoding the result gives.
TEST(CodecLaws, ASingleFlippedBitIsRefusedOrReadAsTheOtherValueThatItSpells) {
  Random random(test_seed());
  std::size_t refused = 0;
  std::size_t other = 0;
  for (const Shape& shape : kShapes) {
    for (int i = 0; i < 80; ++i) {
      const std::string bytes = shape.random_bytes(random);
      for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        std::string flipped = bytes;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        const Result<std::string> outcome = shape.read_and_write(flipped);
        if (!outcome) {
          ++refused;
          ASSERT_EQ(outcome.error().code, ErrorCode::kCorruption);
          continue;
        }
        ++other;
        ASSERT_EQ(*outcome, flipped) << shape.name << ", bit " << bit;
      }
    }
  }
  EXPECT_GT(refused, 50'000u);
  EXPECT_GT(other, 50'000u);  // values and timestamps may be anything
}

TEST(CodecLaws, MangledBytesAreRefusedOrReadAsTheOtherValueThatTheySpell) {
  Random random(test_seed());
  for (int i = 0; i < 100'000; ++i) {
    const Shape& shape = kShapes[random.below(std::size(kShapes))];
    std::string bytes = shape.random_bytes(random);
    for (std::uint64_t change = 1 + random.below(4); change > 0 && !bytes.empty(); --change) {
      const std::size_t at = random.below(bytes.size());
      switch (random.below(4)) {
        case 0:
          bytes[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          bytes[at] = static_cast<char>(random.below(4));  // small counts and distances
          break;
        case 2:
          bytes.erase(at, 1 + random.below(4));
          break;
        default:
          bytes.insert(at, bytes.substr(random.below(bytes.size()), random.below(12)));
      }
    }
    const Result<std::string> outcome = shape.read_and_write(bytes);
    if (!outcome) continue;
    ASSERT_EQ(*outcome, bytes) << shape.name;
  }
}

TEST(CodecLaws, EqualContextsHaveEqualHashesAndOthersDoNot) {
  Random random(test_seed());
  std::set<std::string> seen;
  std::set<std::uint64_t> hashes;
  for (int i = 0; i < 50'000; ++i) {
    const Context context = random_context(random);
    std::string bytes;
    append_context(context, bytes);
    const std::uint64_t hash = context_hash(context);
    ASSERT_NE(hash, 0u);
    ASSERT_EQ(hash, context_hash(*decode_context(bytes)));
    seen.insert(bytes);
    hashes.insert(hash);
  }
  EXPECT_EQ(hashes.size(), seen.size());
}

TEST(CodecTest, HashTellsAnEntryFromALoneDot) {
  const Actor a{1, 1};
  const Actor b{2, 1};
  EXPECT_NE(context_hash(Context::from_parts({{a, 5}, {b, 5}}, {})),
            context_hash(Context::from_parts({{a, 5}}, {{b, 5}})));
  EXPECT_NE(context_hash(Context()), context_hash(Context::from_parts({{a, 1}}, {})));
}

// ---- faults by name

// Pieces of encodings, written by hand.
class Bytes {
 public:
  Bytes& byte(std::uint8_t value) { return append_byte(value, bytes_), *this; }
  Bytes& varint(std::uint64_t value) { return append_varint(value, bytes_), *this; }
  Bytes& fixed(std::uint64_t value) { return append_fixed64(value, bytes_), *this; }
  Bytes& text(std::string_view value) { return append_bytes(value, bytes_), *this; }
  Bytes& then(const Bytes& more) { return bytes_ += more.bytes_, *this; }
  const std::string& str() const { return bytes_; }

 private:
  std::string bytes_;
};

Bytes context_of_run_7(std::uint64_t counter) {
  return Bytes().varint(1).fixed(7).varint(1).varint(1).varint(counter).varint(0);
}
Bytes sibling_of_run_7(std::uint64_t counter) {
  return Bytes().byte(0).fixed(7).varint(1).varint(counter).text("").fixed(9).varint(0).text("v");
}
Bytes nothing_applied() { return Bytes().fixed(0).varint(0); }

std::string fault_of_context(const Bytes& bytes) {
  const Result<Context> context = decode_context(bytes.str());
  return context ? "" : context.error().message;
}

TEST(CodecFaults, OfContexts) {
  EXPECT_EQ(fault_of_context(context_of_run_7(3)), "");
  const struct {
    Bytes bytes;
    const char* fault;
  } cases[] = {
      {Bytes().varint(1).fixed(7).varint(1).varint(0).varint(5).varint(0),
       "context: has an epoch of zero, or the same one twice at byte 11"},
      {Bytes().varint(1).fixed(7).varint(1).varint(0x100000000).varint(5).varint(0),
       "context: has an epoch of more than 32 bits at byte 15"},
      {context_of_run_7(0), "context: has a counter of zero, or the same one twice at byte 12"},
      {context_of_run_7(kCounterMax + 1), "context: has a counter beyond its bound at byte 18"},
      {Bytes().varint(2).fixed(7).varint(2).varint(1).varint(5).varint(0).varint(5).varint(0),
       "context: has an epoch of zero, or the same one twice at byte 13"},
      {Bytes()
           .varint(2)
           .fixed(7)
           .varint(1)
           .varint(1)
           .varint(5)
           .fixed(6)
           .varint(1)
           .varint(1)
           .varint(5)
           .varint(0),
       "context: has runs out of order at byte 23"},
      {Bytes()
           .varint(2)
           .fixed(7)
           .varint(1)
           .varint(1)
           .varint(5)
           .fixed(7)
           .varint(1)
           .varint(2)
           .varint(5)
           .varint(0),
       "context: has runs out of order at byte 23"},
      {Bytes().varint(1).fixed(7).varint(0).varint(1).varint(5).varint(0),
       "context: has a wrong number of epochs at byte 10"},
      {Bytes().varint(1).fixed(7).varint(2).varint(1).varint(5).varint(1).varint(5).varint(0),
       "context: has a wrong number of epochs at byte 10"},
      {Bytes().varint(UINT64_MAX).fixed(7), "context: announces more than it holds at byte 0"},
      {Bytes().varint(0).varint(1ULL << 40).fixed(7),
       "context: announces more than it holds at byte 1"},
      {Bytes().varint(0).varint(1).fixed(7).varint(1).varint(1).varint(1),
       "context: has lone dots that belong into an entry at byte 13"},
      {Bytes()
           .varint(1)
           .fixed(7)
           .varint(1)
           .varint(1)
           .varint(4)
           .varint(1)
           .fixed(7)
           .varint(1)
           .varint(1)
           .varint(5),
       "context: has lone dots that belong into an entry at byte 24"},
      {Bytes().varint(0).varint(2).fixed(7).varint(1).varint(2).varint(5).varint(0),
       "context: has a counter of zero, or the same one twice at byte 14"},
      {Bytes().varint(0).varint(2).fixed(7).varint(1).varint(2).varint(5).varint(kCounterMax),
       "context: has a counter beyond its bound at byte 20"},
      {Bytes()
           .varint(0)
           .varint(2)
           .fixed(7)
           .varint(2)
           .varint(1)
           .varint(5)
           .fixed(7)
           .varint(1)
           .varint(1)
           .varint(5),
       "context: has actors out of order at byte 24"},
  };
  for (const auto& c : cases) EXPECT_EQ(fault_of_context(c.bytes), c.fault);
}

std::string fault_of_record(const Bytes& bytes) {
  const Result<Record> record = decode_record(bytes.str());
  return record ? "" : record.error().message;
}

TEST(CodecFaults, OfRecords) {
  const auto record = [](const Bytes& siblings, const Bytes& applied) {
    return Bytes().byte(1).then(context_of_run_7(3)).then(siblings).then(applied);
  };
  const auto two = [](const Bytes& a, const Bytes& b) { return Bytes().varint(2).then(a).then(b); };
  EXPECT_EQ(
      fault_of_record(record(two(sibling_of_run_7(1), sibling_of_run_7(3)), nothing_applied())),
      "");

  EXPECT_EQ(fault_of_record(Bytes().byte(0)),
            "record: has format 0, which does not exist at byte 1");
  EXPECT_EQ(fault_of_record(Bytes().byte(2)),
            "record: has a format that is unknown here, written by a newer version at byte 1");
  EXPECT_EQ(fault_of_record(record(Bytes().varint(1).then(sibling_of_run_7(4)), nothing_applied())),
            "record: has a sibling that its context does not cover at byte 38");
  EXPECT_NE(
      fault_of_record(record(two(sibling_of_run_7(3), sibling_of_run_7(1)), nothing_applied()))
          .find("siblings out of order"),
      std::string::npos);
  EXPECT_NE(
      fault_of_record(record(two(sibling_of_run_7(3), sibling_of_run_7(3)), nothing_applied()))
          .find("siblings out of order"),
      std::string::npos);
  EXPECT_NE(fault_of_record(record(Bytes().varint(1000), nothing_applied()))
                .find("announces more than it holds"),
            std::string::npos);

  const auto entry = [](std::uint64_t id, std::uint64_t counter, std::uint64_t timestamp) {
    return Bytes().fixed(0).fixed(id).fixed(7).varint(1).varint(counter).fixed(timestamp);
  };
  const auto applied = [](std::uint64_t floor, std::vector<Bytes> entries) {
    Bytes bytes = Bytes().fixed(floor).varint(entries.size());
    for (const Bytes& e : entries) bytes.then(e);
    return bytes;
  };
  const Bytes no_siblings = Bytes().varint(0);
  EXPECT_EQ(fault_of_record(
                record(no_siblings, applied(4, {entry(1, 1, 5), entry(1, 2, 5), entry(2, 1, 5)}))),
            "");
  EXPECT_NE(
      fault_of_record(record(no_siblings, applied(5, {entry(1, 1, 5)}))).find("below its floor"),
      std::string::npos);
  EXPECT_NE(fault_of_record(record(no_siblings, applied(4, {entry(2, 1, 5), entry(1, 1, 5)})))
                .find("requests out of order"),
            std::string::npos);
  EXPECT_NE(fault_of_record(record(no_siblings, applied(4, {entry(1, 1, 5), entry(1, 1, 6)})))
                .find("requests out of order"),
            std::string::npos);
  std::vector<Bytes> many;
  for (std::uint64_t i = 0; i <= AppliedRequests::kCountMax; ++i)
    many.push_back(entry(i, 1, 5 + i));
  EXPECT_NE(fault_of_record(record(no_siblings, applied(4, many))).find("too many requests"),
            std::string::npos);
}

TEST(CodecFaults, OfSiblings) {
  Bytes unknown =
      Bytes().byte(1).byte(2).fixed(7).varint(1).varint(1).text("").fixed(9).varint(0).text("v");
  EXPECT_EQ(
      decode_sibling(unknown.str()).error().message,
      "sibling: has a kind of sibling that is unknown here, written by a newer version at byte 2");
  Bytes newer = Bytes().byte(9).then(sibling_of_run_7(1));
  EXPECT_EQ(decode_sibling(newer.str()).error().message,
            "sibling: has a format that is unknown here, written by a newer version at byte 1");
}

TEST(CodecFaults, OfRows) {
  const auto row = [](std::uint8_t layout, std::uint8_t kind, const Bytes& mark) {
    return Bytes()
        .byte(1)
        .byte(layout)
        .byte(kind)
        .then(mark)
        .varint(12)
        .then(context_of_run_7(3))
        .then(nothing_applied())
        .varint(0);
  };
  const Bytes no_mark = Bytes().byte(0);
  const auto fault = [](const Bytes& bytes) {
    const Result<DecodedRow> decoded = decode_row(bytes.str());
    return decoded ? "" : decoded.error().message;
  };
  EXPECT_EQ(fault(row(0, 0, no_mark)), "");
  EXPECT_EQ(fault(row(0, 0, Bytes().byte(1).fixed(7).varint(1).varint(3))), "");
  EXPECT_EQ(fault(Bytes().byte(2)),
            "row: has a format that is unknown here, written by a newer version at byte 1");
  EXPECT_EQ(fault(row(2, 0, no_mark)),
            "row: has a layout that is unknown here, written by a newer version at byte 2");
  EXPECT_EQ(fault(row(0, 1, no_mark)),
            "row: has a kind of row that is unknown here, written by a newer version at byte 3");
  EXPECT_EQ(fault(row(0, 0, Bytes().byte(2))),
            "row: has a mark that is neither there nor not at byte 4");
  EXPECT_EQ(fault(row(0, 0, Bytes().byte(1).fixed(7).varint(1).varint(0))),
            "row: has a counter of zero, or the same one twice at byte 14");
  EXPECT_EQ(fault(row(1, 0, no_mark)), "row: ends too early at byte 28");
}

TEST(CodecDeathTest, NoDotIsWrittenThatNobodyCouldReadBack) {
  std::string out;
  Row row;
  row.mark = Mark{{7, 0}, 1};
  EXPECT_DEATH(append_row(row, RowLayout::kInline, out), "check failed");
  EXPECT_DEATH(append_context(Context::from_parts({{{7, 1}, kCounterMax + 1}}, {}), out),
               "check failed");
  EXPECT_DEATH(append_context(Context::from_parts({}, {{{7, 0}, 2}}), out), "check failed");
  Sibling sibling;
  EXPECT_DEATH(append_sibling(sibling, out), "check failed");
}

}  // namespace
}  // namespace quorate
