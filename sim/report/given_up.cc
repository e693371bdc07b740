#include "sim/report/given_up.h"

#include <algorithm>
#include <map>
#include <vector>

#include "sim/report/text_layout.h"
#include "sim/report/time_scale.h"

namespace quorate::sim {

namespace {

constexpr double kMuchSlower = 5;
constexpr SimTime kSlowMin = from_ms(10);
constexpr std::size_t kSidesNamedMax = 2;

std::string number(std::uint64_t count) { return std::to_string(count); }

// "a, b and c"
std::string listed(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const char* before = i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ";
    text += before + parts[i];
  }
  return text;
}

struct Answered {
  std::uint64_t attempted = 0;
  std::uint64_t answered = 0;
  std::uint64_t missing() const { return attempted - answered; }
};

Answered answered_of(const Column& column) {
  return Answered{column.reads.attempted + column.writes.attempted,
                  column.reads.answered() + column.writes.answered()};
}

// "while node 2 was down and node 3 was paused"
std::string while_text(const Layout& layout) {
  std::vector<std::string> parts;
  for (const Side& side : layout.sides) {
    const char* what = side.standing == Standing::kCrashed  ? "down"
                       : side.standing == Standing::kPaused ? "paused"
                                                            : nullptr;
    if (what == nullptr) continue;
    const bool one = side.nodes.size() == 1;
    parts.push_back((one ? "node " : "nodes ") + node_list(side.nodes) +
                    (one ? " was " : " were ") + what);
  }
  return "while " + (parts.empty() ? describe(layout) : listed(parts));
}

// Where the clients of a column were: "on the side of node 1", "while node 2 was down".
std::string place_of(const RunSummary& summary, const Column& column) {
  const Layout& layout = summary.phases.layouts[column.layout];
  const Side& side = layout.sides[*column.side];
  const std::string noun = side.nodes.size() == 1 ? "node " : "nodes ";
  switch (side.standing) {
    case Standing::kRunning:
      if (column.letter.empty()) return while_text(layout);
      return "on the side of " + noun + node_list(side.nodes);
    case Standing::kPaused:
      return "at the paused " + noun + node_list(side.nodes);
    case Standing::kCrashed:
      return "at the crashed " + noun + node_list(side.nodes);
    case Standing::kAlone:
      return "for clients that reach no node";
  }
  return "";
}

// Places by name, since one side may come back in many layouts; in the order of their columns.
std::vector<std::pair<std::string, Answered>> by_place(const RunSummary& summary) {
  std::vector<std::pair<std::string, Answered>> places;
  for (const Column& column : summary.columns) {
    const Answered answered = answered_of(column);
    if (!column.side || answered.attempted == 0) continue;
    const std::string place = place_of(summary, column);
    auto known = std::find_if(places.begin(), places.end(),
                              [&](const auto& entry) { return entry.first == place; });
    if (known == places.end()) known = places.insert(known, {place, Answered{}});
    known->second.attempted += answered.attempted;
    known->second.answered += answered.answered;
  }
  return places;
}

std::string ratio(const Answered& answered) {
  return answered.answered == 0
             ? "none of " + counted(answered.attempted, "operation", "operations") + " answered"
             : counted(answered.missing(), "operation", "operations") + " of " +
                   number(answered.attempted) + " not answered";
}

void say_availability(const RunSummary& summary, const Losses& losses,
                      std::vector<std::string>& given_up, std::vector<std::string>& kept) {
  std::vector<std::pair<std::string, Answered>> without;
  std::vector<std::string> with;
  Answered all;
  for (const auto& [place, answered] : by_place(summary)) {
    if (answered.missing() > 0) {
      without.emplace_back(place, answered);
    } else {
      with.push_back(place);
    }
    all.attempted += answered.attempted;
    all.answered += answered.answered;
  }
  if (without.size() > kSidesNamedMax) {
    given_up.push_back("availability (" + ratio(all) + " while something was cut or down)");
  } else {
    for (const auto& [place, answered] : without) {
      given_up.push_back("availability " + place + " (" + ratio(answered) + ")");
    }
  }
  if (losses.not_answered_connected > 0) {
    Answered whole;
    for (const Column& column : summary.columns) {
      if (column.side) continue;
      whole.attempted += answered_of(column).attempted;
      whole.answered += answered_of(column).answered;
    }
    given_up.push_back("availability while all were connected (" + ratio(whole) + ")");
  }
  if (without.empty() && losses.not_answered_connected == 0) {
    kept.push_back(with.size() > 1 ? "availability on every side" : "availability");
  } else if (!without.empty() && !with.empty() && with.size() <= kSidesNamedMax) {
    for (const std::string& place : with) kept.push_back("availability " + place);
  }
}

void say_freshness(const RunSummary& summary, const Losses& losses,
                   std::vector<std::string>& given_up, std::vector<std::string>& kept) {
  const std::uint64_t reads = summary.reads.answered();
  if (losses.stale > 0) {
    given_up.push_back("freshness (" + number(losses.stale) + " of " +
                       counted(reads, "read", "reads") + " missed up to " +
                       counted(losses.versions_max, "acknowledged write", "acknowledged writes") +
                       " and were up to " + duration_text(losses.behind_max) + " behind)");
  } else if (reads > 0) {
    kept.push_back("freshness");
  }
}

void say_order(const RunSummary& summary, const Losses& losses, std::vector<std::string>& given_up,
               std::vector<std::string>& kept) {
  if (losses.lost > 0) {
    given_up.push_back(number(losses.lost) + " of " +
                       counted(summary.acknowledged, "acknowledged write", "acknowledged writes") +
                       " (gone, though no later writer had seen " +
                       (losses.lost == 1 ? "it)" : "them)"));
  } else if (summary.acknowledged > 0) {
    kept.push_back(summary.acknowledged == 1 ? "the acknowledged write"
                                             : "every acknowledged write");
  }
  if (losses.conflicts > 0) {
    given_up.push_back("one order of writes (" + counted(summary.siblings, "value", "values") +
                       " of " + counted(losses.conflicts, "key", "keys") + " left to merge)");
  }
}

void say_convergence(const RunSummary& summary, std::vector<std::string>& given_up) {
  if (!summary.converged) given_up.emplace_back("convergence (replicas never became equal)");
}

}  // namespace

bool Losses::any() const {
  return not_answered + not_answered_connected + stale + conflicts + lost > 0 ||
         slower >= kMuchSlower;
}

Losses losses_of(const RunSummary& summary) {
  Losses losses;
  for (const Column& column : summary.columns) {
    const std::uint64_t missing = answered_of(column).missing();
    (column.side ? losses.not_answered : losses.not_answered_connected) += missing;
    losses.stale += column.reads.count(Told::kStale);
    losses.versions_max = std::max(losses.versions_max, column.versions_behind_max);
    losses.behind_max = std::max(losses.behind_max, column.behind_max);
  }
  const auto time_of = [&](bool of_severed) {
    const Tally tally = tally_of(summary.happenings, [&](const Happening& happening) {
      return summary.columns[happening.column].side.has_value() == of_severed;
    });
    return tally.latencies ? tally.latencies->p99 : 0;
  };
  const SimTime usual_p99 = time_of(false);
  losses.slow_p99 = time_of(true);
  if (usual_p99 > 0 && losses.slow_p99 >= kSlowMin) {
    losses.slower = static_cast<double>(losses.slow_p99) / static_cast<double>(usual_p99);
  }
  losses.conflicts = summary.keys_with_siblings;
  losses.lost = summary.lost.size();
  return losses;
}

std::string what_was_given_up(const RunSummary& summary) {
  const Losses losses = losses_of(summary);
  std::vector<std::string> given_up;
  std::vector<std::string> kept;
  say_availability(summary, losses, given_up, kept);
  say_freshness(summary, losses, given_up, kept);
  say_order(summary, losses, given_up, kept);
  say_convergence(summary, given_up);
  if (losses.slower >= kMuchSlower) {
    given_up.push_back("speed (p99 " + duration_text(losses.slow_p99) +
                       " while something was cut or down)");
  }
  if (summary.happenings.empty()) return "Nothing was asked, so nothing was given up.";
  std::string text = "This run gave up " + (given_up.empty() ? "nothing" : listed(given_up));
  if (!kept.empty()) text += "; it kept " + listed(kept);
  return text + ".";
}

std::string given_up_briefly(const RunSummary& summary) {
  const Losses losses = losses_of(summary);
  std::vector<std::string> words;
  if (losses.not_answered + losses.not_answered_connected > 0) words.emplace_back("availability");
  if (losses.stale > 0) words.emplace_back("freshness");
  if (losses.conflicts > 0) words.emplace_back("one order");
  if (losses.lost > 0) words.emplace_back("writes");
  if (losses.slower >= kMuchSlower) words.emplace_back("speed");
  return words.empty() ? "nothing" : listed(words);
}

}  // namespace quorate::sim
