// What processes of this machine have used so far: CPU time and bytes written, from /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "node/base/status.h"

namespace quorate::client::kvbench {

struct Usage {
  std::int64_t cpu_ns = 0;          // user and system, in the kernel's steps of some 10 ms
  std::uint64_t written_bytes = 0;  // that the process made the kernel write to a disk
  bool written_known = false;       // false: /proc/PID/io is not ours to read
};

// Errors: kUnreachable when there is no such process.
Result<Usage> usage_of(pid_t pid);

// Of all together; bytes only if they are known of each. Errors: as usage_of.
Result<Usage> usage_of(const std::vector<pid_t>& pids);

// CPU time of this process, to the microsecond.
std::int64_t own_cpu_ns();

// "kvnode"; empty: there is no such process.
std::string process_name(pid_t pid);

}  // namespace quorate::client::kvbench
