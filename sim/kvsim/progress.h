// A line on a terminal that says how far a long command has come; nothing anywhere else.
//
// Place:      standard error, so that what is printed can be piped away meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace quorate::sim {

class Progress {
 public:
  // `unit`: what is counted, "seeds". On a terminal only.
  Progress(std::string unit, std::uint64_t total);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Shown some ten times a second at most. `note`: at the end of the line.
  void show(std::uint64_t done, const std::string& note);

  // Takes the line away, so that something else can be printed; the next show brings it back.
  void clear();

  double seconds() const;  // since the beginning

 private:
  using Clock = std::chrono::steady_clock;

  const std::string unit_;
  const std::uint64_t total_;
  const bool on_terminal_;
  const Clock::time_point begun_ = Clock::now();
  Clock::time_point shown_at_ = begun_;
  bool shown_ = false;
};

}  // namespace quorate::sim
