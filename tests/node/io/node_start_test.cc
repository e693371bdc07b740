// What kvnode does with what it is given: the start matrix, as a person meets it.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/integration/child_process.h"
#include "tests/node/io/node_harness.h"

namespace quorate::io_test {
namespace {

using integration::ChildProcess;
using integration::CommandResult;
using integration::run_command;
using std::chrono::milliseconds;

void write(const std::string& path, const std::string& text, mode_t mode = 0600) {
  std::ofstream(path) << text;
  ASSERT_EQ(::chmod(path.c_str(), mode), 0);
}

class NodeStartTest : public ::testing::Test {
 protected:
  std::string config(const std::string& host, const std::string& secret_file = "") {
    std::string text = "[cluster]\nname = \"test\"\n";
    if (!secret_file.empty()) text += "secret_file = \"" + secret_file + "\"\n";
    text += "[[node]]\nid = 1\nhost = \"" + host +
            "\"\nclient_port = " + std::to_string(client_port_.number()) +
            "\npeer_port = " + std::to_string(peer_port_.number()) + "\n";
    std::string path = directory_ / "cluster.toml";
    write(path, text);
    return path;
  }

  std::vector<std::string> command(const std::string& config_path,
                                   const std::vector<std::string>& flags = {}) {
    std::vector<std::string> all = {QUORATE_KVNODE, "--config",         config_path, "--node", "1",
                                    "--data",       directory_ / "data"};
    all.insert(all.end(), flags.begin(), flags.end());
    return all;
  }

  // Runs it to its end.
  CommandResult run(const std::vector<std::string>& what) {
    return run_command(what, directory_ / ("log-" + std::to_string(++logs_)), kPatience);
  }

  bool serves() {
    return eventually([this] { return RawClient(client_port_.number()).hello().has_value(); });
  }
  std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  testing_support::TempDir directory_;
  integration::ReservedPort client_port_;
  integration::ReservedPort peer_port_;
  int logs_ = 0;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(NodeStartTest, EveryProblemOfTheCommandLineIsToldAtOnce) {
  const CommandResult result =
      run({QUORATE_KVNODE, "--confg", "x.toml", "--node", "none", "--durability", "maybe",
           "--client-port", "99999", "--log-level", "loud"});
  EXPECT_EQ(result.exit_code, 2);
  for (const char* part :
       {"unknown argument \"--confg\"; did you mean --config?", "--config FILE is missing",
        "--node \"none\" must be a number", "--data DIR is missing",
        "--durability \"maybe\" must be fsync or os", "--client-port \"99999\" must be a port",
        "--log-level \"loud\" must be debug, info, warn, error or off"}) {
    EXPECT_TRUE(contains(result.output, part)) << part << "\n" << result.output;
  }
}

TEST_F(NodeStartTest, ABadConfigurationIsToldWithLineAndColumn) {
  write(directory_ / "bad.toml", "[cluster]\nname = \"test\"\n[[node]]\nid = 0\nhots = 1\n");
  const CommandResult result = run(command(directory_ / "bad.toml"));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(contains(result.output, "bad.toml:4:6: [[node]] id = 0 must be from 1"));
  EXPECT_TRUE(contains(result.output, "bad.toml:5:1: [[node]] has no key \"hots\""));
}

TEST_F(NodeStartTest, ANodeThatIsNotInTheConfigurationIsToldWhichAre) {
  std::vector<std::string> other = command(config("127.0.0.1"));
  other[4] = "7";
  const CommandResult result = run(other);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(contains(result.output, "--node 7 is not in")) << result.output;
}

TEST_F(NodeStartTest, CheckConfigPrintsTheTablesOrTheProblems) {
  const CommandResult good =
      run({QUORATE_KVNODE, "--config", config("127.0.0.1"), "--check-config"});
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_TRUE(contains(good.output, "cluster test: 1 nodes, 64 vnodes")) << good.output;
  write(directory_ / "bad.toml", "nonsense");
  const CommandResult bad =
      run({QUORATE_KVNODE, "--config", directory_ / "bad.toml", "--check-config"});
  EXPECT_EQ(bad.exit_code, 2);
}

TEST_F(NodeStartTest, VersionAndHelpAreAnsweredWithoutAConfiguration) {
  const CommandResult version = run({QUORATE_KVNODE, "--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.output.substr(0, 7), "kvnode ");
  const CommandResult help = run({QUORATE_KVNODE, "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_TRUE(contains(help.output, "QUORATE_CONFIG"));
}

TEST_F(NodeStartTest, TheEnvironmentStandsInForFlags) {
  const std::string path = config("127.0.0.1");
  const CommandResult result = run({"/usr/bin/env", "QUORATE_CONFIG=" + path, "QUORATE_NODE=7",
                                    "QUORATE_DATA=/x", "QUORATE_DURABILITY=never", QUORATE_KVNODE});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(contains(result.output, "--node 7 is not in")) << result.output;
  EXPECT_TRUE(contains(result.output, "--durability \"never\"")) << result.output;
  EXPECT_FALSE(contains(result.output, "missing")) << result.output;
}

// FAULTS X4.
TEST_F(NodeStartTest, BeyondLoopbackItWantsASecretOrAWordOfInsecurity) {
  const CommandResult open = run(command(config("0.0.0.0")));
  EXPECT_EQ(open.exit_code, 2);
  EXPECT_TRUE(contains(open.output, "which others can reach, without a secret")) << open.output;

  write(directory_ / "secret", std::string(40, 's'));
  {
    ChildProcess node(command(config("0.0.0.0", "secret")), directory_ / "log-secret");
    EXPECT_TRUE(serves());
  }
  {
    ChildProcess node(command(config("0.0.0.0"), {"--insecure"}), directory_ / "log-insecure");
    EXPECT_TRUE(serves());
    EXPECT_TRUE(eventually([this] {
      return contains(text_of(directory_ / "log-insecure"), "level=warn msg=\"insecure:");
    }));
  }
  for (const char* loopback : {"127.0.0.1", "127.0.0.9", "localhost"}) {
    ChildProcess node(command(config(loopback)), directory_ / "log-loopback");
    EXPECT_TRUE(eventually([this] {
      return contains(text_of(directory_ / "log-loopback"), "msg=ready");
    })) << loopback;
  }
}

TEST_F(NodeStartTest, ASecretThatOthersCanReadOrThatIsTooShortIsRefused) {
  write(directory_ / "secret", std::string(40, 's'), 0644);
  const CommandResult open = run(command(config("127.0.0.1", "secret")));
  EXPECT_EQ(open.exit_code, 2);
  EXPECT_TRUE(contains(open.output, "secret")) << open.output;
  write(directory_ / "secret", "short", 0600);
  EXPECT_EQ(run(command(config("127.0.0.1", "secret"))).exit_code, 2);
  const CommandResult missing = run(command(config("127.0.0.1", "no-such-file")));
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_TRUE(contains(missing.output, "no-such-file")) << missing.output;
}

TEST_F(NodeStartTest, APortInUseHasItsOwnExitCodeAndNamesThePort) {
  const std::string path = config("127.0.0.1");
  ChildProcess first(command(path), directory_ / "log-first");
  ASSERT_TRUE(serves());
  std::vector<std::string> second = command(path);
  second[6] = directory_ / "other-data";
  const CommandResult result = run(second);
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_TRUE(contains(result.output,
                       "cannot listen on 127.0.0.1:" + std::to_string(client_port_.number()) +
                           ": another process listens there"))
      << result.output;
}

TEST_F(NodeStartTest, ADirectoryInUseOrOfAnotherNodeHasItsOwnExitCode) {
  const std::string path = config("127.0.0.1");
  {
    ChildProcess first(command(path), directory_ / "log-first");
    ASSERT_TRUE(serves());
    const CommandResult in_use = run(command(path));
    EXPECT_EQ(in_use.exit_code, 3) << in_use.output;
  }
  const std::string renamed = directory_ / "renamed.toml";
  std::string text = text_of(path);
  text.replace(text.find("\"test\""), 6, "\"prod\"");
  write(renamed, text);
  const CommandResult foreign = run(command(renamed));
  EXPECT_EQ(foreign.exit_code, 3) << foreign.output;
  EXPECT_TRUE(contains(foreign.output, "prod") && contains(foreign.output, "test"))
      << foreign.output;
}

TEST_F(NodeStartTest, ADataDirectoryThatIsAFileIsRefused) {
  write(directory_ / "data", "not a directory");
  const CommandResult result = run(command(config("127.0.0.1")));
  EXPECT_EQ(result.exit_code, 3) << result.output;
}

TEST_F(NodeStartTest, AnAddressThatIsNotThisMachinesCannotBeListenedOn) {
  write(directory_ / "secret", std::string(40, 's'));
  const CommandResult result = run(command(config("192.0.2.1", "secret")));
  EXPECT_EQ(result.exit_code, 4) << result.output;
}

TEST_F(NodeStartTest, ADamagedStoreIsRefusedUnlessItMayBeSetAside) {
  const std::string path = config("127.0.0.1");
  {
    ChildProcess node(command(path), directory_ / "log-first");
    ASSERT_TRUE(serves());
    RawClient raw(client_port_.number());
    ASSERT_TRUE(raw.hello());
    ASSERT_TRUE(raw.call(put_request("k", "v")));
  }
  int damaged = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory_ / "data")) {
    if (file.path().filename().string().rfind("MANIFEST-", 0) != 0) continue;
    std::filesystem::resize_file(file.path(), 3);
    ++damaged;
  }
  ASSERT_EQ(damaged, 1);
  const CommandResult refused = run(command(path));
  EXPECT_EQ(refused.exit_code, 3) << refused.output;
  EXPECT_TRUE(contains(refused.output, "--auto-rebuild")) << refused.output;

  ChildProcess node(command(path, {"--auto-rebuild"}), directory_ / "log-rebuilt");
  EXPECT_TRUE(serves()) << text_of(directory_ / "log-rebuilt");
  EXPECT_TRUE(std::filesystem::exists(directory_ / "data.damaged-1"));
}

// Every line of the log is one record, whatever a client calls itself.
TEST_F(NodeStartTest, TheLogStaysOneRecordALine) {
  ChildProcess node(command(config("127.0.0.1"), {"--log-level", "debug"}), directory_ / "log");
  ASSERT_TRUE(serves());
  {
    RawClient raw(client_port_.number());
    wire::Hello hello;
    hello.set_protocol_version(kProtocolVersion);
    hello.set_client("x\ntime=now level=info msg=ready\x1b[31m");
    ASSERT_TRUE(raw.send_message(hello));
    ASSERT_TRUE(raw.receive());
  }
  ASSERT_TRUE(eventually([this] { return contains(text_of(directory_ / "log"), "\\x1b[31m"); }));
  std::istringstream lines(text_of(directory_ / "log"));
  std::string line;
  int ready = 0;
  while (std::getline(lines, line)) {
    EXPECT_EQ(line.substr(0, 7), "time=20") << line;
    if (contains(line, " msg=ready ") && !contains(line, "client=\"")) ++ready;
  }
  EXPECT_EQ(ready, 1);
}

}  // namespace
}  // namespace quorate::io_test
