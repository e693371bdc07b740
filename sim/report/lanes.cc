#include "sim/report/lanes.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "sim/report/text_layout.h"
#include "sim/report/troubles.h"

namespace quorate::sim {

namespace {

constexpr std::size_t kClientLanesMax = 5;

// A sign, and how grave what it stands for is: the gravest of a column shows.
struct Mark {
  Glyph glyph;
  std::string meaning;
  int gravity = 0;
};

// What a client was told, in its lane.
Mark mark_of(const Happening& happening) {
  switch (happening.told) {
    case Told::kAnswered:
      if (happening.is_write) return {{"w", Style::kGood}, "write acknowledged", 20};
      return {{"r", Style::kGood}, "read", 10};
    case Told::kStale:
      return {{"s", Style::kWarning}, "stale read", 30};
    case Told::kRefused:
      return {{"×", Style::kBad}, "refused", 40};
    case Told::kUnknown:
      return {{"?", Style::kBad}, "unknown", 50};
  }
  return {};
}

// Cells of a lane while it is being drawn.
class Drawing {
 public:
  explicit Drawing(const TimeScale& scale) : scale_(scale), cells_(scale.columns()) {}

  void mark(SimTime begin, SimTime end, const Mark& mark) {
    const auto [first, last] = scale_.columns_of(begin, end);
    for (unsigned column = first; column <= last; ++column) put(column, mark);
  }
  void put(unsigned column, const Mark& mark) {
    if (!cells_[column] || cells_[column]->gravity < mark.gravity) cells_[column] = mark;
  }
  const std::vector<std::optional<Mark>>& cells() const { return cells_; }

 private:
  const TimeScale& scale_;
  std::vector<std::optional<Mark>> cells_;
};

std::optional<std::size_t> column_of(const RunSummary& summary, std::size_t layout,
                                     std::size_t side) {
  for (std::size_t i = 0; i < summary.columns.size(); ++i) {
    const Column& column = summary.columns[i];
    if (column.layout == layout && column.side == side) return i;
  }
  return std::nullopt;
}

}  // namespace

Glyph shade_of(const Column& column) {
  static constexpr const char* kShades[] = {"░", "▓", "▒", "█"};
  static constexpr Style kStyles[] = {Style::kFirst, Style::kSecond, Style::kThird, Style::kPlain};
  // By the place among the sides of its layout, so that neighbours differ.
  const std::size_t place = column.side.value_or(0) % 4;
  return Glyph{kShades[place], kStyles[place]};
}

Lanes::Lanes(const RunSummary& summary, const TimeScale& scale)
    : summary_(summary), scale_(scale) {}

void Legend::add(const Glyph& glyph, const std::string& meaning) {
  for (Entry& entry : entries_) {
    const bool has_glyph = std::any_of(entry.glyphs.begin(), entry.glyphs.end(),
                                       [&](const Glyph& one) { return one.text == glyph.text; });
    const bool has_meaning =
        std::find(entry.meanings.begin(), entry.meanings.end(), meaning) != entry.meanings.end();
    if (has_glyph && has_meaning) return;
    if (has_glyph) {
      entry.meanings.push_back(meaning);
      return;
    }
    if (has_meaning && entry.meanings.size() == 1) {
      entry.glyphs.push_back(glyph);
      return;
    }
  }
  entries_.push_back({{glyph}, {meaning}});
}

void Legend::add(const Legend& other) {
  for (const Entry& entry : other.entries_) {
    for (const Glyph& glyph : entry.glyphs) {
      for (const std::string& meaning : entry.meanings) add(glyph, meaning);
    }
  }
}

std::string Legend::text(unsigned width, bool colour) const {
  std::string text;
  std::size_t used = 0;
  for (const Entry& entry : entries_) {
    std::string glyphs;
    for (const Glyph& glyph : entry.glyphs) glyphs += styled(glyph.text, glyph.style, colour);
    std::string words;
    for (const std::string& meaning : entry.meanings)
      words += (words.empty() ? "" : ", ") + meaning;
    const std::size_t taken = 2 + entry.glyphs.size() + 1 + width_of(words);
    if (used > 0 && used + taken > width) {
      text += "\n";
      used = 0;
    }
    used += taken;
    text += "  " + glyphs + " " + styled(words, Style::kDim, colour);
  }
  return text.empty() ? "" : text + "\n";
}

Lane Lanes::node(NodeId node) {
  Drawing drawing(scale_);
  std::vector<std::pair<unsigned, std::string>> letters;
  for (const Phase& phase : summary_.phases.phases) {
    const Layout& layout = summary_.phases.layouts[phase.layout];
    const std::optional<std::size_t> side = layout.side_of(node);
    const std::optional<std::size_t> column =
        side ? column_of(summary_, phase.layout, *side) : std::nullopt;
    if (!column || summary_.columns[*column].letter.empty()) continue;
    const Column& shown = summary_.columns[*column];
    drawing.mark(phase.begin, phase.end, Mark{shade_of(shown), "sides of a cut", 1});
    const auto [first, last] = scale_.columns_of(phase.begin, phase.end);
    if (last >= first + 2) letters.emplace_back(first + (last - first) / 2, shown.letter);
  }
  for (const Trouble& trouble : troubles_of(summary_, node)) {
    drawing.mark(trouble.begin, trouble.end,
                 Mark{{trouble.sign, trouble.style}, trouble.meaning, trouble.gravity});
  }

  Lane lane{"node " + std::to_string(node), std::vector<Glyph>(scale_.columns())};
  for (unsigned column = 0; column < scale_.columns(); ++column) {
    const std::optional<Mark>& mark = drawing.cells()[column];
    if (mark) {
      lane.cells[column] = mark->glyph;
      legend_.add(mark->glyph, mark->meaning);
    } else {
      lane.cells[column] = Glyph{"─", Style::kDim};
    }
  }
  for (const auto& [column, letter] : letters) {
    const bool side_shows = drawing.cells()[column] && drawing.cells()[column]->gravity == 1;
    if (side_shows) lane.cells[column].text = letter.substr(0, 1);
  }
  return lane;
}

Lane Lanes::clients(std::string name, const std::vector<std::size_t>& clients) {
  static const Mark kWaiting{{"·", Style::kDim}, "waiting", 1};
  Drawing drawing(scale_);
  for (const Happening& happening : summary_.happenings) {
    if (std::find(clients.begin(), clients.end(), happening.client) == clients.end()) continue;
    const unsigned last = scale_.column_of(happening.finished);
    for (unsigned column = scale_.column_of(happening.invoked); column < last; ++column) {
      drawing.put(column, kWaiting);
    }
    drawing.put(last, mark_of(happening));
  }
  Lane lane{std::move(name), std::vector<Glyph>(scale_.columns())};
  for (unsigned column = 0; column < scale_.columns(); ++column) {
    const std::optional<Mark>& mark = drawing.cells()[column];
    if (!mark) continue;
    lane.cells[column] = mark->glyph;
    legend_.add(mark->glyph, mark->meaning);
  }
  return lane;
}

std::vector<Lane> Lanes::all_clients() {
  std::vector<std::vector<std::size_t>> groups;
  if (summary_.clients <= kClientLanesMax) {
    for (std::size_t client = 0; client < summary_.clients; ++client) groups.push_back({client});
  } else {
    std::map<std::vector<std::optional<std::size_t>>, std::vector<std::size_t>> alike;
    for (std::size_t client = 0; client < summary_.clients; ++client) {
      std::vector<std::optional<std::size_t>> sides;
      for (const Layout& layout : summary_.phases.layouts) {
        sides.push_back(layout.side_of_client(kFirstClientHost + static_cast<HostId>(client)));
      }
      alike[std::move(sides)].push_back(client);
    }
    for (auto& [sides, members] : alike) groups.push_back(std::move(members));
    std::sort(groups.begin(), groups.end());
  }
  std::vector<Lane> lanes;
  for (const std::vector<std::size_t>& group : groups) {
    std::vector<NodeId> numbers;
    for (const std::size_t client : group) numbers.push_back(static_cast<NodeId>(client + 1));
    const bool one = group.size() == 1;
    lanes.push_back(clients((one ? "client " : "clients ") + node_list(numbers), group));
  }
  return lanes;
}

Lane Lanes::differing() {
  static constexpr const char* kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::vector<double> averages(scale_.columns(), 0);
  for (unsigned column = 0; column < scale_.columns(); ++column) {
    const SimTime begin = scale_.begin_of(column);
    const SimTime end = scale_.begin_of(column + 1);
    double sum = 0;
    for (std::size_t i = 0; i < summary_.differing.size(); ++i) {
      const Timeline::Differing& step = summary_.differing[i];
      const bool is_last = i + 1 == summary_.differing.size();
      const SimTime until = is_last ? summary_.shown_until : summary_.differing[i + 1].from;
      const SimTime shared = std::min(end, until) - std::max(begin, step.from);
      if (shared > 0) sum += static_cast<double>(shared) * static_cast<double>(step.keys);
    }
    if (end > begin) averages[column] = sum / static_cast<double>(end - begin);
  }
  Lane lane{"keys differ", std::vector<Glyph>(scale_.columns())};
  for (unsigned column = 0; column < scale_.columns(); ++column) {
    // A write that is on its way for a moment is no difference to speak of.
    const double share = averages[column] / static_cast<double>(summary_.keys.size());
    if (share < 1.0 / 16) continue;
    const auto level = static_cast<std::size_t>(std::lround(share * 8));
    lane.cells[column] = Glyph{kBars[std::clamp<std::size_t>(level, 1, 8) - 1], Style::kWarning};
  }
  return lane;
}

std::string axis_text(const TimeScale& scale, unsigned indent, bool colour) {
  std::string labels(scale.columns(), ' ');
  for (const TimeScale::Tick& tick : scale.ticks(9)) {
    const unsigned column = scale.column_of(tick.time);
    if (column + tick.label.size() <= labels.size()) {
      labels.replace(column, tick.label.size(), tick.label);
    }
  }
  labels.erase(labels.find_last_not_of(' ') + 1);
  return std::string(indent, ' ') + styled(labels, Style::kDim, colour) + "\n";
}

std::string lanes_text(const std::vector<Lane>& lanes, unsigned indent, bool colour) {
  std::string text;
  for (const Lane& lane : lanes) {
    const std::string name = shortened(lane.name, indent - 3);
    std::string line = "  " + name + std::string(indent - 2 - width_of(name), ' ');
    std::size_t count = lane.cells.size();
    while (count > 0 && lane.cells[count - 1].text == " ") --count;
    for (std::size_t i = 0; i < count;) {
      std::string run;
      const Style style = lane.cells[i].style;
      for (; i < count && lane.cells[i].style == style; ++i) run += lane.cells[i].text;
      line += styled(run, style, colour);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace quorate::sim
