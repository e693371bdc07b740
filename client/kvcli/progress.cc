#include "client/kvcli/progress.h"

#include <algorithm>
#include <cmath>

#include "client/kvcli/text/human.h"

namespace quorate::client::kvcli {
namespace {

constexpr int kBarColumns = 30;
constexpr std::chrono::milliseconds kInterval{100};

}  // namespace

Progress::Progress(Console& console, bool wanted, std::uint64_t total, Words words)
    : console_(console),
      wanted_(wanted && console.error_is_terminal()),
      total_(total),
      words_(words) {}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - started_).count();
}

void Progress::show(std::uint64_t reached, std::uint64_t done, std::uint64_t troubled) {
  if (!wanted_ || Clock::now() < next_) return;
  next_ = Clock::now() + kInterval;
  const double elapsed = std::max(seconds(), 1e-3);
  std::string line = "\r\033[K";
  if (total_ > 0) {
    const double part = std::min(1.0, static_cast<double>(reached) / static_cast<double>(total_));
    const auto filled = static_cast<std::size_t>(part * kBarColumns);
    line += "[" + std::string(filled, '#') + std::string(kBarColumns - filled, '.') + "] " +
            std::to_string(static_cast<int>(part * 100)) + "%  ";
    if (part > 0.01 && part < 1) {
      const double left = elapsed * (1 - part) / part;
      line += duration_text(static_cast<std::int64_t>(std::ceil(left)) * 1000) + " left  ";
    }
  }
  line += count_text(done) + " " + words_.done + "  " +
          count_text(static_cast<std::uint64_t>(static_cast<double>(done) / elapsed)) + "/s";
  if (troubled > 0) line += "  " + count_text(troubled) + " " + words_.troubled;
  console_.error(line);
  shown_ = true;
}

void Progress::clear() {
  if (shown_) console_.error("\r\033[K");
  shown_ = false;
}

}  // namespace quorate::client::kvcli
