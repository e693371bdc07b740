// Who may have how many of the process's file descriptors.
#pragma once

#include <cstdint>

#include "node/base/status.h"
#include "node/io/io_options.h"

namespace quorate {

struct FileBudget {
  std::int64_t total = 0;
  std::int64_t store = 0;
  std::int64_t clients = 0;     // what is left once everybody else has theirs
  std::int64_t handshakes = 0;  // on the peer port
};

// Shares `total` out. Errors: kInvalidInput when that is too few to serve anybody.
Result<FileBudget> share_files(std::int64_t total, std::size_t nodes, const IoOptions& options);

// Raises this process's limit as far as it may, and returns it.
std::int64_t raise_file_limit();

}  // namespace quorate
