// What a run of kvbench was asked for: the command line, checked and with its defaults.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/answer.h"
#include "client/endpoint.h"
#include "client/kvbench/workload.h"
#include "client/kvcli/invocation.h"

namespace quorate::client::kvbench {

using kvcli::ExitCode;

struct Options {
  static constexpr std::uint32_t kConcurrencyMax = 1'024;
  static constexpr std::uint32_t kConnectionsMax = 64;  // to each node
  static constexpr std::uint64_t kKeysMax = 1'000'000'000;
  static constexpr std::uint32_t kRepetitionsMax = 1'000;
  static constexpr double kRateMax = 10e6;
  static constexpr double kSecondsMax = 86'400;

  bool load = false;  // the command: else a run
  std::vector<Endpoint> endpoints;
  RequestOptions request;
  const Mix* mix = nullptr;
  Distribution distribution = Distribution::kUniform;
  std::uint64_t keys = 100'000;
  std::uint32_t value_bytes = 0;
  double rate = 0;  // operations a second that are meant to start; 0: a closed loop
  std::uint32_t concurrency = 64;
  std::uint32_t connections = 1;
  double warm_up_s = 2;
  double window_s = 10;
  std::uint32_t repetitions = 3;
  std::vector<pid_t> server_pids;  // empty: those that nodes of this machine name
  bool json = false;

  bool open() const { return rate > 0; }
};

// What a line of words asks for: a run, or a text to print and an exit code.
struct Parsed {
  std::optional<Options> options;
  std::string text;
  bool to_stderr = false;
  ExitCode exit_code = ExitCode::kDone;
};

// `words` without the program's name. Every problem is reported at once, with exit code 2.
Parsed parse_options(const std::vector<std::string>& words);

}  // namespace quorate::client::kvbench
