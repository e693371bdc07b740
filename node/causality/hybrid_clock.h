// A hybrid logical clock (Kulkarni et al. 2014): timestamps that stay close to wall time, never go
// back, and exceed every timestamp that was taken over from others.
//
// Never decides causality; only between siblings that are truly concurrent in last-writer-wins
// buckets, and what is shown to people. The core owns one, feeds it the time of day and decides
// which timestamps are taken over (NodeState::observe): with one from the far future all keys that
// are written from then on would leave the present.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>

namespace quorate {

inline constexpr std::int64_t kWallMsMax = (std::int64_t{1} << 48) - 1;

// 48 bits of milliseconds since 1970 above 16 bits of logical counter, so that plain integer order
// is timestamp order.
struct Timestamp {
  std::uint64_t packed = 0;

  static Timestamp from_wall_ms(std::int64_t wall_ms) {
    const std::int64_t clamped = std::clamp<std::int64_t>(wall_ms, 0, kWallMsMax);
    return Timestamp{static_cast<std::uint64_t>(clamped) << 16};
  }
  std::int64_t wall_ms() const { return static_cast<std::int64_t>(packed >> 16); }

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

class HybridClock {
 public:
  // The timestamp of a new local event: above all that was issued or observed, at least the wall
  // time, and above what its key knows already, even where that was not taken over.
  Timestamp tick(std::int64_t wall_ms, Timestamp known = {}) {
    const Timestamp wall = Timestamp::from_wall_ms(wall_ms);
    // A logical part that overflows runs on into the milliseconds: still monotonic, a little ahead
    // of the wall. At the very top the clock stays there: a forged maximum must not wrap round to
    // zero.
    if (wall > last_) {
      last_ = wall;
    } else if (last_.packed != UINT64_MAX) {
      ++last_.packed;
    }
    if (known < last_ || known.packed == UINT64_MAX) return std::max(known, last_);
    return Timestamp{known.packed + 1};
  }

  // Takes a timestamp from elsewhere into account.
  void observe(Timestamp seen) { last_ = std::max(last_, seen); }

  Timestamp last() const { return last_; }

 private:
  Timestamp last_;
};

}  // namespace quorate
