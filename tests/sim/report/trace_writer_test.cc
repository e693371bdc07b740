#include "sim/report/trace_writer.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/run/run.h"
#include "tests/sim/report/sample_plans.h"

namespace quorate::sim {
namespace {

namespace json = boost::json;

std::vector<json::value> trace_of(const RunPlan& plan) {
  std::vector<json::value> events;
  TraceWriter writer(plan, {},
                     [&](const std::string& line) { events.push_back(json::parse(line)); });
  sim::Run run(plan, {&writer});
  run.play();
  return events;
}

TEST(TraceWriter, LinesAreInTheOrderOfWhatHappened) {
  std::int64_t last = 0;
  for (const json::value& event : trace_of(split_plan())) {
    EXPECT_GE(event.at("at_ns").as_int64(), last);
    last = event.at("at_ns").as_int64();
  }
}

TEST(TraceWriter, EveryFaultIsThereOnceAndBeforeWhatItBringsAbout) {
  const RunPlan plan = crash_plan();
  std::size_t faults = 0;
  bool crash_fault = false;
  bool crashed = false;
  for (const json::value& event : trace_of(plan)) {
    if (event.at("event") == "fault") {
      ++faults;
      crash_fault = crash_fault || event.at("kind") == "crash";
    }
    if (event.at("event") == "life" && event.at("what") == "crashed") {
      EXPECT_TRUE(crash_fault);
      crashed = true;
    }
  }
  EXPECT_EQ(faults, plan.faults.size());
  EXPECT_TRUE(crashed);
}

TEST(TraceWriter, OperationsCarryWhatTheClientAskedAndWasTold) {
  std::size_t operations = 0;
  for (const json::value& event : trace_of(quiet_plan())) {
    if (event.at("event") != "operation" || operations++ > 0) continue;
    EXPECT_EQ(event.at("verb"), "put");
    EXPECT_EQ(event.at("key"), "default/k");
    EXPECT_EQ(event.at("value"), "c1-0");
    EXPECT_EQ(event.at("outcome"), "ok");
    EXPECT_EQ(event.at("attempts").as_array().size(), 1u);
  }
  EXPECT_GT(operations, 30u) << "the clients', and the reads after healing";
}

}  // namespace
}  // namespace quorate::sim
