#include "sim/report/time_scale.h"

#include <algorithm>
#include <cstdio>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

struct Unit {
  SimTime ns;
  const char* name;
};
constexpr Unit kUnits[] = {{1, "ns"}, {kNsPerUs, "us"}, {kNsPerMs, "ms"}, {kNsPerSecond, "s"}};

Unit unit_of(SimTime time) {
  Unit unit = kUnits[0];
  for (const Unit& larger : kUnits) {
    if (time >= larger.ns) unit = larger;
  }
  return unit;
}

// The smallest of 1, 2, 5, 10, 20... that is not below.
SimTime round_up(SimTime least) {
  for (SimTime power = 1;; power *= 10) {
    for (const SimTime step : {power, 2 * power, 5 * power}) {
      if (step >= least) return step;
    }
  }
}

}  // namespace

TimeScale::TimeScale(SimTime end, unsigned columns)
    : end_(std::max<SimTime>(end, 1)), columns_(columns) {
  QUORATE_CHECK(columns >= 1);
}

unsigned TimeScale::column_of(SimTime time) const {
  if (time <= 0) return 0;
  if (time >= end_) return columns_ - 1;
  return std::min(columns_ - 1, static_cast<unsigned>(static_cast<double>(time) * columns_ /
                                                      static_cast<double>(end_)));
}

std::pair<unsigned, unsigned> TimeScale::columns_of(SimTime begin, SimTime end) const {
  const unsigned first = column_of(begin);
  // What ends where a column begins is not in that column.
  return {first, std::max(first, column_of(end - 1))};
}

SimTime TimeScale::begin_of(unsigned column) const {
  return static_cast<SimTime>(static_cast<double>(end_) * column / columns_);
}

std::vector<TimeScale::Tick> TimeScale::ticks(unsigned apart_min) const {
  const SimTime step = round_up(std::max<SimTime>(begin_of(std::min(apart_min, columns_)), 1));
  const Unit unit = unit_of(step);
  std::vector<Tick> ticks;
  for (SimTime time = 0; time < end_; time += step) {
    std::string label = std::to_string(time / unit.ns);
    if (time == 0) label += std::string(" ") + unit.name;
    ticks.push_back(Tick{time, std::move(label)});
  }
  return ticks;
}

std::string duration_text(SimTime duration) {
  if (duration == 0) return "0";
  const Unit unit = unit_of(duration);
  const double value = static_cast<double>(duration) / static_cast<double>(unit.ns);
  const int decimals = unit.ns == 1 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  char text[40];
  std::snprintf(text, sizeof text, "%.*f %s", decimals, value, unit.name);
  return text;
}

}  // namespace quorate::sim
