// A progress bar with a rate, on a terminal only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "client/kvcli/console.h"

namespace quorate::client::kvcli {

class Progress {
 public:
  // What is counted, and what goes wrong with some.
  struct Words {
    const char* done = "keys";
    const char* troubled = "failed";
  };

  // `total`: bytes, or whatever else is known beforehand; 0: nothing is, there is no bar then, only
  // counts.
  Progress(Console& console, bool wanted, std::uint64_t total)
      : Progress(console, wanted, total, Words{}) {}
  Progress(Console& console, bool wanted, std::uint64_t total, Words words);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Redraws at most ten times a second. `reached`: of the total. `troubled`: what has failed so
  // far.
  void show(std::uint64_t reached, std::uint64_t done, std::uint64_t troubled);
  // Takes the bar away: something else is to be printed.
  void clear();

  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;

  Console& console_;
  const bool wanted_;
  const std::uint64_t total_;
  const Words words_;
  const Clock::time_point started_ = Clock::now();
  Clock::time_point next_ = started_;
  bool shown_ = false;
};

}  // namespace quorate::client::kvcli
