#include "client/kvbench/options.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace quorate::client::kvbench {
namespace {

Options options(std::vector<std::string> words) {
  const Parsed parsed = parse_options(words);
  EXPECT_TRUE(parsed.options.has_value()) << parsed.text;
  return parsed.options.value_or(Options{});
}

std::string problem(std::vector<std::string> words) {
  const Parsed parsed = parse_options(words);
  EXPECT_FALSE(parsed.options.has_value());
  EXPECT_EQ(parsed.exit_code, ExitCode::kBadUsage);
  EXPECT_TRUE(parsed.to_stderr);
  return parsed.text;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(BenchOptions, DefaultsAreAClosedLoopOfSixtyFour) {
  const Options out = options({"run"});
  EXPECT_FALSE(out.open());
  EXPECT_EQ(out.concurrency, 64u);
  EXPECT_STREQ(out.mix->name, "mixed");
  EXPECT_EQ(out.keys, 100'000u);
  EXPECT_EQ(out.value_bytes, 100u);
  EXPECT_EQ(out.distribution, Distribution::kUniform);
  EXPECT_EQ(out.request.bucket, "default");
}

TEST(BenchOptions, YcsbWorkloadsBringTheirOwnValuesAndDistribution) {
  const Options b = options({"run", "--workload", "b"});
  EXPECT_EQ(b.value_bytes, 1'000u);
  EXPECT_EQ(b.distribution, Distribution::kZipf);
  const Options other =
      options({"run", "--workload", "B", "--value-bytes", "10", "--distribution", "uniform"});
  EXPECT_EQ(other.value_bytes, 10u);
  EXPECT_EQ(other.distribution, Distribution::kUniform);
  EXPECT_EQ(options({"run", "--workload", "D"}).distribution, Distribution::kLatest);
}

TEST(BenchOptions, ARateMakesTheLoopOpen) {
  const Options out = options({"run", "--rate", "2500"});
  EXPECT_TRUE(out.open());
  EXPECT_EQ(out.rate, 2'500);
  EXPECT_EQ(out.concurrency, Options::kConcurrencyMax);
  EXPECT_TRUE(has(problem({"run", "--mode", "open"}), "--mode open needs --rate"));
  EXPECT_TRUE(has(problem({"run", "--mode", "closed", "--rate", "5"}), "leave out --mode closed"));
}

TEST(BenchOptions, QuorumsEndpointsAndProcessesAreTaken) {
  const Options out = options({"run", "--endpoints", "a:1,b:2", "--r", "1", "-w", "all",
                               "--server-pid", "11", "12,13", "--json"});
  EXPECT_EQ(out.endpoints.size(), 2u);
  EXPECT_EQ(out.request.r, Quorum::of(1));
  EXPECT_EQ(out.request.w.kind, Quorum::Kind::kAll);
  EXPECT_EQ(out.server_pids, (std::vector<pid_t>{11, 12, 13}));
  EXPECT_TRUE(out.json);
}

TEST(BenchOptions, EveryProblemIsToldAtOnce) {
  const std::string text =
      problem({"run", "--concurrency", "2000", "--keys", "0", "--rate", "fast", "--workload",
               "scan", "--r", "no", "--server-pid", "x", "--sed"});
  for (const char* part :
       {"--concurrency: \"2000\" is not a number from 1 to 1024", "--keys: \"0\"",
        "--rate: \"fast\"", "--workload: \"scan\" is none of put, get, mixed",
        "--r: ", "--server-pid: \"x\"", "there is no option --sed", "See: kvbench --help"}) {
    EXPECT_TRUE(has(text, part)) << part << "\n" << text;
  }
}

TEST(BenchOptions, DataTypesHaveABucketOfTheirName) {
  EXPECT_EQ(options({"run", "--workload", "counter"}).request.bucket, "counter");
  EXPECT_EQ(options({"run", "--workload", "set"}).request.bucket, "set");
  EXPECT_EQ(options({"run", "--workload", "set", "-b", "tags"}).request.bucket, "tags");
  EXPECT_EQ(options({"run", "--workload", "put"}).request.bucket, "default");
}

TEST(BenchOptions, ScansAreRefusedWithTheReason) {
  EXPECT_TRUE(has(problem({"run", "--workload", "E"}), "the store has no scan"));
}

TEST(BenchOptions, LoadTakesWhatConcernsItAndNothingElse) {
  const Options out = options({"load", "--keys", "10", "--value-bytes", "7", "-w", "3"});
  EXPECT_TRUE(out.load);
  EXPECT_EQ(out.keys, 10u);
  EXPECT_EQ(out.value_bytes, 7u);
  EXPECT_TRUE(has(problem({"load", "--rate", "5"}), "there is no option --rate of load"));
}

TEST(BenchOptions, HelpAndMistypedWords) {
  EXPECT_EQ(parse_options({"run", "--help"}).exit_code, ExitCode::kDone);
  EXPECT_TRUE(has(parse_options({"--help"}).text, "Usage: kvbench"));
  EXPECT_EQ(parse_options({}).exit_code, ExitCode::kBadUsage);
  EXPECT_TRUE(has(problem({"runn"}), "\"runn\" is no command"));
  EXPECT_TRUE(has(problem({"run", "--concurency", "5"}), "did you mean --concurrency?"));
  EXPECT_TRUE(has(problem({"run", "--keys"}), "--keys needs a value"));
}

}  // namespace
}  // namespace quorate::client::kvbench
