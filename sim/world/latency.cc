#include "sim/world/latency.h"

namespace quorate::sim {

SimTime Latency::sample(Random& random) const {
  if (const auto* constant = std::get_if<Constant>(&shape_)) return constant->time;
  const auto& uniform = std::get<Uniform>(shape_);
  return random.between(uniform.low, uniform.high);
}

SimTime Latency::max() const {
  if (const auto* constant = std::get_if<Constant>(&shape_)) return constant->time;
  return std::get<Uniform>(shape_).high;
}

}  // namespace quorate::sim
