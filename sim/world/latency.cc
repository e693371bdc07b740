#include "sim/world/latency.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"
#include "sim/world/fixed_point.h"

namespace quorate::sim {

namespace {

// ln 2 with 64 bits behind the point.
constexpr std::uint64_t kLn2 = 0xb17217f7d1cf79abULL;

// -log2 of a number uniform in (0, 1], in fixed point: at most 64.
std::uint64_t draw_bits(Random& random) {
  const std::uint64_t draw = std::max<std::uint64_t>(random.next(), 1);
  return 64 * kFixedOne - fixed_log2(draw);
}

SimTime exponential_at(const Latency::Exponential& shape, std::uint64_t bits) {
  const auto nats = static_cast<std::uint64_t>(static_cast<Wide>(bits) * kLn2 >> 64);
  const Wide time = static_cast<Wide>(nats) * static_cast<std::uint64_t>(shape.mean) >> kFixedBits;
  return static_cast<SimTime>(std::min<Wide>(time, static_cast<std::uint64_t>(kLatencyMax)));
}

SimTime pareto_at(const Latency::Pareto& shape, std::uint64_t bits) {
  const Wide exponent = static_cast<Wide>(bits) * shape.inverse >> kFixedBits;
  const std::uint64_t time = scaled_exp2(static_cast<std::uint64_t>(shape.least), exponent);
  return static_cast<SimTime>(std::min(time, static_cast<std::uint64_t>(kLatencyMax)));
}

// Uniform in [0, kBillion): a product in place of a division, as every part of every leg of every
// message asks; no value is likelier than another by more than 2^-34.
std::uint32_t draw_weight(Random& random) {
  return static_cast<std::uint32_t>(static_cast<Wide>(random.next()) * kBillion >> 64);
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

// A number of `whole`-ths with as many decimals as it needs.
std::string decimal(std::uint64_t value, std::uint64_t whole) {
  std::string text = std::to_string(value / whole);
  std::uint64_t rest = value % whole;
  if (rest == 0) return text;
  text += '.';
  while (rest != 0) {
    rest *= 10;
    text += static_cast<char>('0' + rest / whole);
    rest %= whole;
  }
  return text;
}

std::string in_ms(SimTime time) {
  return decimal(static_cast<std::uint64_t>(time), static_cast<std::uint64_t>(kNsPerMs)) + " ms";
}

}  // namespace

bool operator==(const Latency::Mixture& a, const Latency::Mixture& b) {
  return a.parts == b.parts || *a.parts == *b.parts;
}

Latency Latency::constant(SimTime time) {
  QUORATE_CHECK(time >= 0);
  return Latency(Constant{time});
}

Latency Latency::uniform(SimTime low, SimTime high) {
  QUORATE_CHECK(0 <= low && low <= high);
  return Latency(Uniform{low, high});
}

Latency Latency::exponential(SimTime mean) {
  QUORATE_CHECK(0 <= mean && mean <= kLatencyMax);
  return Latency(Exponential{mean});
}

Latency Latency::pareto(SimTime least, std::uint32_t alpha_ppm) {
  QUORATE_CHECK(0 <= least && least <= kLatencyMax);
  QUORATE_CHECK(kAlphaPpmMin <= alpha_ppm && alpha_ppm <= kAlphaPpmMax);
  const Wide inverse = static_cast<Wide>(kFixedOne) * 1'000'000 / alpha_ppm;
  return Latency(Pareto{least, alpha_ppm, static_cast<std::uint64_t>(inverse)});
}

Latency Latency::mixture(std::vector<Part> parts) {
  std::uint64_t sum = 0;
  for (const Part& part : parts) {
    QUORATE_CHECK(part.weight_ppb > 0);
    sum += part.weight_ppb;
  }
  QUORATE_CHECK_MSG(sum == kBillion, "the parts of a mixture make up the whole");
  return Latency(Mixture{std::make_shared<const std::vector<Part>>(std::move(parts))});
}

Latency Latency::shifted(SimTime by) const {
  QUORATE_CHECK(by >= 0);
  Latency later = *this;
  later.shift_ += by;
  return later;
}

SimTime Latency::sample(Random& random) const {
  return shift_ +
         std::visit(
             Overloaded{
                 [](const Constant& shape) { return shape.time; },
                 [&random](const Uniform& shape) { return random.between(shape.low, shape.high); },
                 [&random](const Exponential& shape) {
                   return exponential_at(shape, draw_bits(random));
                 },
                 [&random](const Pareto& shape) { return pareto_at(shape, draw_bits(random)); },
                 [&random](const Mixture& shape) {
                   std::uint32_t weight = draw_weight(random);
                   const Part* part = shape.parts->data();
                   while (weight >= part->weight_ppb) {
                     weight -= part->weight_ppb;
                     ++part;
                   }
                   return part->latency.sample(random);
                 },
             },
             shape_);
}

SimTime Latency::max() const {
  constexpr std::uint64_t kLongest = 64 * kFixedOne;
  return shift_ +
         std::visit(Overloaded{
                        [](const Constant& shape) { return shape.time; },
                        [](const Uniform& shape) { return shape.high; },
                        [](const Exponential& shape) { return exponential_at(shape, kLongest); },
                        [](const Pareto& shape) { return pareto_at(shape, kLongest); },
                        [](const Mixture& shape) {
                          SimTime longest = 0;
                          for (const Part& part : *shape.parts) {
                            longest = std::max(longest, part.latency.max());
                          }
                          return longest;
                        },
                    },
                    shape_);
}

std::string to_string(const Latency& latency) {
  const std::string shape = std::visit(
      Overloaded{
          [](const Latency::Constant& it) { return in_ms(it.time); },
          [](const Latency::Uniform& it) {
            return "uniform(" + in_ms(it.low) + ".." + in_ms(it.high) + ")";
          },
          [](const Latency::Exponential& it) { return "exponential(mean " + in_ms(it.mean) + ")"; },
          [](const Latency::Pareto& it) {
            return "pareto(" + in_ms(it.least) + ", alpha " + decimal(it.alpha_ppm, 1'000'000) +
                   ")";
          },
          [](const Latency::Mixture& it) {
            std::string text;
            for (const Latency::Part& part : *it.parts) {
              if (!text.empty()) text += " + ";
              text += decimal(part.weight_ppb, kBillion / 100) + " % " + to_string(part.latency);
            }
            return it.parts->size() == 1 ? text : "(" + text + ")";
          },
      },
      latency.shape());
  return latency.shift() == 0 ? shape : in_ms(latency.shift()) + " + " + shape;
}

}  // namespace quorate::sim
