// What one repetition came to: what the driver counts, before anybody computes with it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "client/answer.h"
#include "client/kvbench/histogram.h"
#include "client/kvbench/processes.h"
#include "client/kvbench/workload.h"

namespace quorate::client::kvbench {

// How operations ended. A get that finds nothing has been answered, and is counted apart.
struct Outcomes {
  std::uint64_t ok = 0;
  std::uint64_t not_found = 0;
  std::uint64_t not_applied = 0;  // or not read
  std::uint64_t unknown = 0;
  std::uint64_t invalid = 0;
  std::uint64_t unreachable = 0;                 // no node took it
  std::uint64_t siblings = 0;                    // of the gets: more than one value
  std::map<std::string, std::uint64_t> reasons;  // "not applied: deadline"
  std::string example;                           // the first failure in full

  std::uint64_t failed() const { return not_applied + unknown + invalid + unreachable; }
  void count(const Result<Answer>& answer, bool read);
  void merge(const Outcomes& other);
};

struct Repetition {
  // From the request, or from when it was meant to start, to its answer, whatever that was.
  std::array<Histogram, kOperationKinds> latencies;
  std::array<std::uint64_t, kOperationKinds> done{};  // answered, ok or not found
  Outcomes outcomes;
  std::uint64_t never_started = 0;  // open loop, the last repetition: due and never sent
  double seconds = 0;
  std::int64_t own_cpu_ns = 0;
  std::optional<Usage> servers;  // nothing: no process is known, or one has ended

  std::uint64_t done_all() const {
    std::uint64_t all = 0;
    for (const std::uint64_t one : done) all += one;
    return all;
  }
};

}  // namespace quorate::client::kvbench
