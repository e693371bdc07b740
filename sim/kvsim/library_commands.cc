// kvsim list, kvsim explain: the library of scenarios.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "node/base/check.h"
#include "sim/kvsim/commands.h"
#include "sim/report/run_report.h"
#include "sim/report/sides.h"
#include "sim/report/table.h"
#include "sim/report/text_layout.h"
#include "sim/scenario/library.h"
#include "sim/scenario/words.h"

namespace quorate::sim {
namespace {

ExitCode list(bool colours) {
  Table table({{"scenario"}, {"variants", true}, {"what it shows"}});
  for (const std::string& name : library_names()) {
    const Result<Scenario> scenario = load_scenario(name);
    QUORATE_CHECK_MSG(scenario, "a scenario of the library cannot be read");
    table.add({{name, Style::kBold},
               {std::to_string(scenario->variants.size())},
               {printable(scenario->title)}});
  }
  std::fputs(table.text(colours).c_str(), stdout);
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
    text += reflowed(to_string(fault), {.width = width, .indent = 4, .hanging = 4});
  }
  return text + "    " + time_text(plan.faults_end) + ": everything heals\n";
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
  text += heading("setup") + "    " + std::to_string(plan.cluster.nodes) + " nodes\n";
  for (const auto& [name, bucket] : plan.cluster.buckets.all()) {
    text += reflowed(bucket_text(bucket), {.width = width, .indent = 4, .hanging = 4});
  }
  for (const ClientPlan& client : plan.clients)
    text += reflowed(client_text(client), {.width = width, .indent = 4, .hanging = 4});
  text += heading("what happens") + faults_text(plan, width);
  if (scenario.variants.size() > 1) {
    text += heading("variants");
    for (const Variant& variant : scenario.variants) {
      text += reflowed(variant.name, {.width = width, .indent = 4, .hanging = 4});
      for (const Expected& expected : variant.expected) {
        text += reflowed(expected.text, {.width = width, .indent = 6, .hanging = 6});
      }
    }
  } else if (!scenario.variants.front().expected.empty()) {
    text += heading("expected");
    for (const Expected& expected : scenario.variants.front().expected) {
      text += reflowed(expected.text, {.width = width, .indent = 4, .hanging = 4});
    }
  }
  if (!scenario.look_for.empty()) {
    text += heading("what to look for") +
            reflowed(scenario.look_for, {.width = width, .indent = 4, .hanging = 4});
  }
  return text;
}

}  // namespace

Command list_command() {
  Command command;
  command.name = "list";
  command.summary = "List the scenarios that come with kvsim";
  command.run = list;
  return command;
}

Command explain_command() {
  const auto name = std::make_shared<std::string>();
  Command command;
  command.name = "explain";
  command.summary = "Tell what a scenario teaches, how it is set up and what to look for";
  command.positional("SCENARIO", *name, "A name from the library, or a TOML file");
  command.run = [name](bool colours) {
    const Result<Scenario> scenario = load_scenario(*name);
    if (!scenario) return refuse_lines("kvsim explain", scenario.error().message);
    const std::string text = explanation(*scenario, colours, kReportWidthDefault);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return ExitCode::kHeld;
  };
  return command;
}

}  // namespace quorate::sim
