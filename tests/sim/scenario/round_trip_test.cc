// What write_plan wrote is read as a plan that runs the same, whatever the plan.
#include <gtest/gtest.h>

#include "sim/run/run.h"
#include "sim/scenario/scenario.h"
#include "sim/swarm/swarm.h"

namespace quorate::sim {
namespace {

// Reads the text, and writes what was read.
std::string read_and_write(const std::string& text) {
  const Result<Scenario> scenario = read_scenario(text, "written.toml");
  if (!scenario) return scenario.error().message;
  EXPECT_EQ(scenario->variants.size(), 1u);
  return write_plan(scenario->variants[0].plan);
}

TEST(WritePlan, WhatWasWrittenIsReadAndWrittenTheSame) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const std::string text = write_plan(draw_plan(seed));
    ASSERT_EQ(read_and_write(text), text) << "seed " << seed;
  }
}

TEST(WritePlan, WhatWasWrittenRunsTheSame) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const RunPlan drawn = draw_plan(seed);
    const Result<Scenario> scenario = read_scenario(write_plan(drawn), "written.toml");
    ASSERT_TRUE(scenario) << scenario.error().message;
    ASSERT_EQ(run_plan(scenario->variants[0].plan).trace_hash, run_plan(drawn).trace_hash)
        << "seed " << seed;
  }
}

// What the swarm does not draw.
TEST(WritePlan, EveryShapeOfLatencyAndEveryFieldComesBack) {
  RunPlan plan = draw_plan(7);
  plan.cluster.seed = ~std::uint64_t{0};
  plan.cluster.node_links.latency =
      Latency::mixture({{912'200'000, Latency::pareto(from_us(235), 10'000'000)},
                        {87'800'000, Latency::exponential(602'410).shifted(from_ms(75))}});
  plan.cluster.client_links.latency = Latency::constant(17).shifted(3);
  plan.cluster.client_links.bytes_per_second = 12'345;
  plan.cluster.disk = DiskModel{Latency::exponential(from_ms(3)), Durability::kOs, from_ms(700)};
  plan.cluster.processing = ProcessingModel{from_us(3), 7, 1'000};
  plan.cluster.clocks = {ClockModel{-250, 30}, ClockModel{}};
  plan.cluster.codec = true;
  plan.cluster.node_links.legs.write = Latency::uniform(1, 2);
  plan.cluster.node_links.legs.response = Latency::exponential(from_ms(2));
  plan.cluster.geography.sites = {"here", "there"};
  plan.cluster.geography.one_way = {{0, from_ms(75)}, {from_us(74'900), 0}};
  plan.cluster.geography.node_sites = {1};
  plan.cluster.geography.client_sites.resize(plan.clients.size());
  plan.cluster.geography.client_sites[0] = 1;
  plan.healed_links.ordered = true;
  ASSERT_FALSE(plan.clients.empty());
  ClientStep step;
  step.request.verb = Verb::kPut;
  step.request.key = Key{"default", "a/b \"c\"\n\x01"};
  step.request.value = Blob(std::string("tab\t, nul \0 and \x7f", 16));
  step.request.id = RequestId{0x1234, 0xabcdef};
  step.request.expiry_ms = 5;
  step.request.context_none = true;
  step.request.sloppy = false;
  step.request.r = Quorum{Quorum::Kind::kAll, 0};
  step.not_before = from_ms(1);
  step.compose = Compose::kUnion;
  plan.clients[0].policy.new_id_each_attempt = true;
  plan.clients[0].steps.push_back(step);
  ClientStep update;
  update.request.verb = Verb::kUpdate;
  update.request.key = step.request.key;
  update.request.update = Update::kMapPut;
  update.request.field = "f \"1\"";
  update.request.value = Blob("v");
  plan.clients[0].steps.push_back(update);
  plan.keys.push_back(step.request.key);
  const std::string text = write_plan(plan);
  EXPECT_EQ(read_and_write(text), text);
}

}  // namespace
}  // namespace quorate::sim
