// kvbench itself, as a person or a script runs it.
#include "tests/client/program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "client/kvbench/processes.h"
#include "tests/client/fake_cluster.h"

namespace quorate::client {
namespace {

constexpr const char* kQuick = " --seconds 0.1 --warm-up 0 --repetitions 2 --keys 50";

class Kvbench : public testing::Test {
 protected:
  ProgramResult run(const std::string& line) {
    environment_["QUORATE_ENDPOINTS"] = cluster_.endpoints();
    return run_line(line, "", environment_);
  }

  FakeCluster cluster_;
  Variables environment_;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Kvbench, LoadsWhatAReadingWorkloadNeedsAndSaysSoOnce) {
  ProgramResult result = run(std::string("kvbench run --workload B") + kQuick);
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_TRUE(has(result.out, "loading 50 keys first: bench:000000000049 is not there"))
      << result.out;
  EXPECT_TRUE(has(result.out, "loaded 50 keys of 1000 B"));
  EXPECT_TRUE(has(result.out, "none failed"));
  result = run(std::string("kvbench run --workload C") + kQuick);
  EXPECT_FALSE(has(result.out, "loading")) << result.out;
  result = run(std::string("kvbench run --workload C --value-bytes 5") + kQuick);
  EXPECT_TRUE(has(result.out, "has a value of 1000 bytes")) << result.out;
}

TEST_F(Kvbench, TellsAgainstWhatItMeasured) {
  const ProgramResult result = run(std::string("kvbench run --workload put --w all") + kQuick);
  EXPECT_TRUE(
      has(result.out, "cluster fake: 3 nodes, fsync; bucket default (register, n=3 r=2 w=3)"))
      << result.out;
  EXPECT_TRUE(has(result.out, "closed loop, 64 in flight on 3 connections"));
  EXPECT_TRUE(has(result.out, "REPETITION"));
  EXPECT_TRUE(has(result.out, "median"));
  EXPECT_TRUE(has(result.out, "name their processes with --server-pid")) << result.out;
}

TEST_F(Kvbench, JsonIsOneLineWithWholeNumbers) {
  const ProgramResult result =
      run(std::string("kvbench run --workload mixed --json --server-pid ") +
          std::to_string(::getpid()) + kQuick);
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_EQ(result.out.find('\n'), result.out.size() - 1) << result.out;
  for (const char* part :
       {"\"durability\":\"fsync\"", "\"loaded_first\":true", "\"mode\":\"closed\"", "\"p99_ns\":",
        "\"server_cpu_ns_per_operation\":", "\"own_cpu_percent_of_a_core\":", "\"median_by_kind\"",
        "\"unknown\":0", "\"warnings\":["}) {
    EXPECT_TRUE(has(result.out, part)) << part << "\n" << result.out;
  }
  EXPECT_FALSE(has(result.out, "\"server_cpu_ns_per_operation\":null"));
}

TEST_F(Kvbench, ExitCodesTellTheWorst) {
  EXPECT_EQ(run("kvbench run --workload E").exit_code, 2);
  ProgramResult result = run("kvbench run --bucket nowhere");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(has(result.error, "there is no bucket \"nowhere\"")) << result.error;
  result = run("kvbench run --endpoints " + closed_endpoint().to_string());
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_TRUE(has(result.error, "Is the cluster up?")) << result.error;
  result = run("kvbench run --server-pid 4194304");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(has(result.error, "there is no process 4194304")) << result.error;
}

TEST_F(Kvbench, LoadWritesEveryKey) {
  const ProgramResult result = run("kvbench load --keys 120 --value-bytes 30");
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_TRUE(has(result.out, "loaded 120 keys of 30 B")) << result.out;
  EXPECT_EQ(run("kvcli get bench:000000000119").exit_code, 0);
  EXPECT_EQ(run("kvcli get bench:000000000120").exit_code, 1);
}

TEST_F(Kvbench, DrawsItsRateOnATerminalOnly) {
  environment_["QUORATE_ENDPOINTS"] = cluster_.endpoints();
  const std::string line =
      "kvbench run --workload put --seconds 0.4 --warm-up 0 --repetitions 1 --keys 50";
  EXPECT_TRUE(has(run_on_terminal(line, {}, environment_).out, "repetition 1 of 1  "));
  EXPECT_TRUE(run(line).error.empty());
}

TEST(Processes, OwnTimeAndThatOfAnyProcessGrowWithWork) {
  const std::int64_t own = kvbench::own_cpu_ns();
  const auto before = kvbench::usage_of(::getpid());
  ASSERT_TRUE(before);
  volatile std::uint64_t sum = 0;
  while (kvbench::own_cpu_ns() - own < 50'000'000) sum = sum + 1;
  const auto after = kvbench::usage_of(::getpid());
  ASSERT_TRUE(after);
  // /proc counts in steps of some 10 ms.
  EXPECT_GE(after->cpu_ns - before->cpu_ns, 20'000'000);
  EXPECT_TRUE(after->written_known);
  EXPECT_FALSE(kvbench::usage_of(1 << 22));
  EXPECT_FALSE(kvbench::usage_of({::getpid(), 1 << 22}));
  EXPECT_EQ(kvbench::process_name(1 << 22), "");
}

}  // namespace
}  // namespace quorate::client
