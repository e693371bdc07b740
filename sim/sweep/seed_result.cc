#include "sim/sweep/seed_result.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

namespace quorate::sim {

namespace {

struct Header {
  std::uint64_t seed = 0;
  SweepTally tally;
  std::uint64_t violations = 0;
  std::uint64_t text_bytes = 0;  // of all that follows
};
static_assert(std::is_trivially_copyable_v<Header>);

void pack_text(const std::string& text, std::string& bytes) {
  const std::uint64_t size = std::min(text.size(), kWitnessBytesMax);
  bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
  bytes.append(text, 0, size);
}

std::string unpack_text(std::string_view& bytes) {
  std::uint64_t size = 0;
  std::memcpy(&size, bytes.data(), sizeof size);
  bytes.remove_prefix(sizeof size);
  std::string text(bytes.substr(0, size));
  bytes.remove_prefix(size);
  return text;
}

}  // namespace

std::string pack(const SeedResult& result) {
  std::string text;
  for (const Violation& violation : result.violations) {
    pack_text(violation.property, text);
    pack_text(violation.witness, text);
  }
  const Header header{result.seed, result.tally, result.violations.size(), text.size()};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  return bytes + text;
}

std::optional<SeedResult> unpack(std::string_view& bytes) {
  Header header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (bytes.size() < sizeof header + header.text_bytes) return std::nullopt;
  bytes.remove_prefix(sizeof header);
  SeedResult result;
  result.seed = header.seed;
  result.tally = header.tally;
  for (std::uint64_t i = 0; i < header.violations; ++i) {
    Violation violation;
    violation.property = unpack_text(bytes);
    violation.witness = unpack_text(bytes);
    result.violations.push_back(std::move(violation));
  }
  return result;
}

}  // namespace quorate::sim
