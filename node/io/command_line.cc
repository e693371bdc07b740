#include "node/io/command_line.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <utility>

#include "node/base/in_quotes.h"
#include "node/base/nearest_name.h"
#include "node/io/config_text.h"
#include "node/wire/secret.h"

namespace quorate {
namespace {

// As they were given; judged later, all together.
struct Given {
  std::string config, node, data, durability = "fsync", log_level = "info", client_port, peer_port;
  bool chaos = false, auto_rebuild = false, check_config = false, insecure = false;
  bool version = false;
};

void declare(CLI::App& app, Given& given) {
  app.add_option("--config", given.config, "The cluster's configuration file (TOML)")
      ->envname("QUORATE_CONFIG")
      ->type_name("FILE");
  app.add_option("--node", given.node, "Which of its nodes this is")
      ->envname("QUORATE_NODE")
      ->type_name("ID");
  app.add_option("--data", given.data, "Where this node keeps its data; created if it is not there")
      ->envname("QUORATE_DATA")
      ->type_name("DIR");
  app.add_option("--durability", given.durability,
                 "What an acknowledged write means: fsync, on disk; os, handed to the kernel")
      ->envname("QUORATE_DURABILITY")
      ->type_name("fsync|os")
      ->capture_default_str();
  app.add_option("--client-port", given.client_port,
                 "Instead of the configuration's; 0 takes any free one")
      ->envname("QUORATE_CLIENT_PORT")
      ->type_name("PORT");
  app.add_option("--peer-port", given.peer_port,
                 "Instead of the configuration's; 0 takes any free one")
      ->envname("QUORATE_PEER_PORT")
      ->type_name("PORT");
  app.add_option("--log-level", given.log_level, "debug, info, warn, error or off")
      ->envname("QUORATE_LOG_LEVEL")
      ->type_name("LEVEL")
      ->capture_default_str();
  app.add_flag("--chaos", given.chaos, "Let clients cut this node's links, live")
      ->envname("QUORATE_CHAOS");
  app.add_flag("--auto-rebuild", given.auto_rebuild,
               "Set a damaged store aside and let the peers fill a new one")
      ->envname("QUORATE_AUTO_REBUILD");
  app.add_flag("--insecure", given.insecure,
               "Listen beyond loopback without a secret: whoever reaches the node owns its data")
      ->envname("QUORATE_INSECURE");
  app.add_flag("--check-config", given.check_config,
               "Print what the configuration says, or all that is wrong with it, and end")
      ->envname("QUORATE_CHECK_CONFIG");
  app.add_flag("--version", given.version, "Print the version and end");
}

// An unsigned number and nothing else.
std::optional<unsigned> number(const std::string& text, unsigned low, unsigned high) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high) {
    return std::nullopt;
  }
  return value;
}

std::string unknown_argument(const std::string& argument) {
  static const std::vector<std::string> kKnown = {
      "--config",    "--node",      "--data",        "--durability", "--client-port",
      "--peer-port", "--log-level", "--chaos",       "--help",       "--auto-rebuild",
      "--insecure",  "--version",   "--check-config"};
  const std::string nearest = nearest_name(argument.substr(0, argument.find('=')), kKnown);
  return "unknown argument " + in_quotes(argument) +
         (nearest.empty() ? "" : "; did you mean " + nearest + "?");
}

class Judge {
 public:
  explicit Judge(CommandLine& out) : out_(out) {}

  void problem(std::string what) { out_.problems.push_back(std::move(what)); }

  void problems_of(const Error& error) {
    std::string rest = error.message;
    while (true) {
      const std::size_t end = rest.find('\n');
      problem(rest.substr(0, end));
      if (end == std::string::npos) return;
      rest.erase(0, end + 1);
    }
  }

  void port(const char* flag, const std::string& text, std::optional<std::uint16_t>& out) {
    if (text.empty()) return;
    if (const auto value = number(text, 0, 65535)) {
      out = static_cast<std::uint16_t>(*value);
    } else {
      problem(std::string(flag) + " " + in_quotes(text) + " must be a port from 0 to 65535");
    }
  }

 private:
  CommandLine& out_;
};

void judge_config(const Given& given, Judge& judge, CommandLine& out) {
  if (given.config.empty()) {
    judge.problem("--config FILE is missing (or QUORATE_CONFIG)");
    return;
  }
  Result<ClusterConfig> config = load_config(given.config);
  if (!config) {
    judge.problems_of(config.error());
    return;
  }
  if (!config->secret_path.empty()) {
    const Result<std::string> secret = load_secret(config->secret_path);
    if (!secret) judge.problem(secret.error().message);
  }
  out.settings.config = *std::move(config);
}

void judge_node(const Given& given, Judge& judge, CommandLine& out) {
  const std::vector<NodeAddress>& nodes = out.settings.config.nodes;
  std::string ids;
  for (const NodeAddress& node : nodes) ids += (ids.empty() ? "" : ", ") + std::to_string(node.id);
  if (given.node.empty()) {
    if (given.check_config) return;
    judge.problem("--node ID is missing (or QUORATE_NODE)" +
                  (ids.empty() ? "" : "; the configuration has " + ids));
    return;
  }
  const auto id = number(given.node, 1, 65535);
  if (!id) {
    judge.problem("--node " + in_quotes(given.node) + " must be a number from 1 to 65535");
    return;
  }
  out.settings.node = static_cast<NodeId>(*id);
  if (!nodes.empty() && out.settings.config.find(out.settings.node) == nullptr) {
    judge.problem("--node " + given.node + " is not in " + given.config + ", which has " + ids);
  }
}

void judge_all(const Given& given, CommandLine& out) {
  Judge judge(out);
  judge_config(given, judge, out);
  judge_node(given, judge, out);
  if (given.data.empty() && !given.check_config) {
    judge.problem("--data DIR is missing (or QUORATE_DATA)");
  }
  out.settings.data_directory = given.data;
  if (given.durability != "fsync" && given.durability != "os") {
    judge.problem("--durability " + in_quotes(given.durability) + " must be fsync or os");
  }
  out.settings.durability = given.durability == "os" ? Durability::kOs : Durability::kFsync;
  if (const Result<LogLevel> level = parse_log_level(given.log_level)) {
    out.log_level = *level;
  } else {
    judge.problem("--log-level " + in_quotes(given.log_level) + " " + level.error().message);
  }
  judge.port("--client-port", given.client_port, out.settings.client_port);
  judge.port("--peer-port", given.peer_port, out.settings.peer_port);
  out.settings.chaos = given.chaos;
  out.settings.auto_rebuild = given.auto_rebuild;
  out.settings.insecure = given.insecure;
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv, const std::string& version) {
  CommandLine out;
  out.settings.version = version;
  Given given;
  CLI::App app("Runs one node of a Quorate cluster.", "kvnode");
  app.allow_extras();
  app.footer(
      "Exit codes: 0 orderly end; 2 bad usage or configuration; 3 the store was refused; 4 cannot\n"
      "listen; 5 the store failed while running; 6 refused by the peers.\n\n"
      "Example:\n  kvnode --config cluster.toml --node 1 --data /var/lib/quorate/1");
  try {
    declare(app, given);
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    out.action = CommandLine::Action::kPrint;
    out.text = app.help();
    return out;
  } catch (const CLI::ParseError& error) {
    out.problems.push_back(error.what());
    return out;
  }
  if (given.version) {
    out.action = CommandLine::Action::kPrint;
    out.text = "kvnode " + version + "\n";
    return out;
  }
  for (const std::string& extra : app.remaining()) out.problems.push_back(unknown_argument(extra));
  judge_all(given, out);
  if (!out.problems.empty()) return out;
  if (given.check_config) {
    out.action = CommandLine::Action::kCheckConfig;
    out.text = describe_config(out.settings.config);
    return out;
  }
  out.action = CommandLine::Action::kRun;
  return out;
}

}  // namespace quorate
