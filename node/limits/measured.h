// What the measurements here share: how long things took, and what CPU they cost.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace quorate::limits {

using Clock = std::chrono::steady_clock;

inline std::int64_t ns_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(to - from).count();
}

// Of all threads of this process.
inline std::int64_t own_cpu_ns() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto ns = [](const timeval& time) {
    return (std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec) * 1'000;
  };
  return ns(usage.ru_utime) + ns(usage.ru_stime);
}

// How many ended, in what time, at what cost.
struct Rate {
  std::uint64_t count = 0;
  std::int64_t elapsed_ns = 0;
  std::int64_t cpu_ns = 0;

  double per_second() const {
    return static_cast<double>(count) * 1e9 /
           static_cast<double>(std::max<std::int64_t>(elapsed_ns, 1));
  }
  double cpu_ns_each() const {
    return static_cast<double>(cpu_ns) / static_cast<double>(std::max<std::uint64_t>(count, 1));
  }
};

// From its making to stop().
class Stopwatch {
 public:
  Stopwatch() : started_(Clock::now()), cpu_ns_(own_cpu_ns()) {}
  std::int64_t elapsed_ns() const { return ns_between(started_, Clock::now()); }
  Rate stop(std::uint64_t count) const { return {count, elapsed_ns(), own_cpu_ns() - cpu_ns_}; }

 private:
  Clock::time_point started_;
  std::int64_t cpu_ns_;
};

// REQUIRES: something was measured.
inline std::int64_t quantile(std::vector<std::int64_t> values, double fraction) {
  std::sort(values.begin(), values.end());
  const auto at = static_cast<std::size_t>(fraction * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

}  // namespace quorate::limits
