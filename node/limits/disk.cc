#include "node/limits/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "node/limits/measured.h"

namespace quorate::limits {

Result<SyncLatency> measure_syncs(const std::string& directory, std::size_t bytes, double seconds) {
  const std::string path = directory + "/appended";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  const auto failed = [&path](const char* what) {
    return Error{ErrorCode::kIoError, std::string(what) + " " + path + ": " + std::strerror(errno)};
  };
  if (file < 0) return failed("cannot make");
  const std::string appended(bytes, 'x');
  std::vector<std::int64_t> latencies;
  const Stopwatch watch;
  bool good = true;
  while (good && static_cast<double>(watch.elapsed_ns()) < seconds * 1e9) {
    const auto from = Clock::now();
    good = ::write(file, appended.data(), bytes) == static_cast<ssize_t>(bytes) &&
           ::fdatasync(file) == 0;
    latencies.push_back(ns_between(from, Clock::now()));
  }
  const Error error = failed("cannot write to");
  ::close(file);
  ::unlink(path.c_str());
  if (!good) return error;
  return SyncLatency{quantile(latencies, 0.5), quantile(latencies, 0.99), latencies.size()};
}

}  // namespace quorate::limits
