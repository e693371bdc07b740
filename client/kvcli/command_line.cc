#include "client/kvcli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <sstream>

#include "client/kvcli/raw_options.h"
#include "client/kvcli/text/escape.h"

namespace quorate::client::kvcli {
namespace {

const std::vector<std::string> kQuorumWords = {"one", "quorum", "all"};
const std::vector<std::string> kShells = {"bash", "zsh", "fish"};
const std::vector<std::string> kRepairs = {"async", "blocking", "off"};
const std::vector<std::string> kPicks = {"oldest", "newest"};

// All the commands, bound to one RawOptions.
class Grammar {
 public:
  explicit Grammar(RawOptions& raw, bool in_shell) : app_("", "kvcli"), raw_(raw) {
    app_.description(
        "Reads and writes a Quorate cluster.\n\n"
        "Exit codes: 0 done; 1 key not found; 2 bad usage or input; 3 not applied, or a read that "
        "did\n"
        "not reach its quorum or its token; 4 outcome unknown; 5 conflict; 6 cannot connect or "
        "not\n"
        "authorised.");
    app_.footer(
        "Where: --endpoints, else $QUORATE_ENDPOINTS, else "
        "127.0.0.1:7101,127.0.0.1:7102,127.0.0.1:7103.\n"
        "More:  kvcli COMMAND --help");
    app_.require_subcommand(0, 1);
    app_.get_formatter()->column_width(26);
    if (!in_shell) app_.set_version_flag("--version", std::string("kvcli ") + kVersion);
    contact(app_);
    data_commands();
    transfer_commands();
    cluster_commands();
    if (!in_shell) shell_commands();
  }

  CLI::App& app() { return app_; }
  const std::map<std::string, std::vector<std::string>>& choices() const { return choices_; }

 private:
  static constexpr const char* kVersion = "0.1.0";

  CLI::App& command(const char* name, const char* description, const char* examples) {
    CLI::App& sub = *app_.add_subcommand(name, description);
    sub.footer(std::string("Examples:\n") + examples);
    sub.get_formatter()->column_width(26);
    contact(sub);
    return sub;
  }

  void contact(CLI::App& app) {
    const char* group = "Whom to ask";
    app.add_option("--endpoints", raw_.endpoints,
                   "Nodes to try: HOST:PORT,... [$QUORATE_ENDPOINTS]")
        ->type_name("LIST")
        ->group(group);
    app.add_option("--at", raw_.at, "Ask this node only, without fail-over")
        ->type_name("HOST:PORT")
        ->group(group);
    app.add_option("--node", raw_.node, "Ask only the one of the endpoints that is node N")
        ->type_name("N")
        ->group(group);
    app.add_option("--cluster", raw_.cluster, "Refuse nodes of any other cluster")
        ->type_name("NAME")
        ->group(group);
    app.add_option("--deadline", raw_.deadline, "Time for each request, with all retries [2s]")
        ->type_name("TIME")
        ->group(group);
    app.add_flag("--json", raw_.json, "Print JSON")->group("Output");
  }

  CLI::Option* quorum(CLI::App& app, const char* name, std::optional<std::string>& target,
                      const char* description) {
    auto* option =
        app.add_option(name, target, description)->type_name("N|WORD")->group("Consistency");
    note_choices(app, name, kQuorumWords);
    return option;
  }

  void consistency(CLI::App& app, bool reads, bool writes) {
    app.add_option("-b,--bucket", raw_.bucket, "Bucket of the key [default]")
        ->type_name("NAME")
        ->group("Consistency");
    if (reads) {
      quorum(app, "-r", raw_.r, "Replicas that must answer: a number, one, quorum or all");
      app.add_option("--read-repair", raw_.read_repair,
                     "async, blocking or off; else as the bucket says")
          ->type_name("HOW")
          ->group("Consistency");
      note_choices(app, "--read-repair", kRepairs);
    }
    if (writes)
      quorum(app, "-w", raw_.w, "Replicas that must store it: a number, one, quorum or all");
    app.add_flag("--sloppy", raw_.sloppy, "Let fallback nodes stand in for primaries")
        ->group("Consistency");
    app.add_flag("--strict", raw_.strict, "Count primaries only")->group("Consistency");
  }

  void context(CLI::App& app, bool writes) {
    app.add_option(
           "--context", raw_.context,
           writes ? "What the write replaces: a token from an earlier answer, or none to make a "
                    "sibling on purpose"
                  : "Answer only from a state that covers this token")
        ->type_name(writes ? "TOKEN|none" : "TOKEN")
        ->group("Consistency");
    app.add_flag("--show-context", raw_.show_context, "Print the token of the answer, to stderr")
        ->group("Output");
  }

  void key(CLI::App& app, const char* description = "The key") {
    app.add_option("KEY", raw_.key, description)->type_name("");
    app.add_flag("-e,--escaped", raw_.escaped,
                 "Read \\t \\n \\\\ \\xNN in KEY and VALUE as load does")
        ->group("Operands");
  }

  void quiet(CLI::App& app) {
    app.add_flag("-q,--quiet", raw_.quiet, "Say nothing when it is done")->group("Output");
  }

  void note_choices(CLI::App& app, const std::string& option, std::vector<std::string> choices) {
    choices_[app.get_name() + " " + option] = std::move(choices);
  }

  void data_commands();
  void transfer_commands();
  void cluster_commands();
  void shell_commands();

  CLI::App app_;
  RawOptions& raw_;
  std::map<std::string, std::vector<std::string>> choices_;  // by "command option"
};

void Grammar::data_commands() {
  CLI::App& get =
      command("get", "Read a key",
              "  kvcli get city:1\n"
              "  kvcli get city:1 -r all             every replica must answer\n"
              "  kvcli get city:1 --all              its siblings side by side, with their token\n"
              "  v=$(kvcli get city:1 --raw)         in scripts: the value alone, exit 5 if there "
              "are siblings\n"
              "  kvcli get city:1 --node 3 -r 1      what node 3 knows");
  key(get);
  get.add_flag("-a,--all", raw_.all, "Every sibling: value, who wrote it, when, its dot")
      ->group("Output");
  get.add_flag("--raw", raw_.raw,
               "The bytes of the value and nothing else; siblings are an error (exit 5)")
      ->group("Output");
  get.add_flag("--fail-on-siblings", raw_.fail_on_siblings,
               "Exit 5 when there is more than one value")
      ->group("Output");
  consistency(get, true, false);
  context(get, false);

  CLI::App& put =
      command("put", "Write a key",
              "  kvcli put city:1 Lisboa\n"
              "  kvcli put photo:7 --file cat.jpg\n"
              "  date | kvcli put now -\n"
              "  kvcli put city:1 Porto -w all       every replica must store it\n"
              "  kvcli put city:1 Porto --context \"$TOKEN\"   replace just what was read\n"
              "  kvcli put city:1 Faro --context none         a sibling on purpose\n"
              "  kvcli put temperature -- -5         a value that begins with a dash");
  key(put);
  put.add_option("VALUE", raw_.value, "The value; - reads it from stdin")->type_name("");
  put.add_option("-f,--file", raw_.file, "Take the value from this file")
      ->type_name("FILE")
      ->group("Operands");
  consistency(put, false, true);
  context(put, true);
  quiet(put);

  CLI::App& del =
      command("del", "Delete a key",
              "  kvcli del city:1\n"
              "  kvcli del city:1 --context \"$TOKEN\"    only what was read; a newer value stays");
  key(del);
  consistency(del, true, true);
  context(del, true);
  quiet(del);

  CLI::App& resolve =
      command("resolve", "Replace a key's siblings by one value",
              "  kvcli resolve city:1                asks, on a terminal\n"
              "  kvcli resolve city:1 --pick 2       the second one, as get --all numbers them\n"
              "  kvcli resolve city:1 --pick newest\n"
              "  kvcli resolve city:1 --value 'Lisboa, Porto'");
  key(resolve);
  resolve.add_option("--pick", raw_.pick, "Keep this one: its number, its dot, oldest or newest")
      ->type_name("WHICH")
      ->group("Operands");
  note_choices(resolve, "--pick", kPicks);
  resolve.add_option("--value", raw_.value, "Write this value in their place")
      ->type_name("VALUE")
      ->group("Operands");
  resolve.add_option("-f,--file", raw_.file, "Write this file's bytes in their place")
      ->type_name("FILE")
      ->group("Operands");
  consistency(resolve, true, true);
  quiet(resolve);
}

void Grammar::transfer_commands() {
  CLI::App& load = command("load", "Write every line key<TAB>value of a file",
                           "  kvcli load words.tsv\n"
                           "  zcat words.tsv.gz | kvcli load - -w all\n"
                           "  kvcli load words.tsv --json\n"
                           "Lines:\n"
                           "  The key ends at the first tab. In both, \\t \\n \\\\ \\xNN stand for "
                           "a tab, a newline, a backslash and\n"
                           "  any byte, as dump writes them; --plain takes lines as they are. "
                           "Empty lines are skipped, and so is a\n"
                           "  carriage return at the end of a line. A bad line is reported with "
                           "its number; the others are loaded.");
  load.add_option("FILE", raw_.file, "The file; - reads stdin")->type_name("");
  load.add_option("--window", raw_.window, "Writes in flight at once [256]")
      ->type_name("N")
      ->group("Operands");
  load.add_flag("--plain", raw_.plain, "No escapes: every byte stands for itself")
      ->group("Operands");
  consistency(load, false, true);
  quiet(load);

  CLI::App& dump =
      command("dump", "Print every key of a bucket as key<TAB>value",
              "  kvcli dump > backup.tsv             what load reads\n"
              "  kvcli dump --bucket carts --json    an object a line, siblings and all\n"
              "  kvcli dump --keys-only | wc -l");
  consistency(dump, true, false);
  dump.add_flag("--keys-only", raw_.keys_only, "Only the keys, one a line")->group("Output");
}

void Grammar::cluster_commands() {
  CLI::App& status =
      command("status", "Show every node: store, durability, keys, how it stands with its peers",
              "  kvcli status\n"
              "  kvcli status --watch 1s\n"
              "  kvcli status --json | jq '.nodes[].store'");
  status.add_option("--watch", raw_.watch, "Show it again and again, so often")
      ->type_name("TIME")
      ->group("Output");

  CLI::App& ring = command("ring", "Show which nodes hold what",
                           "  kvcli ring\n"
                           "  kvcli ring city:1                   where one key lives\n"
                           "  kvcli ring --vnodes                 every vnode's nodes, in order");
  key(ring, "Show where this key lives");
  ring.add_option("-b,--bucket", raw_.bucket, "Bucket of the key [default]")
      ->type_name("NAME")
      ->group("Operands");
  ring.add_flag("--vnodes", raw_.vnodes, "List every vnode")->group("Output");

  CLI::App& ping = command("ping", "Ask every endpoint for a sign of life",
                           "  kvcli ping                          exit 6 if nobody answers\n"
                           "  kvcli ping --all                    exit 6 unless all answer");
  ping.add_flag("-a,--all", raw_.all, "Every endpoint must answer")->group("Output");
  quiet(ping);

  CLI::App& cut =
      command("cut", "Cut one node's links, live (nodes with --chaos only)",
              "  kvcli cut --node 1 --in 2,3 --out 2,3    node 1 alone, from its own side\n"
              "  kvcli cut --node 1 --out 2               one way: 2 hears nothing from 1\n"
              "  kvcli cut --node 1 --none                heal");
  cut.add_option("--in", raw_.cut_in, "Drop what comes from these nodes")
      ->type_name("IDS")
      ->group("Operands");
  cut.add_option("--out", raw_.cut_out, "Drop what goes to these nodes")
      ->type_name("IDS")
      ->group("Operands");
  cut.add_flag("--none", raw_.cut_none, "Drop nothing any more")->group("Operands");
  quiet(cut);
}

void Grammar::shell_commands() {
  command("shell", "Type commands at a prompt, or run a script of them from stdin",
          "  kvcli shell                         history, completion of commands and of keys seen\n"
          "  kvcli shell < commands.txt          a command a line, # begins a comment\n"
          "One session: its reads never go back behind what it read or wrote before.");
  CLI::App& completion = command("completion", "Print a completion script for your shell",
                                 "  source <(kvcli completion bash)\n"
                                 "  kvcli completion zsh > ~/.zfunc/_kvcli\n"
                                 "  kvcli completion fish > ~/.config/fish/completions/kvcli.fish");
  completion.add_option("SHELL", raw_.shell, "bash, zsh or fish")->type_name("");
  note_choices(completion, "SHELL", kShells);
}

std::vector<std::string> command_names(CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  return names;
}

Parsed usage_problem(const std::string& command, const std::vector<std::string>& problems,
                     bool in_shell) {
  Parsed parsed;
  parsed.to_stderr = true;
  parsed.exit_code = ExitCode::kBadUsage;
  const std::string name = in_shell ? command : command.empty() ? "kvcli" : "kvcli " + command;
  for (const std::string& problem : problems) {
    parsed.text += (name.empty() ? "" : name + ": ") + problem + "\n";
  }
  parsed.text +=
      "See: " + (in_shell ? (command.empty() ? "help" : command + " --help") : name + " --help") +
      "\n";
  return parsed;
}

// What CLI11 stopped at, in our words.
std::string describe(const CLI::ParseError& error) {
  if (error.get_name() == "ExtrasError") {
    std::string unexpected = error.what();
    const auto colon = unexpected.find(": ");
    if (colon != std::string::npos) unexpected = unexpected.substr(colon + 2);
    while (!unexpected.empty() && (unexpected.back() == ' ' || unexpected.back() == ']'))
      unexpected.pop_back();
    if (!unexpected.empty() && unexpected.front() == '[') unexpected.erase(0, 1);
    if (unexpected.rfind("-", 0) == 0) {
      return "unknown option " + escape(unexpected) +
             "; an operand that begins with a dash stands after --";
    }
    return "unexpected operand \"" + escape(unexpected) + "\"; quote what has spaces";
  }
  return escape(error.what());
}

}  // namespace

Parsed parse_command_line(const std::vector<std::string>& given, const Invocation* shell) {
  const bool in_shell = shell != nullptr;
  std::vector<std::string> words = given;
  // "help" and "help put" are what people type.
  if (!words.empty() && words[0] == "help") {
    words.erase(words.begin());
    words.push_back("--help");
  }
  RawOptions raw;
  Grammar grammar(raw, in_shell);
  CLI::App& app = grammar.app();
  const auto names = command_names(app);
  for (const std::string& word : words) {
    if (word.empty() || word[0] == '-') break;
    if (std::find(names.begin(), names.end(), word) != names.end()) break;
    const std::string near = nearest_word(word, names);
    return usage_problem("",
                         {"there is no command \"" + escape(word) + "\"" +
                          (near.empty() ? "" : "; did you mean \"" + near + "\"?")},
                         in_shell);
  }
  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    Parsed parsed;
    CLI::App* target = &app;
    for (CLI::App* sub : app.get_subcommands()) target = sub;
    parsed.text = target->help();
    return parsed;
  } catch (const CLI::CallForVersion& version) {
    Parsed parsed;
    parsed.text = std::string(version.what()) + "\n";
    return parsed;
  } catch (const CLI::ParseError& error) {
    std::string command;
    for (const CLI::App* sub : app.get_subcommands()) command = sub->get_name();
    return usage_problem(command, {describe(error)}, in_shell);
  }
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) {
    Parsed parsed;
    parsed.text = app.help();
    parsed.to_stderr = true;
    parsed.exit_code = ExitCode::kBadUsage;
    return parsed;
  }
  std::vector<std::string> problems;
  Parsed parsed;
  parsed.invocation = checked(chosen[0]->get_name(), raw, shell, problems);
  if (!problems.empty()) return usage_problem(chosen[0]->get_name(), problems, in_shell);
  return parsed;
}

std::vector<CommandInfo> all_commands() {
  RawOptions raw;
  Grammar grammar(raw, false);
  std::vector<CommandInfo> commands;
  const auto choices_of = [&](const std::string& command, const std::string& option) {
    const auto found = grammar.choices().find(command + " " + option);
    return found == grammar.choices().end() ? std::vector<std::string>{} : found->second;
  };
  for (const CLI::App* sub : grammar.app().get_subcommands({})) {
    CommandInfo info;
    info.name = sub->get_name();
    info.description = sub->get_description();
    for (const CLI::Option* option : sub->get_options()) {
      if (option->get_positional()) {
        const std::string name = option->get_name(true);
        info.takes_key = info.takes_key || name == "KEY";
        info.takes_file = info.takes_file || name == "FILE";
        if (auto choices = choices_of(info.name, name); !choices.empty())
          info.choices = std::move(choices);
        continue;
      }
      OptionInfo one;
      for (const auto& name : option->get_lnames()) one.names.push_back("--" + name);
      for (const auto& name : option->get_snames()) one.names.push_back("-" + name);
      one.description = option->get_description();
      one.takes_file = option->get_type_name() == "FILE";
      one.takes_value = option->get_expected_max() > 0 && option->get_type_size() > 0;
      for (const auto& name : one.names) {
        if (auto choices = choices_of(info.name, name); !choices.empty())
          one.choices = std::move(choices);
      }
      info.options.push_back(std::move(one));
    }
    commands.push_back(std::move(info));
  }
  return commands;
}

}  // namespace quorate::client::kvcli
