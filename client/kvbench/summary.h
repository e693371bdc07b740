// What the repetitions come to: one row of figures for each, their medians, and how far they
// spread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/kvbench/options.h"
#include "client/kvbench/repetition.h"

namespace quorate::client::kvbench {

struct Figures {
  double per_second = 0;  // answered
  std::int64_t p50_ns = 0;
  std::int64_t p90_ns = 0;
  std::int64_t p99_ns = 0;
  std::int64_t p999_ns = 0;
  std::int64_t max_ns = 0;
  double own_cpu_percent = 0;           // of one core
  std::optional<double> server_cpu_us;  // of all server processes, for an operation
  std::optional<double> written_bytes;  // by all server processes, for an operation
};

struct Summary {
  struct Kind {
    OperationKind kind;
    Figures median;  // no CPU and no bytes: they cannot be told apart
  };

  std::vector<Figures> repetitions;
  Figures median;  // of each figure by itself
  Figures least;
  Figures most;
  std::vector<Kind> kinds;
  Outcomes outcomes;  // of all repetitions together
  std::uint64_t never_started = 0;
  std::vector<std::string> warnings;  // what a reader must know before believing the figures
};

// REQUIRES: at least one repetition.
Summary summarize(const std::vector<Repetition>& repetitions, const Options& options);

// As the command ends: what is worst among the outcomes.
ExitCode exit_code(const Outcomes& outcomes);

}  // namespace quorate::client::kvbench
