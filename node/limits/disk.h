// How long the disk takes to make a small append durable: no acknowledged write can be faster.
#pragma once

#include <cstdint>
#include <string>

#include "node/base/status.h"

namespace quorate::limits {

struct SyncLatency {
  std::int64_t p50_ns = 0;
  std::int64_t p99_ns = 0;
  std::uint64_t syncs = 0;
};

// Appends `bytes` and calls fdatasync, over and over, in a file of its own in `directory`.
// Errors: kIoError.
Result<SyncLatency> measure_syncs(const std::string& directory, std::size_t bytes, double seconds);

}  // namespace quorate::limits
