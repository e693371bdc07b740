#include "node/io/file_limits.h"

#include <sys/resource.h>

#include <algorithm>
#include <string>

namespace quorate {

Result<FileBudget> share_files(std::int64_t total, std::size_t nodes, const IoOptions& options) {
  constexpr std::int64_t kStoreMin = 20;
  constexpr std::int64_t kStoreMax = 512;
  // log, lock and directory of the store, loop, listeners, stdio
  constexpr std::int64_t kProcess = 24;
  FileBudget budget;
  budget.total = total;
  budget.store = std::clamp(total / 4, kStoreMin, kStoreMax);
  budget.handshakes = std::min(options.handshakes_max, std::max<std::int64_t>(4, total / 16));
  const std::int64_t links = 2 * static_cast<std::int64_t>(nodes);
  const std::int64_t left = total - budget.store - budget.handshakes - links - kProcess;
  budget.clients = std::min(options.clients_max, left);
  if (budget.clients >= 1) return budget;
  return invalid_input("this process may open only " + std::to_string(total) +
                       " files, which leaves none for clients: raise the limit (ulimit -n 1024)");
}

std::int64_t raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  if (limit.rlim_cur < limit.rlim_max) {
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  constexpr rlim_t kPlenty = 1 << 20;
  return static_cast<std::int64_t>(std::min(limit.rlim_cur, kPlenty));
}

}  // namespace quorate
