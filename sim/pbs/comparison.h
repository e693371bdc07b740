// The store beside the Monte Carlo of its own topology: every figure of both, how far they are
// apart, and how far they may be.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/pbs/store_trials.h"

namespace quorate::sim {

// A probability may differ by so much, a 99.9th percentile by so large a part of it; or by three
// standard errors of the difference if that is more, as it is when there are few trials.
inline constexpr double kFreshTolerance = 0.003;
inline constexpr double kLatencyTolerance = 0.02;
inline constexpr double kStandardErrors = 3;
inline constexpr double kTail = 0.999;

struct FreshPair {
  SimTime after = 0;
  double expected = 0;  // by the Monte Carlo
  double measured = 0;  // by the store
  double allowed = 0;

  bool agrees() const;
};

struct LatencyPair {
  double expected_ns = 0;
  double measured_ns = 0;
  double allowed_ns = 0;

  bool agrees() const;
  double apart() const;  // as a part of what was expected
};

struct ComparedCell {
  std::string model;
  std::uint32_t r = 1;
  std::uint32_t w = 1;
  Coordinators coordinators = Coordinators::kPrimary;
  std::vector<FreshPair> fresh;  // at once first
  LatencyPair read;
  LatencyPair write;

  bool agrees() const;
};

struct ComparisonOptions {
  std::uint64_t wars_trials = 1'000'000;
  std::uint64_t store_trials = 1'000'000;  // for each w
  std::uint64_t seed = 1;
};

// How far it has come, of ComparisonOptions::store_trials times kWarsReplicas; false: end it.
using OnTrials = std::function<bool(std::uint64_t done)>;

// All r, w and both of the store's topologies. Empty when it was ended.
std::vector<ComparedCell> compare(const NetworkModel& model, const ComparisonOptions& options,
                                  const OnTrials& on_trials);

}  // namespace quorate::sim
