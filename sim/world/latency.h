// How long a thing takes in the simulated world: a distribution, sampled from integers alone.
//
// Not here:   distributions with a logarithm or a power; they join the variant with a fixed-point
//             sampler.
#pragma once

#include <variant>

#include "node/base/random.h"
#include "sim/world/sim_time.h"

namespace quorate::sim {

class Latency {
 public:
  Latency() : Latency(Constant{0}) {}

  static Latency constant(SimTime time) { return Latency(Constant{time}); }
  // Both ends included. REQUIRES: 0 <= low <= high.
  static Latency uniform(SimTime low, SimTime high) { return Latency(Uniform{low, high}); }

  SimTime sample(Random& random) const;

  // No sample is longer.
  SimTime max() const;

 private:
  struct Constant {
    SimTime time;
  };
  struct Uniform {
    SimTime low;
    SimTime high;
  };
  using Shape = std::variant<Constant, Uniform>;

  explicit Latency(Shape shape) : shape_(shape) {}

  Shape shape_;
};

}  // namespace quorate::sim
