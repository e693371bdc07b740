// Prints how fast histories are read and judged: CPU time of this machine, not a test.
//
//     sim_linear_bench [OPERATIONS]      (of the large histories; a million unless told otherwise)
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "node/base/random.h"
#include "sim/linear/bench/sample_history.h"
#include "sim/linear/edn.h"
#include "sim/linear/judge.h"

namespace quorate::sim::linear {
namespace {

double cpu_ms() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

void measure(const char* name, const SampleOptions& options, std::uint64_t seed) {
  Random random(seed);
  const std::string text = write_edn(sample_history(random, options));
  const double start = cpu_ms();
  const Result<History> history =
      read_edn(text, {.model = options.model, .initial = {}, .name = "sample"});
  const double read = cpu_ms();
  if (!history) {
    std::fprintf(stderr, "%s\n", history.error().to_string().c_str());
    std::exit(2);
  }
  const Judgement judgement = judge(*history);
  const double judged = cpu_ms();
  std::uint64_t steps = 0;
  for (const KeyVerdict& key : judgement.keys) steps += key.steps;
  std::printf("%-46s %9u %7u %5u %9.1f %9.1f %11llu  %s\n", name, options.operations,
              options.clients, options.keys, read - start, judged - read,
              static_cast<unsigned long long>(steps), verdict_name(judgement.verdict));
}

void measure_all(std::uint32_t many) {
  std::printf("%-46s %9s %7s %5s %9s %9s %11s  %s\n", "history", "ops", "clients", "keys",
              "read ms", "judge ms", "steps", "verdict");
  const SampleOptions big{.clients = 256, .operations = many};
  measure("register, distinct values", big, 1);
  SampleOptions options = big;
  options.open = 1;
  options.slow = 1;
  measure("register, 1 % open, 1 % slow", options, 2);
  options.stale = 1;
  options.stale_writes = 1000;
  measure("register, stale reads", options, 3);
  options = big;
  options.keys = 1000;
  measure("register, many keys", options, 4);

  for (const std::uint32_t keys : {10U, 1U}) {
    for (const std::uint32_t stale : {0U, 100U}) {
      options = {.model = Model::kKeyValue,
                 .clients = 50,
                 .operations = 2000,
                 .keys = keys,
                 .reads = 45,
                 .changes = 40,
                 .slow = 5,
                 .stale = stale,
                 .stale_writes = 20};
      measure(stale == 0 ? "kv with appends" : "kv with appends, stale reads", options, 5);
    }
  }
  for (const std::uint32_t clients : {5U, 10U, 30U}) {
    for (const std::uint32_t stale : {0U, 20U}) {
      options = {.model = Model::kCasRegister,
                 .clients = clients,
                 .operations = 5000,
                 .values = 5,
                 .reads = 40,
                 .changes = 30,
                 .open = 1,
                 .stale = stale,
                 .stale_writes = 100};
      measure(stale == 0 ? "cas-register of 5 values, 1 % open" : "the same, stale reads", options,
              6);
    }
  }
  options = {
      .model = Model::kCasRegister, .clients = 16, .operations = many, .reads = 40, .changes = 30};
  measure("cas-register, distinct values", options, 7);
  options.stale = 1;
  options.stale_writes = 1000;
  measure("the same, stale reads", options, 7);
}

}  // namespace
}  // namespace quorate::sim::linear

int main(int argc, char** argv) {
  const unsigned long operations = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
  quorate::sim::linear::measure_all(static_cast<std::uint32_t>(operations));
  return 0;
}
