#include "node/causality/byte_io.h"

#include <gtest/gtest.h>

#include <string>

#include "node/base/random.h"
#include "tests/node/causality/random_values.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

std::string varint(std::uint64_t value) {
  std::string bytes;
  append_varint(value, bytes);
  return bytes;
}

std::string fault_of_varint(std::string_view bytes) {
  ByteReader in(bytes, "number");
  in.varint();
  return in.ok() ? "" : in.error().to_string();
}

TEST(VarintTest, TakesTheBytesOfTheTable) {
  EXPECT_EQ(varint(0), std::string("\0", 1));
  EXPECT_EQ(varint(1), "\x01");
  EXPECT_EQ(varint(127), "\x7f");
  EXPECT_EQ(varint(128), "\x80\x01");
  EXPECT_EQ(varint(300), "\xac\x02");
  EXPECT_EQ(varint(UINT64_MAX), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

TEST(VarintTest, ComesBackForEveryLength) {
  Random random(testing_support::test_seed());
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t value = testing_support::random_magnitude(random, UINT64_MAX);
    const std::string bytes = varint(value);
    ByteReader in(bytes, "number");
    ASSERT_EQ(in.varint(), value);
    in.expect_end();
    ASSERT_TRUE(in.ok());
  }
}

TEST(VarintTest, RefusesAnyOtherSpelling) {
  EXPECT_EQ(fault_of_varint(""), "corruption: number: ends too early at byte 0");
  EXPECT_EQ(fault_of_varint("\x80"), "corruption: number: ends too early at byte 1");
  EXPECT_EQ(fault_of_varint(std::string("\x80\x00", 2)),
            "corruption: number: has a number that is not in its shortest form at byte 1");
  EXPECT_EQ(fault_of_varint(std::string("\xff\x80\x00", 3)),
            "corruption: number: has a number that is not in its shortest form at byte 2");
  EXPECT_EQ(fault_of_varint("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
            "corruption: number: has a number of more than 64 bits at byte 9");
  EXPECT_EQ(fault_of_varint("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01"),
            "corruption: number: has a number of more than 64 bits at byte 9");
}

TEST(ByteReaderTest, ReadsWhatWasWritten) {
  std::string bytes;
  append_byte(0xfe, bytes);
  append_fixed64(0x0123456789abcdef, bytes);
  append_bytes(std::string_view("a\0b", 3), bytes);
  append_bytes("", bytes);
  ByteReader in(bytes, "thing");
  EXPECT_EQ(in.byte(), 0xfe);
  EXPECT_EQ(in.fixed64(), 0x0123456789abcdefu);
  EXPECT_EQ(in.bytes(), std::string_view("a\0b", 3));
  EXPECT_EQ(in.bytes(), "");
  EXPECT_EQ(in.left(), 0u);
  in.expect_end();
  EXPECT_TRUE(in.ok());
}

TEST(ByteReaderTest, HoldsAnnouncedNumbersAgainstWhatIsLeft) {
  std::string bytes = varint(3) + "123456";
  EXPECT_EQ(ByteReader(bytes, "list").count(2), 3u);
  ByteReader too_many(bytes, "list");
  EXPECT_EQ(too_many.count(3), 0u);
  EXPECT_EQ(too_many.error().message, "list: announces more than it holds at byte 0");
  bytes = varint(UINT64_MAX) + "123456";
  ByteReader huge(bytes, "list");
  EXPECT_EQ(huge.count(24), 0u);
  EXPECT_FALSE(huge.ok());
  ByteReader huge_string(bytes, "string");
  EXPECT_EQ(huge_string.bytes(), "");
  EXPECT_FALSE(huge_string.ok());
}

TEST(ByteReaderTest, KeepsItsFirstFaultAndReadsNothingAfterIt) {
  ByteReader in("\x05\x06\x07", "thing");
  EXPECT_EQ(in.byte(), 5);
  in.fail("is not what it should be");
  in.fail("is not reported");
  EXPECT_EQ(in.byte(), 0);
  EXPECT_EQ(in.varint(), 0u);
  EXPECT_EQ(in.fixed64(), 0u);
  EXPECT_EQ(in.bytes(), "");
  EXPECT_EQ(in.count(1), 0u);
  in.expect_end();
  EXPECT_EQ(in.error().code, ErrorCode::kCorruption);
  EXPECT_EQ(in.error().message, "thing: is not what it should be at byte 1");
}

TEST(ByteReaderTest, SaysWhereSomethingIsLeftOver) {
  ByteReader in("ab", "thing");
  in.byte();
  in.expect_end();
  EXPECT_EQ(in.error().message, "thing: goes on after its end at byte 1");
}

}  // namespace
}  // namespace quorate
