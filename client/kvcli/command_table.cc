#include "client/kvcli/command_table.h"

#include <algorithm>
#include <utility>

#include "client/kvcli/command_parts.h"
#include "client/kvcli/typed_commands.h"

namespace quorate::client::kvcli {
namespace {

CommandInfo get_command() {
  return {"get",
          "Read a key",
          {key_operand()},
          escaped() + bucket() + reading() + sloppiness() + reading_context() +
              flag({"-a", "--all"}, kOutput, "Every sibling: value, who wrote it, when, its dot",
                   &RawOptions::all) +
              flag({"--raw"}, kOutput, "The value's bytes and nothing else; siblings: exit 5",
                   &RawOptions::raw) +
              flag({"--fail-on-siblings"}, kOutput, "Exit 5 when there is more than one value",
                   &RawOptions::fail_on_siblings) +
              show_context(),
          "Examples:\n"
          "  kvcli get city:1\n"
          "  kvcli get city:1 -r all            every replica must answer\n"
          "  kvcli get city:1 --all             its siblings side by side, with their token\n"
          "  kvcli get city:1 --node 3 -r 1     through node 3, one answer is enough\n"
          "  v=$(kvcli get city:1 --raw)        in scripts: the value alone; exit 1, 3 or 5 if "
          "there is none\n"};
}

CommandInfo put_command() {
  return {"put",
          "Write a key",
          {key_operand(), {"VALUE", false, &RawOptions::value}},
          value_file("Take the value from this file") + escaped() + bucket() + writing() +
              sloppiness() + writing_context() + time_to_live() + quiet() + show_context(),
          "VALUE may be - to read it from stdin.\n"
          "Without --context the write replaces what the coordinating node knows.\n"
          "Examples:\n"
          "  kvcli put city:1 Lisboa\n"
          "  kvcli put photo:7 --file cat.jpg\n"
          "  date | kvcli put now -\n"
          "  kvcli put session:9 open --ttl 15m      gone a quarter of an hour later\n"
          "  kvcli put city:1 Porto -w all      every replica must store it\n"
          "  kvcli put city:1 Porto --context \"$TOKEN\"   replace just what was read\n"
          "  kvcli put city:1 Faro --context none         a sibling on purpose\n"
          "  kvcli put --  --key -value         operands that begin with a dash\n"};
}

CommandInfo del_command() {
  return {"del",
          "Delete a key",
          {key_operand()},
          escaped() + bucket() + reading() + writing() + sloppiness() + writing_context() +
              quiet() + show_context(),
          "Without --context it deletes what a read with -r finds.\n"
          "Examples:\n"
          "  kvcli del city:1\n"
          "  kvcli del city:1 --context \"$TOKEN\"   only what was read; a newer value stays\n"};
}

CommandInfo resolve_command() {
  return {
      "resolve",
      "Replace a key's siblings by one value",
      {key_operand()},
      option({"--pick"}, "WHICH", kOperands, "Keep this one: its number, its dot, oldest or newest",
             &RawOptions::pick, {"oldest", "newest"}) +
          option({"--with"}, "HOW", kOperands,
                 "union (of JSON arrays), largest, smallest, longest, newest, or merge (of texts)",
                 &RawOptions::with,
                 {"union", "largest", "smallest", "longest", "newest", "merge"}) +
          option({"--base"}, "FILE", kOperands,
                 "With --with merge: the text that all siblings began from", &RawOptions::base) +
          flag({"--edit"}, kOperands, "Open them in $VISUAL or $EDITOR, like a merge",
               &RawOptions::edit) +
          option({"--value"}, "VALUE", kOperands, "Write this value in their place",
                 &RawOptions::value) +
          value_file("Write this file's bytes in their place") + escaped() + bucket() + reading() +
          writing() + sloppiness() + quiet(),
      "Reads with -r quorum unless told otherwise, and replaces just what it read: a sibling that\n"
      "comes in meanwhile survives. --with resolves that too; else it is shown, and the exit code "
      "is 5.\n"
      "Numbers are larger by their value, and what is no number is larger than any, by its bytes. "
      "A\n"
      "merge refuses what several siblings changed in different ways; without --base, in the "
      "shell, "
      "it\n"
      "begins from what the shell read last while the key had one value.\n"
      "Examples:\n"
      "  kvcli resolve city:1               asks, on a terminal\n"
      "  kvcli resolve city:1 --pick 2      the second one, as get --all numbers them\n"
      "  kvcli resolve city:1 --pick newest\n"
      "  kvcli resolve cart:7 --with union       what any of them has; removed items can come "
      "back\n"
      "  kvcli resolve notes --with merge --base notes.txt\n"
      "  kvcli resolve notes --edit\n"
      "  kvcli resolve city:1 --value 'Lisboa, Porto'\n"};
}

CommandInfo load_command() {
  return {
      "load",
      "Write every line key<TAB>value of a file",
      {{"FILE", true, &RawOptions::file}},
      option({"--window"}, "N", kOperands, "Writes in flight at once [256]", &RawOptions::window) +
          flag({"--plain"}, kOperands, "No escapes: every byte stands for itself",
               &RawOptions::plain) +
          bucket() + writing() + sloppiness() + quiet(),
      "FILE may be - to read stdin. The key ends at the first tab; \\t \\n \\\\ \\xNN stand for a "
      "tab,\n"
      "a newline, a backslash and any byte, as dump writes them. Empty lines are skipped, a "
      "carriage\n"
      "return at the end of a line is dropped. A bad line is reported with its number; the others\n"
      "are loaded. What is not applied for a passing reason is tried again.\n"
      "Examples:\n"
      "  kvcli load words.tsv\n"
      "  zcat words.tsv.gz | kvcli load - -w all\n"
      "  kvcli load words.tsv --json        the tally for a program\n"};
}

CommandInfo dump_command() {
  return {"dump",
          "Print every key of a bucket as key<TAB>value",
          {},
          bucket() + reading() + sloppiness() +
              flag({"--keys-only"}, kOutput, "Only the keys, one a line", &RawOptions::keys_only),
          "Examples:\n"
          "  kvcli dump > backup.tsv            what load reads\n"
          "  kvcli dump -b carts --json         an object a line, siblings and all\n"
          "  kvcli dump --keys-only | wc -l\n"};
}

CommandInfo status_command() {
  return {
      "status",
      "Show every node: store, durability, keys, how it stands with its peers",
      {},
      option({"--watch"}, "TIME", kOutput, "Show it again and again, so often", &RawOptions::watch),
      "Examples:\n"
      "  kvcli status\n"
      "  kvcli status --watch 1s\n"
      "  kvcli status --json | jq '.nodes[].store'\n"};
}

CommandInfo ring_command() {
  return {"ring",
          "Show which nodes hold what",
          {{"KEY", false, &RawOptions::key}},
          escaped() + bucket(kOperands) +
              flag({"--vnodes"}, kOutput, "List every vnode", &RawOptions::vnodes),
          "Examples:\n"
          "  kvcli ring\n"
          "  kvcli ring city:1                  where one key lives\n"
          "  kvcli ring --vnodes                every vnode's nodes, in order\n"};
}

CommandInfo ping_command() {
  return {"ping",
          "Ask every endpoint for a sign of life",
          {},
          flag({"-a", "--all"}, kOutput, "Exit 6 unless every endpoint answers", &RawOptions::all) +
              quiet(),
          "Examples:\n"
          "  kvcli ping                         exit 6 if nobody answers\n"
          "  until kvcli ping --all -q; do sleep 0.2; done\n"};
}

CommandInfo cut_command() {
  return {
      "cut",
      "Cut one node's links, live (nodes with --chaos only)",
      {},
      option({"--in"}, "IDS", kOperands, "Drop what comes from these nodes", &RawOptions::cut_in) +
          option({"--out"}, "IDS", kOperands, "Drop what goes to these nodes",
                 &RawOptions::cut_out) +
          flag({"--none"}, kOperands, "Drop nothing any more", &RawOptions::cut_none) + quiet(),
      "It replaces what was cut at that node before.\n"
      "Examples:\n"
      "  kvcli cut --node 1 --in 2,3 --out 2,3    node 1 alone\n"
      "  kvcli cut --node 1 --out 2               one way: 2 hears nothing from 1\n"
      "  kvcli cut --node 1 --none                heal\n"};
}

Options vnode(const char* description) {
  return option({"--vnode"}, "V", kOperands, description, &RawOptions::vnode);
}

CommandInfo repair_command() {
  return {
      "repair",
      "Have every node compare its replicas with the others' now",
      {},
      vnode("Only this vnode; else all") +
          flag({"--wait"}, kOperands, "Until all have met and nothing differs any more",
               &RawOptions::wait) +
          option({"--timeout"}, "TIME", kOperands, "With --wait: exit 3 after so long [10m]",
                 &RawOptions::timeout) +
          flag({"--status"}, kOutput, "Only tell when replicas last met, and what was mended",
               &RawOptions::show_status) +
          flag({"--vnodes"}, kOutput, "With --status: each vnode by itself", &RawOptions::vnodes) +
          quiet(),
      "Nodes do so by themselves once in an interval; this asks for it at once. Each key in\n"
      "which two replicas differ is read from all its primaries and written where it lacks.\n"
      "Examples:\n"
      "  kvcli repair                       ask, and go\n"
      "  kvcli repair --wait                exit 0: all met, and nothing differs\n"
      "  kvcli repair --wait --timeout 1m --vnode 17\n"
      "  kvcli repair --status              pairs of nodes, hints, counts of what was mended\n"
      "  kvcli repair --status --vnodes     every pair of every vnode\n"};
}

CommandInfo explain_command() {
  return {
      "explain",
      "Show what each replica of a key holds, and why they differ",
      {key_operand()},
      escaped() + bucket(kOperands),
      "Asks every node for its own row; nothing is changed or repaired by it. A context is shown\n"
      "as the events that it knows: n2.5f3a91c04b7e/3:1-7 are the first seven of that run of "
      "node 2.\n"
      "Exit codes: 0 every primary was asked; 1 nobody holds anything; 3 one was not asked.\n"
      "Examples:\n"
      "  kvcli explain city:1\n"
      "  kvcli explain city:1 -b carts --json\n"};
}

CommandInfo history_command() {
  return {"history",
          "Draw the versions of a key that some node still knows",
          {key_operand()},
          escaped() + bucket(kOperands),
          "Asks every node for its own row; nothing is changed or repaired by it. The newest "
          "version is\n"
          "at the top, * where it stands, o where some replica has put another one in its place; "
          "lines\n"
          "lead to what a version replaced. That shows only while replicas differ: what all of "
          "them have\n"
          "replaced is gone, and left as events without a value.\n"
          "Exit codes: 0 every primary was asked; 1 nobody holds anything; 3 one was not asked.\n"
          "Examples:\n"
          "  kvcli history city:1\n"
          "  kvcli history city:1 -b carts --json\n"};
}

CommandInfo verify_command() {
  return {
      "verify",
      "Compare the replicas of many keys, without changing anything",
      {},
      option({"-b", "--bucket"}, "NAME", kOperands, "Keys of this bucket; else of all",
             &RawOptions::bucket) +
          option({"--prefix"}, "TEXT", kOperands, "Keys that begin with this",
                 &RawOptions::prefix) +
          escaped() + vnode("Keys of this vnode; else of all") + quiet(),
      "Prints every key whose replicas differ, and in what: missing, older, concurrent (each\n"
      "knows what the other lacks), unlike (the same events, other values), unreadable. A key is\n"
      "looked at twice, a moment apart: a write on its way to all is no difference. Every row of "
      "the\n"
      "range is read on every replica.\n"
      "Exit codes: 0 all are equal; 1 some differ; 3 not all could be compared.\n"
      "Examples:\n"
      "  kvcli verify\n"
      "  kvcli verify -b carts --prefix user:42:\n"
      "  kvcli verify --vnode 17 --json     an object a line\n"
      "  kvcli verify -q                    in scripts: only the exit code\n"};
}

CommandInfo shell_command() {
  return {
      "shell",
      "Type commands at a prompt, or run a script of them from stdin",
      {},
      {},
      "One session: its reads never go back behind what it read or wrote before (a command that "
      "names\n"
      "its own --at, --node or --endpoints stands outside it). Quotes and backslashes keep words\n"
      "together, # begins a comment. A script goes on after a command that fails; the exit code "
      "is\n"
      "the first one's that failed.\n"
      "Examples:\n"
      "  kvcli shell                        history, completion of commands and of keys seen\n"
      "  kvcli shell < commands.txt\n"};
}

CommandInfo completion_command() {
  return {"completion",
          "Print a completion script for your shell",
          {{"SHELL", true, &RawOptions::shell, {"bash", "zsh", "fish"}}},
          {},
          "Examples:\n"
          "  source <(kvcli completion bash)\n"
          "  kvcli completion zsh > ~/.zfunc/_kvcli\n"
          "  kvcli completion fish > ~/.config/fish/completions/kvcli.fish\n"};
}

std::string option_column(const OptionInfo& option) {
  std::string text = "  ";
  for (std::size_t i = 0; i < option.names.size(); ++i)
    text += (i > 0 ? ", " : "") + option.names[i];
  if (option.takes_value()) text += " " + option.value_name;
  return text;
}

std::string line(std::string left, const std::string& right) {
  constexpr std::size_t kColumn = 26;
  if (left.size() + 2 > kColumn) return left + "\n" + std::string(kColumn, ' ') + right + "\n";
  return left + std::string(kColumn - left.size(), ' ') + right + "\n";
}

std::string options_help(const std::vector<OptionInfo>& options) {
  std::string text;
  for (const char* group : {kOperands, kConsistency, kOutput, kContact}) {
    std::string lines;
    for (const OptionInfo& one : options) {
      if (one.group == group) lines += line(option_column(one), one.description);
    }
    if (!lines.empty()) text += "\n" + std::string(group) + ":\n" + lines;
  }
  return text;
}

}  // namespace

bool CommandInfo::takes(const std::string& operand) const {
  return std::any_of(operands.begin(), operands.end(),
                     [&](const OperandInfo& one) { return one.name == operand; });
}

const std::vector<OptionInfo>& common_options() {
  static const Options kCommon =
      flag({"--json"}, kOutput, "Print JSON", &RawOptions::json) +
      option({"--endpoints"}, "LIST", kContact, "Nodes to try: HOST:PORT,... [$QUORATE_ENDPOINTS]",
             &RawOptions::endpoints) +
      option({"--at"}, "HOST:PORT", kContact, "Ask this node only, without fail-over",
             &RawOptions::at) +
      option({"--node"}, "N", kContact, "Ask only the one of the endpoints that is node N",
             &RawOptions::node) +
      option({"--cluster"}, "NAME", kContact, "Refuse nodes of any other cluster",
             &RawOptions::cluster) +
      option({"--deadline"}, "TIME", kContact, "For each request, with all its retries [2s]",
             &RawOptions::deadline);
  return kCommon;
}

const std::vector<CommandInfo>& all_commands() {
  static const std::vector<CommandInfo> kCommands = [] {
    std::vector<CommandInfo> commands = {get_command(), put_command(), del_command(),
                                         resolve_command()};
    for (CommandInfo& command : typed_commands()) commands.push_back(std::move(command));
    for (CommandInfo (*command)() :
         {load_command, dump_command, status_command, ring_command, ping_command, repair_command,
          explain_command, history_command, verify_command, cut_command, shell_command,
          completion_command}) {
      commands.push_back(command());
    }
    return commands;
  }();
  return kCommands;
}

const CommandInfo* find_command(const std::string& name) {
  for (const CommandInfo& command : all_commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

std::string program_help(bool in_shell) {
  std::string text;
  if (!in_shell)
    text += "Reads and writes a Quorate cluster.\n\nUsage: kvcli COMMAND [OPERANDS] [OPTIONS]\n\n";
  text += "Commands:\n";
  for (const CommandInfo& command : all_commands()) {
    if (in_shell && (command.name == "shell" || command.name == "completion")) continue;
    text += line("  " + command.name, command.description);
  }
  if (in_shell) return text + line("  exit", "Leave") + "\nhelp COMMAND explains one.\n";
  return text + options_help(common_options()) +
         "\nExit codes: 0 done; 1 key not found, or replicas differ (verify); 2 bad usage or "
         "input;\n"
         "3 not applied, or a read that did not reach its quorum or its token, or not every node "
         "could be\n"
         "asked; 4 outcome unknown; 5 conflict; 6 cannot connect or not authorised.\n\n"
         "Nodes: --endpoints, else $QUORATE_ENDPOINTS, else 127.0.0.1:7101, :7102 and :7103.\n"
         "kvcli COMMAND --help explains one command; kvcli --version tells the version.\n";
}

std::string command_help(const CommandInfo& command, bool in_shell) {
  std::string text =
      command.description + "\n\nUsage: " + (in_shell ? "" : "kvcli ") + command.name;
  for (const OperandInfo& operand : command.operands) {
    text += operand.required ? " " + operand.name : " [" + operand.name + "]";
  }
  return text + " [OPTIONS]\n" + options_help(command.options + common_options()) + "\n" +
         command.notes;
}

}  // namespace quorate::client::kvcli
