// kvsim list, kvsim explain: the library of scenarios.
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/base/check.h"
#include "sim/kvsim/commands.h"
#include "sim/report/run_report.h"
#include "sim/report/sides.h"
#include "sim/report/table.h"
#include "sim/report/text_layout.h"
#include "sim/report/verdict.h"
#include "sim/scenario/library.h"
#include "sim/scenario/words.h"

namespace quorate::sim {
namespace {

namespace json = boost::json;

constexpr const char* kListFooter = R"(
Examples:
  kvsim list
  kvsim list --json

Exit codes: 0 done; 2 bad usage.)";

constexpr const char* kExplainFooter = R"(
SCENARIO is a name from 'kvsim list', or a file (- is standard input).

Examples:
  kvsim explain split-brain
  kvsim explain my-scenario.toml
  kvsim explain split-brain --json

Exit codes: 0 done; 2 bad usage or scenario.)";

// What a terminal has; else of the usual width, whoever reads it.
unsigned width_of_output() { return std::max(terminal_width(STDOUT_FILENO), kReportWidthMin); }

std::vector<Scenario> all_scenarios() {
  std::vector<Scenario> all;
  for (const std::string& name : library_names()) {
    Result<Scenario> scenario = load_scenario(name);
    QUORATE_CHECK_MSG(scenario, "a scenario of the library cannot be read");
    all.push_back(*std::move(scenario));
  }
  return all;
}

// A title that is too long for its line goes on under itself.
std::string list_text(bool colours, unsigned width) {
  const std::vector<Scenario> scenarios = all_scenarios();
  std::size_t longest = 0;
  for (const Scenario& scenario : scenarios) longest = std::max(longest, scenario.name.size());
  const unsigned indent = static_cast<unsigned>(longest) + 4;
  std::string text;
  for (const Scenario& scenario : scenarios) {
    std::string title = printable(scenario.title);
    if (scenario.variants.size() > 1) {
      title += " (" + std::to_string(scenario.variants.size()) + " variants)";
    }
    std::string lines = reflowed(title, {.width = width, .indent = indent, .hanging = indent});
    lines.replace(2, scenario.name.size(), styled(scenario.name, Style::kBold, colours));
    text += lines;
  }
  return text;
}

std::string list_json() {
  json::array scenarios;
  for (const Scenario& scenario : all_scenarios()) {
    json::array variants;
    for (const Variant& variant : scenario.variants) {
      if (!variant.name.empty()) variants.push_back(json::string(variant.name));
    }
    scenarios.push_back(json::object{{"name", scenario.name},
                                     {"title", scenario.title},
                                     {"lesson", scenario.lesson},
                                     {"variants", std::move(variants)}});
  }
  return json::serialize(json::object{{"schema", "kvsim-list"},
                                      {"schema_version", 1},
                                      {"scenarios", std::move(scenarios)}}) +
         "\n";
}

ExitCode list(bool as_json, bool colours) {
  if (as_json) {
    std::fputs(list_json().c_str(), stdout);
    return ExitCode::kHeld;
  }
  std::fputs(list_text(colours, width_of_output()).c_str(), stdout);
  std::fputs("\n'kvsim explain SCENARIO' tells the lesson, 'kvsim run SCENARIO' plays it.\n",
             stdout);
  return ExitCode::kHeld;
}

std::string bucket_text(const Bucket& bucket) {
  return std::string("bucket ") + bucket.name + ": " + bucket_type_name(bucket.type) +
         ", n=" + std::to_string(bucket.n) + " r=" + std::to_string(bucket.r) +
         " w=" + std::to_string(bucket.w) + ", read repair " +
         read_repair_words()[static_cast<std::size_t>(bucket.read_repair)];
}

std::string client_text(const ClientPlan& client) {
  std::string text = "client " + client.name + ": " + std::to_string(client.steps.size()) +
                     (client.steps.size() == 1 ? " step" : " steps");
  if (!client.policy.endpoints.empty()) {
    text += ", asks " + node_list(client.policy.endpoints);
  }
  return text;
}

// "500ms: link slow 1 > 2, extra 200ms".
std::string fault_text(const Fault& fault, const std::vector<std::string>& clients) {
  std::string text =
      time_text(fault.at) + ": " + fault_kind_name(fault.kind) + " " + host_text(fault.a, clients);
  if (is_of_link(fault.kind)) text += " > " + host_text(fault.b, clients);
  if (!fault.key.name.empty()) text += " " + key_text(fault.key);
  const FaultAmount amount = amount_of(fault.kind);
  const auto add = [&](const std::string& value) {
    text += ", " + std::string(amount.word) + " " + value;
  };
  switch (amount.kind) {
    case AmountKind::kNone:
      break;
    case AmountKind::kTime:
      add(time_text(fault.amount));
      break;
    case AmountKind::kWholeMs:
      add(time_text(fault.amount * kNsPerMs));
      break;
    case AmountKind::kPpm:
      add(std::to_string(fault.amount));
      break;
    case AmountKind::kPercent:
      add(percent_text(static_cast<std::uint32_t>(fault.amount)));
      break;
  }
  return text;
}

std::vector<std::string> client_names(const RunPlan& plan) {
  std::vector<std::string> names;
  for (const ClientPlan& client : plan.clients) names.push_back(client.name);
  return names;
}

// What befalls the world, as people say it: who sees whom, and then the rest.
std::string faults_text(const RunPlan& plan, unsigned width) {
  std::string text;
  const Phases phases = phases_of(plan, {}, plan.faults_end);
  constexpr std::size_t kPhasesShown = 12;
  std::size_t shown = 0;
  for (const Phase& phase : phases.phases) {
    const Layout& layout = phases.layouts[phase.layout];
    if (layout.whole()) continue;
    if (++shown > kPhasesShown) {
      text += "    and so on\n";
      break;
    }
    text +=
        reflowed(time_text(phase.begin) + " to " + time_text(phase.end) + ": " + describe(layout),
                 {.width = width, .indent = 4, .hanging = 4});
  }
  for (const Fault& fault : plan.faults) {
    if (fault.kind == FaultKind::kCut || fault.kind == FaultKind::kMend) continue;
    text += reflowed(printable(fault_text(fault, client_names(plan))),
                     {.width = width, .indent = 4, .hanging = 6});
  }
  return text + "    " + time_text(plan.faults_end) + ": everything heals\n";
}

std::vector<std::string> setup_lines(const RunPlan& plan) {
  std::vector<std::string> lines{counted(plan.cluster.nodes, "node", "nodes")};
  for (const auto& [name, bucket] : plan.cluster.buckets.all()) {
    lines.push_back(printable(bucket_text(bucket)));
  }
  for (const ClientPlan& client : plan.clients) lines.push_back(printable(client_text(client)));
  return lines;
}

// What of its setup is other than the first variant's.
std::vector<std::string> own_lines(const Variant& variant, const Variant& first) {
  const std::vector<std::string> common = setup_lines(first.plan);
  std::vector<std::string> own;
  for (std::string& line : setup_lines(variant.plan)) {
    if (std::find(common.begin(), common.end(), line) == common.end()) own.push_back(line);
  }
  return own;
}

// With what it breaks on purpose.
std::vector<std::string> expected_lines(const Variant& variant) {
  std::vector<std::string> lines;
  for (const Expected& expected : variant.expected) lines.push_back(printable(expected.text));
  for (const std::string& property : variant.violated) {
    lines.push_back(printable(announced_violation(property)));
  }
  return lines;
}

std::string explanation(const Scenario& scenario, bool colours, unsigned width) {
  const RunPlan& plan = scenario.variants.front().plan;
  const auto heading = [&](const char* text) {
    return "\n  " + styled(text, Style::kDim, colours) + "\n";
  };
  std::string text = styled(scenario.name, Style::kBold, colours);
  if (!scenario.title.empty()) text += "  " + printable(scenario.title);
  text += "\n";
  if (!scenario.lesson.empty())
    text +=
        heading("lesson") + reflowed(scenario.lesson, {.width = width, .indent = 4, .hanging = 4});
  const auto add_lines = [&](const std::vector<std::string>& lines, unsigned indent) {
    for (const std::string& line : lines) {
      text += reflowed(line, {.width = width, .indent = indent, .hanging = indent + 2});
    }
  };
  const bool variants = scenario.variants.size() > 1;
  text += heading(variants ? "setup, of the first variant" : "setup");
  add_lines(setup_lines(plan), 4);
  text += heading("what happens") + faults_text(plan, width);
  if (variants) text += heading("variants, and what is expected of each");
  for (const Variant& variant : scenario.variants) {
    if (variants) {
      text += "    " + styled(printable(variant.name), Style::kBold, colours) + "\n";
      for (const std::string& line : own_lines(variant, scenario.variants.front())) {
        add_lines({"with " + line}, 6);
      }
    } else if (!expected_lines(variant).empty()) {
      text += heading("expected");
    }
    add_lines(expected_lines(variant), variants ? 6 : 4);
  }
  if (!scenario.given_up.empty()) {
    text += heading("what is given up") +
            reflowed(scenario.given_up, {.width = width, .indent = 4, .hanging = 4});
  }
  if (!scenario.look_for.empty()) {
    text += heading("what to look for") +
            reflowed(scenario.look_for, {.width = width, .indent = 4, .hanging = 4});
  }
  return text;
}

json::array strings(const std::vector<std::string>& lines) {
  json::array all;
  for (const std::string& line : lines) all.push_back(json::string(line));
  return all;
}

json::object variant_json(const Variant& variant) {
  const RunPlan& plan = variant.plan;
  json::array buckets;
  for (const auto& [name, bucket] : plan.cluster.buckets.all()) {
    buckets.push_back(json::object{
        {"name", bucket.name},
        {"type", bucket_type_words()[static_cast<std::size_t>(bucket.type)]},
        {"n", bucket.n},
        {"r", bucket.r},
        {"w", bucket.w},
        {"read_repair", read_repair_words()[static_cast<std::size_t>(bucket.read_repair)]}});
  }
  json::array clients;
  for (const ClientPlan& client : plan.clients) {
    json::array endpoints;
    for (const NodeId node : client.policy.endpoints) endpoints.push_back(node);
    clients.push_back(json::object{{"name", client.name},
                                   {"steps", client.steps.size()},
                                   {"endpoints", std::move(endpoints)}});
  }
  std::vector<std::string> faults;
  for (const Fault& fault : plan.faults) faults.push_back(fault_text(fault, client_names(plan)));
  return {{"name", variant.name},          {"seed", plan.cluster.seed},
          {"nodes", plan.cluster.nodes},   {"heal_at_ns", plan.faults_end},
          {"buckets", std::move(buckets)}, {"clients", std::move(clients)},
          {"faults", strings(faults)},     {"expected", strings(expected_lines(variant))}};
}

std::string explanation_json(const Scenario& scenario) {
  json::array variants;
  for (const Variant& variant : scenario.variants) variants.push_back(variant_json(variant));
  return json::serialize(json::object{{"schema", "kvsim-explain"},
                                      {"schema_version", 1},
                                      {"name", scenario.name},
                                      {"title", scenario.title},
                                      {"lesson", scenario.lesson},
                                      {"look_for", scenario.look_for},
                                      {"given_up", scenario.given_up},
                                      {"variants", std::move(variants)}}) +
         "\n";
}

struct ExplainGiven {
  std::string name;
  bool json = false;
};

ExitCode explain(const ExplainGiven& given, bool colours) {
  const Result<Scenario> scenario = load_scenario(given.name);
  if (!scenario) return refuse_lines("kvsim explain", scenario.error().message);
  const std::string text =
      given.json ? explanation_json(*scenario) : explanation(*scenario, colours, width_of_output());
  std::fwrite(text.data(), 1, text.size(), stdout);
  return ExitCode::kHeld;
}

}  // namespace

Command list_command() {
  const auto as_json = std::make_shared<bool>(false);
  Command command;
  command.name = "list";
  command.summary = "List the scenarios that come with kvsim";
  command.footer = kListFooter;
  command.flag("--json", *as_json, "Print one line of JSON for a program");
  command.run = [as_json](bool colours) { return list(*as_json, colours); };
  return command;
}

Command explain_command() {
  const auto given = std::make_shared<ExplainGiven>();
  Command command;
  command.name = "explain";
  command.summary = "Tell what a scenario teaches, how it is set up and what to look for";
  command.footer = kExplainFooter;
  command.positional("SCENARIO", given->name, "A name from the library, or a TOML file");
  command.flag("--json", given->json, "Print one line of JSON for a program");
  command.run = [given](bool colours) { return explain(*given, colours); };
  return command;
}

}  // namespace quorate::sim
