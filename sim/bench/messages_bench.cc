// What a delivered message costs one core, in a plain run: three nodes, the memory store, no
// faults, clients that ask one thing after the other.
//
//     sim_messages_bench [STEPS [CLIENTS [ROUNDS [KIND]]]]
//
// 100,000 steps of each of 4 clients, in 3 rounds unless said; of the rounds the median counts. The
// kinds: nobody watches (unobserved), the ledger of the checkers does (ledger), messages pass
// through their wire format (codec); all of them, in turn, unless one is named. CPU time, since
// other programs take wall time; papers/benchmarks/simulator.md has what was measured.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

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

ClusterOptions plain_world(bool codec) {
  ClusterOptions options;
  Bucket bucket;
  bucket.name = "default";
  bucket.n = 3;
  bucket.r = bucket.w = 2;
  QUORATE_CHECK(options.buckets.add(bucket));
  options.codec = codec;
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

struct Kind {
  const char* name;
  bool ledger = false;
  bool codec = false;
};
constexpr Kind kKinds[] = {{"unobserved"}, {"ledger", true}, {"codec", false, true}};

struct Round {
  double cpu_seconds = 0;
  std::uint64_t messages = 0;
  std::uint64_t hash = 0;

  double ns_per_message() const { return cpu_seconds * 1e9 / static_cast<double>(messages); }
};

Round play(const Kind& kind, std::uint64_t steps, std::uint64_t clients) {
  Cluster cluster(plain_world(kind.codec));
  Ledger ledger;
  if (kind.ledger) cluster.observe(ledger);
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
  return Round{cpu_seconds() - begun, cluster.network_counts().delivered - before,
               cluster.trace_hash()};
}

void measure(const Kind& kind, std::uint64_t steps, std::uint64_t clients, std::uint64_t rounds) {
  std::vector<Round> played;
  for (std::uint64_t i = 0; i < rounds; ++i) played.push_back(play(kind, steps, clients));
  std::sort(played.begin(), played.end(),
            [](const Round& a, const Round& b) { return a.ns_per_message() < b.ns_per_message(); });
  const Round& median = played[played.size() / 2];
  std::printf("%-10s %9llu messages: %5.0f ns of CPU each, %8.0f a second; hash %016llx\n",
              kind.name, static_cast<unsigned long long>(median.messages), median.ns_per_message(),
              1e9 / median.ns_per_message(), static_cast<unsigned long long>(median.hash));
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int position, std::uint64_t otherwise) {
    return argc > position ? std::strtoull(argv[position], nullptr, 10) : otherwise;
  };
  for (const Kind& kind : kKinds) {
    if (argc > 4 && std::strcmp(argv[4], kind.name) != 0) continue;
    measure(kind, number(1, 100'000), number(2, 4), std::max<std::uint64_t>(1, number(3, 3)));
  }
}
