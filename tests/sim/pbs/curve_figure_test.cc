#include "sim/pbs/curve_figure.h"

#include <gtest/gtest.h>

namespace quorate::sim {
namespace {

TEST(CurveFigureTest, draws_every_curve_between_its_axes) {
  CurveFigure figure;
  figure.title = "title";
  figure.x_first_ms = 1;
  figure.x_last_ms = 10;
  figure.curves = {{"one", {{0, 0.5}, {10, 1}}}, {"two", {{0, 0}, {100, 1}}}};
  const std::string svg = svg_of(figure);
  EXPECT_EQ(svg.rfind("<svg xmlns=", 0), 0u);
  EXPECT_NE(svg.find("points=\"70.0,192.5 620.0,40.0 \""), std::string::npos) << svg;
  EXPECT_NE(svg.find("points=\"70.0,345.0 620.0,40.0 \""), std::string::npos) << svg;
  EXPECT_NE(svg.find(">two</text>"), std::string::npos);
  EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
}

}  // namespace
}  // namespace quorate::sim
