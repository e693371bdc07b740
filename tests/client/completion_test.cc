// The completion scripts: they know every command and option, and the shells that are here take
// them.
#include "client/kvcli/completion.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/client/program.h"

namespace quorate::client::kvcli {
namespace {

TEST(Completion, EveryScriptNamesEveryCommandAndOption) {
  const auto& commands = all_commands();
  for (const std::string& script :
       {bash_completion(commands), zsh_completion(commands), fish_completion(commands)}) {
    for (const CommandInfo& command : commands) {
      EXPECT_NE(script.find(command.name), std::string::npos) << command.name;
      for (const OptionInfo& option : command.options) {
        const std::string& name = option.names.back();
        const std::string bare = name.substr(name.find_first_not_of('-'));
        EXPECT_NE(script.find(bare), std::string::npos) << command.name << " " << name;
      }
    }
  }
}

// What bash offers for a line that ends in a half-typed word.
std::string offered(const std::string& line) {
  const std::string script =
      "source <(kvcli completion bash)\n"
      "COMP_WORDS=(" +
      line +
      ")\n"
      "[[ '" +
      line +
      "' == *' ' ]] && COMP_WORDS+=('')\n"
      "COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))\n"
      "_kvcli\n"
      "echo \"${COMPREPLY[@]}\"\n";
  const auto result = run_line("bash -s", script, {});
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.exit_code, 0);
  return result.out;
}

TEST(Completion, BashOffersCommandsThenTheirOptionsThenValues) {
  EXPECT_EQ(offered("kvcli res"), "resolve\n");
  EXPECT_EQ(offered("kvcli repair --w"), "--wait\n");
  EXPECT_EQ(offered("kvcli --json sta"), "status\n");
  EXPECT_EQ(offered("kvcli get k --fail"), "--fail-on-siblings\n");
  EXPECT_EQ(offered("kvcli get k -r "), "one quorum all\n");
  EXPECT_EQ(offered("kvcli put k -w q"), "quorum\n");
  EXPECT_EQ(offered("kvcli completion f"), "fish\n");
  EXPECT_EQ(offered("kvcli put k --context "), "\n");
  EXPECT_NE(offered("kvcli load /etc/host").find("/etc/hosts"), std::string::npos);
  EXPECT_NE(offered("kvcli put k --file /etc/host").find("/etc/hosts"), std::string::npos);
}

TEST(Completion, ZshAndFishTakeTheirScriptsWhereTheyAreInstalled) {
  for (const char* shell : {"zsh", "fish"}) {
    const std::string name = shell;
    if (run_line("command -v " + name, "", {}).exit_code != 0) continue;
    const auto result = run_line("kvcli completion " + name + " > /tmp/c.$$ && " + name +
                                     " -n /tmp/c.$$; r=$?; rm /tmp/c.$$; exit $r",
                                 "", {});
    EXPECT_EQ(result.exit_code, 0) << result.error;
  }
}

}  // namespace
}  // namespace quorate::client::kvcli
