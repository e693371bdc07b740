// kvsim run, list, explain and shrink as a shell meets them.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace {

struct Told {
  std::string text;  // of both outputs
  int code = -1;
};

Told run(const std::string& words) {
  const std::string command = std::string("'") + QUORATE_BIN_DIR + "/kvsim' " + words + " 2>&1";
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  Told told;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    told.text.append(buffer.data(), got);
  }
  const int status = pclose(pipe);
  told.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return told;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Of this process alone: tests run side by side.
std::string path_of(const std::string& name) {
  return testing::TempDir() + "kvsim_run_" + std::to_string(getpid()) + "_" + name;
}

std::string write_scenario(const std::string& text) {
  const std::string path = path_of("scenario.toml");
  std::ofstream(path) << text;
  return path;
}

// The first word that `--quiet` says after "trace".
std::string trace_hash_in(const std::string& text) {
  const std::size_t at = text.find("trace ");
  return at == std::string::npos ? text : text.substr(at, 22);
}

TEST(RunCommand, AScenarioOfTheLibraryEndsWithItsReplayLine) {
  const Told told = run("run split-brain --variant siblings");
  EXPECT_EQ(told.code, 0) << told.text;
  EXPECT_TRUE(contains(told.text, "kvsim run split-brain --seed 1 --variant 'siblings'"))
      << told.text;
  EXPECT_EQ(run("run split-brain --seed 1 --variant 'siblings'").text, told.text);
}

TEST(RunCommand, VariantsStandSideBySide) {
  const Told told = run("run split-brain");
  EXPECT_EQ(told.code, 0) << told.text;
  EXPECT_TRUE(contains(told.text, "last writer wins")) << told.text;
}

TEST(RunCommand, ASeedAloneIsTheRandomWorldOfThatSeed) {
  const Told told = run("run --seed 7 --quiet");
  EXPECT_EQ(told.code, 0) << told.text;
  EXPECT_TRUE(contains(told.text, "kvsim run --seed 7")) << told.text;
}

TEST(RunCommand, AnExpectationThatIsNotMetIsAViolation) {
  const std::string path = write_scenario(
      "[run]\nheal_at = \"2s\"\n[[client]]\nname = \"c\"\n"
      "steps = [{ put = \"k\", value = \"v\", at = \"1s\" }]\n[expect]\nwrites_acknowledged = 2\n");
  const Told told = run("run '" + path + "'");
  EXPECT_EQ(told.code, 1) << told.text;
  EXPECT_TRUE(contains(told.text, "there were 1")) << told.text;
}

// An expectation that could not fail would say nothing.
TEST(RunCommand, WhatTheLibraryExpectsCanFail) {
  struct Flip {
    const char* scenario;
    const char* from;  // in the file
    const char* to;
    const char* told;
  };
  for (const Flip& flip : {
           Flip{"bridge", "lost = 0", "lost = 1", "acknowledged writes lost: 1 (there were 0)"},
           Flip{"split-brain", "k = [\"left\", \"right\"]", "k = [\"left\"]",
                "k ends as left (it ends as left, right)"},
           Flip{"read-your-writes", "level = \"2-atomic\"", "level = \"linearizable\"",
                "strongest level that held: linearizable"},
           Flip{"retry-twice", "k = [\"later\"]", "k = [\"retried\"]",
                "k ends as retried (it ends as later)"},
           Flip{"new-old-inversion", "at_least = \"500ms\"", "at_most = \"5ms\"",
                "first's step 1 takes from 0s to 5ms"},
           Flip{"counter", "[expect]", "[expect]\nreads_answered = 0", "reads answered: 0"},
       }) {
    std::ifstream file(std::string(QUORATE_SCENARIOS_DIR "/") + flip.scenario + ".toml");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::size_t at = text.find(flip.from);
    ASSERT_NE(at, std::string::npos) << flip.scenario;
    text.replace(at, std::string(flip.from).size(), flip.to);
    const Told told = run("run '" + write_scenario(text) + "' | tr '\\n' ' ' | tr -s ' '");
    EXPECT_TRUE(contains(told.text, "NOT as expected")) << told.text;
    EXPECT_TRUE(contains(told.text, flip.told)) << flip.scenario << "\n" << told.text;
    EXPECT_EQ(run("run '" + write_scenario(text) + "' --quiet").code, 1) << flip.scenario;
  }
}

TEST(RunCommand, WhatLastWriterWinsDropsIsNotSaidToBeKept) {
  const Told told = run("run clock-skew --variant 'last writer wins'");
  EXPECT_EQ(told.code, 0) << told.text;
  EXPECT_TRUE(contains(told.text, "acknowledged writes lost  1 of 4")) << told.text;
  EXPECT_TRUE(contains(told.text, "last-writer-wins drops all")) << told.text;
}

TEST(RunCommand, ReplicasThatStayDifferentAreTheirOwnExitCode) {
  const std::string path = write_scenario(
      "[run]\nheal_at = \"1s\"\n[healed_network]\nloss = \"100%\"\n"
      "[[client]]\nname = \"c\"\nsteps = [{ put = \"k\", value = \"v\" }]\n");
  const Told told = run("run '" + path + "'");
  EXPECT_EQ(told.code, 3) << told.text;
  EXPECT_TRUE(contains(told.text, "verdict: VIOLATED: ")) << told.text;
}

TEST(RunCommand, BadWordsAndBadScenariosAreUsage) {
  EXPECT_EQ(run("run").code, 2);
  EXPECT_EQ(run("run --seed x").code, 2);
  EXPECT_EQ(run("run nowhere.toml").code, 2);
  EXPECT_EQ(run("run split-brain --variant nonsense").code, 2);
  EXPECT_EQ(run("explain nonsense").code, 2);
  const std::string path = write_scenario("[run]\nheal_at = 3\nwat = 1\n");
  const Told told = run("run '" + path + "'");
  EXPECT_EQ(told.code, 2);
  EXPECT_TRUE(contains(told.text, ":2:11: ")) << told.text;
  EXPECT_TRUE(contains(told.text, ":3:1: ")) << told.text;
}

TEST(RunCommand, WhatClientsSawCanBeJudgedByKvsimCheck) {
  const std::string path = path_of("history.edn");
  EXPECT_EQ(run("run bridge --quiet --edn '" + path + "'").code, 0);
  const Told told = run("check '" + path + "'");
  EXPECT_EQ(told.code, 0) << told.text;
}

TEST(RunCommand, ARandomWorldIsWrittenDownAndRunsTheSame) {
  const std::string path = path_of("plan.toml");
  const Told drawn = run("run --seed 11 --quiet --plan '" + path + "'");
  EXPECT_EQ(drawn.code, 0) << drawn.text;
  const Told written = run("run '" + path + "' --quiet");
  EXPECT_EQ(trace_hash_in(written.text), trace_hash_in(drawn.text));
  EXPECT_EQ(run("run split-brain --plan '" + path + "'").code, 2);
}

TEST(RunCommand, TheTraceIsJsonLinesAndChangesNothing) {
  const std::string path = path_of("trace.jsonl");
  const Told with = run("run bridge --quiet --trace '" + path + "'");
  EXPECT_EQ(with.text, run("run bridge --quiet").text);
  std::ifstream file(path);
  std::string line;
  std::size_t lines = 0;
  while (std::getline(file, line)) {
    ++lines;
    EXPECT_EQ(line.front(), '{');
    EXPECT_EQ(line.back(), '}');
  }
  EXPECT_GT(lines, 100u);
}

TEST(RunCommand, JsonIsOneLineForEachVariant) {
  const Told one = run("run split-brain --variant siblings --json");
  EXPECT_EQ(one.code, 0) << one.text;
  EXPECT_EQ(one.text.rfind("{\"schema\":\"kvsim-run\"", 0), 0u) << one.text;
  EXPECT_EQ(one.text.find('\n'), one.text.size() - 1);
  const Told all = run("run split-brain --json");
  EXPECT_GT(all.text.size(), one.text.size());
  EXPECT_EQ(all.text.compare(0, one.text.size() / 4, one.text, 0, one.text.size() / 4), 0);
  EXPECT_EQ(run("run split-brain --json --quiet").code, 2);
}

TEST(RunCommand, DrawsOneVariant) {
  const std::string path = path_of("picture.svg");
  EXPECT_EQ(run("run split-brain --quiet --svg '" + path + "'").code, 2);
  EXPECT_EQ(run("run split-brain --variant siblings --quiet --svg '" + path + "'").code, 0);
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line.rfind("<svg ", 0), 0u) << line;
}

TEST(RunCommand, NeitherTheStoreNorTheCodecChangesTheTraceHash) {
  const std::string of_memory =
      trace_hash_in(run("run split-brain --variant siblings --quiet").text);
  EXPECT_EQ(of_memory.size(), 22u) << of_memory;
  for (const char* words : {"--store rocksdb", "--codec", "--store rocksdb --codec"}) {
    const Told told = run("run split-brain --variant siblings --quiet " + std::string(words));
    EXPECT_EQ(told.code, 0) << told.text;
    EXPECT_EQ(trace_hash_in(told.text), of_memory) << words;
  }
  EXPECT_EQ(run("run split-brain --store tape").code, 2);
}

TEST(RunCommand, TheReplayLineIsOneThatAShellTakes) {
  const std::string path = path_of("it's mine.toml");
  std::ofstream(path) << "[run]\nheal_at = \"1s\"\n[[client]]\nname = \"c\"\n"
                         "steps = [{ put = \"k\", value = \"v\" }]\n"
                         "[[variant]]\nname = \"what's more\"\n";
  std::string escaped = path;
  escaped.replace(escaped.find('\''), 1, "'\\''");
  const Told told = run("run '" + escaped + "' --seed 9 --quiet");
  EXPECT_EQ(told.code, 0) << told.text;
  const std::size_t at = told.text.find("kvsim run");
  ASSERT_NE(at, std::string::npos) << told.text;
  std::string words = told.text.substr(at + std::string("kvsim ").size());
  words.pop_back();
  EXPECT_EQ(run(words + " --quiet").text, told.text);
}

TEST(RunCommand, AScenarioMayComeFromStandardInput) {
  const std::string path = write_scenario("[run]\nheal_at = \"1s\"\nwat = 1\n");
  const Told told = run("run - < '" + path + "'");
  EXPECT_EQ(told.code, 2);
  EXPECT_TRUE(contains(told.text, "standard input:3:1: ")) << told.text;
}

TEST(RunCommand, NamesTheScenarioThatWasProbablyMeant) {
  for (const char* name :
       {"split-brian", "SPLIT-BRAIN", "split_brain", "nowhere/split-brain.toml"}) {
    const Told told = run("run " + std::string(name));
    EXPECT_EQ(told.code, 2);
    EXPECT_TRUE(contains(told.text, "did you mean split-brain?")) << told.text;
  }
}

TEST(RunCommand, WritesNothingWhenOneOfItsFilesCannotBeWritten) {
  const std::string path = path_of("kept.edn");
  std::ofstream(path) << "before";
  const Told told = run("run bridge --edn '" + path + "' --trace /nowhere/trace.jsonl");
  EXPECT_EQ(told.code, 2);
  EXPECT_TRUE(contains(told.text, "cannot write /nowhere/trace.jsonl: No such")) << told.text;
  std::string kept;
  std::ifstream(path) >> kept;
  EXPECT_EQ(kept, "before");
  EXPECT_EQ(run("run bridge --edn '" + path + "' --trace '" + path + "'").code, 2);
  EXPECT_EQ(run("run bridge --edn -").code, 2);
}

TEST(RunCommand, AFullDiskBehindStandardOutputIsNoSuccess) {
  const Told told = run("run bridge --quiet > /dev/full");
  EXPECT_EQ(told.code, 2);
  EXPECT_EQ(run("list > /dev/full").code, 2);
}

TEST(ShrinkCommand, TakesAScenarioAndTellsEachProblemOnItsLine) {
  EXPECT_EQ(run("shrink bridge").code, 0);
  const std::string path = write_scenario("[run]\nheal_at = 3\nwat = 1\n");
  const Told told = run("shrink '" + path + "'");
  EXPECT_EQ(told.code, 2);
  EXPECT_TRUE(contains(told.text, "\nkvsim shrink: " + path + ":3:1: ")) << told.text;
}

TEST(ListCommand, NamesEveryScenario) {
  const Told told = run("list");
  EXPECT_EQ(told.code, 0);
  EXPECT_TRUE(contains(told.text, "split-brain")) << told.text;
  EXPECT_TRUE(contains(told.text, "shopping-cart")) << told.text;
}

TEST(ExplainCommand, TellsLessonSetupAndWhatToLookFor) {
  const Told told = run("explain split-brain");
  EXPECT_EQ(told.code, 0);
  EXPECT_TRUE(contains(told.text, "with bucket default: lww")) << told.text;  // of the second
  for (const char* part : {"lesson", "setup", "what happens", "what to look for", "3 nodes"}) {
    EXPECT_TRUE(contains(told.text, part)) << told.text;
  }
}

}  // namespace
