#include "sim/report/lanes.h"

#include <gtest/gtest.h>

#include "tests/sim/report/sample_plans.h"

namespace quorate::sim {
namespace {

std::string signs(const Lane& lane) {
  std::string text;
  for (const Glyph& cell : lane.cells) text += cell.text;
  return text;
}

RunSummary empty_summary() {
  RunSummary summary;
  summary.nodes = 1;
  summary.faults_end = summary.shown_until = from_seconds(10);
  summary.phases.layouts.push_back(layout_of({}, 1, {}));
  summary.phases.phases.push_back({0, from_seconds(10), 0});
  return summary;
}

TEST(Lanes, ANodeWithoutTroubleIsALine) {
  const RunSummary summary = empty_summary();
  const TimeScale scale(summary.shown_until, 5);
  Lanes lanes(summary, scale);
  EXPECT_EQ(signs(lanes.node(1)), "─────");
  EXPECT_EQ(lanes.legend().text(80, false), "");
}

TEST(Lanes, WhatLastsLessThanAColumnStillShows) {
  RunSummary summary = empty_summary();
  summary.lives = {{from_seconds(4), 1, LifeEvent::kPaused},
                   {from_seconds(4) + 1, 1, LifeEvent::kResumed}};
  const TimeScale scale(summary.shown_until, 5);
  Lanes lanes(summary, scale);
  EXPECT_EQ(signs(lanes.node(1)), "──=──");
  EXPECT_EQ(lanes.legend().text(80, false), "  = paused\n");
}

TEST(Lanes, TheGravestShows) {
  RunSummary summary = empty_summary();
  summary.lives = {{from_seconds(4), 1, LifeEvent::kCrashed},
                   {from_seconds(8), 1, LifeEvent::kStarted}};
  summary.faults = {fault_at(from_seconds(2), FaultKind::kDiskFull, 1),
                    fault_at(from_seconds(10), FaultKind::kDiskRoom, 1),
                    fault_at(from_seconds(8), FaultKind::kWipe, 1)};
  const TimeScale scale(summary.shown_until, 5);
  Lanes lanes(summary, scale);
  EXPECT_EQ(signs(lanes.node(1)), "─D×·!");
  EXPECT_EQ(lanes.legend().text(80, false), "  D disk full  × crash  · down  ! wipe\n");
}

TEST(Lanes, AFaultThatEndsItselfWithAmountNothingEndsThere) {
  RunSummary summary = empty_summary();
  summary.faults = {fault_at(from_seconds(2), FaultKind::kNodeSlow, 1, 0, from_ms(5)),
                    fault_at(from_seconds(6), FaultKind::kNodeSlow, 1, 0, 0)};
  const TimeScale scale(summary.shown_until, 5);
  Lanes lanes(summary, scale);
  EXPECT_EQ(signs(lanes.node(1)), "─SS──");
}

TEST(Lanes, SidesOfACutAreShadedAndLettered) {
  const RunSummary summary = summary_of(split_plan());
  const TimeScale scale(summary.shown_until, 12);
  Lanes lanes(summary, scale);
  EXPECT_EQ(signs(lanes.node(1)), "──░░A░░░────");
  EXPECT_EQ(signs(lanes.node(2)), "──▓▓B▓▓▓────");
  EXPECT_EQ(lanes.legend().text(80, false), "  ░▓ sides of a cut\n");
}

TEST(Lanes, AClientShowsTheWorstThatItWasTold) {
  RunSummary summary = empty_summary();
  const auto told = [](SimTime at, bool is_write, Told what) {
    Happening happening;
    happening.is_write = is_write;
    happening.invoked = at;
    happening.finished = at + from_ms(1);
    happening.told = what;
    return happening;
  };
  summary.clients = 1;
  summary.happenings = {told(0, false, Told::kAnswered),
                        told(1, true, Told::kAnswered),
                        told(from_seconds(2), false, Told::kAnswered),
                        told(from_seconds(4), false, Told::kStale),
                        told(from_seconds(4), true, Told::kAnswered),
                        told(from_seconds(8), true, Told::kRefused),
                        told(from_seconds(8), true, Told::kUnknown)};
  const TimeScale scale(summary.shown_until, 5);
  Lanes lanes(summary, scale);
  EXPECT_EQ(signs(lanes.clients("client", {0})), "wrs ?");
  EXPECT_EQ(lanes.legend().text(80, false),
            "  w write acknowledged  r read  s stale read  ? unknown\n");
}

TEST(Lanes, WaitingIsSeen) {
  RunSummary summary = empty_summary();
  summary.clients = 1;
  Happening happening;
  happening.invoked = from_seconds(2);
  happening.finished = from_seconds(8);
  happening.is_write = true;
  happening.told = Told::kUnknown;
  summary.happenings = {happening};
  const TimeScale scale(summary.shown_until, 5);
  Lanes lanes(summary, scale);
  EXPECT_EQ(signs(lanes.clients("client", {0})), " ···?");
}

TEST(Lanes, ManyClientsAreGroupedByTheSidesThatTheyAreOn) {
  RunPlan plan = sample_plan({.clients = {{1}, {2}, {1}, {3}, {1}, {2}}, .steps = 2});
  for (const NodeId other : std::vector<NodeId>{2, 3}) {
    plan.faults.push_back(fault_at(from_ms(1), FaultKind::kCut, 1, other));
    plan.faults.push_back(fault_at(from_ms(1), FaultKind::kCut, other, 1));
  }
  const RunSummary summary = summary_of(plan);
  const TimeScale scale(summary.shown_until, 12);
  Lanes lanes(summary, scale);
  std::vector<std::string> names;
  for (const Lane& lane : lanes.all_clients()) names.push_back(lane.name);
  EXPECT_EQ(names, std::vector<std::string>({"clients 1 3 5", "clients 2 4 6"}));
}

TEST(Lanes, ALegendPutsSignsOfOneMeaningTogether) {
  Legend legend;
  legend.add({"░"}, "sides");
  legend.add({"▓"}, "sides");
  legend.add({"D"}, "disk full");
  legend.add({"D"}, "disk slow");
  legend.add({"D"}, "disk full");
  EXPECT_EQ(legend.text(80, false), "  ░▓ sides  D disk full, disk slow\n");
  EXPECT_EQ(legend.text(30, false), "  ░▓ sides\n  D disk full, disk slow\n");
}

}  // namespace
}  // namespace quorate::sim
