// What is different on a terminal: colours, escaped values, a progress bar, a prompt with history
// and completion.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/client/fake_cluster.h"
#include "tests/client/program.h"

namespace quorate::client {
namespace {

class Terminal : public testing::Test {
 protected:
  Terminal() {
    environment_["QUORATE_ENDPOINTS"] = cluster_.endpoints();
    directory_ =
        std::filesystem::temp_directory_path() / ("kvcli_terminal_" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory_);
    environment_["XDG_STATE_HOME"] = directory_.string();
  }
  ~Terminal() override { std::filesystem::remove_all(directory_); }

  FakeCluster cluster_;
  Variables environment_;
  std::filesystem::path directory_;
};

TEST_F(Terminal, ColoursAreForTerminalsWithoutNoColor) {
  EXPECT_NE(run_on_terminal("kvcli status", {}, environment_).out.find("\033[1mNODE"),
            std::string::npos);
  EXPECT_EQ(run_line("kvcli status", "", environment_).out.find('\033'), std::string::npos);
  environment_["NO_COLOR"] = "1";
  EXPECT_EQ(run_on_terminal("kvcli status", {}, environment_).out.find('\033'), std::string::npos);
}

TEST_F(Terminal, AValueCannotPlayWithTheTerminal) {
  ASSERT_EQ(run_line("printf '\\033[2Jboo' | kvcli put k - -q", "", environment_).exit_code, 0);
  const auto shown = run_on_terminal("kvcli get k", {}, environment_).out;
  EXPECT_NE(shown.find("\\x1b[2Jboo"), std::string::npos) << shown;
  EXPECT_EQ(shown.find('\033'), std::string::npos);
  EXPECT_EQ(run_line("kvcli get k", "", environment_).out, "\033[2Jboo\n")
      << "elsewhere it is the value";
}

TEST_F(Terminal, LoadDrawsItsProgressThereOnly) {
  std::ofstream file(directory_ / "many");
  for (int i = 0; i < 20'000; ++i) file << "key" << i << "\tvalue\n";
  file.close();
  const std::string load = "kvcli load '" + (directory_ / "many").string() + "'";
  const auto shown = run_on_terminal(load, {}, environment_);
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_NE(shown.out.find("%  "), std::string::npos) << shown.out.substr(0, 500);
  EXPECT_NE(shown.out.find("/s"), std::string::npos);
  EXPECT_NE(shown.out.find("loaded 20,000 keys"), std::string::npos);
  EXPECT_EQ(run_line(load, "", environment_).error, "");
}

TEST_F(Terminal, VerifyAndRepairDrawTheirProgressThereOnly) {
  ASSERT_EQ(run_line("kvcli put k v -q; kvcli put differs v -q", "", environment_).exit_code, 0);
  const auto verified = run_on_terminal("kvcli verify", {}, environment_);
  EXPECT_EQ(verified.exit_code, 1) << verified.out;
  EXPECT_NE(verified.out.find("%  "), std::string::npos) << verified.out;
  EXPECT_NE(verified.out.find("differs: vnode 0"), std::string::npos) << verified.out;
  EXPECT_EQ(run_line("kvcli verify", "", environment_).error, "");
  const auto repaired = run_on_terminal("kvcli repair --wait", {}, environment_);
  EXPECT_EQ(repaired.exit_code, 0) << repaired.out;
  EXPECT_NE(repaired.out.find("pairs have met"), std::string::npos) << repaired.out;
  EXPECT_NE(repaired.out.find("nothing differs any more"), std::string::npos) << repaired.out;
  EXPECT_EQ(run_line("kvcli repair --wait", "", environment_).error, "");
}

TEST_F(Terminal, AValueExplainedCannotPlayWithTheTerminalEither) {
  ASSERT_EQ(run_line("printf '\\033[2Jboo' | kvcli put k - -q", "", environment_).exit_code, 0);
  const auto shown = run_line("kvcli explain k", "", environment_).out;
  EXPECT_NE(shown.find("\\x1b[2Jboo"), std::string::npos) << shown;
  EXPECT_EQ(shown.find('\033'), std::string::npos);
}

TEST_F(Terminal, TheShellCompletesRemembersAndDropsALineAtInterrupt) {
  // Each key is typed when the shell itself has shown that it reads: what a completion adds, only
  // it prints.
  const auto first = run_on_terminal("exec kvcli shell",
                                     {{"kvcli> ", "put city:1 Lisboa\n"},
                                      {"stored city:1", ""},
                                      {"kvcli> ", "ge\tci\t\n"},  // get city:1
                                      {"Lisboa\r\n", ""},
                                      {"kvcli> ", "del city:1 --stri\t"},
                                      {"ct", "\003"},
                                      {"kvcli> ", "get city:1 --fail\t\n"},
                                      {"-on-siblings", ""},
                                      {"Lisboa\r\n", ""},
                                      {"kvcli> ", "exit\n"}},
                                     environment_);
  EXPECT_EQ(first.exit_code, 0) << first.out;
  EXPECT_EQ(first.out.find("deleted"), std::string::npos) << first.out;
  const auto history = directory_ / "quorate" / "kvcli_history";
  ASSERT_TRUE(std::filesystem::exists(history));
  EXPECT_EQ(std::filesystem::status(history).permissions() & std::filesystem::perms::others_all,
            std::filesystem::perms::none);
  // Up, up: "exit" was the last line, the get before it.
  const auto second = run_on_terminal(
      "exec kvcli shell",
      {{"kvcli> ", "\033[A\033[A\n"}, {"Lisboa\r\n", ""}, {"kvcli> ", "exit\n"}}, environment_);
  EXPECT_EQ(second.exit_code, 0) << second.out;
}

TEST_F(Terminal, ResolveAsksWhichOneIsToStand) {
  ASSERT_EQ(
      run_line("kvcli put k one -q; kvcli put k two --context none -q", "", environment_).exit_code,
      0);
  const auto left = run_on_terminal("kvcli resolve k", {{"Keep which one?", "\n"}}, environment_);
  EXPECT_EQ(left.exit_code, 0);
  EXPECT_EQ(run_line("kvcli get k --raw", "", environment_).exit_code, 5);
  const auto resolved =
      run_on_terminal("kvcli resolve k", {{"Keep which one?", "2\n"}}, environment_);
  EXPECT_EQ(resolved.exit_code, 0);
  EXPECT_NE(resolved.out.find("2 siblings became \"two\""), std::string::npos) << resolved.out;
  EXPECT_EQ(run_line("kvcli get k --raw", "", environment_).out, "two");
}

}  // namespace
}  // namespace quorate::client
