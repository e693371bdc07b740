#include "sim/pbs/log_histogram.h"

#include <algorithm>
#include <cmath>

#include "node/base/check.h"
#include "sim/world/fixed_point.h"

namespace quorate::sim {

namespace {

// Two to the power of one in 4096 is 1.00017.
constexpr int kBinsBits = 12;
constexpr double kBins = 1 << kBinsBits;

double begin_of(double bin) { return std::exp2(bin / kBins); }

}  // namespace

void LogHistogram::add(SimTime time) {
  ++count_;
  if (time <= 0) {
    ++not_above_0_;
    return;
  }
  const auto bin = static_cast<std::size_t>(fixed_log2(static_cast<std::uint64_t>(time)) >>
                                            (kFixedBits - kBinsBits));
  if (bin >= bins_.size()) bins_.resize(bin + 1);
  ++bins_[bin];
}

void LogHistogram::add(const LogHistogram& other) {
  count_ += other.count_;
  not_above_0_ += other.not_above_0_;
  if (other.bins_.size() > bins_.size()) bins_.resize(other.bins_.size());
  for (std::size_t bin = 0; bin < other.bins_.size(); ++bin) bins_[bin] += other.bins_[bin];
}

double LogHistogram::share_up_to(SimTime time) const {
  QUORATE_CHECK(count_ > 0);
  if (time < 0) return 0;
  auto below = static_cast<double>(not_above_0_);
  if (time > 0) {
    const double at = std::log2(static_cast<double>(time)) * kBins;
    const auto bin = static_cast<std::size_t>(at);
    for (std::size_t i = 0; i < std::min(bin, bins_.size()); ++i) below += bins_[i];
    if (bin < bins_.size()) below += bins_[bin] * (at - static_cast<double>(bin));
  }
  return below / static_cast<double>(count_);
}

double LogHistogram::quantile(double share) const {
  QUORATE_CHECK(count_ > 0 && 0 <= share && share <= 1);
  const double rank = share * static_cast<double>(count_);
  auto below = static_cast<double>(not_above_0_);
  if (rank <= below) return 0;
  for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
    if (below + bins_[bin] >= rank) {
      return begin_of(static_cast<double>(bin) + (rank - below) / bins_[bin]);
    }
    below += bins_[bin];
  }
  return begin_of(static_cast<double>(bins_.size()));
}

double LogHistogram::standard_error(double share) const {
  const double spread = std::sqrt(share * (1 - share) / static_cast<double>(count_));
  return (quantile(std::min(1.0, share + spread)) - quantile(std::max(0.0, share - spread))) / 2;
}

}  // namespace quorate::sim
