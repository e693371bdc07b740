// kvsim topologies and kvsim matrix as a person and a program meet them.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <string>

namespace {

struct Outcome {
  std::string text;  // of both streams
  int exit = -1;
};

Outcome run(const std::string& words) {
  Outcome outcome;
  std::FILE* pipe = popen(("'" QUORATE_BIN_DIR "/kvsim' " + words + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    outcome.text.append(buffer.data(), got);
  }
  const int status = pclose(pipe);
  outcome.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

// Wherever lines are broken.
bool has(const Outcome& outcome, const std::string& text) {
  std::string flat;
  for (const char c : outcome.text) {
    const char flattened = c == '\n' ? ' ' : c;
    if (flattened != ' ' || flat.empty() || flat.back() != ' ') flat += flattened;
  }
  return flat.find(text) != std::string::npos;
}

TEST(TopologiesCommand, counts_what_every_shape_serves) {
  const Outcome all = run("topologies --nodes 3");
  EXPECT_EQ(all.exit, 0) << all.text;
  EXPECT_TRUE(has(all, "16 ways in which 3 nodes can hear one another"));
  EXPECT_TRUE(has(all, "Wherever r+w > n, no served read misses an acknowledged write"));
  EXPECT_TRUE(has(all, "From w=2 on two sides never both take writes"));
  EXPECT_EQ(all.text.find('\033'), std::string::npos);
}

TEST(TopologiesCommand, draws_one_shape) {
  const Outcome one = run("topologies --nodes 3 --graph 16");
  EXPECT_EQ(one.exit, 0) << one.text;
  EXPECT_TRUE(has(one, "graph 16: 1<->2 1<->3 2<->3"));
}

TEST(TopologiesCommand, speaks_json) {
  const Outcome all = run("topologies --nodes 2 --json");
  EXPECT_EQ(all.exit, 0);
  const boost::json::object json = boost::json::parse(all.text).as_object();
  EXPECT_EQ(json.at("graphs").as_array().size(), 3u);
  EXPECT_TRUE(json.at("differences").as_array().empty());
  EXPECT_TRUE(json.at("violations").as_array().empty());
}

TEST(TopologiesCommand, refuses_what_it_cannot_draw) {
  for (const char* words : {"topologies --nodes 1", "topologies --nodes 6", "topologies --nodes x",
                            "topologies --nodes 3 --graph 17", "topologies --graph 0"}) {
    const Outcome refused = run(words);
    EXPECT_EQ(refused.exit, 2) << words;
    EXPECT_TRUE(has(refused, "see kvsim topologies --help")) << refused.text;
  }
}

TEST(MatrixCommand, shows_what_a_cut_costs) {
  const Outcome block = run("matrix --nodes 3 --seeds 1 --only majority-minority");
  EXPECT_EQ(block.exit, 0) << block.text;
  EXPECT_TRUE(has(block, "No configuration answered everywhere and stayed fresh"));
  EXPECT_TRUE(has(block, "With r+w > n no read was stale."));
}

TEST(MatrixCommand, speaks_json) {
  const Outcome block = run("matrix --nodes 2 --n 2 --seeds 1 --only none --json");
  EXPECT_EQ(block.exit, 0);
  const boost::json::object json = boost::json::parse(block.text).as_object();
  const boost::json::object& none = json.at("partitions").as_array().at(0).as_object();
  EXPECT_EQ(none.at("partition").as_string(), "none");
  EXPECT_EQ(none.at("cells").as_array().size(), 4u);
}

TEST(MatrixCommand, tells_every_problem_at_once) {
  const Outcome refused = run("matrix --nodes 40 --n 0 --seeds many --only sideways");
  EXPECT_EQ(refused.exit, 2);
  for (const char* problem : {"--nodes is a number from 2 to 9, not '40'", "--n is a number",
                              "--seeds is a number", "--only is one of none, majority-minority"}) {
    EXPECT_TRUE(has(refused, problem)) << refused.text;
  }
  EXPECT_EQ(run("matrix --only even-split").exit, 2);  // three cannot be halved
}

TEST(SweepCommand, the_store_under_the_disks_changes_no_hash) {
  const Outcome memory = run("sweep --seeds 1..3 --hashes");
  const Outcome rocksdb = run("sweep --seeds 1..3 --hashes --store rocksdb");
  EXPECT_EQ(memory.exit, 0);
  EXPECT_EQ(rocksdb.exit, 0);
  EXPECT_EQ(memory.text, rocksdb.text);
  EXPECT_EQ(run("sweep --store tape").exit, 2);
}

}  // namespace
