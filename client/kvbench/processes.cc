#include "client/kvbench/processes.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace quorate::client::kvbench {
namespace {

std::string path_of(pid_t pid, const char* file) {
  return "/proc/" + std::to_string(pid) + "/" + file;
}

std::int64_t in_ns(const timeval& time) {
  return (std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec) * 1000;
}

}  // namespace

Result<Usage> usage_of(pid_t pid) {
  const Error gone{ErrorCode::kUnreachable,
                   "there is no process " + std::to_string(pid) + " on this machine"};
  std::ifstream file(path_of(pid, "stat"));
  std::string stat;
  if (!std::getline(file, stat)) return gone;
  // The second field is the program's name in parentheses and may hold anything.
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return gone;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  std::int64_t user = 0;
  std::int64_t system = 0;
  if (!(fields >> user >> system)) return gone;
  Usage usage;
  usage.cpu_ns = (user + system) * (1'000'000'000 / ::sysconf(_SC_CLK_TCK));

  std::ifstream io(path_of(pid, "io"));
  for (std::string line; std::getline(io, line);) {
    constexpr std::string_view kName = "write_bytes: ";
    if (line.rfind(kName, 0) != 0) continue;
    usage.written_bytes = std::stoull(line.substr(kName.size()));
    usage.written_known = true;
  }
  return usage;
}

Result<Usage> usage_of(const std::vector<pid_t>& pids) {
  Usage all;
  all.written_known = true;
  for (const pid_t pid : pids) {
    const auto one = usage_of(pid);
    if (!one) return one.error();
    all.cpu_ns += one->cpu_ns;
    all.written_bytes += one->written_bytes;
    all.written_known = all.written_known && one->written_known;
  }
  return all;
}

std::int64_t own_cpu_ns() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return in_ns(usage.ru_utime) + in_ns(usage.ru_stime);
}

std::string process_name(pid_t pid) {
  std::ifstream file(path_of(pid, "comm"));
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace quorate::client::kvbench
