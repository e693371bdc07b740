#include "sim/kvsim/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "sim/report/run_report.h"
#include "sim/report/table.h"
#include "sim/report/text_layout.h"

namespace quorate::sim {

namespace {

constexpr std::uint64_t kBarWidth = 24;
constexpr auto kShowEvery = std::chrono::milliseconds(100);

bool can_redraw() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) != 0 && (terminal == nullptr || std::strcmp(terminal, "dumb") != 0);
}

}  // namespace

Progress::Progress(std::string unit, std::uint64_t total)
    : unit_(std::move(unit)), total_(total), on_terminal_(can_redraw()) {}

void Progress::show(std::uint64_t done, const std::string& note) {
  if (!on_terminal_) return;
  const Clock::time_point now = Clock::now();
  if (now - shown_at_ < kShowEvery) return;
  shown_at_ = now;
  const std::uint64_t filled =
      std::min(done, total_) * kBarWidth / std::max<std::uint64_t>(total_, 1);
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(done) / seconds());
  std::string line = "  [" + std::string(filled, '=') + std::string(kBarWidth - filled, ' ') +
                     "] " + with_commas(done) + " of " + with_commas(total_) + " " + unit_ + ", " +
                     with_commas(rate) + " a second";
  if (!note.empty()) line += ", " + note;
  // A line that wraps cannot be taken back.
  const std::string fitting = shortened(line, terminal_width(STDERR_FILENO) - 1);
  std::fprintf(stderr, "\r%s\033[K", fitting.c_str());
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\033[K", stderr);
  shown_ = false;
}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - begun_).count();
}

}  // namespace quorate::sim
