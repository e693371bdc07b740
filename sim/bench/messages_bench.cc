// Delivered messages a second on one core, in a plain run: three nodes, the memory store, no
// faults, clients that ask one thing after the other.
//
//     sim_messages_bench [STEPS [CLIENTS]]        200,000 steps of each of 4 clients unless said
//
// Once with nobody watching, and once with the ledger of the checkers.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "sim/check/ledger.h"
#include "sim/world/cluster.h"

namespace {

using namespace quorate;       // NOLINT(google-build-using-namespace): a program of one file
using namespace quorate::sim;  // NOLINT(google-build-using-namespace)

constexpr std::uint64_t kKeys = 1'000;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

ClusterOptions plain_world() {
  ClusterOptions options;
  Bucket bucket;
  bucket.name = "default";
  bucket.n = 3;
  bucket.r = bucket.w = 2;
  QUORATE_CHECK(options.buckets.add(bucket));
  return options;
}

ClientStep step_of(std::uint64_t client, std::uint64_t number) {
  ClientStep step;
  const std::uint64_t key = (number * 7 + client * 13) % kKeys;
  step.request.verb = number % 2 == 0 ? Verb::kPut : Verb::kGet;
  step.request.key = Key{"default", "key-" + std::to_string(key)};
  if (number % 2 == 0) step.request.value = Blob("value " + std::to_string(number));
  return step;
}

bool all_idle(const Cluster& cluster) {
  return std::all_of(cluster.clients().begin(), cluster.clients().end(),
                     [](const auto& client) { return client->idle(); });
}

void measure(const char* name, std::uint64_t steps, std::uint64_t clients, WorldObserver* watcher) {
  Cluster cluster(plain_world());
  if (watcher != nullptr) cluster.observe(*watcher);
  QUORATE_CHECK(cluster.run_until_settled(from_seconds(10)));
  for (std::uint64_t i = 0; i < clients; ++i) cluster.add_client();
  const double begun = cpu_seconds();
  const std::uint64_t before = cluster.network_counts().delivered;
  // Some steps at a time: what is asked later need not lie in memory now.
  constexpr std::uint64_t kSteps = 1'000;
  for (std::uint64_t done = 0; done < steps; done += kSteps) {
    for (std::uint64_t client = 0; client < clients; ++client) {
      for (std::uint64_t i = 0; i < kSteps; ++i) {
        cluster.clients()[client]->enqueue(step_of(client, done + i));
      }
    }
    while (!all_idle(cluster)) cluster.run_for(from_ms(20));
  }
  const double took = cpu_seconds() - begun;
  const auto delivered = static_cast<double>(cluster.network_counts().delivered - before);
  std::printf("%-14s %9.0f messages in %5.2f s: %8.0f a second; %zu operations, hash %016llx\n",
              name, delivered, took, delivered / took, cluster.history().operations().size(),
              static_cast<unsigned long long>(cluster.trace_hash()));
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t steps = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200'000;
  const std::uint64_t clients = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 4;
  measure("unobserved", steps, clients, nullptr);
  Ledger ledger;
  measure("with a ledger", steps, clients, &ledger);
}
