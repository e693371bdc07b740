#include "sim/report/columns.h"

#include <algorithm>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

constexpr std::size_t kLetters = 26;

// Nearest rank.
SimTime percentile(const std::vector<SimTime>& sorted, std::size_t percent) {
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[rank == 0 ? 0 : rank - 1];
}

std::optional<Latencies> latencies_of(std::vector<SimTime> taken) {
  if (taken.empty()) return std::nullopt;
  std::sort(taken.begin(), taken.end());
  return Latencies{percentile(taken, 50), percentile(taken, 99), taken.back()};
}

bool answered(Told told) { return told == Told::kAnswered || told == Told::kStale; }

std::size_t running_sides(const Layout& layout) {
  std::size_t running = 0;
  while (running < layout.sides.size() && layout.sides[running].standing == Standing::kRunning) {
    ++running;
  }
  return running;
}

std::string title_of(const Layout& layout, std::size_t side) {
  const Side& shown = layout.sides[side];
  const std::string nodes = node_list(shown.nodes);
  switch (shown.standing) {
    case Standing::kRunning:
      return nodes;
    case Standing::kPaused:
      return nodes + " paused";
    case Standing::kCrashed:
      return nodes + " down";
    case Standing::kAlone:
      return "cut off";
  }
  return nodes;
}

}  // namespace

Columns::Columns(const Cluster& cluster, const std::vector<Key>& keys, const Phases& phases)
    : cluster_(cluster), keys_(keys), phases_(phases) {
  std::size_t stretches = 0;  // of time in which something is severed
  bool severed = false;
  for (const Phase& phase : phases.phases) {
    const bool now = !phases.layouts[phase.layout].whole();
    if (now && !severed && stretches++ == 0) severed_first_ = phase.begin;
    severed = now;
  }
  Column whole;
  whole.title = stretches == 1 ? "before" : "connected";
  whole.layout = phases.layouts.size();
  for (std::size_t i = 0; i < phases.layouts.size(); ++i) {
    if (phases.layouts[i].whole()) whole.layout = i;
  }
  const bool ever_whole = whole.layout < phases.layouts.size();
  if (ever_whole) columns_.push_back(whole);
  for (std::size_t i = 0; i < phases.layouts.size(); ++i) {
    if (!phases.layouts[i].whole()) add_layout(i);
  }
  if (ever_whole && stretches == 1) {
    whole.title = "after";
    columns_.push_back(whole);
  } else {
    severed_first_ = 0;
  }
  for (const Phase& phase : phases.phases) {
    const bool is_whole = phases.layouts[phase.layout].whole();
    if (is_whole) columns_[whole_column(phase.begin)].duration += phase.end - phase.begin;
    for (Column& column : columns_) {
      if (!is_whole && column.layout == phase.layout) column.duration += phase.end - phase.begin;
    }
  }
  for (Column& column : columns_) {
    const Layout& layout = phases.layouts[column.layout];
    column.reads_possible = possible(layout, column.side, false);
    column.writes_possible = possible(layout, column.side, true);
  }
}

void Columns::add_layout(std::size_t index) {
  const Layout& layout = phases_.layouts[index];
  const bool several = running_sides(layout) > 1;
  for (std::size_t side = 0; side < layout.sides.size(); ++side) {
    Column column;
    column.layout = index;
    column.side = side;
    column.title = title_of(layout, side);
    if (several && layout.sides[side].standing == Standing::kRunning) {
      const auto lettered = static_cast<std::size_t>(
          std::count_if(columns_.begin(), columns_.end(),
                        [](const Column& other) { return !other.letter.empty(); }));
      column.letter = std::string(1, static_cast<char>('A' + lettered % kLetters));
      if (lettered >= kLetters) column.letter += std::to_string(lettered / kLetters + 1);
    }
    columns_.push_back(std::move(column));
  }
}

// "after" is the last column, when there is one.
std::size_t Columns::whole_column(SimTime time) const {
  return columns_.back().title == "after" && time >= severed_first_ ? columns_.size() - 1 : 0;
}

std::size_t Columns::column_of(std::size_t layout, std::optional<std::size_t> side) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].layout == layout && columns_[i].side == side) return i;
  }
  QUORATE_CHECK_MSG(false, "every side of every layout has a column");
  return 0;
}

void Columns::place(Happening& happening, const Operation& operation) const {
  const Phase* found = nullptr;
  for (const Phase& phase : phases_.phases) {
    if (phase.begin > happening.finished) break;
    if (phase.end <= happening.invoked && &phase != &phases_.phases.back()) continue;
    if (!phases_.layouts[phase.layout].whole()) {
      found = &phase;
      break;
    }
  }
  if (found == nullptr) {
    happening.column = whole_column(happening.invoked);
    return;
  }
  const Layout& layout = phases_.layouts[found->layout];
  std::optional<std::size_t> side = layout.side_of_client(operation.client);
  if (!side) side = layout.side_of(operation.attempts.front().endpoint);
  happening.column = column_of(found->layout, side);
  if (!answered(happening.told)) return;
  for (const Attempt& attempt : operation.attempts) {
    if (attempt.state != Attempt::State::kOk) continue;
    happening.elsewhere = layout.side_of(attempt.endpoint) != side;
  }
}

Ability Columns::possible(const Layout& layout, std::optional<std::size_t> side,
                          bool writes) const {
  Ability ability{0, keys_.size()};
  // How many primaries of the key exchange messages with nodes of this side.
  const auto in_reach = [&](std::size_t from, const std::vector<NodeId>& primaries) {
    return std::count_if(primaries.begin(), primaries.end(),
                         [&](NodeId node) { return layout.linked(from, *layout.side_of(node)); });
  };
  for (const Key& key : keys_) {
    const std::vector<NodeId> primaries = cluster_.primaries(key);
    const Bucket& bucket = cluster_.bucket(key);
    bool can = false;
    const std::size_t own = side.value_or(0);
    if (!writes) {
      can = in_reach(own, primaries) >= static_cast<std::ptrdiff_t>(bucket.r);
    } else {
      // Coordinated by a primary that is asked, or that the request is forwarded to.
      for (const NodeId primary : primaries) {
        const std::size_t there = *layout.side_of(primary);
        can = can || (layout.linked(own, there) &&
                      in_reach(there, primaries) >= static_cast<std::ptrdiff_t>(bucket.w));
      }
    }
    ability.keys += can ? 1 : 0;
  }
  return ability;
}

std::vector<Column> Columns::counted(const std::vector<Happening>& happenings) && {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
    column.reads = tally_of(happenings, [&](const Happening& happening) {
      return happening.column == i && !happening.is_write;
    });
    column.writes = tally_of(happenings, [&](const Happening& happening) {
      return happening.column == i && happening.is_write;
    });
  }
  for (const Happening& happening : happenings) {
    Column& column = columns_[happening.column];
    column.reads_with_siblings += happening.siblings > 0 ? 1 : 0;
    column.versions_behind_max = std::max(column.versions_behind_max, happening.versions);
    column.behind_max = std::max(column.behind_max, happening.behind);
  }
  return std::move(columns_);
}

Tally tally_of(const std::vector<Happening>& happenings,
               const std::function<bool(const Happening&)>& counts) {
  Tally tally;
  std::vector<SimTime> taken;
  for (const Happening& happening : happenings) {
    if (!counts(happening)) continue;
    ++tally.attempted;
    ++tally.told[static_cast<std::size_t>(happening.told)];
    tally.elsewhere += happening.elsewhere ? 1 : 0;
    if (answered(happening.told)) taken.push_back(happening.finished - happening.invoked);
  }
  tally.latencies = latencies_of(std::move(taken));
  return tally;
}

}  // namespace quorate::sim
