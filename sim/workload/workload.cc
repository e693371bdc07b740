#include "sim/workload/workload.h"

#include <algorithm>
#include <string>
#include <utility>

namespace quorate::sim {

namespace {

// How one client behaves all its life.
struct Habits {
  std::uint64_t reads_of_8 = 4;
  std::uint64_t deletes_of_8 = 1;
  ContextUse context = ContextUse::kSession;  // mostly
  std::uint64_t others_of_8 = 1;              // how often another one
  SimTime think_max = 0;
  bool own_quorums = false;  // names r and w itself
  bool hasty = false;        // asks for as few answers as it may
};

ContextUse any_context(Random& random) {
  constexpr ContextUse kAll[] = {ContextUse::kBlind, ContextUse::kNone, ContextUse::kSession,
                                 ContextUse::kStale};
  return kAll[random.below(4)];
}

Habits draw_habits(const WorkloadOptions& options, Random& random) {
  Habits habits;
  habits.reads_of_8 = random.below(8);
  habits.deletes_of_8 = random.below(4);
  habits.context = random.chance(1, 2) ? ContextUse::kSession : any_context(random);
  habits.others_of_8 = random.below(4);
  const SimTime pace = options.duration / static_cast<SimTime>(options.steps_max);
  habits.think_max = random.chance(1, 4) ? from_ms(1) : 2 * pace;
  habits.own_quorums = random.chance(1, 3);
  habits.hasty = random.chance(1, 5);
  return habits;
}

Quorum draw_quorum(std::uint32_t low, std::uint32_t high, Random& random) {
  if (random.chance(1, 4)) return Quorum{};
  return Quorum::of(low + static_cast<std::uint32_t>(random.below(high - low + 1)));
}

ClientPolicy draw_policy(const WorkloadOptions& options, Random& random) {
  ClientPolicy policy;
  const auto first = static_cast<std::uint16_t>(random.below(options.nodes));
  // Most know all nodes, some only a few.
  const std::uint64_t known = random.chance(3, 4) ? options.nodes : 1 + random.below(options.nodes);
  for (std::uint16_t i = 0; i < known; ++i) {
    policy.endpoints.push_back(static_cast<NodeId>((first + i) % options.nodes + 1));
  }
  policy.attempt_timeout = random.between(from_ms(30), from_seconds(1));
  policy.attempts_max = 1 + static_cast<std::uint32_t>(random.below(6));
  if (random.chance(1, 4)) policy.deadline = random.between(from_ms(100), from_seconds(8));
  if (random.chance(1, 4)) policy.retry_pause = random.between(0, from_ms(300));
  if (random.chance(1, 4)) policy.answer_margin = random.between(0, from_ms(50));
  return policy;
}

ClientStep draw_step(const WorkloadOptions& options, const ClientPolicy& policy,
                     const Habits& habits, const std::string& value, Random& random) {
  ClientStep step;
  step.think = random.between(0, habits.think_max);
  step.context = random.below(8) < habits.others_of_8 ? any_context(random) : habits.context;
  ClientRequest& request = step.request;
  request.key = options.keys[random.below(options.keys.size())];
  if (random.below(8) < habits.reads_of_8) {
    request.verb = Verb::kGet;
    if (random.chance(1, 16)) request.read_repair = ReadRepair::kBlocking;
  } else if (random.below(8) < habits.deletes_of_8) {
    request.verb = Verb::kDelete;
  } else if (const DataType& type = data_type(options.buckets->find(request.key.bucket)->type);
             type.is_partial()) {
    draw_update(type, value, random, request);
  } else {
    request.verb = Verb::kPut;
    request.value = Blob(value + (random.chance(1, 16) ? std::string(900, '.') : ""));
  }
  if (habits.own_quorums) {
    request.r = draw_quorum(1, options.n_min, random);
    request.w = draw_quorum(std::min(options.w_min, options.n_min), options.n_min, random);
  }
  if (habits.hasty) {
    request.r = Quorum::of(1);
    request.w = Quorum::of(std::min(options.w_min, options.n_min));
  }
  if (random.chance(1, 4)) request.deadline_ns = random.between(from_ms(10), from_seconds(3));
  if (random.chance(1, 4)) step.endpoint = policy.endpoints[random.below(policy.endpoints.size())];
  return step;
}

}  // namespace

void draw_update(const DataType& type, const std::string& value, Random& random,
                 ClientRequest& request) {
  const auto shapes = type.updates();
  const UpdateShape& shape = shapes[random.below(shapes.size())];
  request.verb = Verb::kUpdate;
  request.update = shape.update;
  if (shape.has_field) request.field = std::string(1, "xyz"[random.below(3)]);
  if (!shape.has_value) return;
  const bool takes_text = !type.value_misfit(value);
  request.value = Blob(takes_text ? value : std::to_string(random.between(-3, 9)));
}

std::vector<ClientPlan> draw_workload(const WorkloadOptions& options, Random& random) {
  std::vector<ClientPlan> clients;
  for (std::size_t client = 0; client < options.clients; ++client) {
    ClientPlan plan;
    plan.policy = draw_policy(options, random);
    const Habits habits = draw_habits(options, random);
    const std::size_t steps = 1 + random.below(options.steps_max);
    for (std::size_t step = 0; step < steps; ++step) {
      const std::string value = "c" + std::to_string(client + 1) + "-" + std::to_string(step);
      plan.steps.push_back(draw_step(options, plan.policy, habits, value, random));
    }
    clients.push_back(std::move(plan));
  }
  return clients;
}

}  // namespace quorate::sim
