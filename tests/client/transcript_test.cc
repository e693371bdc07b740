// Runs the transcripts: what people type and what they then see. One test a file of
// tests/client/transcripts.
//
// Format:     a purpose in lines with #; then commands, each "$ line", what follows "<" on further
//             lines as its stdin, "----", and all that came back: stdout as it is, stderr with "! "
//             before each line, "[exit N]" if it is not 0, an empty line. Ports read as 1, 2 and 3
//             for the nodes, 4 for nobody's; round trips as N. To rewrite them from what happens
//             now: QUORATE_REWRITE_TRANSCRIPTS=1; then read the difference.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/client/fake_cluster.h"
#include "tests/client/program.h"

namespace quorate::client {
namespace {

namespace fs = std::filesystem;

struct Command {
  std::string line;
  std::string input;
  std::string expected;

  bool complete() const {
    return expected.empty() || expected == "\n" || expected.ends_with("\n\n");
  }
};

struct Transcript {
  std::string purpose;
  std::vector<Command> commands;
};

Transcript parse(const std::string& text) {
  Transcript transcript;
  std::istringstream lines(text);
  std::string line;
  bool in_output = false;
  while (std::getline(lines, line)) {
    if (line.rfind("$ ", 0) == 0 && (!in_output || transcript.commands.back().complete())) {
      transcript.commands.push_back({line.substr(2), "", ""});
      in_output = false;
    } else if (transcript.commands.empty()) {
      transcript.purpose += line + "\n";
    } else if (in_output) {
      transcript.commands.back().expected += line + "\n";
    } else if (line == "----") {
      in_output = true;
    } else if (line.rfind("<", 0) == 0) {
      transcript.commands.back().input += line.substr(1) + "\n";
    } else {
      ADD_FAILURE() << "not of a transcript: " << line;
    }
  }
  return transcript;
}

class Runner {
 public:
  Runner() : nobody_(closed_endpoint()) {
    environment_["QUORATE_ENDPOINTS"] = cluster_.endpoints();
    environment_["NODE1"] = cluster_.nodes()[0]->endpoint().to_string();
    environment_["NOBODY"] = nobody_.to_string();
    directory_ = fs::temp_directory_path() / ("kvcli_transcript_" + std::to_string(::getpid()));
    fs::create_directories(directory_);
    environment_["XDG_STATE_HOME"] = directory_.string();
  }
  ~Runner() { fs::remove_all(directory_); }

  std::string run(const Command& command) {
    const auto result = run_line("cd '" + directory_.string() + "' && { " + command.line + "\n}",
                                 command.input, environment_);
    std::string shown = result.out;
    if (!shown.empty() && shown.back() != '\n') shown += "[no newline]\n";
    std::istringstream errors(result.error);
    for (std::string line; std::getline(errors, line);) shown += "! " + line + "\n";
    if (result.exit_code != 0) shown += "[exit " + std::to_string(result.exit_code) + "]\n";
    return normal(std::move(shown)) + "\n";
  }

 private:
  std::string normal(std::string text) const {
    std::vector<std::string> names;
    for (const auto& node : cluster_nodes()) names.push_back(node->endpoint().to_string());
    names.push_back(nobody_.to_string());
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string stands = "127.0.0.1:0000" + std::to_string(i + 1);
      for (auto at = text.find(names[i]); at != std::string::npos; at = text.find(names[i])) {
        text.replace(at, names[i].size(), stands);
      }
    }
    // Which node is asked first depends on its port.
    text = std::regex_replace(text, std::regex("\"contact\":\"[0-9.:]+\""), "\"contact\":\"C\"");
    text = std::regex_replace(text, std::regex("[0-9]+\\.[0-9][0-9] ms"), "N.NN ms");
    text = std::regex_replace(text, std::regex("\"round_trip_us\":[0-9]+"), "\"round_trip_us\":N");
    text = std::regex_replace(text, std::regex("\"elapsed_ms\":[0-9]+"), "\"elapsed_ms\":N");
    text =
        std::regex_replace(text, std::regex("\"request\":\"[0-9a-f]{32}\""), "\"request\":\"R\"");
    text = std::regex_replace(text, std::regex("in [0-9]+ (ms|s) \\([0-9,]+/s\\)"), "in T (N/s)");
    return text;
  }
  const std::vector<std::unique_ptr<FakeNode>>& cluster_nodes() const {
    return const_cast<FakeCluster&>(cluster_).nodes();
  }

  FakeCluster cluster_;
  Endpoint nobody_;
  fs::path directory_;
  Variables environment_;
};

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string with_input(const Command& command) {
  std::string text;
  std::istringstream lines(command.input);
  for (std::string line; std::getline(lines, line);) text += "<" + line + "\n";
  return text;
}

class KvcliTranscript : public testing::TestWithParam<std::string> {};

TEST_P(KvcliTranscript, IsWhatHappens) {
  const fs::path path = fs::path(TRANSCRIPTS_PATH) / (GetParam() + ".txt");
  const Transcript transcript = parse(read_text(path));
  ASSERT_FALSE(transcript.commands.empty()) << path;
  const bool rewrite = std::getenv("QUORATE_REWRITE_TRANSCRIPTS") != nullptr;
  std::string rewritten = transcript.purpose;
  Runner runner;
  for (const Command& command : transcript.commands) {
    const std::string happened = runner.run(command);
    rewritten += "$ " + command.line + "\n" + with_input(command) + "----\n" + happened;
    if (!rewrite) {
      EXPECT_EQ(happened, command.expected) << "$ " << command.line;
    }
  }
  if (rewrite) std::ofstream(path) << rewritten;
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(TRANSCRIPTS_PATH)) {
    if (entry.path().extension() == ".txt") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Files, KvcliTranscript, testing::ValuesIn(names()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace quorate::client
