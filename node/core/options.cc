#include "node/core/options.h"

#include <string>

namespace quorate {

Status CoreOptions::validate() const {
  struct Bound {
    const char* name;
    std::int64_t value, low, high;
  };
  const Bound bounds[] = {
      {"deadline_default_ns", deadline_default_ns, kNsPerMs, deadline_max_ns},
      {"deadline_max_ns", deadline_max_ns, kNsPerMs, 3600 * kNsPerSecond},
      {"resend_ns", resend_ns, kNsPerMs, 3600 * kNsPerSecond},
      {"session_poll_ns", session_poll_ns, kNsPerMs, 3600 * kNsPerSecond},
      {"ping_interval_ns", ping_interval_ns, kNsPerMs, 60 * kNsPerSecond},
      {"silence_max_ns", silence_max_ns, ping_interval_ns, 600 * kNsPerSecond},
      {"retry_window_ms", retry_window_ms, 1'000, 24LL * 3600 * 1000},
      {"token_life_ms", token_life_ms, 1'000, 365LL * 24 * 3600 * 1000},
      {"clock_skew_max_ms", clock_skew_max_ms, 0, 24LL * 3600 * 1000},
      {"requests_max", static_cast<std::int64_t>(requests_max), 1, 1'000'000},
      {"unanswered_bytes_max", static_cast<std::int64_t>(unanswered_bytes_max), 1024,
       std::int64_t{1} << 32},
      {"late_bytes_max", static_cast<std::int64_t>(late_bytes_max), 1024, std::int64_t{1} << 32},
      {"delta_bytes_min", static_cast<std::int64_t>(delta_bytes_min), 0, std::int64_t{1} << 32},
      {"context_bytes_max", static_cast<std::int64_t>(context_bytes_max), 64, 1 << 20},
      {"hints_bytes_max", static_cast<std::int64_t>(hints_bytes_max), 1024, std::int64_t{1} << 40},
      {"hints_max", static_cast<std::int64_t>(hints_max), 1, 100'000'000},
      {"hint_age_max_ms", hint_age_max_ms, 1'000, 365LL * 24 * 3600 * 1000},
      {"handoff_bytes_per_second", static_cast<std::int64_t>(handoff_bytes_per_second), 1024,
       std::int64_t{1} << 40},
      {"handoff_keys_per_second", static_cast<std::int64_t>(handoff_keys_per_second), 1,
       1'000'000'000},
      {"anti_entropy_interval_ns", anti_entropy_interval_ns, kNsPerMs, 24 * 3600 * kNsPerSecond},
      {"tree_verify_interval_ns", tree_verify_interval_ns, kNsPerMs, 30 * 24 * 3600 * kNsPerSecond},
      {"repair_bytes_per_second", static_cast<std::int64_t>(repair_bytes_per_second), 1024,
       std::int64_t{1} << 40},
      {"repair_rows_per_second", static_cast<std::int64_t>(repair_rows_per_second), 1,
       1'000'000'000},
      {"repair_keys_per_second", static_cast<std::int64_t>(repair_keys_per_second), 1,
       1'000'000'000},
      {"reap_interval_ns", reap_interval_ns, kNsPerMs, 24 * 3600 * kNsPerSecond},
      {"retired_max", static_cast<std::int64_t>(retired_max), 1, 100'000'000},
      {"rebuild_rows_page", rebuild_rows_page, 1, 10'000},
      {"rebuild_bytes_page", rebuild_bytes_page, 1024, 16 << 20},
  };
  for (const Bound& bound : bounds) {
    if (bound.value < bound.low || bound.value > bound.high) {
      return invalid_input(std::string(bound.name) + " = " + std::to_string(bound.value) +
                           " must be from " + std::to_string(bound.low) + " to " +
                           std::to_string(bound.high));
    }
  }
  return {};
}

}  // namespace quorate
