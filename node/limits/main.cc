// limits: what no store can beat on this machine, as "name value" lines for scripts/compare.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "node/limits/disk.h"
#include "node/limits/loopback.h"
#include "node/limits/rocks.h"

namespace quorate::limits {
namespace {

constexpr const char* kHelp =
    "Measures the disk, RocksDB and loopback of this machine, for: scripts/compare limits\n\n"
    "Usage: limits DIRECTORY SECONDS    DIRECTORY is there, and empty; SECONDS of each figure\n\n"
    "Exit codes: 0 done; 1 could not, the message says why; 2 bad usage.\n";

constexpr std::size_t kInFlight = 64;
constexpr std::size_t kValueBytes = 100;
constexpr std::size_t kMessageBytes = 160;  // about what a put of 100 B and its frame take

void say(const std::string& name, double value) { std::printf("%s %.0f\n", name.c_str(), value); }

void say(const std::string& name, const Rate& rate) {
  say(name + "_per_second", rate.per_second());
  say(name + "_cpu_ns", rate.cpu_ns_each());
}

int fail(const Error& error) {
  std::fprintf(stderr, "limits: %s\n", error.to_string().c_str());
  return 1;
}

int measure(const std::string& directory, double seconds) {
  const auto syncs = measure_syncs(directory, kMessageBytes, seconds);
  if (!syncs) return fail(syncs.error());
  say("disk_sync_p50_ns", static_cast<double>(syncs->p50_ns));
  say("disk_sync_p99_ns", static_cast<double>(syncs->p99_ns));
  const auto rocks = measure_rocks(directory, kInFlight, kValueBytes, seconds);
  if (!rocks) return fail(rocks.error());
  say("rocks_synced_put", rocks->synced_puts);
  say("rocks_unsynced_put", rocks->unsynced_puts);
  say("rocks_warm_get", rocks->warm_gets);
  for (const int threads : {1, 2}) {
    for (const std::size_t in_flight : {1u, 16u, 64u}) {
      const auto rate = measure_loopback(in_flight, kMessageBytes, threads, seconds);
      if (!rate) return fail(rate.error());
      say("loopback_" + std::to_string(threads) + "_threads_" + std::to_string(in_flight), *rate);
    }
  }
  return 0;
}

}  // namespace
}  // namespace quorate::limits

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--help") {
    std::fputs(quorate::limits::kHelp, stdout);
    return 0;
  }
  const double seconds = argc == 3 ? std::atof(argv[2]) : 0;
  if (seconds <= 0 || seconds > 600) {
    std::fputs(quorate::limits::kHelp, stderr);
    return 2;
  }
  return quorate::limits::measure(argv[1], seconds);
}
