#include "sim/world/latency.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace quorate::sim {
namespace {

constexpr std::size_t kDraws = 200'000;

std::vector<SimTime> draw(const Latency& latency, std::uint64_t seed = 1) {
  Random random(seed);
  std::vector<SimTime> times;
  for (std::size_t i = 0; i < kDraws; ++i) times.push_back(latency.sample(random));
  std::sort(times.begin(), times.end());
  return times;
}

// The largest distance of the draws from a distribution (Kolmogorov), times the root of their
// number: above 1.95 once in a thousand samples of the right distribution.
double distance(const std::vector<SimTime>& sorted, const std::function<double(double)>& cdf) {
  double largest = 0;
  const auto count = static_cast<double>(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double expected = cdf(static_cast<double>(sorted[i]));
    largest = std::max(largest, std::abs(expected - static_cast<double>(i) / count));
    largest = std::max(largest, std::abs(expected - static_cast<double>(i + 1) / count));
  }
  return largest * std::sqrt(count);
}

double exponential_cdf(double time, double mean) { return 1 - std::exp(-time / mean); }
double pareto_cdf(double time, double least, double alpha) {
  return time < least ? 0 : 1 - std::pow(least / time, alpha);
}

TEST(LatencyTest, constant_takes_no_chance) {
  Random random(1);
  Random untouched(1);
  EXPECT_EQ(Latency::constant(7).sample(random), 7);
  EXPECT_EQ(random.next(), untouched.next());
}

TEST(LatencyTest, exponential_is_exponential) {
  const auto times = draw(Latency::exponential(from_ms(5)));
  EXPECT_LT(distance(times, [](double time) { return exponential_cdf(time, 5e6); }), 1.95);
}

TEST(LatencyTest, pareto_is_pareto) {
  const auto times = draw(Latency::pareto(1'050'000, 1'510'000));
  EXPECT_LT(distance(times, [](double time) { return pareto_cdf(time, 1.05e6, 1.51); }), 1.95);
  EXPECT_GE(times.front(), 1'050'000);
}

TEST(LatencyTest, a_mixture_takes_its_parts_by_weight) {
  const auto times = draw(Latency::mixture({{912'200'000, Latency::pareto(235'000, 10'000'000)},
                                            {87'800'000, Latency::exponential(602'410)}}));
  const auto cdf = [](double time) {
    return 0.9122 * pareto_cdf(time, 235'000, 10) + 0.0878 * exponential_cdf(time, 602'410);
  };
  EXPECT_LT(distance(times, cdf), 1.95);
}

TEST(LatencyTest, a_shift_moves_every_draw) {
  const Latency plain = Latency::exponential(from_ms(1));
  const Latency later = plain.shifted(from_ms(75));
  Random random(1);
  Random same(1);
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_EQ(later.sample(random), plain.sample(same) + from_ms(75));
  }
  EXPECT_EQ(later.max(), plain.max() + from_ms(75));
}

TEST(LatencyTest, no_draw_is_longer_than_the_longest) {
  EXPECT_EQ(Latency::constant(5).max(), 5);
  EXPECT_EQ(Latency::uniform(5, 9).max(), 9);
  // The rarest draw is one of 2^64: 64 ln 2 = 44.36 means.
  EXPECT_NEAR(static_cast<double>(Latency::exponential(from_ms(1)).max()), 44.3614e6, 100);
  EXPECT_EQ(Latency::pareto(from_ms(1), 64'000'000).max(), from_ms(2));
  EXPECT_EQ(Latency::pareto(from_ms(1), 1'000'000).max(), kLatencyMax);
  const Latency wild = Latency::pareto(from_seconds(1), kAlphaPpmMin);
  EXPECT_EQ(draw(wild).back(), kLatencyMax);
  EXPECT_EQ(wild.max(), kLatencyMax);
  EXPECT_EQ(Latency::mixture({{kBillion / 2, Latency::uniform(5, 9)},
                              {kBillion / 2, Latency::constant(11).shifted(1)}})
                .max(),
            12);
}

TEST(LatencyTest, equal_when_written_alike) {
  const auto mixed = [](std::uint32_t weight) {
    return Latency::mixture(
        {{weight, Latency::constant(1)}, {kBillion - weight, Latency::exponential(2)}});
  };
  EXPECT_EQ(mixed(7), mixed(7));
  EXPECT_FALSE(mixed(7) == mixed(8));
  EXPECT_FALSE(Latency::constant(1) == Latency::uniform(1, 1));
  EXPECT_FALSE(Latency::constant(1) == Latency::constant(1).shifted(1));
  EXPECT_FALSE(Latency::pareto(1, 1'000'000) == Latency::pareto(1, 1'000'001));
}

TEST(LatencyTest, says_exactly_what_it_is) {
  EXPECT_EQ(to_string(Latency::constant(from_ms(3))), "3 ms");
  EXPECT_EQ(to_string(Latency::uniform(from_us(200), from_ms(1))), "uniform(0.2 ms..1 ms)");
  EXPECT_EQ(to_string(Latency::exponential(602'410)), "exponential(mean 0.60241 ms)");
  EXPECT_EQ(to_string(Latency::pareto(1'050'000, 1'510'000)), "pareto(1.05 ms, alpha 1.51)");
  EXPECT_EQ(to_string(Latency::mixture({{912'200'000, Latency::constant(1)},
                                        {87'800'000, Latency::constant(from_ms(2))}})
                          .shifted(from_ms(75))),
            "75 ms + (91.22 % 0.000001 ms + 8.78 % 2 ms)");
}

// The same times from every compiler and in every build.
TEST(LatencyTest, golden_draws) {
  const Latency mixed = Latency::mixture({{380'000'000, Latency::pareto(1'050'000, 1'510'000)},
                                          {620'000'000, Latency::exponential(5'464'481)}});
  Random random(4);
  std::vector<SimTime> times;
  for (int i = 0; i < 8; ++i) times.push_back(mixed.sample(random));
  EXPECT_EQ(times, (std::vector<SimTime>{1116428, 124055, 1453691, 1763947, 2156208, 1089071,
                                         2635712, 5252940}));
  std::uint64_t sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    sum = sum * 31 + static_cast<std::uint64_t>(mixed.sample(random));
  }
  EXPECT_EQ(sum, 14865307773628500785ULL);
}

}  // namespace
}  // namespace quorate::sim
