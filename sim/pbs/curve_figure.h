// Curves of probability over time as an SVG file: time on a logarithmic axis, from a first column
// that stands for 0.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace quorate::sim {

struct Curve {
  std::string name;
  std::vector<std::pair<double, double>> points;  // ms and share; 0 ms is allowed
};

struct CurveFigure {
  std::string title;
  std::string x_title;
  std::string y_title;
  double x_first_ms = 0.1;  // powers of ten
  double x_last_ms = 10;
  double y_first = 0;  // the axis ends at 1
  std::vector<Curve> curves;
};

// A whole SVG document. REQUIRES: up to six curves, names without markup.
std::string svg_of(const CurveFigure& figure);

}  // namespace quorate::sim
