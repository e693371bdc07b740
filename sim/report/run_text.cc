#include <sys/ioctl.h>

#include <algorithm>
#include <cstdio>

#include "sim/report/given_up.h"
#include "sim/report/lanes.h"
#include "sim/report/run_report.h"
#include "sim/report/side_table.h"
#include "sim/report/text_layout.h"
#include "sim/report/verdict.h"

namespace quorate::sim {

namespace {

constexpr unsigned kNamesWidth = 15;  // before each timeline
constexpr std::size_t kWitnessLinesMax = 14;

class Writer {
 public:
  Writer(const RunSummary& summary, const RunReportOptions& options)
      : summary_(summary), options_(options) {}

  std::string text() {
    headline();
    timelines();
    add("\n" + side_tables(summary_, options_));
    after_healing();
    judgement();
    ladder();
    last_lines();
    return std::move(text_);
  }

 private:
  void add(const std::string& text) { text_ += text; }
  void add_wrapped(const std::string& text, unsigned indent, unsigned hanging,
                   Style style = Style::kPlain) {
    add_lines(wrapped(text, {.width = options_.width, .indent = indent, .hanging = hanging}),
              style);
  }
  void add_lines(const std::string& lines, Style style) {
    // Line by line, so that no style reaches over the end of one.
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t end = lines.find('\n', at);
      add(styled(lines.substr(at, end - at), style, options_.colour) + "\n");
      at = end + 1;
    }
  }
  void heading(const std::string& title) {
    add("\n" + styled(title, Style::kBold, options_.colour) + "\n");
  }

  void headline() {
    const RunLabels& labels = summary_.labels;
    std::string title = labels.name.empty() ? "seed " + std::to_string(summary_.seed) : labels.name;
    if (!labels.variant.empty()) title += ", " + labels.variant;
    add_wrapped(title, 0, 0, Style::kBold);
    std::string world;
    if (!labels.name.empty()) world = "seed " + std::to_string(summary_.seed) + ", ";
    world += counted(summary_.nodes, "node", "nodes") + ", " +
             counted(summary_.clients, "client", "clients") + ", " +
             counted(summary_.keys.size(), "key", "keys");
    for (const Bucket& bucket : summary_.buckets) {
      world += "; " + (summary_.buckets.size() > 1 ? bucket.name + ": " : "") +
               "n=" + std::to_string(bucket.n) + " r=" + std::to_string(bucket.r) +
               " w=" + std::to_string(bucket.w);
      if (bucket.type == BucketType::kLww) world += ", last writer wins";
      if (bucket.sloppy) world += ", sloppy";
      if (bucket.read_repair == ReadRepair::kBlocking) world += ", blocking read repair";
      if (bucket.read_repair == ReadRepair::kOff) world += ", no read repair";
    }
    add_wrapped(world, 0, 2);
    add_lines(reflowed(labels.lesson, {.width = options_.width, .indent = 2, .hanging = 2}),
              Style::kDim);
  }

  void timelines() {
    const TimeScale scale(summary_.shown_until, options_.width - kNamesWidth);
    Lanes lanes(summary_, scale);
    std::vector<Lane> rows;
    for (NodeId node = 1; node <= summary_.nodes; ++node) rows.push_back(lanes.node(node));
    for (Lane& lane : lanes.all_clients()) rows.push_back(std::move(lane));
    Lane differing = lanes.differing();
    const bool differ = std::any_of(differing.cells.begin(), differing.cells.end(),
                                    [](const Glyph& glyph) { return glyph.text != " "; });
    if (differ) rows.push_back(std::move(differing));
    add("\n" + axis_text(scale, kNamesWidth, options_.colour));
    add(lanes_text(rows, kNamesWidth, options_.colour));
    add(lanes.legend().text(options_.width, options_.colour));
  }

  void fact(const std::string& name, const std::string& value, Style style = Style::kPlain) {
    constexpr unsigned kValuesAt = 28;
    const std::string lines =
        wrapped(value, {.width = options_.width, .indent = kValuesAt, .hanging = kValuesAt});
    std::string first = "  " + name;
    first.resize(kValuesAt, ' ');
    add(first +
        styled(lines.substr(kValuesAt, lines.find('\n') - kValuesAt), style, options_.colour) +
        "\n");
    add(lines.substr(lines.find('\n') + 1));
  }

  void after_healing() {
    heading("After healing, at " + duration_text(summary_.faults_end));
    const std::size_t differing = summary_.keys_differing_at_heal;
    if (!summary_.converged) {
      fact("replicas equal", "never", Style::kBad);
    } else if (*summary_.converged == summary_.faults_end) {
      fact("replicas equal", "at once", Style::kGood);
    } else {
      fact(
          "replicas equal",
          "after " + duration_text(*summary_.converged - summary_.faults_end) +
              (differing == 0 ? ""
                              : " (" + counted(differing, "key", "keys") + " differed at healing)"),
          Style::kGood);
    }
    if (summary_.keys_with_siblings == 0) {
      fact("conflicts to resolve", "none");
    } else {
      fact("conflicts to resolve",
           counted(summary_.siblings, "value", "values") + " of " +
               counted(summary_.keys_with_siblings, "key", "keys") + " are concurrent",
           Style::kWarning);
    }
    fact("acknowledged writes lost",
         with_commas(summary_.lost.size()) + " of " + with_commas(summary_.acknowledged),
         summary_.lost.empty() ? Style::kPlain : Style::kBad);
    for (const ChangeTally& tally : summary_.changes) {
      fact(std::string(change_kind_name(tally.kind)) + " lost",
           std::to_string(tally.lost) + " of " + std::to_string(tally.acknowledged),
           tally.lost == 0 ? Style::kPlain : Style::kBad);
    }
  }

  void judgement() {
    heading(summary_.violations.empty() ? "Properties: all held" : "Properties");
    property_grid();
    for (const Violation& violation : summary_.violations) {
      add_wrapped("violated: " + violation.property, 2, 4, Style::kBad);
      add_wrapped(head_of(violation.witness), 4, 4);
    }
    for (const Expectation& expectation : summary_.expectations) {
      add_wrapped((expectation.met ? "expected, and so it was: " : "expected, but not so: ") +
                      expectation.text +
                      (expectation.detail.empty() ? "" : " (" + expectation.detail + ")"),
                  2, 4, expectation.met ? Style::kGood : Style::kBad);
    }
  }

  // What was judged, in columns; what was broken is told below them.
  void property_grid() {
    std::vector<std::string> names = violation_names();
    const auto broken = [&](const std::string& name) {
      return std::any_of(summary_.violations.begin(), summary_.violations.end(),
                         [&](const Violation& each) { return each.property == name; });
    };
    // A cluster that does not settle is not read any more, nor waited for.
    const auto leave_out = [&names](const char* name) {
      names.erase(std::find(names.begin(), names.end(), name));
    };
    const bool settled = !broken(kSettlesAfterHealing);
    if (!settled) leave_out(kReadableAfterHealing);
    if (!settled || !summary_.judged_unread) leave_out(kConvergesUnread);
    std::size_t width = 0;
    for (const std::string& name : names) width = std::max(width, name.size());
    constexpr std::size_t kSigns = 4;  // the indent, the sign and a blank
    const std::size_t columns = std::max<std::size_t>(1, options_.width / (width + kSigns));
    const std::size_t rows = (names.size() + columns - 1) / columns;
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t at = row; at < names.size(); at += rows) {
        const bool held = !broken(names[at]);
        std::string cell = std::string(held ? "✓ " : "× ") + names[at];
        if (at + rows < names.size()) cell.append(width - names[at].size(), ' ');
        add("  " + styled(cell, held ? Style::kGood : Style::kBad, options_.colour));
      }
      add("\n");
    }
  }

  void ladder() {
    heading("Consistency, from the weakest level to the strongest");
    for (const RungVerdict& rung : summary_.ladder.rungs) {
      const bool held = rung.standing == RungVerdict::Standing::kHeld;
      const char* sign = !held ? "×" : rung.counts ? "✓" : "·";
      const Style style = !held ? Style::kBad : rung.counts ? Style::kGood : Style::kDim;
      std::string name = rung_name(rung.rung);
      if (rung.standing == RungVerdict::Standing::kUndecided) name += " (undecided)";
      name.resize(std::max<std::size_t>(name.size(), 21), ' ');
      std::string meaning = rung_meaning(rung.rung);
      if (held && rung.rung == Rung::kDurable && !summary_.lost.empty()) {
        meaning += "; last-writer-wins drops all but one, and did here";
      }
      add_wrapped(std::string(sign) + " " + name + " " + meaning, 2, 26, style);
    }
    const Ladder& judged = summary_.ladder;
    std::string end = judged.strongest ? "The strongest level that held is " +
                                             std::string(rung_name(*judged.strongest)) + "."
                                       : "No level held.";
    if (summary_.reads.answered() == 0) end += " No read was answered that could break one.";
    const bool more = judged.next && !judged.witness.empty();
    if (more) end += " Why not " + std::string(rung_name(*judged.next)) + ":";
    add_wrapped(end, 2, 2);
    if (more) add_wrapped(head_of(judged.witness), 4, 4, Style::kDim);
  }

  static std::string head_of(const std::string& lines) {
    std::size_t end = 0;
    for (std::size_t line = 0; line < kWitnessLinesMax && end != std::string::npos; ++line) {
      end = lines.find('\n', end + (line > 0 ? 1 : 0));
    }
    return end == std::string::npos || end + 1 >= lines.size() ? lines
                                                               : lines.substr(0, end) + "\n…";
  }

  void last_lines() {
    add("\n");
    add_wrapped(what_was_given_up(summary_), 0, 0, Style::kBold);
    if (!summary_.labels.given_up.empty()) {
      add_wrapped("Given up here: " + summary_.labels.given_up + ".", 0, 0);
    }
    const RunVerdict verdict = verdict_of(summary_);
    add_wrapped(verdict.text, 0, 2, verdict.good ? Style::kGood : Style::kBad);
    add("\n" + styled("trace " + hash_text(summary_.trace_hash), Style::kDim, options_.colour) +
        "\n");
    // Never broken: a line to copy.
    if (!summary_.labels.replay.empty()) add(summary_.labels.replay + "\n");
  }

  const RunSummary& summary_;
  const RunReportOptions& options_;
  std::string text_;
};

}  // namespace

std::string hash_text(std::uint64_t hash) {
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

unsigned terminal_width(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kReportWidthDefault;
  return size.ws_col;
}

std::string report_text(const RunSummary& summary, const RunReportOptions& options) {
  RunReportOptions usable = options;
  usable.width = std::max(usable.width, kReportWidthMin);
  return Writer(summary, usable).text();
}

}  // namespace quorate::sim
