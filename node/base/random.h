// A small deterministic generator (xoshiro256**, seeded through splitmix64): the only source of
// chance in the core and the simulator. The standard library's distributions differ between
// implementations and are banned there.
#pragma once

#include <cstdint>
#include <string_view>

namespace quorate {

class Random {
 public:
  explicit Random(std::uint64_t seed);

  // A stream of its own for one concern ("network", "disk of node 2"), so that one more draw in one
  // place does not reshuffle all others.
  static Random stream(std::uint64_t seed, std::string_view concern, std::uint64_t index = 0);

  std::uint64_t next();

  // Uniform in [0, bound), without modulo bias. REQUIRES: bound > 0.
  std::uint64_t below(std::uint64_t bound);

  // Uniform in [low, high], both ends included. REQUIRES: low <= high.
  std::int64_t between(std::int64_t low, std::int64_t high);

  // True `parts` times in `whole`. REQUIRES: whole > 0.
  bool chance(std::uint64_t parts, std::uint64_t whole) { return below(whole) < parts; }

 private:
  std::uint64_t state_[4];
};

}  // namespace quorate
