// kvsim survivors: how many acknowledged additions to one set are there in the end, by type?
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/kvsim/commands.h"
#include "sim/kvsim/interrupt.h"
#include "sim/kvsim/progress.h"
#include "sim/report/table.h"
#include "sim/survivors/set_experiment.h"

namespace quorate::sim {
namespace {

namespace json = boost::json;

constexpr const char* kFooter = R"(
Reproduces the experiment of "Call me maybe: Riak" (Kingsbury 2013): five clients, each through a node
of its own, add 2,000 integers to one set of three replicas; later somebody reads it. Which of the
acknowledged additions are lost? Where the type is no set, a client reads, adds its integer and writes
back; of siblings it writes the union. "cut": nodes 1 and 2 are cut off from 3, 4 and 5, from 5 % of the
additions on ("later": 25 %) until all have ended. "one at a time": under a perfect lock. Quorums are
sloppy, and unless it is said otherwise 2 of 3 with last-writer-wins, else 1; "strict": they count the
key's replicas alone.

Each run has another key, so another side of the cut has most of its replicas. Lost: the mean of the
runs, and the least and the most.

Examples:
  kvsim survivors
  kvsim survivors --elements 500 --runs 2 --json

Exit codes: 0 done; 2 bad usage; 130 interrupted.)";

constexpr std::uint64_t kElementsMax = 10'000;
constexpr std::uint64_t kRunsMax = 1'000;

struct Given {
  std::string elements = "2000";
  std::string runs = "5";
  std::string seed = "1";
  bool json = false;

  SurvivorsOptions options;
  std::uint64_t count = 0;
};

struct Outcome {
  std::uint64_t seed = 0;
  Survivors found;
};

std::vector<std::string> judge_words(Given& given) {
  std::vector<std::string> problems;
  const auto within = [&](const char* word, const std::string& text, std::uint64_t low,
                          std::uint64_t high) {
    const auto number = whole_number(text);
    if (number && *number >= low && *number <= high) return *number;
    problems.push_back(std::string(word) + " is a number from " + std::to_string(low) + " to " +
                       std::to_string(high) + ", not '" + text + "'");
    return low;
  };
  given.options.elements =
      static_cast<std::uint32_t>(within("--elements", given.elements, 20, kElementsMax));
  given.count = within("--runs", given.runs, 1, kRunsMax);
  const auto seed = whole_number(given.seed);
  if (!seed) problems.push_back("--seed is a whole number, not '" + given.seed + "'");
  given.options.seed = seed.value_or(0);
  return problems;
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", share * 100);
  return text;
}

std::string mean(const std::vector<Outcome>& outcomes, std::uint64_t Survivors::*count) {
  std::uint64_t sum = 0;
  for (const Outcome& outcome : outcomes) sum += outcome.found.*count;
  return std::to_string((sum + outcomes.size() / 2) / outcomes.size());
}

std::vector<Cell> row_of(const SurvivorsCase& what, const std::vector<Outcome>& outcomes) {
  double sum = 0;
  double least = 1;
  double most = 0;
  for (const Outcome& outcome : outcomes) {
    sum += outcome.found.loss();
    least = std::min(least, outcome.found.loss());
    most = std::max(most, outcome.found.loss());
  }
  const Style style = most > 0 ? Style::kBad : Style::kGood;
  std::vector<Cell> row{{what.name},
                        {mean(outcomes, &Survivors::acknowledged)},
                        {mean(outcomes, &Survivors::survivors)},
                        {percent(sum / static_cast<double>(outcomes.size())), style},
                        {percent(least) + " to " + percent(most), style}};
  if (what.published) {
    const PublishedSurvivors& theirs = *what.published;
    row.push_back({std::to_string(theirs.acknowledged)});
    row.push_back({std::to_string(theirs.survivors)});
    row.push_back(
        {percent(static_cast<double>(theirs.lost) / static_cast<double>(theirs.acknowledged))});
  } else {
    row.insert(row.end(), 3, Cell{"-", Style::kDim});
  }
  return row;
}

json::object object_of(const SurvivorsCase& what, const std::vector<Outcome>& outcomes) {
  json::object object{{"name", what.name},
                      {"type", bucket_type_name(what.type)},
                      {"sloppy", what.sloppy},
                      {"quorum", what.quorum},
                      {"one_at_a_time", what.one_at_a_time},
                      {"cut_percent", what.cut_percent}};
  json::array runs;
  for (const Outcome& outcome : outcomes) {
    runs.push_back(json::object{{"seed", outcome.seed},
                                {"acknowledged", outcome.found.acknowledged},
                                {"survivors", outcome.found.survivors},
                                {"lost", outcome.found.lost},
                                {"unacknowledged", outcome.found.unacknowledged},
                                {"replicas_cut_off", outcome.found.replicas_cut_off}});
  }
  object["runs"] = std::move(runs);
  object["published"] = nullptr;
  if (what.published) {
    object["published"] = json::object{{"acknowledged", what.published->acknowledged},
                                       {"survivors", what.published->survivors},
                                       {"lost", what.published->lost},
                                       {"source", what.published->source}};
  }
  return object;
}

ExitCode run(const Given& given, bool colours) {
  const Interrupt interrupt;
  const std::vector<SurvivorsCase>& cases = survivors_cases();
  Progress progress("runs", cases.size() * given.count);
  Table table({{"", false},
               {"acknowledged", true},
               {"there", true},
               {"lost, %", true},
               {"least to most", true},
               {"published: acknowledged", true},
               {"there", true},
               {"lost, %", true}});
  json::array objects;
  std::uint64_t done = 0;
  for (const SurvivorsCase& what : cases) {
    std::vector<Outcome> outcomes;
    for (std::uint64_t i = 0; i < given.count; ++i) {
      if (interrupt.happened()) return ExitCode::kInterrupted;
      SurvivorsOptions options = given.options;
      options.seed += i;
      outcomes.push_back({options.seed, run_survivors(what, options)});
      progress.show(++done, what.name);
    }
    table.add(row_of(what, outcomes));
    objects.push_back(object_of(what, outcomes));
  }
  if (given.json) {
    json::object report{{"schema", "kvsim-survivors"},
                        {"schema_version", 1},
                        {"command", "survivors"},
                        {"seed", given.options.seed},
                        {"elements", given.options.elements}};
    report["cases"] = std::move(objects);
    std::puts(json::serialize(report).c_str());
    return ExitCode::kHeld;
  }
  std::fputs((with_commas(given.options.elements) + " additions, the mean of " +
              std::to_string(given.count) + (given.count == 1 ? " run" : " runs") +
              "; theirs were 2,000, once\n" + table.text(colours))
                 .c_str(),
             stdout);
  return ExitCode::kHeld;
}

}  // namespace

Command survivors_command() {
  const auto given = std::make_shared<Given>();
  Command command;
  command.name = "survivors";
  command.summary = "Which acknowledged additions are lost? Jepsen's first Riak experiment";
  command.footer = kFooter;
  command.option("--elements", "N", given->elements, "Integers to add");
  command.option("--runs", "N", given->runs, "Of each case, with keys of their own");
  command.option("--seed", "S", given->seed, "Of the first run; the next has the next");
  command.flag("--json", given->json, "Print one line of JSON for a program");
  command.problems = [given] { return judge_words(*given); };
  command.run = [given](bool colours) { return run(*given, colours); };
  return command;
}

}  // namespace quorate::sim
