// What decoding of hostile bytes takes: at most 32 times the bytes, whatever they say.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>

#include "node/causality/byte_io.h"
#include "node/wire/codec.h"
#include "node/wire/fields.h"
#include "node/wire/parse.h"
#include "node/wire/quorate.pb.h"

namespace {

std::atomic<std::size_t> g_live{0};
std::atomic<std::size_t> g_peak{0};

void* counted(void* memory) {
  if (memory == nullptr) std::abort();
  const std::size_t live = g_live += malloc_usable_size(memory);
  if (live > g_peak) g_peak = live;
  return memory;
}

void uncounted(void* memory) noexcept {
  if (memory == nullptr) return;
  g_live -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(std::malloc(std::max<std::size_t>(size, 1)));
}
void* operator new[](std::size_t size) {
  return counted(std::malloc(std::max<std::size_t>(size, 1)));
}
void operator delete(void* memory) noexcept { uncounted(memory); }
void operator delete[](void* memory) noexcept { uncounted(memory); }
void operator delete(void* memory, std::size_t) noexcept { uncounted(memory); }
void operator delete[](void* memory, std::size_t) noexcept { uncounted(memory); }

namespace quorate {
namespace {

constexpr std::size_t kMiB = 1u << 20;
constexpr std::size_t kPieceBytes = 32u << 10;  // enough to see a factor, for tables of many cases
constexpr std::size_t kFree = 16u << 10;        // what small messages may take

// The most that was allocated at one time while `work` ran, beyond what was there before.
std::size_t peak_of(const std::function<void()>& work) {
  const std::size_t before = g_live;
  g_peak = before;
  work();
  return g_peak - before;
}

std::string repeated(std::string_view piece, std::size_t bytes) {
  std::string out;
  out.reserve(bytes + piece.size());
  while (out.size() < bytes) out += piece;
  return out;
}

// `body` as field `number` of a message.
std::string field(std::uint32_t number, std::string_view body) {
  std::string out;
  append_varint(bytes_tag(number), out);
  append_bytes(body, out);
  return out;
}

struct Hostile {
  const char* what;
  std::string bytes;
};

std::vector<Hostile> hostile_bodies() {
  std::vector<Hostile> out;
  for (const std::uint32_t number : {1u, 2u, 3u, 5u, 6u, 7u, 8u, 10u, 14u, 15u, 200u}) {
    out.push_back({"empty delimited fields", repeated(field(number, ""), kPieceBytes)});
    out.push_back({"one-byte delimited fields", repeated(field(number, "\x08"), kPieceBytes)});
    out.push_back(
        {"fields that hold an empty field", repeated(field(number, field(1, "")), kPieceBytes)});
    std::string varint;
    append_varint(varint_tag(number), varint);
    varint.push_back('\1');
    out.push_back({"varints", repeated(varint, kPieceBytes)});
    out.push_back({"one packed field", field(number, repeated("\1", kPieceBytes))});
    out.push_back(
        {"a field that holds empty fields", field(number, repeated(field(1, ""), kPieceBytes))});
  }
  return out;
}

class DecodeMemory : public ::testing::Test {
 protected:
  // The schema is built once, at its first use.
  static void SetUpTestSuite() { ASSERT_NE(wire::ToNode::descriptor(), nullptr); }
};

template <typename Generated>
void expect_bounded_parse(const std::string& bytes, const std::string& what) {
  const std::size_t peak = peak_of([&] {
    Generated message;
    [[maybe_unused]] const Status status = parse_message(bytes, message);
  });
  EXPECT_LE(peak, kFree + 32 * bytes.size())
      << Generated::descriptor()->name() << ", " << what << ": " << peak / bytes.size() << " times";
}

TEST_F(DecodeMemory, TheCounterSeesWhatProtobufTakes) {
  const std::string bytes = repeated(field(1, ""), kMiB);
  const std::size_t peak = peak_of([&] {
    wire::ListReply message;
    ASSERT_TRUE(message.ParseFromString(bytes));
  });
  EXPECT_GT(peak, 20 * bytes.size()) << "without a bound, as this test must be able to see";
}

// FAULTS I2: 1 MiB of empty sub-messages.
TEST_F(DecodeMemory, AMebibyteOfEmptySubMessagesIsRefusedBeforeItIsParsed) {
  const std::string entries = repeated(field(1, ""), kMiB);
  std::size_t peak = peak_of([&] {
    wire::ListReply message;
    EXPECT_FALSE(parse_message(entries, message));
  });
  EXPECT_LE(peak, kFree);
  const std::string page = field(10, repeated(field(3, ""), kMiB));
  peak = peak_of([&] { EXPECT_FALSE(decode_message(page)); });
  EXPECT_LE(peak, kFree);
}

TEST_F(DecodeMemory, ParseMessageIsBounded) {
  for (const Hostile& hostile : hostile_bodies()) {
    expect_bounded_parse<wire::ToNode>(hostile.bytes, hostile.what);
    expect_bounded_parse<wire::ToClient>(hostile.bytes, hostile.what);
    expect_bounded_parse<wire::PeerHandshake>(hostile.bytes, hostile.what);
    // The same inside each of the bodies.
    for (std::uint32_t body = 2; body <= 10; ++body) {
      expect_bounded_parse<wire::ToNode>(field(body, hostile.bytes), hostile.what);
      expect_bounded_parse<wire::ToClient>(field(body, hostile.bytes), hostile.what);
    }
  }
}

TEST_F(DecodeMemory, AlternatingBodiesDoNotPileUp) {
  const std::string bytes = repeated(field(2, "") + field(3, "") + field(4, ""), kMiB);
  expect_bounded_parse<wire::ToNode>(bytes, "alternating bodies");
  expect_bounded_parse<wire::ToClient>(bytes, "alternating bodies");
}

TEST_F(DecodeMemory, DecodeMessageIsBounded) {
  for (const Hostile& hostile : hostile_bodies()) {
    for (std::uint32_t body = 0; body <= 11; ++body) {
      const std::string bytes = body == 0 ? hostile.bytes : field(body, hostile.bytes);
      const std::size_t peak =
          peak_of([&] { [[maybe_unused]] const auto m = decode_message(bytes); });
      EXPECT_LE(peak, kFree + 32 * bytes.size())
          << "body " << body << ", " << hostile.what << ": " << peak / bytes.size() << " times";
    }
  }
}

// Entries, records and contexts of the smallest kind that is accepted.
TEST_F(DecodeMemory, PagesOfTheSmallestThingsAreBounded) {
  std::string record;
  append_byte(1, record);
  for (int i = 0; i < 3; ++i) append_varint(0, record);  // entries, lone dots, siblings
  append_fixed64(0, record);
  append_varint(0, record);
  const std::string page =
      field(10, repeated(field(3, field(1, "b") + field(2, "k") + field(3, record)), kMiB));
  std::size_t peak = peak_of([&] { EXPECT_TRUE(decode_message(page)); });
  EXPECT_LE(peak, kFree + 32 * page.size()) << peak / page.size() << " times";

  const std::string keys = field(10, repeated(field(3, field(1, "b") + field(2, "k")), kMiB));
  peak = peak_of([&] { EXPECT_TRUE(decode_message(keys)); });
  EXPECT_LE(peak, kFree + 32 * keys.size()) << peak / keys.size() << " times";

  // A context of lone dots, one byte each: the smallest thing that a record can hold.
  const std::size_t dots = kMiB;
  std::string context;
  append_varint(0, context);
  append_varint(dots, context);
  append_fixed64(7, context);
  append_varint(1, context);
  append_varint(dots, context);
  append_varint(2, context);  // not 1: that would be no lone dot
  for (std::size_t i = 1; i < dots; ++i) append_varint(1, context);
  std::string large;
  append_byte(1, large);
  large += context;
  append_varint(0, large);
  append_fixed64(0, large);
  append_varint(0, large);
  const std::string write = field(3, field(4, "b") + field(5, "k") + field(7, large));
  peak = peak_of([&] {
    const auto decoded = decode_message(write);
    EXPECT_TRUE(decoded) << decoded.error().to_string();
  });
  EXPECT_LE(peak, kFree + 32 * write.size()) << peak / write.size() << " times";

  const std::string values =
      field(6, field(2, repeated(field(6, std::string("\x11\1\0\0\0\0\0\0\0\x20\1", 11)), kMiB)));
  peak = peak_of([&] { EXPECT_TRUE(decode_message(values)); });
  EXPECT_LE(peak, kFree + 32 * values.size()) << peak / values.size() << " times";
}

}  // namespace
}  // namespace quorate
