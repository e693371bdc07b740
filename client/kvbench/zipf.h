// Which of n items is asked for when a few are asked for most: the k-th with a probability in
// proportion to 1 / k^0.99, k from 1.
//
// Implements: Gray et al. 1994, "Quickly generating billion-record synthetic databases", with the
//             constants of YCSB (Cooper et al. 2010).
#pragma once

#include <cstdint>

#include "node/base/random.h"

namespace quorate::client::kvbench {

inline constexpr double kZipfTheta = 0.99;

// The sum of 1 / k^0.99 for k from 1 to n. Exact up to some thousands, then to ten digits.
double zipf_zeta(std::uint64_t n);

class Zipf {
 public:
  // REQUIRES: items >= 1.
  explicit Zipf(std::uint64_t items);

  // From 0, the most popular, to items - 1.
  std::uint64_t next(Random& random) const;

  // The items have become more. REQUIRES: not fewer.
  void grow(std::uint64_t items);

 private:
  void prepare();

  std::uint64_t items_;
  double zeta_;
  double eta_ = 0;
};

// As YCSB's ScrambledZipfianGenerator: a rank among 10^10 items, scattered over n by a hash, so
// that the popular keys lie anywhere and the skew does not depend on n.
class ScrambledZipf {
 public:
  // REQUIRES: items >= 1.
  explicit ScrambledZipf(std::uint64_t items) : items_(items), rank_(kRanks) {}

  std::uint64_t next(Random& random) const;

 private:
  static constexpr std::uint64_t kRanks = 10'000'000'000;

  std::uint64_t items_;
  Zipf rank_;
};

// Uniform in [0, 1).
double uniform_fraction(Random& random);

}  // namespace quorate::client::kvbench
