#include "sim/shrink/schedule.h"

#include <algorithm>
#include <utility>

namespace quorate::sim {

namespace {

std::string request_text(const ClientStep& step) {
  const ClientRequest& request = step.request;
  std::string text;
  switch (request.verb) {
    case Verb::kGet:
      text = "get " + request.key.bucket + "/" + request.key.name;
      break;
    case Verb::kPut:
      text = "put " + request.key.bucket + "/" + request.key.name + " = " +
             std::string(request.value.view().substr(0, 32));
      break;
    case Verb::kDelete:
      text = "delete " + request.key.bucket + "/" + request.key.name;
      break;
    case Verb::kUpdate:
      text = std::string(update_name(request.update)) + " " + request.key.bucket + "/" +
             request.key.name + " " + request.field + " = " +
             std::string(request.value.view().substr(0, 32));
      break;
  }
  const Quorum& quorum = request.verb == Verb::kGet ? request.r : request.w;
  if (quorum.kind != Quorum::Kind::kDefault) {
    text += (request.verb == Verb::kGet ? ", r=" : ", w=") + quorum.to_string();
  }
  if (step.context != ContextUse::kRequest)
    text += std::string(", ") + context_use_name(step.context);
  if (step.endpoint != 0) text += ", at node " + std::to_string(step.endpoint);
  return text;
}

std::string answer_text(const Operation& operation) {
  if (!operation.done()) return "not answered";
  std::string text = outcome_name(operation.outcome);
  if (operation.reason != Reason::kNone) {
    text += std::string(" (") + reason_name(operation.reason) + ")";
  }
  for (const ReadValue& value : operation.reply.values) {
    text += " " + std::string(value.value.view().substr(0, 32));
  }
  text += " at " + time_to_string(operation.finished);
  if (operation.reply.coordinator != 0) {
    text += " from node " + std::to_string(operation.reply.coordinator);
  }
  return text;
}

std::vector<const Operation*> operations_of(const Run& run, HostId client) {
  std::vector<const Operation*> found;
  for (std::uint64_t i = 0; i < run.operations_of_clients(); ++i) {
    const Operation& operation = run.history()[i];
    if (operation.client == client) found.push_back(&operation);
  }
  return found;
}

}  // namespace

std::vector<ScheduleLine> schedule_of(const RunPlan& plan, const Run* run) {
  std::vector<ScheduleLine> lines;
  for (const Fault& fault : plan.faults) {
    const std::string time = time_to_string(fault.at) + " ";
    lines.push_back({fault.at, "fault", to_string(fault).substr(time.size())});
  }
  for (std::size_t i = 0; i < plan.clients.size(); ++i) {
    const HostId host = kFirstClientHost + static_cast<HostId>(i);
    const std::vector<const Operation*> played =
        run == nullptr ? std::vector<const Operation*>{} : operations_of(*run, host);
    for (std::size_t step = 0; step < plan.clients[i].steps.size(); ++step) {
      const ClientStep& asked = plan.clients[i].steps[step];
      const Operation* operation = step < played.size() ? played[step] : nullptr;
      const SimTime at = operation == nullptr ? asked.not_before : operation->invoked;
      std::string what = request_text(asked);
      if (run != nullptr) {
        what += operation == nullptr ? ": never begun" : ": " + answer_text(*operation);
      }
      lines.push_back({at, "client " + std::to_string(i + 1), std::move(what)});
    }
  }
  lines.push_back({plan.faults_end, "", "everything heals"});
  std::stable_sort(lines.begin(), lines.end(),
                   [](const ScheduleLine& a, const ScheduleLine& b) { return a.at < b.at; });
  return lines;
}

}  // namespace quorate::sim
