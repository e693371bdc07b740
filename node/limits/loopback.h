// Requests and answers over loopback with Asio and nothing else: no store can be asked faster over
// one connection.
#pragma once

#include <cstddef>

#include "node/base/status.h"
#include "node/limits/measured.h"

namespace quorate::limits {

// A client keeps so many requests of `bytes` in flight on one connection, a server sends each back.
// Both take and write all that is there at once. `threads`: 1, both on one loop, or 2.
// Errors: kIoError.
Result<Rate> measure_loopback(std::size_t in_flight, std::size_t bytes, int threads,
                              double seconds);

}  // namespace quorate::limits
