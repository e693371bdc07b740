#include "sim/shrink/pin.h"

#include <utility>

namespace quorate::sim {

RunPlan pinned(const Run& run) {
  RunPlan plan = run.plan();
  for (ClientPlan& client : plan.clients) client.steps.clear();
  for (std::uint64_t i = 0; i < run.operations_of_clients(); ++i) {
    const Operation& operation = run.history()[i];
    const std::size_t client = operation.client - kFirstClientHost;
    std::vector<ClientStep>& steps = plan.clients[client].steps;
    ClientStep step = run.plan().clients[client].steps[steps.size()];
    step.think = 0;
    step.not_before = operation.invoked;
    steps.push_back(std::move(step));
  }
  return plan;
}

}  // namespace quorate::sim
