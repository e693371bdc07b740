// Command lines that are wrong: all of them end with exit code 2, name every problem, and say where
// to read more.
#include "client/kvcli/command_line.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "client/kvcli/command_table.h"
#include "client/kvcli/text/words.h"

namespace quorate::client::kvcli {
namespace {

class CommandLine : public testing::Test {
 protected:
  void SetUp() override { ::unsetenv("QUORATE_ENDPOINTS"); }

  static Parsed parse(const std::string& line, const Invocation* shell = nullptr) {
    const auto words = split_words(line);
    QUORATE_CHECK(words.has_value());
    return parse_command_line(*words, shell);
  }

  static Invocation good(const std::string& line, const Invocation* shell = nullptr) {
    Parsed parsed = parse(line, shell);
    EXPECT_TRUE(parsed.invocation.has_value()) << line << "\n" << parsed.text;
    return parsed.invocation.value_or(Invocation{});
  }
};

TEST_F(CommandLine, EveryBadUsageIsNamed) {
  const struct {
    const char* line;
    std::vector<const char*> says;
  } kCases[] = {
      {"gte k", {"no command \"gte\"", "did you mean \"get\""}},
      {"frobnicate", {"no command \"frobnicate\""}},
      {"get", {"KEY is missing"}},
      {"get ''", {"KEY is empty"}},
      {"get k extra", {"\"extra\" is one operand too many"}},
      {"get k --jsn", {"no option --jsn", "did you mean --json"}},
      {"get k -w 1", {"no option -w"}},
      {"get k -r", {"-r needs a value"}},
      {"get k -r 0", {"-r: \"0\" is no quorum"}},
      {"get k -r most", {"-r: \"most\" is no quorum"}},
      {"get k -r 17", {"-r: \"17\" is no quorum"}},
      {"get k --sloppy --strict", {"--sloppy and --strict"}},
      {"get k --read-repair sometimes", {"none of async, blocking, off"}},
      {"get k --context %%", {"--context: this is not a token"}},
      {"get k --context none", {"--context: this is not a token"}},
      {"get k --context ''", {"--context: this is not a token"}},
      {"get k --raw --json", {"--raw prints one value alone"}},
      {"get k --raw --all", {"--raw prints one value alone"}},
      {"get k --deadline 3", {"--deadline: \"3\" is not a duration", "2s"}},
      {"get k --deadline 0s", {"out of range"}},
      {"get k --endpoints a,b:0", {"--endpoints:", "\"a\"", "\"b:0\""}},
      {"get k --endpoints ''", {"--endpoints:", "empty"}},
      {"get k --at nowhere", {"--at: \"nowhere\" is not an endpoint"}},
      {"get k --node 0", {"--node: \"0\" is not a node id"}},
      {"get k --node x", {"--node: \"x\" is not a node id"}},
      {"get k --at h:1 --node 2", {"--at and --node"}},
      {"get k --bucket ''", {"--bucket: the name is empty"}},
      {"get -e 'a\\q'", {"KEY: \"\\q\" at byte 2 is no escape"}},
      {"put k", {"VALUE is missing", "--file FILE", "stdin"}},
      {"put k v --file f", {"VALUE and --file both"}},
      {"put k a b c", {"\"b\" is one operand too many", "\"c\" is one operand too many"}},
      {"put", {"KEY is missing", "VALUE is missing"}},
      {"put k v -x", {"no option -x", "behind --"}},
      {"resolve k --pick 1 --value v", {"exclude one another"}},
      {"resolve k --pick ''", {"--pick: which one?"}},
      {"resolve k --with newest --edit", {"exclude one another"}},
      {"resolve k --with oldest",
       {"--with: \"oldest\" is none of union, largest, smallest, longest, newest, merge"}},
      {"resolve k --with union --base f", {"--base is for --with merge"}},
      {"history", {"KEY is missing"}},
      {"load", {"FILE is missing"}},
      {"load f --window 0", {"--window: \"0\" is not a number from 1"}},
      {"load f --window many", {"--window: \"many\""}},
      {"ring k --vnodes", {"KEY and --vnodes"}},
      {"status --watch often", {"--watch: \"often\" is not a duration"}},
      {"cut --in 2", {"which node?"}},
      {"cut --node 1", {"nothing to do"}},
      {"cut --node 1 --in 0 --out x", {"--in: \"0\" is not a node", "--out: \"x\" is not a node"}},
      {"cut --node 1 --none --in 2", {"--none heals"}},
      {"explain", {"KEY is missing"}},
      {"repair --vnode many", {"--vnode: \"many\" is not a vnode"}},
      {"repair --vnode 4096", {"--vnode: \"4096\" is not a vnode"}},
      {"repair --wait --status", {"--status only looks"}},
      {"repair --timeout 1m", {"--timeout is for --wait"}},
      {"repair --wait --timeout soon", {"--timeout: \"soon\" is not a duration"}},
      {"repair --vnodes", {"--vnodes is for --status"}},
      {"verify --prefix 'a\\q' -e", {"--prefix: \"\\q\""}},
      {"completion", {"SHELL is missing"}},
      {"completion tcsh", {"\"tcsh\" is none of bash, zsh, fish"}},
      {"get k -r x --deadline y --at z", {"-r:", "--deadline:", "--at:"}},
  };
  for (const auto& c : kCases) {
    const Parsed parsed = parse(c.line);
    EXPECT_FALSE(parsed.invocation.has_value()) << c.line;
    EXPECT_EQ(parsed.exit_code, ExitCode::kBadUsage) << c.line;
    EXPECT_TRUE(parsed.to_stderr) << c.line;
    for (const char* text : c.says) {
      EXPECT_NE(parsed.text.find(text), std::string::npos) << c.line << "\n" << parsed.text;
    }
    EXPECT_NE(parsed.text.find("--help"), std::string::npos) << c.line << "\n" << parsed.text;
  }
}

TEST_F(CommandLine, NoCommandAtAllIsBadUsageAndShowsHelp) {
  const Parsed parsed = parse("");
  EXPECT_EQ(parsed.exit_code, ExitCode::kBadUsage);
  EXPECT_NE(parsed.text.find("Commands:"), std::string::npos);
}

TEST_F(CommandLine, EndpointsComeFromTheOptionThenTheEnvironmentThenTheDefault) {
  EXPECT_EQ(good("get k").contact.endpoints.size(), 3u);
  EXPECT_EQ(good("get k").contact.endpoints[0].to_string(), "127.0.0.1:7101");
  ::setenv("QUORATE_ENDPOINTS", "a:1,b:2", 1);
  EXPECT_EQ(good("get k").contact.endpoints[1].to_string(), "b:2");
  EXPECT_EQ(good("get k --endpoints c:3").contact.endpoints[0].to_string(), "c:3");
  EXPECT_EQ(good("get k --at d:4").contact.endpoints.size(), 1u);
  ::setenv("QUORATE_ENDPOINTS", "nonsense", 1);
  EXPECT_NE(parse("get k").text.find("QUORATE_ENDPOINTS: \"nonsense\""), std::string::npos);
  EXPECT_TRUE(parse("get k --endpoints c:3").invocation.has_value())
      << "what is not used need not be right";
  ::unsetenv("QUORATE_ENDPOINTS");
}

TEST_F(CommandLine, OptionsStandBeforeAndBehindTheCommand) {
  for (const char* line : {"--json get k -r all", "get --json k -r all", "get k -r all --json",
                           "get -rall k --json"}) {
    const Invocation invocation = good(line);
    EXPECT_TRUE(invocation.json) << line;
    EXPECT_EQ(invocation.key, "k") << line;
    EXPECT_EQ(invocation.request.r.kind, Quorum::Kind::kAll) << line;
  }
}

TEST_F(CommandLine, RepairWaitsTenMinutesUnlessToldOtherwiseAndVerifyTakesEveryBucket) {
  EXPECT_EQ(good("repair --wait").timeout_ms, 600'000);
  EXPECT_EQ(good("repair --wait --timeout 5s --vnode 0").timeout_ms, 5'000);
  EXPECT_EQ(good("repair --vnode 0").vnode, VnodeId{0});
  EXPECT_FALSE(good("repair").vnode);
  EXPECT_TRUE(good("verify").every_bucket);
  EXPECT_FALSE(good("verify -b default").every_bucket);
  EXPECT_EQ(good("verify -e --prefix 'a\\t'").prefix, "a\t");
}

TEST_F(CommandLine, OperandsAreBytesAsTheyStand) {
  EXPECT_EQ(good("put k ''").value, "");
  EXPECT_EQ(good("put k 'two words'").value, "two words");
  EXPECT_EQ(good("put k -- -5").value, "-5");
  EXPECT_EQ(good("put -- --key --value").key, "--key");
  EXPECT_EQ(good("put -- --key --value").value, "--value");
  EXPECT_EQ(good("put k 'a\\tb'").value, "a\\tb");
  EXPECT_EQ(good("put -e 'k\\n' 'a\\tb'").value, "a\tb");
  EXPECT_EQ(good("put -e 'k\\n' 'a\\tb'").key, "k\n");
  EXPECT_TRUE(good("put k -").value_from_stdin);
  EXPECT_EQ(good("put get put").key, "get") << "a key may be called like a command";
  EXPECT_EQ(good("put get put").value, "put");
  EXPECT_EQ(good("--deadline 1s get status").key, "status");
}

TEST_F(CommandLine, ContextIsATokenOrNone) {
  EXPECT_EQ(good("get k --context Zm9v").request.token, "foo");
  EXPECT_EQ(good("put k v --context Zm9v").request.token, "foo");
  EXPECT_TRUE(good("put k v --context none").request.context_none);
  EXPECT_TRUE(good("del k --context none").request.context_none);
}

TEST_F(CommandLine, HelpNamesEveryCommandAndEachCommandsHelpItsOptionsAndExamples) {
  for (const char* line : {"--help", "help", "-h"}) {
    const Parsed parsed = parse(line);
    EXPECT_EQ(parsed.exit_code, ExitCode::kDone);
    EXPECT_FALSE(parsed.to_stderr);
    for (const CommandInfo& command : all_commands()) {
      EXPECT_NE(parsed.text.find("\n  " + command.name + " "), std::string::npos) << command.name;
    }
  }
  for (const CommandInfo& command : all_commands()) {
    for (const std::string& line :
         {command.name + " --help", "help " + command.name, command.name + " -h"}) {
      const Parsed parsed = parse(line);
      EXPECT_EQ(parsed.exit_code, ExitCode::kDone) << line;
      EXPECT_NE(parsed.text.find("Usage: kvcli " + command.name), std::string::npos) << line;
      EXPECT_NE(parsed.text.find("Examples:\n  "), std::string::npos) << line;
      for (const OptionInfo& option : command.options) {
        EXPECT_NE(parsed.text.find(option.names.back()), std::string::npos)
            << line << option.names.back();
      }
    }
  }
}

// An example that does not parse would teach what does not work.
TEST_F(CommandLine, EveryExampleOfTheHelpIsGoodUsage) {
  int examples = 0;
  for (const CommandInfo& command : all_commands()) {
    std::istringstream notes(command.notes);
    std::string line;
    while (std::getline(notes, line)) {
      const auto start = line.find("kvcli " + command.name);
      if (line.rfind("  ", 0) != 0 || start == std::string::npos) continue;
      std::string example = line.substr(start + 6);
      for (const char* end : {" > ", " < ", " | ", ")", "; do", "     ", "   "}) {
        example = example.substr(0, example.find(end));
      }
      const auto token = example.find("\"$TOKEN\"");
      if (token != std::string::npos) example.replace(token, 8, "Zm9v");
      const Parsed parsed = parse(example);
      EXPECT_TRUE(parsed.invocation.has_value()) << example << "\n" << parsed.text;
      ++examples;
    }
  }
  EXPECT_GE(examples, 30);
}

TEST_F(CommandLine, InAShellItsContactHoldsAndSomeCommandsDoNotExist) {
  const Invocation shell = good("shell --at h:1 --deadline 5s --json");
  const Invocation inside = good("get k", &shell);
  EXPECT_EQ(inside.contact, shell.contact);
  EXPECT_EQ(inside.request.deadline_ms, 5000);
  EXPECT_TRUE(inside.json);
  EXPECT_EQ(good("get k --at x:2 --deadline 1s", &shell).contact.endpoints[0].to_string(), "x:2");
  for (const char* line : {"shell", "completion bash", "--version"}) {
    EXPECT_EQ(parse(line, &shell).exit_code, ExitCode::kBadUsage) << line;
  }
  EXPECT_NE(parse("get", &shell).text.find("See: get --help"), std::string::npos);
}

TEST_F(CommandLine, VersionIsTold) {
  EXPECT_EQ(parse("--version").text.rfind("kvcli ", 0), 0u);
  EXPECT_EQ(parse("--version").exit_code, ExitCode::kDone);
}

}  // namespace
}  // namespace quorate::client::kvcli
