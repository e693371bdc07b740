#include "sim/scenario/core_options.h"

#include <type_traits>

#include "sim/world/sim_time.h"

namespace quorate::sim {

namespace {

// A member that is a time, kept in units of `unit` ns.
template <typename T>
CoreOptionWord time_word(const char* word, T CoreOptions::*member, std::int64_t unit,
                         std::int64_t low, std::int64_t high) {
  return {
      word,
      CoreOptionWord::Kind::kTime,
      low,
      high,
      [=](const CoreOptions& options) { return static_cast<std::int64_t>(options.*member) * unit; },
      [=](CoreOptions& options, std::int64_t ns) { options.*member = static_cast<T>(ns / unit); }};
}

template <typename T>
CoreOptionWord number_word(const char* word, T CoreOptions::*member, std::int64_t low,
                           std::int64_t high) {
  return {
      word,
      CoreOptionWord::Kind::kNumber,
      low,
      high,
      [=](const CoreOptions& options) { return static_cast<std::int64_t>(options.*member); },
      [=](CoreOptions& options, std::int64_t value) { options.*member = static_cast<T>(value); }};
}

CoreOptionWord truth_word(const char* word, bool CoreOptions::*member) {
  return {word,
          CoreOptionWord::Kind::kTruth,
          0,
          1,
          [=](const CoreOptions& options) { return options.*member ? 1 : 0; },
          [=](CoreOptions& options, std::int64_t value) { options.*member = value != 0; }};
}

std::vector<CoreOptionWord> make_words() {
  constexpr std::int64_t kHour = 3600 * kNsPerSecond;
  constexpr std::int64_t kDay = 24 * kHour;
  using Options = CoreOptions;
  return {
      time_word("deadline_default", &Options::deadline_default_ns, 1, kNsPerMs, kHour),
      time_word("deadline_max", &Options::deadline_max_ns, 1, kNsPerMs, kHour),
      time_word("resend", &Options::resend_ns, 1, kNsPerMs, kHour),
      time_word("session_poll", &Options::session_poll_ns, 1, kNsPerMs, kHour),
      time_word("ping_interval", &Options::ping_interval_ns, 1, kNsPerMs, kHour),
      time_word("silence_max", &Options::silence_max_ns, 1, kNsPerMs, kHour),
      time_word("retry_window", &Options::retry_window_ms, kNsPerMs, kNsPerMs, kDay),
      time_word("token_life", &Options::token_life_ms, kNsPerMs, kNsPerMs, 365 * kDay),
      time_word("clock_skew_max", &Options::clock_skew_max_ms, kNsPerMs, 0, kDay),
      number_word("requests_max", &Options::requests_max, 1, 1'000'000),
      number_word("unanswered_bytes_max", &Options::unanswered_bytes_max, 1024,
                  std::int64_t{1} << 32),
      number_word("late_bytes_max", &Options::late_bytes_max, 1024, std::int64_t{1} << 32),
      number_word("delta_bytes_min", &Options::delta_bytes_min, 0, std::int64_t{1} << 32),
      number_word("context_bytes_max", &Options::context_bytes_max, 64, 1 << 20),
      truth_word("hints", &Options::hints),
      number_word("hints_bytes_max", &Options::hints_bytes_max, 1024, std::int64_t{1} << 40),
      number_word("hints_max", &Options::hints_max, 1, 100'000'000),
      time_word("hint_age_max", &Options::hint_age_max_ms, kNsPerMs, kNsPerSecond, 365 * kDay),
      number_word("handoff_bytes_per_second", &Options::handoff_bytes_per_second, 1024,
                  std::int64_t{1} << 40),
      number_word("handoff_keys_per_second", &Options::handoff_keys_per_second, 1, 1'000'000'000),
      truth_word("anti_entropy", &Options::anti_entropy),
      time_word("anti_entropy_interval", &Options::anti_entropy_interval_ns, 1, kNsPerMs, kDay),
      time_word("tree_verify_interval", &Options::tree_verify_interval_ns, 1, kNsPerMs, 30 * kDay),
      number_word("repair_bytes_per_second", &Options::repair_bytes_per_second, 1024,
                  std::int64_t{1} << 40),
      number_word("repair_rows_per_second", &Options::repair_rows_per_second, 1, 1'000'000'000),
      number_word("repair_keys_per_second", &Options::repair_keys_per_second, 1, 1'000'000'000),
      truth_word("reaping", &Options::reaping),
      time_word("reap_interval", &Options::reap_interval_ns, 1, kNsPerMs, kDay),
      number_word("retired_max", &Options::retired_max, 1, 100'000'000),
      number_word("rebuild_rows_page", &Options::rebuild_rows_page, 1, 10'000),
      number_word("rebuild_bytes_page", &Options::rebuild_bytes_page, 1024, 16 << 20),
  };
}

}  // namespace

const std::vector<CoreOptionWord>& core_option_words() {
  static const std::vector<CoreOptionWord> kWords = make_words();
  return kWords;
}

}  // namespace quorate::sim
