#include "node/wire/frame.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "node/base/hash.h"
#include "node/base/random.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

std::string le32(std::uint32_t value) {
  std::string out;
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
  return out;
}

// A frame by the book, so that a test does not ask the writer whether the reader is right.
std::string frame_by_hand(std::string_view payload, unsigned char flags = 0) {
  const auto sum = static_cast<std::uint32_t>(hash64(payload, flags));
  return le32(static_cast<std::uint32_t>(payload.size())) + le32(sum) +
         std::string(1, static_cast<char>(flags)) + std::string(payload);
}

std::string header_of(std::uint32_t length, unsigned char flags = 0) {
  return le32(length) + le32(0) + std::string(1, static_cast<char>(flags));
}

void feed(FrameReader& reader, std::string_view bytes) {
  if (bytes.empty()) return;
  char* room = reader.prepare(bytes.size());
  ASSERT_GE(reader.capacity(), bytes.size());
  std::memcpy(room, bytes.data(), bytes.size());
  reader.commit(bytes.size());
}

struct Outcome {
  std::vector<std::string> messages;
  std::optional<Error> error;
};

// Feeds the stream in pieces of the given sizes, the last one repeated, and takes all that comes.
Outcome read_in_pieces(std::string_view stream, std::size_t piece,
                       std::size_t message_bytes_max = kPeerMessageBytesMax) {
  FrameReader reader(message_bytes_max);
  Outcome outcome;
  while (!stream.empty()) {
    feed(reader, stream.substr(0, piece));
    stream.remove_prefix(std::min(piece, stream.size()));
    for (;;) {
      auto next = reader.next();
      if (!next) {
        outcome.error = next.error();
        return outcome;
      }
      if (!next->has_value()) break;
      outcome.messages.emplace_back(**next);
    }
  }
  return outcome;
}

std::string framed(std::string_view payload) {
  std::string out;
  append_frames(payload, out);
  return out;
}

TEST(FrameWriter, WritesLengthChecksumFlagsAndPayload) {
  EXPECT_EQ(framed("hello"), frame_by_hand("hello"));
  EXPECT_EQ(framed(""), frame_by_hand(""));
}

TEST(FrameWriter, InPlaceGivesTheSameBytesAsFromACopy) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{300}, kFrameBytesMax,
                                 kFrameBytesMax + 1, 2 * kFrameBytesMax + 7}) {
    const std::string payload(size, 'p');
    std::string in_place = "before";
    const std::size_t start = begin_frames(in_place);
    in_place += payload;
    end_frames(in_place, start);
    EXPECT_TRUE(in_place == "before" + framed(payload)) << size;
  }
}

TEST(FrameReader, GivesBackMessagesWhateverPiecesTheyComeIn) {
  const std::vector<std::string> sent = {"", "a", std::string(300, 'x'), std::string("\0\xff", 2)};
  std::string stream;
  for (const std::string& message : sent) append_frames(message, stream);
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    const Outcome outcome = read_in_pieces(stream, piece);
    ASSERT_FALSE(outcome.error) << outcome.error->to_string();
    ASSERT_EQ(outcome.messages, sent) << "pieces of " << piece;
  }
}

TEST(FrameReader, GivesBackTwoMessagesSplitAtEveryByte) {
  const std::string stream = framed("first message") + framed("second");
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    FrameReader reader(kPeerMessageBytesMax);
    std::vector<std::string> got;
    for (const std::string_view part :
         {std::string_view(stream).substr(0, cut), std::string_view(stream).substr(cut)}) {
      feed(reader, part);
      for (;;) {
        auto next = reader.next();
        ASSERT_TRUE(next);
        if (!next->has_value()) break;
        got.emplace_back(**next);
      }
    }
    ASSERT_EQ(got, (std::vector<std::string>{"first message", "second"})) << "cut at " << cut;
    ASSERT_FALSE(reader.partial());
  }
}

TEST(FrameReader, PutsChunksOfALargeMessageTogether) {
  std::string large(2 * kFrameBytesMax + 12345, '\0');
  Random random(testing_support::test_seed());
  for (char& c : large) c = static_cast<char>(random.below(256));
  const std::string stream = framed("small") + framed(large) + framed("after");
  const Outcome outcome = read_in_pieces(stream, 1u << 20);
  ASSERT_FALSE(outcome.error) << outcome.error->to_string();
  ASSERT_EQ(outcome.messages.size(), 3u);
  EXPECT_EQ(outcome.messages[0], "small");
  EXPECT_TRUE(outcome.messages[1] == large);
  EXPECT_EQ(outcome.messages[2], "after");
}

TEST(FrameReader, SurvivesRandomPiecesOfRandomMessages) {
  Random random(testing_support::test_seed());
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> sent;
    std::string stream;
    for (std::uint64_t i = random.below(20); i > 0; --i) {
      sent.emplace_back(random.below(random.chance(1, 10) ? 100'000 : 200), 'm');
      append_frames(sent.back(), stream);
    }
    FrameReader reader(kPeerMessageBytesMax);
    std::vector<std::string> got;
    std::string_view rest = stream;
    while (!rest.empty()) {
      const std::string_view piece = rest.substr(0, 1 + random.below(3000));
      rest.remove_prefix(piece.size());
      feed(reader, piece);
      if (random.chance(1, 3) && !rest.empty()) continue;  // several reads before a look
      for (auto next = reader.next(); next && next->has_value(); next = reader.next()) {
        got.emplace_back(**next);
      }
    }
    ASSERT_EQ(got, sent) << "round " << round;
  }
}

TEST(FrameReader, TellsWhenThePeerOwesBytes) {
  FrameReader reader(kPeerMessageBytesMax);
  EXPECT_FALSE(reader.partial());
  const std::string frame = framed("message");
  for (std::size_t i = 0; i < frame.size(); ++i) {
    feed(reader, std::string_view(frame).substr(i, 1));
    if (i + 1 < frame.size()) {
      ASSERT_FALSE(reader.next()->has_value());
    }
    ASSERT_TRUE(reader.partial());
  }
  ASSERT_TRUE(reader.next()->has_value());
  EXPECT_FALSE(reader.partial());

  feed(reader, frame_by_hand("first chunk", 1));
  ASSERT_FALSE(reader.next()->has_value());
  EXPECT_TRUE(reader.partial());
  feed(reader, frame_by_hand("last chunk"));
  EXPECT_EQ(**reader.next(), "first chunklast chunk");
  EXPECT_FALSE(reader.partial());
}

struct BadHeader {
  const char* what;
  std::string header;
};

TEST(FrameReader, RefusesABadHeaderAtOnce) {
  const std::vector<BadHeader> cases = {
      {"one byte more than a frame may have", header_of(kFrameBytesMax + 1)},
      {"length 2^31", header_of(1u << 31)},
      {"length 2^32-1", header_of(UINT32_MAX)},
      {"flag bit 1", header_of(5, 2)},
      {"all flags", header_of(5, 0xff)},
      {"an HTTP request", "GET / HTTP/1.1\r\n"},
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)},
      {"an empty chunk that is not the last", frame_by_hand("", 1)},
  };
  for (const BadHeader& bad : cases) {
    const Outcome outcome = read_in_pieces(bad.header, 1);
    ASSERT_TRUE(outcome.error) << bad.what;
    EXPECT_EQ(outcome.error->code, ErrorCode::kInvalidInput) << bad.what;
    EXPECT_TRUE(outcome.messages.empty()) << bad.what;
  }
}

TEST(FrameReader, RefusesAMessageOverItsLimitFromTheHeaderAlone) {
  FrameReader reader(1000);
  feed(reader, header_of(1001));
  EXPECT_EQ(reader.next().error().code, ErrorCode::kInvalidInput);
}

TEST(FrameReader, CountsAllChunksAgainstTheLimit) {
  const std::string stream =
      frame_by_hand(std::string(600, 'a'), 1) + frame_by_hand(std::string(400, 'b'));
  EXPECT_EQ(read_in_pieces(stream, 100, 1000).messages.size(), 1u);
  const Outcome outcome = read_in_pieces(stream, 100, 999);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(outcome.messages.empty());
}

TEST(FrameReader, NoticesEveryFlippedBit) {
  const std::string good = framed("a payload to be damaged");
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    // A length that grew waits for bytes that belong to the next frame, and then does not fit its
    // sum.
    bad += std::string(kFrameBytesMax, 'n');
    const Outcome outcome = read_in_pieces(bad, bad.size());
    ASSERT_TRUE(outcome.error) << "bit " << bit;
    ASSERT_TRUE(outcome.messages.empty()) << "bit " << bit;
  }
}

TEST(FrameReader, ATruncatedStreamGivesNothing) {
  const std::string good = framed("cut somewhere");
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Outcome outcome = read_in_pieces(std::string_view(good).substr(0, size), 4);
    EXPECT_FALSE(outcome.error);
    EXPECT_TRUE(outcome.messages.empty());
  }
}

TEST(FrameReader, HoldsNoMoreMemoryThanBytesHaveCome) {
  FrameReader reader(kPeerMessageBytesMax);
  feed(reader, header_of(kFrameBytesMax));
  ASSERT_FALSE(reader.next()->has_value());
  reader.prepare(4096);
  EXPECT_LT(reader.capacity(), 64u << 10);
}

TEST(FrameReader, GivesALargeBufferBackOnceItIsEmpty) {
  FrameReader reader(kPeerMessageBytesMax);
  feed(reader, framed(std::string(kFrameBytesMax, 'l')));
  ASSERT_TRUE(reader.next()->has_value());
  reader.prepare(4096);
  EXPECT_LT(reader.capacity(), 64u << 10);
}

}  // namespace
}  // namespace quorate
