#include "client/peerbench/options.h"

#include <gtest/gtest.h>

namespace quorate::client::peerbench {
namespace {

TEST(PeerbenchOptions, SayWhatIsAskedOfWhom) {
  const Parsed parsed =
      parse_options({"run", "--system", "redis", "--endpoints", "127.0.0.1:1,127.0.0.1:2",
                     "--workload", "get", "--concurrency", "16", "--connections", "4", "--json"});
  ASSERT_TRUE(parsed.options) << parsed.text;
  EXPECT_EQ(parsed.options->system, System::kRedis);
  EXPECT_EQ(parsed.options->bench.endpoints.size(), 2u);
  EXPECT_EQ(std::string(parsed.options->bench.mix->name), "get");
  EXPECT_EQ(parsed.options->bench.concurrency, 16u);
  EXPECT_EQ(parsed.options->bench.connections, 4u);
  EXPECT_EQ(parsed.options->bench.value_bytes, 100u);
  EXPECT_TRUE(parsed.options->bench.json);
}

TEST(PeerbenchOptions, PidsMayBeAList) {
  const Parsed parsed = parse_options(
      {"run", "--system", "etcd", "--endpoints", "127.0.0.1:1", "--server-pid", "5,6,7"});
  ASSERT_TRUE(parsed.options) << parsed.text;
  EXPECT_EQ(parsed.options->bench.server_pids, (std::vector<pid_t>{5, 6, 7}));
}

TEST(PeerbenchOptions, WhatMakesNoSenseIsBadUsage) {
  const std::vector<std::vector<std::string>> lines{
      {},
      {"run"},
      {"walk", "--system", "etcd", "--endpoints", "127.0.0.1:1"},
      {"run", "--system", "mongo", "--endpoints", "127.0.0.1:1"},
      {"run", "--system", "etcd", "--endpoints", "nowhere"},
      {"run", "--system", "etcd", "--endpoints", "127.0.0.1:1", "--workload", "counter"},
      {"run", "--system", "redis", "--endpoints", "127.0.0.1:1", "--serializable"},
      {"run", "--system", "etcd", "--endpoints", "127.0.0.1:1", "--concurrency", "0"},
      {"run", "--system", "etcd", "--endpoints", "127.0.0.1:1", "--colour"}};
  for (const auto& line : lines) {
    const Parsed parsed = parse_options(line);
    EXPECT_FALSE(parsed.options);
    EXPECT_EQ(parsed.exit_code, kvbench::ExitCode::kBadUsage);
    EXPECT_NE(parsed.text.find("See: peerbench --help"), std::string::npos);
  }
  EXPECT_NE(parse_options({"--help"}).text.find("Usage:"), std::string::npos);
}

}  // namespace
}  // namespace quorate::client::peerbench
