// What RocksDB alone does under the node's own options: a replica cannot store or read faster.
#pragma once

#include <cstddef>
#include <string>

#include "node/base/status.h"
#include "node/limits/measured.h"

namespace quorate::limits {

struct RocksRates {
  Rate synced_puts;    // group commit: so many in flight, one sync for all that gathered
  Rate unsynced_puts;  // handed to the kernel
  Rate warm_gets;      // of what is in memtable and cache
};

// In a store of its own in `directory`, for so long each. Errors: kIoError.
Result<RocksRates> measure_rocks(const std::string& directory, std::size_t in_flight,
                                 std::size_t value_bytes, double seconds);

}  // namespace quorate::limits
