// A stream of frames: however it is cut into pieces, the same messages come out of it and the same
// error; and what came out, framed again, comes out again.
//
// Input: one byte that chooses the size of the pieces and whether checksums are mended first (no
// fuzzer finds a checksum by chance), then the stream.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "node/base/hash.h"
#include "node/wire/frame.h"
#include "tests/fuzz/input.h"

namespace quorate {
namespace {

constexpr std::size_t kMessageBytesMax = 4096;

struct Outcome {
  std::vector<std::string> messages;
  bool failed = false;
};

Outcome read_in_pieces(std::string_view stream, std::size_t piece) {
  FrameReader reader(kMessageBytesMax);
  Outcome outcome;
  while (!stream.empty()) {
    const std::string_view part = stream.substr(0, piece);
    stream.remove_prefix(part.size());
    char* room = reader.prepare(part.size());
    QUORATE_CHECK(reader.capacity() >= part.size());
    std::memcpy(room, part.data(), part.size());
    reader.commit(part.size());
    for (;;) {
      const auto next = reader.next();
      if (!next) {
        outcome.failed = true;
        return outcome;
      }
      if (!next->has_value()) break;
      QUORATE_CHECK((*next)->size() <= kMessageBytesMax);
      outcome.messages.emplace_back(**next);
    }
  }
  return outcome;
}

std::size_t number_at(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// Gives every frame that is there as a whole the checksum of what it holds.
void mend_checksums(std::string& stream) {
  std::size_t at = 0;
  while (stream.size() - at >= kFrameHeaderBytes) {
    const std::size_t length = number_at(std::string_view(stream).substr(at));
    if (length > stream.size() - at - kFrameHeaderBytes) return;
    const auto flags = static_cast<unsigned char>(stream[at + 8]);
    const std::string_view payload =
        std::string_view(stream).substr(at + kFrameHeaderBytes, length);
    const std::uint64_t sum = hash64(payload, flags);
    for (std::size_t i = 0; i < 4; ++i) {
      stream[at + 4 + i] = static_cast<char>((sum >> (8 * i)) & 0xff);
    }
    at += kFrameHeaderBytes + length;
  }
}

}  // namespace
}  // namespace quorate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quorate;
  testing_support::FuzzInput input(data, size);
  const std::uint8_t choice = input.byte();
  std::string stream(input.rest());
  if ((choice & 1) != 0) mend_checksums(stream);

  const Outcome whole = read_in_pieces(stream, std::max<std::size_t>(stream.size(), 1));
  const Outcome pieces = read_in_pieces(stream, 1 + (choice >> 1));
  QUORATE_CHECK(whole.messages == pieces.messages);
  QUORATE_CHECK(whole.failed == pieces.failed);

  std::string again;
  for (const std::string& message : whole.messages) append_frames(message, again);
  const Outcome second = read_in_pieces(again, 1 + (choice >> 1));
  QUORATE_CHECK(!second.failed && second.messages == whole.messages);
  return 0;
}
