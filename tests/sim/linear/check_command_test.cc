// kvsim check as a person meets it: commands, what they print, and how they end
// (golden/check.transcript).
//
// QUORATE_UPDATE_GOLDEN=1 writes the transcript anew; then read what changed.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace {

const std::string kGolden = QUORATE_GOLDEN_DIR;

// What it prints, then the exit code.
std::string run(const std::string& command) {
  const std::string in_directory =
      "cd '" + kGolden + "' && PATH='" QUORATE_BIN_DIR "':\"$PATH\" && { " + command + "; } 2>&1";
  std::FILE* pipe = popen(in_directory.c_str(), "r");
  if (pipe == nullptr) return "cannot run\n";
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), got);
  }
  const int status = pclose(pipe);
  return output + "exit " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1) + "\n";
}

TEST(CheckCommand, PrintsAndEndsAsTheTranscriptSays) {
  const std::string path = kGolden + "/check.transcript";
  std::ifstream file(path);
  std::stringstream expected;
  expected << file.rdbuf();
  std::string actual;
  std::string line;
  for (std::istringstream lines(expected.str()); std::getline(lines, line);) {
    if (line.rfind("$ ", 0) == 0) actual += line + "\n" + run(line.substr(2)) + "\n";
  }
  EXPECT_FALSE(actual.empty());
  if (std::getenv("QUORATE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << actual;
  } else {
    EXPECT_EQ(actual, expected.str());
  }
}

TEST(CheckCommand, AWordThatIsNoCommandIsRefused) {
  const std::string output = run("kvsim chekc stale-read.edn");
  EXPECT_NE(output.find("kvsim: there is no command 'chekc'; the commands are: "),
            std::string::npos);
  EXPECT_NE(output.find("exit 2\n"), std::string::npos);
  EXPECT_NE(run("kvsim").find("exit 2\n"), std::string::npos);
}

TEST(CheckCommand, HelpAndVersionAreNoErrors) {
  EXPECT_NE(run("kvsim --help").find("exit 0\n"), std::string::npos);
  EXPECT_NE(run("kvsim --version").find("exit 0\n"), std::string::npos);
  const std::string help = run("kvsim check --help");
  EXPECT_NE(help.find("kvsim check history.edn --model cas-register --initial 0"),
            std::string::npos);
  EXPECT_NE(help.find("exit 0\n"), std::string::npos);
}

TEST(CheckCommand, JsonIsUtf8WhateverTheBytesOfTheHistory) {
  const std::string output =
      run("printf '{:process 0 :type :invoke :f :put :key \"k\\377\" :value \"\"}' | "
          "kvsim check - --model kv --json");
  EXPECT_NE(output.find("k\xef\xbf\xbd"), std::string::npos) << output;
  EXPECT_EQ(output.find('\xff'), std::string::npos);
  EXPECT_NE(output.find("exit 0\n"), std::string::npos);
}

TEST(CheckCommand, ColoursAreForTerminalsOnly) {
  EXPECT_EQ(run("kvsim check stale-read.edn").find('\033'), std::string::npos);
}

}  // namespace
