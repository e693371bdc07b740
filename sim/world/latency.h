// How long a thing takes in the simulated world: a distribution, sampled from integers alone.
//
// Place:      of links, disks and whatever else takes time; plain values, cheap to copy.
// Implements: DESIGN 3.3: no floating point decides. Parameters are integers, converted once from a
//             file's decimals; logarithms and powers are those of fixed_point.h.
// Invariants: (1) a draw takes the same numbers from the stream in every build, and gives the same
//             time; (2) no draw is negative, or longer than max(). Shown in
//             tests/sim/world/latency_test.cc.
// Limits:     what has no end by its nature ends at kLatencyMax: of the longest tail that the
//             shipped models know (Pareto from 1.05 ms with alpha 1.51) one draw in 10^10 is cut.
// Not here:   named models of whole networks: models/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "node/base/random.h"
#include "sim/world/sim_time.h"

namespace quorate::sim {

inline constexpr SimTime kLatencyMax = from_seconds(3600);

// Of the parts of a mixture, and of a Pareto's alpha.
inline constexpr std::uint32_t kBillion = 1'000'000'000;
inline constexpr std::uint32_t kAlphaPpmMin = 100'000;        // 0.1
inline constexpr std::uint32_t kAlphaPpmMax = 1'000'000'000;  // 1000

class Latency {
 public:
  struct Part;

  // The shapes, for whoever writes one down.
  struct Constant {
    SimTime time = 0;
    friend bool operator==(const Constant&, const Constant&) = default;
  };
  struct Uniform {
    SimTime low = 0;
    SimTime high = 0;
    friend bool operator==(const Uniform&, const Uniform&) = default;
  };
  struct Exponential {
    SimTime mean = 0;
    friend bool operator==(const Exponential&, const Exponential&) = default;
  };
  struct Pareto {
    SimTime least = 0;
    std::uint32_t alpha_ppm = 0;
    std::uint64_t inverse = 0;  // of alpha, in fixed point
    friend bool operator==(const Pareto&, const Pareto&) = default;
  };
  struct Mixture {
    std::shared_ptr<const std::vector<Part>> parts;
    friend bool operator==(const Mixture& a, const Mixture& b);
  };
  using Shape = std::variant<Constant, Uniform, Exponential, Pareto, Mixture>;

  Latency() : Latency(Constant{0}) {}

  // REQUIRES: 0 <= time.
  static Latency constant(SimTime time);
  // Both ends included. REQUIRES: 0 <= low <= high.
  static Latency uniform(SimTime low, SimTime high);
  // REQUIRES: 0 <= mean <= kLatencyMax.
  static Latency exponential(SimTime mean);
  // At least `least`; longer than t with probability (least / t)^alpha. REQUIRES: 0 <= least <=
  // kLatencyMax, kAlphaPpmMin <= alpha_ppm <= kAlphaPpmMax.
  static Latency pareto(SimTime least, std::uint32_t alpha_ppm);
  // One of the parts, by their weights. REQUIRES: the weights sum up to kBillion, none is 0.
  static Latency mixture(std::vector<Part> parts);

  // The same, and so much more. REQUIRES: 0 <= by.
  Latency shifted(SimTime by) const;

  SimTime sample(Random& random) const;

  // No sample is longer.
  SimTime max() const;

  const Shape& shape() const { return shape_; }
  SimTime shift() const { return shift_; }

  friend bool operator==(const Latency&, const Latency&) = default;

 private:
  explicit Latency(Shape shape) : shape_(std::move(shape)) {}

  Shape shape_;
  SimTime shift_ = 0;
};

struct Latency::Part {
  std::uint32_t weight_ppb = 0;
  Latency latency;
  friend bool operator==(const Part&, const Part&) = default;
};

// "91.22 % pareto(0.235 ms, alpha 10) + 8.78 % exponential(mean 0.60241 ms)"; exact.
std::string to_string(const Latency& latency);

}  // namespace quorate::sim
