#include "sim/kvsim/variants_text.h"

#include <cstdio>
#include <sstream>

#include "sim/report/table.h"

namespace quorate::sim {

namespace {

std::string number(std::uint64_t count) { return with_commas(count); }

Cell bad_unless_none(std::uint64_t count, Style style) {
  return {number(count), count == 0 ? Style::kPlain : style};
}

std::string level_of(const RunSummary& summary) {
  return summary.ladder.strongest ? rung_name(*summary.ladder.strongest) : "none";
}

std::string expectations_of(const Performance& performance) {
  std::size_t met = 0;
  for (const Expectation& expectation : performance.summary.expectations) met += expectation.met;
  return std::to_string(met) + " of " + std::to_string(performance.summary.expectations.size());
}

Table figures(const std::vector<Performance>& performances) {
  Table table({{"variant"},
               {"writes ok", true},
               {"refused", true},
               {"unknown", true},
               {"reads ok", true},
               {"stale", true},
               {"refused", true},
               {"lost", true},
               {"siblings", true},
               {"strongest level that held"},
               {"as expected", true}});
  for (const Performance& performance : performances) {
    const RunSummary& run = performance.summary;
    const bool good = performance.met() && performance.unexpected.empty();
    table.add({{run.labels.variant, Style::kBold},
               {number(run.writes.count(Told::kAnswered))},
               bad_unless_none(run.writes.count(Told::kRefused), Style::kWarning),
               bad_unless_none(run.writes.count(Told::kUnknown), Style::kWarning),
               {number(run.reads.answered())},
               bad_unless_none(run.reads.count(Told::kStale), Style::kWarning),
               bad_unless_none(run.reads.count(Told::kRefused), Style::kWarning),
               bad_unless_none(run.lost.size(), Style::kBad),
               {number(run.keys_with_siblings == 0 ? 0 : run.siblings)},
               {level_of(run)},
               {expectations_of(performance), good ? Style::kGood : Style::kBad}});
  }
  return table;
}

std::string judgement(const Performance& performance, bool colours) {
  std::string text;
  for (const Expectation& expectation : performance.summary.expectations) {
    text += "    " + (expectation.met ? styled("as expected", Style::kGood, colours)
                                      : styled("NOT AS EXPECTED", Style::kBad, colours));
    text += "  " + printable(expectation.text);
    if (!expectation.met) text += "; " + printable(expectation.detail);
    text += "\n";
  }
  for (const Violation& violation : performance.unexpected) {
    text += "    " + styled("VIOLATED", Style::kBad, colours) + "  " + violation.property + "\n";
    std::istringstream witness(violation.witness);
    for (std::string line; std::getline(witness, line);) text += "      " + printable(line) + "\n";
  }
  return text;
}

}  // namespace

std::string trace_hash_text(std::uint64_t hash) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

std::string wrapped(const std::string& text, unsigned width, const std::string& indent) {
  std::string out;
  std::string line = indent;
  std::istringstream words(text);
  for (std::string raw; words >> raw;) {
    const std::string word = printable(raw);
    if (line.size() > indent.size() && width_of(line) + 1 + width_of(word) > width) {
      out += line + "\n";
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + word;
  }
  return line.size() > indent.size() ? out + line + "\n" : out;
}

std::string variants_text(const Scenario& scenario, const std::vector<Performance>& performances,
                          bool colours, unsigned width) {
  std::string text = styled(scenario.name, Style::kBold, colours);
  if (!scenario.title.empty()) text += "  " + printable(scenario.title);
  text += "\n" + wrapped(scenario.lesson, width, "  ") + "\n" + figures(performances).text(colours);
  for (const Performance& performance : performances) {
    const RunSummary& run = performance.summary;
    text += "\n  " + styled(run.labels.variant, Style::kBold, colours) + "\n" +
            judgement(performance, colours) + "    " +
            styled("trace " + trace_hash_text(run.trace_hash) + "  " + run.labels.replay,
                   Style::kDim, colours) +
            "\n";
  }
  if (!scenario.given_up.empty()) {
    text += "\n" + wrapped("Given up: " + scenario.given_up, width, "  ");
  }
  return text;
}

}  // namespace quorate::sim
