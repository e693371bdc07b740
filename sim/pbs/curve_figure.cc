#include "sim/pbs/curve_figure.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 400;
constexpr double kLeft = 70;
constexpr double kRight = 620;
constexpr double kTop = 40;
constexpr double kBottom = 345;
constexpr double kZeroWidth = 30;  // where 0 stands, left of the logarithmic axis
constexpr const char* kColours[] = {"#1b6ca8", "#d1495b", "#3a7d44",
                                    "#8d5a97", "#c97b18", "#444444"};

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string label(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\">" +
         text + "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, const std::string& stroke) {
  return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
         "\" y2=\"" + number(y2) + "\" stroke=\"" + stroke + "\"/>\n";
}

class Plot {
 public:
  explicit Plot(const CurveFigure& figure) : figure_(figure) {}

  double x_of(double ms) const {
    if (ms < figure_.x_first_ms) return kLeft;
    const double whole = std::log10(figure_.x_last_ms / figure_.x_first_ms);
    const double part = std::log10(ms / figure_.x_first_ms) / whole;
    return kLeft + kZeroWidth + part * (kRight - kLeft - kZeroWidth);
  }
  double y_of(double share) const {
    return kBottom - (share - figure_.y_first) / (1 - figure_.y_first) * (kBottom - kTop);
  }

  std::string axes() const {
    std::string svg;
    // Lines at whole tenths, or where less is shown at fiftieths.
    const double between = 1 - figure_.y_first > 0.25 ? 0.1 : 0.02;
    const auto lines = static_cast<int>(std::lround((1 - figure_.y_first) / between));
    for (int i = 0; i <= lines; ++i) {
      const double share = 1 - between * i;
      svg += line(kLeft, y_of(share), kRight, y_of(share), "#dddddd");
      svg += text_at(kLeft - 6, y_of(share) + 4, "end", label(share));
    }
    svg += text_at(kLeft, kBottom + 18, "middle", "0");
    for (double ms = figure_.x_first_ms; ms <= figure_.x_last_ms * 1.001; ms *= 10) {
      svg += line(x_of(ms), kTop, x_of(ms), kBottom, "#dddddd");
      svg += text_at(x_of(ms), kBottom + 18, "middle", label(ms));
    }
    svg +=
        line(kLeft, kBottom, kRight, kBottom, "black") + line(kLeft, kTop, kLeft, kBottom, "black");
    svg += text_at((kLeft + kRight) / 2, kBottom + 40, "middle", figure_.x_title);
    svg += "<text transform=\"translate(18 " + number((kTop + kBottom) / 2) +
           ") rotate(-90)\" text-anchor=\"middle\">" + figure_.y_title + "</text>\n";
    return svg;
  }

  std::string curve(std::size_t index) const {
    const std::string colour = kColours[index];
    std::string svg =
        "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + colour + "\" points=\"";
    for (const auto& [ms, share] : figure_.curves[index].points) {
      const double shown = std::max(share, figure_.y_first);
      svg += number(x_of(std::min(ms, figure_.x_last_ms))) + "," + number(y_of(shown)) + " ";
    }
    svg += "\"/>\n";
    const double y = kBottom - 20 - 18 * static_cast<double>(figure_.curves.size() - 1 - index);
    svg += line(kRight - 130, y - 4, kRight - 105, y - 4, colour);
    return svg + text_at(kRight - 98, y, "start", figure_.curves[index].name);
  }

 private:
  const CurveFigure& figure_;
};

}  // namespace

std::string svg_of(const CurveFigure& figure) {
  QUORATE_CHECK(figure.curves.size() <= std::size(kColours));
  const Plot plot(figure);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(kWidth) +
                    " " + number(kHeight) +
                    "\" font-family=\"sans-serif\" font-size=\"12\">\n"
                    "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  svg += text_at(kWidth / 2, 22, "middle", figure.title);
  svg += plot.axes();
  for (std::size_t i = 0; i < figure.curves.size(); ++i) svg += plot.curve(i);
  return svg + "</svg>\n";
}

}  // namespace quorate::sim
