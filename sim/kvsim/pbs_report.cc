#include "sim/kvsim/pbs_report.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>
#include <cstdio>
#include <utility>

#include "sim/pbs/curve_figure.h"
#include "sim/pbs/paper_sweep.h"
#include "sim/pbs/published.h"
#include "sim/report/table.h"

namespace quorate::sim {

namespace {

constexpr double kMs = static_cast<double>(kNsPerMs);

std::string decimals(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string percent(double share, int digits = 2) { return decimals(share * 100, digits); }
std::string ms(double ns, int digits = 2) { return decimals(ns / kMs, digits); }

// 0, then 1, 2, 5 times the powers of ten, in ms.
std::vector<SimTime> curve_times() {
  std::vector<SimTime> times{0};
  for (SimTime power = from_us(100); power <= from_seconds(1); power *= 10) {
    for (const SimTime step : {1, 2, 5}) times.push_back(step * power);
  }
  return times;
}

// As the paper came by its figure.
double swept_ns(const NetworkModel& model, const LogHistogram& wait) {
  return static_cast<double>(swept_wait(wait, paper_step(model.name), 1));
}

struct Quorums {
  std::uint32_t r, w;
};
constexpr Quorums kPartial[] = {{1, 1}, {1, 2}, {2, 1}};

std::string name_of(Quorums quorums) {
  return "R=" + std::to_string(quorums.r) + " W=" + std::to_string(quorums.w);
}

std::string curve_text(const WarsFigures& figures, bool colours) {
  Table table({{"t, ms", true}, {"R=1 W=1", true}, {"R=1 W=2", true}, {"R=2 W=1", true}});
  for (const SimTime time : curve_times()) {
    std::vector<Cell> row{
        {decimals(static_cast<double>(time) / kMs, time % kNsPerMs == 0 ? 0 : 1)}};
    double least = 1;
    for (const auto [r, w] : kPartial) {
      const double share = figures.wait(r, w).share_up_to(time);
      least = std::min(least, share);
      row.push_back({percent(share)});
    }
    table.add(std::move(row));
    if (least > 0.9999) break;
  }
  return "fresh when the read begins t after the acknowledgement, %\n" + table.text(colours);
}

}  // namespace

std::string wars_text(const NetworkModel& model, const WarsFigures& figures, bool colours) {
  Table table({{"R", true},
               {"W", true},
               {"fresh at once, %", true},
               {"paper", true},
               {"99.9 % fresh after, ms", true},
               {"swept", true},
               {"paper", true},
               {"read p99.9, ms", true},
               {"paper", true},
               {"write p99.9, ms", true},
               {"paper", true}});
  for (std::uint32_t r = 1; r <= kWarsReplicas; ++r) {
    for (std::uint32_t w = 1; w <= kWarsReplicas; ++w) {
      const PublishedCell* published = published_cell(model.name, r, w);
      const auto printed = [published](double PublishedCell::*figure) {
        return Cell{published == nullptr ? "" : decimals(published->*figure, 2), Style::kDim};
      };
      const auto at_once = published_fresh_at_once(model.name);
      table.add({{std::to_string(r)},
                 {std::to_string(w)},
                 {percent(figures.wait(r, w).share_up_to(0))},
                 {at_once && r == 1 && w == 1 ? percent(*at_once, 1) : "", Style::kDim},
                 {ms(figures.wait(r, w).quantile(kTail))},
                 {ms(swept_ns(model, figures.wait(r, w)))},
                 printed(&PublishedCell::wait_ms),
                 {ms(figures.read(r).quantile(kTail))},
                 printed(&PublishedCell::read_ms),
                 {ms(figures.write(w).quantile(kTail))},
                 printed(&PublishedCell::write_ms)});
    }
  }
  return styled(model.name, Style::kBold, colours) + ": " + model.summary + "; " +
         with_commas(figures.trials()) + " writes and reads\n" + table.text(colours) +
         curve_text(figures, colours);
}

boost::json::object wars_json(const NetworkModel& model, const WarsFigures& figures) {
  boost::json::array cells;
  for (std::uint32_t r = 1; r <= kWarsReplicas; ++r) {
    for (std::uint32_t w = 1; w <= kWarsReplicas; ++w) {
      const LogHistogram& wait = figures.wait(r, w);
      boost::json::array curve;
      for (const SimTime time : curve_times()) {
        curve.push_back({static_cast<double>(time) / kMs, wait.share_up_to(time)});
      }
      boost::json::object cell{{"r", r},
                               {"w", w},
                               {"fresh_at_once", wait.share_up_to(0)},
                               {"fresh_999_after_ms", wait.quantile(kTail) / kMs},
                               {"swept_999_after_ms", swept_ns(model, wait) / kMs},
                               {"read_p999_ms", figures.read(r).quantile(kTail) / kMs},
                               {"write_p999_ms", figures.write(w).quantile(kTail) / kMs},
                               {"curve_ms_share", std::move(curve)}};
      if (const PublishedCell* published = published_cell(model.name, r, w)) {
        cell["published"] = {{"fresh_999_after_ms", published->wait_ms},
                             {"read_p999_ms", published->read_ms},
                             {"write_p999_ms", published->write_ms}};
      }
      cells.push_back(std::move(cell));
    }
  }
  return {{"model", model.name}, {"operations", figures.trials()}, {"cells", std::move(cells)}};
}

std::string comparison_text(const std::vector<ComparedCell>& cells, bool colours) {
  Table table({{"R", true},
               {"W", true},
               {"reads at", false},
               {"t, ms", true},
               {"fresh, %", true},
               {"expected", true},
               {"apart", true},
               {"read p99.9, ms", true},
               {"expected", true},
               {"write p99.9, ms", true},
               {"expected", true},
               {"", false}});
  for (const ComparedCell& cell : cells) {
    for (std::size_t i = 0; i < cell.fresh.size(); ++i) {
      const FreshPair& fresh = cell.fresh[i];
      const bool first = i == 0;
      const bool good = fresh.agrees() && (!first || (cell.read.agrees() && cell.write.agrees()));
      const auto once = [first](std::string text) { return Cell{first ? std::move(text) : ""}; };
      table.add({once(std::to_string(cell.r)),
                 once(std::to_string(cell.w)),
                 once(cell.coordinators == Coordinators::kPrimary ? "a primary" : "outside"),
                 {ms(static_cast<double>(fresh.after))},
                 {percent(fresh.measured, 3)},
                 {percent(fresh.expected, 3)},
                 {percent(fresh.measured - fresh.expected, 3)},
                 once(ms(cell.read.measured_ns)),
                 once(ms(cell.read.expected_ns)),
                 once(ms(cell.write.measured_ns)),
                 once(ms(cell.write.expected_ns)),
                 {good ? "" : "apart", Style::kBad}});
    }
  }
  return table.text(colours);
}

boost::json::array comparison_json(const std::vector<ComparedCell>& cells) {
  const auto latency = [](const LatencyPair& pair) {
    return boost::json::object{{"measured_ms", pair.measured_ns / kMs},
                               {"expected_ms", pair.expected_ns / kMs},
                               {"allowed_ms", pair.allowed_ns / kMs}};
  };
  boost::json::array all;
  for (const ComparedCell& cell : cells) {
    boost::json::array fresh;
    for (const FreshPair& pair : cell.fresh) {
      fresh.push_back({{"after_ms", static_cast<double>(pair.after) / kMs},
                       {"measured", pair.measured},
                       {"expected", pair.expected},
                       {"allowed", pair.allowed}});
    }
    all.push_back({{"r", cell.r},
                   {"w", cell.w},
                   {"reads_at", coordinators_name(cell.coordinators)},
                   {"fresh", std::move(fresh)},
                   {"read_p999", latency(cell.read)},
                   {"write_p999", latency(cell.write)},
                   {"agrees", cell.agrees()}});
  }
  return all;
}

std::string farthest_text(const std::vector<ComparedCell>& cells) {
  double fresh = 0;
  double latency = 0;
  double errors = 0;
  std::size_t agreeing = 0;
  for (const ComparedCell& cell : cells) {
    agreeing += cell.agrees() ? 1 : 0;
    for (const FreshPair& pair : cell.fresh) {
      fresh = std::max(fresh, std::abs(pair.expected - pair.measured));
    }
    for (const LatencyPair& pair : {cell.read, cell.write}) {
      latency = std::max(latency, std::abs(pair.apart()));
      if (pair.allowed_ns > 0) {
        errors = std::max(errors, std::abs(pair.expected_ns - pair.measured_ns) / pair.allowed_ns);
      }
    }
  }
  return std::to_string(agreeing) + " of " + std::to_string(cells.size()) +
         " cells agree; at the most, freshness is " + percent(fresh, 3) +
         " percentage points apart, a 99.9th percentile " + percent(latency) + " % (" +
         percent(errors, 0) + " % of what its cell allows)\n";
}

std::string wars_svg(const NetworkModel& model, const WarsFigures& figures) {
  CurveFigure figure;
  figure.title = model.name + ": reads that are fresh, N=3";
  figure.x_title = "t between acknowledgement and read, ms";
  figure.y_title = "probability";
  double last_ms = 1;
  double least = 1;
  for (const auto [r, w] : kPartial) {
    const LogHistogram& wait = figures.wait(r, w);
    last_ms = std::max(last_ms, wait.quantile(kTail) / kMs);
    least = std::min(least, wait.share_up_to(0));
  }
  figure.x_last_ms = std::pow(10, std::ceil(std::log10(last_ms)));
  figure.x_first_ms = figure.x_last_ms / 1'000;
  figure.y_first = std::floor(least * 10) / 10;
  for (const auto [r, w] : kPartial) {
    const LogHistogram& wait = figures.wait(r, w);
    Curve curve{name_of({r, w}), {{0, wait.share_up_to(0)}}};
    constexpr int kSteps = 120;
    for (int i = 0; i <= kSteps; ++i) {
      const double time = figure.x_first_ms * std::pow(1'000, static_cast<double>(i) / kSteps);
      curve.points.emplace_back(time, wait.share_up_to(std::llround(time * kMs)));
    }
    figure.curves.push_back(std::move(curve));
  }
  return svg_of(figure);
}

}  // namespace quorate::sim
