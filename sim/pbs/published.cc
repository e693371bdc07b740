#include "sim/pbs/published.h"

namespace quorate::sim {

namespace {

constexpr PublishedCell kTable4[] = {
    {"lnkd-ssd", 1, 1, 0.66, 0.66, 1.85},   {"lnkd-ssd", 1, 2, 0.66, 1.63, 1.79},
    {"lnkd-ssd", 2, 1, 1.63, 0.65, 0},      {"lnkd-ssd", 2, 2, 1.62, 1.64, 0},
    {"lnkd-ssd", 3, 1, 4.14, 0.65, 0},      {"lnkd-ssd", 1, 3, 0.65, 4.09, 0},
    {"lnkd-disk", 1, 1, 0.66, 10.99, 45.5}, {"lnkd-disk", 1, 2, 0.65, 20.97, 43.3},
    {"lnkd-disk", 2, 1, 1.63, 10.9, 13.6},  {"lnkd-disk", 2, 2, 1.64, 20.96, 0},
    {"lnkd-disk", 3, 1, 4.12, 10.89, 0},    {"lnkd-disk", 1, 3, 0.65, 112.65, 0},
    {"ymmr", 1, 1, 5.58, 10.83, 1364.0},    {"ymmr", 1, 2, 5.61, 427.12, 1352.0},
    {"ymmr", 2, 1, 32.6, 10.73, 202.0},     {"ymmr", 2, 2, 33.18, 428.11, 0},
    {"ymmr", 3, 1, 219.27, 10.79, 0},       {"ymmr", 1, 3, 5.63, 1870.86, 0},
    {"wan", 1, 1, 3.4, 55.12, 113.0},       {"wan", 1, 2, 3.4, 167.64, 0},
    {"wan", 2, 1, 151.3, 56.36, 30.2},      {"wan", 2, 2, 151.31, 167.72, 0},
    {"wan", 3, 1, 153.86, 55.19, 0},        {"wan", 1, 3, 3.44, 241.55, 0},
};

}  // namespace

const PublishedCell* published_cell(std::string_view model, std::uint32_t r, std::uint32_t w) {
  for (const PublishedCell& cell : kTable4) {
    if (cell.model == model && cell.r == r && cell.w == w) return &cell;
  }
  return nullptr;
}

std::optional<double> published_fresh_at_once(std::string_view model) {
  if (model == "lnkd-ssd") return 0.974;
  if (model == "lnkd-disk") return 0.439;
  if (model == "ymmr") return 0.893;
  if (model == "wan") return 0.33;
  return std::nullopt;
}

}  // namespace quorate::sim
