#include <algorithm>
#include <cstdio>
#include <string>

#include "sim/report/given_up.h"
#include "sim/report/run_report.h"
#include "sim/report/text_layout.h"
#include "sim/report/time_scale.h"
#include "sim/report/troubles.h"

namespace quorate::sim {

namespace {

// In units of the picture.
constexpr double kWidth = 1000;
constexpr double kLeft = 96;
constexpr double kRight = 20;
constexpr double kLane = 30;
constexpr double kBar = 14;
constexpr unsigned kSentenceColumns = 130;
constexpr double kLine = 17;

constexpr const char* kSideColours[] = {"#56b4e9", "#cc79a7", "#e69f00", "#999999"};

const char* colour_of(Told told) {
  switch (told) {
    case Told::kAnswered:
      return "#009e73";
    case Told::kStale:
      return "#e69f00";
    case Told::kRefused:
      return "#d55e00";
    case Told::kUnknown:
      return "#7b3294";
  }
  return "#000000";
}

const char* word_of(Told told) {
  switch (told) {
    case Told::kAnswered:
      return "answered";
    case Told::kStale:
      return "stale read";
    case Told::kRefused:
      return "refused";
    case Told::kUnknown:
      return "unknown";
  }
  return "?";
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

class Picture {
 public:
  explicit Picture(const RunSummary& summary)
      : summary_(summary), scale_(summary.shown_until, 1000) {}

  std::string text() {
    const double bottom = top() + kLane * static_cast<double>(summary_.nodes + summary_.clients);
    title();
    axis(bottom);
    cuts(bottom);
    for (NodeId node = 1; node <= summary_.nodes; ++node) node_lane(node);
    for (std::size_t client = 0; client < summary_.clients; ++client) client_lane(client);
    legend(bottom + 26);
    const double end = sentence(bottom + 52);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(kWidth) + " " +
           number(end) +
           "\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n"
           "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" +
           body_ + "</svg>\n";
  }

 private:
  static double top() { return 64; }
  double x(SimTime time) const {
    const double share = static_cast<double>(std::clamp<SimTime>(time, 0, summary_.shown_until)) /
                         static_cast<double>(std::max<SimTime>(summary_.shown_until, 1));
    return kLeft + share * (kWidth - kLeft - kRight);
  }
  double middle(std::size_t lane) const {
    return top() + kLane * (static_cast<double>(lane) + 0.5);
  }

  void text_at(double at_x, double at_y, const std::string& words, const std::string& more = "") {
    body_ += "<text x=\"" + number(at_x) + "\" y=\"" + number(at_y) + "\"" +
             (more.empty() ? "" : " " + more) + ">" + escaped(words) + "</text>\n";
  }
  // With a note that shows under the pointer.
  void rect(const Box& box, const std::string& fill, const std::string& note = "") {
    body_ += "<rect x=\"" + number(box.x) + "\" y=\"" + number(box.y) + "\" width=\"" +
             number(std::max(box.width, 1.0)) + "\" height=\"" + number(box.height) + "\" fill=\"" +
             fill + "\"" +
             (note.empty() ? "/>\n" : "><title>" + escaped(note) + "</title></rect>\n");
  }
  void line(double x1, double y1, double x2, double y2, const std::string& stroke) {
    body_ += "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
             "\" y2=\"" + number(y2) + "\" stroke=\"" + stroke + "\"/>\n";
  }

  void title() {
    std::string name = summary_.labels.name;
    if (!summary_.labels.variant.empty()) name += ", " + summary_.labels.variant;
    const std::string seed = "seed " + std::to_string(summary_.seed);
    text_at(12, 22, name.empty() ? seed : name + " (" + seed + ")",
            "font-size=\"16\" font-weight=\"bold\"");
  }
  void axis(double bottom) {
    for (const TimeScale::Tick& tick : scale_.ticks(110)) {
      line(x(tick.time), top() - 6, x(tick.time), bottom, "#e5e5e5");
      text_at(x(tick.time), top() - 10, tick.label, "text-anchor=\"middle\" fill=\"#666666\"");
    }
  }
  void cuts(double bottom) {
    for (const Phase& phase : summary_.phases.phases) {
      const Layout& layout = summary_.phases.layouts[phase.layout];
      if (layout.whole()) continue;
      rect({x(phase.begin), top(), x(phase.end) - x(phase.begin), bottom - top()}, "#f3f0e6",
           describe(layout));
      const double room = x(phase.end) - x(phase.begin);
      const std::string words = describe(layout);
      if (room > 7 * static_cast<double>(words.size())) {
        text_at(x(phase.begin) + room / 2, top() - 26, words,
                "text-anchor=\"middle\" font-style=\"italic\"");
      }
    }
  }
  void node_lane(NodeId node) {
    const double y = middle(node - 1u);
    text_at(12, y + 4, "node " + std::to_string(node));
    line(kLeft, y, kWidth - kRight, y, "#888888");
    for (const Phase& phase : summary_.phases.phases) {
      const Layout& layout = summary_.phases.layouts[phase.layout];
      const std::optional<std::size_t> side = layout.side_of(node);
      const bool several =
          layout.sides.size() > 1 && layout.sides[1].standing == Standing::kRunning;
      if (!side || !several || layout.sides[*side].standing != Standing::kRunning) continue;
      rect({x(phase.begin), y - kBar / 2, x(phase.end) - x(phase.begin), kBar},
           kSideColours[*side % 4], "with " + node_list(layout.sides[*side].nodes));
    }
    for (const Trouble& trouble : troubles_of(summary_, node)) {
      const bool moment = trouble.begin == trouble.end;
      const bool down = trouble.meaning == "down";
      const double width = moment ? 3 : x(trouble.end) - x(trouble.begin);
      const std::string fill = moment ? "#d55e00" : down ? "#ffffff" : "#f0e442";
      rect({x(trouble.begin), y - kBar / 2, width, kBar}, fill, trouble.meaning);
      if (down) line(x(trouble.begin), y, x(trouble.end), y, "#dddddd");
      if (!moment && !down && width > 60) {
        text_at(x(trouble.begin) + width / 2, y + 4, trouble.meaning,
                "text-anchor=\"middle\" font-size=\"10\"");
      }
    }
  }
  // Writes stand above the line, reads below.
  void client_lane(std::size_t client) {
    const double y = middle(summary_.nodes + client);
    text_at(12, y + 4, "client " + std::to_string(client + 1));
    line(kLeft, y, kWidth - kRight, y, "#dddddd");
    for (const Happening& happening : summary_.happenings) {
      if (happening.client != client) continue;
      const double height = kBar / 2 + 2;
      const double from = happening.is_write ? y - height : y;
      const std::string kind = happening.is_write ? "write" : "read";
      std::string note = "#" + std::to_string(happening.index) + " " + kind + ", " +
                         word_of(happening.told) + " after " +
                         duration_text(happening.finished - happening.invoked);
      if (happening.told == Told::kStale) {
        note += ", " + counted(happening.versions, "version", "versions") + " and " +
                duration_text(happening.behind) + " behind";
      }
      const double waited = x(happening.finished) - x(happening.invoked);
      if (waited > 3) {
        rect({x(happening.invoked), happening.is_write ? y - 3 : y + 1, waited, 2},
             colour_of(happening.told));
      }
      rect({x(happening.finished) - 1, from, 2, height}, colour_of(happening.told), note);
    }
  }
  void legend(double y) {
    double at = kLeft;
    for (const Told told : {Told::kAnswered, Told::kStale, Told::kRefused, Told::kUnknown}) {
      rect({at, y - 9, 10, 10}, colour_of(told));
      text_at(at + 15, y, word_of(told));
      at += 100;
    }
    text_at(at, y, "writes above the line, reads below", "fill=\"#666666\"");
  }
  double sentence(double y) {
    const std::string lines = wrapped(what_was_given_up(summary_), {.width = kSentenceColumns});
    for (std::size_t at = 0; at < lines.size(); y += kLine) {
      const std::size_t end = lines.find('\n', at);
      text_at(12, y, lines.substr(at, end - at), "font-weight=\"bold\"");
      at = end + 1;
    }
    text_at(12, y + 4,
            "trace " + hash_text(summary_.trace_hash) +
                (summary_.labels.replay.empty() ? "" : "   " + summary_.labels.replay),
            "font-family=\"monospace\" fill=\"#666666\"");
    return y + 20;
  }

  const RunSummary& summary_;
  const TimeScale scale_;
  std::string body_;
};

}  // namespace

std::string report_svg(const RunSummary& summary) { return Picture(summary).text(); }

}  // namespace quorate::sim
