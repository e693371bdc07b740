// Every bound and pace of the core, with its unit. Validated once, at start.
#pragma once

#include <cstddef>
#include <cstdint>

#include "node/base/status.h"

namespace quorate {

inline constexpr std::int64_t kNsPerMs = 1'000'000;
inline constexpr std::int64_t kNsPerSecond = 1'000'000'000;

struct CoreOptions {
  std::int64_t deadline_default_ns = 2 * kNsPerSecond;
  std::int64_t deadline_max_ns = 60 * kNsPerSecond;

  // A replica that has not answered is asked again after this long, within the request's deadline.
  std::int64_t resend_ns = 300 * kNsPerMs;
  // A session read that is not covered yet asks the replicas again this often.
  std::int64_t session_poll_ns = 20 * kNsPerMs;

  // The failure detector and circuit breaker (core/peer_health.h).
  std::int64_t ping_interval_ns = 250 * kNsPerMs;
  std::int64_t silence_max_ns = 1'000 * kNsPerMs;  // no answer for so long: the circuit opens

  std::int64_t retry_window_ms = 60'000;
  std::int64_t token_life_ms = 24LL * 3600 * 1000;
  std::int64_t clock_skew_max_ms = 500;  // 0: off

  // In flight at one coordinator; more are refused as overloaded.
  std::size_t requests_max = 10'000;
  // Records of writes that are not answered yet, at one coordinator, and as much again of values of
  // writes that it has handed on; a write past it is refused as overloaded.
  std::size_t unanswered_bytes_max = 64u << 20;
  // Records that answered writes keep for replicas which are late, at one coordinator, and as much
  // again for answered reads; past it the oldest gives up, and a later read repairs.
  std::size_t late_bytes_max = 32u << 20;
  // Of a record of this size or more, writes send the other primaries only what they change.
  std::size_t delta_bytes_min = 1024;
  std::size_t context_bytes_max = 2048;  // past it a write is accepted and a warning counted

  // Hints (core/hints.h): what a node keeps for primaries that are away. Past a bound the oldest
  // that are spare go; with none to spare, sloppy writes find another node or are not applied.
  bool hints = true;  // false: strict writes leave none; for experiments
  std::size_t hints_bytes_max = 64u << 20;
  std::size_t hints_max = 100'000;
  std::int64_t hint_age_max_ms = 3LL * 24 * 3600 * 1000;
  std::size_t handoff_bytes_per_second = 8u << 20;
  std::size_t handoff_keys_per_second = 10'000;

  // Anti-entropy (core/anti_entropy.h): every two replicas of a vnode compare their trees once in
  // the interval, and trees are verified against their rows once in theirs.
  bool anti_entropy = true;  // false: none; for experiments
  std::int64_t anti_entropy_interval_ns = 60 * kNsPerSecond;
  std::int64_t tree_verify_interval_ns = 3'600 * kNsPerSecond;
  std::size_t repair_bytes_per_second = 8u << 20;
  std::size_t repair_rows_per_second = 20'000;  // looked at
  std::size_t repair_keys_per_second = 10'000;  // found different, and mended

  // Reaping (core/reaper.h): a vnode with something dead in it is led on once in the interval. What
  // is dead is gone after two of them, and token_life_ms (or retry_window_ms, if longer).
  bool reaping = true;  // false: none; for experiments. Needs anti_entropy.
  std::int64_t reap_interval_ns = 60 * kNsPerSecond;
  std::size_t retired_max = 100'000;  // at one node; the rest waits

  std::uint32_t rebuild_rows_page = 256;
  std::uint32_t rebuild_bytes_page = 1u << 20;

  Status validate() const;
};

}  // namespace quorate
