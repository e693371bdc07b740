#include "tests/sim/report/sample_plans.h"

#include <string>
#include <utility>

#include "sim/faults/shapes.h"

namespace quorate::sim {

namespace {

void add(RunPlan& plan, const std::vector<Fault>& faults) {
  plan.faults.insert(plan.faults.end(), faults.begin(), faults.end());
}

HostId client(std::size_t index) { return kFirstClientHost + static_cast<HostId>(index); }

}  // namespace

RunPlan sample_plan(const SampleOptions& options) {
  RunPlan plan;
  plan.cluster.seed = 7;
  plan.cluster.nodes = options.nodes;
  plan.cluster.node_links.latency = Latency::constant(from_ms(1));
  plan.cluster.client_links.latency = Latency::constant(from_ms(1));
  plan.cluster.disk.sync = Latency::constant(from_ms(1));
  plan.healed_links = plan.cluster.node_links;
  Bucket bucket;
  bucket.n = options.n;
  bucket.r = options.r;
  bucket.w = options.w;
  bucket.type = options.type;
  QUORATE_CHECK(plan.cluster.buckets.add(bucket));
  plan.keys = {Key{"default", "k"}};
  for (std::size_t i = 0; i < options.clients.size(); ++i) {
    ClientPlan client;
    client.policy.endpoints = options.clients[i];
    client.policy.attempts_max = 2;
    client.policy.deadline = from_seconds(1);
    for (std::size_t number = 0; number < options.steps; ++number) {
      ClientStep step;
      step.think = options.pause;
      step.context = options.context;
      step.request.key = plan.keys[0];
      step.request.verb = number % 2 == 0 ? Verb::kPut : Verb::kGet;
      if (number % 2 == 0) {
        step.request.value = Blob("c" + std::to_string(i + 1) + "-" + std::to_string(number));
      }
      client.steps.push_back(std::move(step));
    }
    plan.clients.push_back(std::move(client));
  }
  plan.faults_end = options.end;
  return plan;
}

RunPlan quiet_plan() { return sample_plan({}); }

RunPlan split_plan() {
  RunPlan plan = sample_plan({.clients = {{1}, {2, 3}}});
  add(plan,
      during(between({{1, client(0)}, {2, 3, client(1)}}), {from_seconds(1), from_seconds(4)}));
  return plan;
}

RunPlan bridge_plan() {
  RunPlan plan = sample_plan(
      {.nodes = 5, .n = 5, .r = 3, .w = 3, .clients = {{1, 2}, {3}, {4, 5}}, .steps = 24});
  add(plan, during(bridged({1, 2}, {4, 5}, 3), {from_seconds(1), from_seconds(4)}));
  return plan;
}

RunPlan one_way_plan() {
  RunPlan plan = sample_plan({.clients = {{1}, {2}}});
  add(plan, during(one_way({1}, {2, 3}), {from_seconds(1), from_seconds(4)}));
  return plan;
}

RunPlan crash_plan() {
  RunPlan plan = sample_plan({.clients = {{1, 3}, {2, 3}}});
  add(plan, of_hosts(FaultKind::kCrash, {2}, {from_seconds(1), from_seconds(3)}));
  return plan;
}

RunPlan flapping_plan() {
  RunPlan plan = sample_plan({.clients = {{3, 1}, {1, 2}}});
  add(plan, flapping(around(3, {1, 2}), {from_seconds(1), from_seconds(5)},
                     {.down = from_ms(300), .up = from_ms(200)}));
  return plan;
}

Fault fault_at(SimTime at, FaultKind kind, HostId a, HostId b, std::int64_t amount) {
  Fault fault;
  fault.at = at;
  fault.kind = kind;
  fault.a = a;
  fault.b = b;
  fault.amount = amount;
  return fault;
}

RunSummary summary_of(const RunPlan& plan, RunLabels labels) {
  Timeline timeline;
  Run run(plan, {&timeline});
  timeline.watch(run);
  run.play();
  return summarize(run, timeline, std::move(labels));
}

}  // namespace quorate::sim
