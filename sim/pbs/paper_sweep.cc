#include "sim/pbs/paper_sweep.h"

#include <algorithm>
#include <array>
#include <vector>

#include "node/base/random.h"

namespace quorate::sim {

namespace {

constexpr std::size_t kSweeps = 21;

// Where a hundred stale reads are expected, fifty never happen (five standard deviations).
constexpr double kHopeless = 0.998;

bool passes(double fresh, Random& random) {
  const auto stale_below = static_cast<std::uint64_t>((1 - fresh) * 0x1p53);
  std::uint64_t stale = 0;
  for (std::uint64_t i = 0; i < kPaperTrials; ++i) stale += (random.next() >> 11) < stale_below;
  return stale <= kPaperStaleMax;
}

// The steps of a sweep that are worth trying, and what is fresh at each; looked up once for all
// sweeps.
class Steps {
 public:
  Steps(const LogHistogram& wait, SimTime step)
      : wait_(wait),
        step_(step),
        first_(static_cast<SimTime>(wait.quantile(kHopeless)) / step * step) {}

  SimTime first_to_pass(Random& random) {
    for (std::size_t i = 0;; ++i) {
      const SimTime time = first_ + static_cast<SimTime>(i) * step_;
      if (i == fresh_.size()) fresh_.push_back(wait_.share_up_to(time));
      if (passes(fresh_[i], random)) return time;
    }
  }

 private:
  const LogHistogram& wait_;
  const SimTime step_;
  const SimTime first_;
  std::vector<double> fresh_;
};

}  // namespace

SimTime paper_step(std::string_view model) {
  if (model == "lnkd-ssd") return from_us(10);
  if (model == "ymmr") return from_ms(2);
  return from_us(100);
}

SimTime swept_wait(const LogHistogram& wait, SimTime step, std::uint64_t seed) {
  Random random = Random::stream(seed, "pbs sweep");
  Steps steps(wait, step);
  std::array<SimTime, kSweeps> ends;
  for (SimTime& end : ends) end = steps.first_to_pass(random);
  std::sort(ends.begin(), ends.end());
  return ends[kSweeps / 2];
}

}  // namespace quorate::sim
