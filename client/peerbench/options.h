// What a run of peerbench was asked for: the command line, checked and with its defaults.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/kvbench/options.h"

namespace quorate::client::peerbench {

enum class System : std::uint8_t { kEtcd, kRedis };

struct Options {
  System system = System::kEtcd;
  kvbench::Options bench;     // what the driver reads; connections: to each server
  bool serializable = false;  // etcd: gets need no quorum
  bool leader_only = false;   // etcd: all requests go to the leader
};

struct Parsed {
  std::optional<Options> options;
  std::string text;
  bool to_stderr = false;
  kvbench::ExitCode exit_code = kvbench::ExitCode::kDone;
};

// `words` without the program's name. Every problem is reported at once, with exit code 2.
Parsed parse_options(const std::vector<std::string>& words);

}  // namespace quorate::client::peerbench
