#include "sim/world/history.h"

namespace quorate::sim {

namespace {

std::string describe_request(const ClientRequest& request) {
  const std::string name = request.key.bucket + "/" + request.key.name;
  switch (request.verb) {
    case Verb::kGet:
      return "get " + name + " r=" + request.r.to_string();
    case Verb::kPut:
      return "put " + name + " = " + std::string(request.value.view()) +
             " w=" + request.w.to_string();
    case Verb::kDelete:
      return "delete " + name + " w=" + request.w.to_string();
    case Verb::kUpdate:
      return std::string(update_name(request.update)) + " " + name + " " + request.field + " = " +
             std::string(request.value.view()) + " w=" + request.w.to_string();
  }
  return name;
}

std::string describe_outcome(const Operation& operation) {
  if (!operation.done()) return "still running";
  std::string text = outcome_name(operation.outcome);
  if (operation.reason != Reason::kNone)
    text += std::string(" (") + reason_name(operation.reason) + ")";
  text += " at " + time_to_string(operation.finished);
  if (operation.acknowledged()) text += ", dot " + to_string(operation.reply.dot);
  if (operation.answered_read()) {
    text += ", values";
    for (const ReadValue& value : operation.reply.values) {
      text += " " + std::string(value.value.view()) + "@" + to_string(value.dot);
    }
    if (operation.reply.values.empty()) text += " none";
  }
  if (operation.reply.coordinator != 0) {
    text += ", by node " + std::to_string(operation.reply.coordinator);
  }
  return text;
}

}  // namespace

std::string describe_change(const ClientRequest& request) {
  const std::string value(request.value.view());
  switch (request.verb) {
    case Verb::kGet:
      return "get";
    case Verb::kPut:
      return "put " + value;
    case Verb::kDelete:
      return "delete";
    case Verb::kUpdate:
      break;
  }
  std::string text = update_name(request.update);
  for (const std::string& part : {request.field, value}) {
    if (!part.empty()) text += " " + part;
  }
  return text;
}

const char* context_use_name(ContextUse use) {
  switch (use) {
    case ContextUse::kRequest:
      return "as given";
    case ContextUse::kBlind:
      return "blind";
    case ContextUse::kNone:
      return "context none";
    case ContextUse::kSession:
      return "session";
    case ContextUse::kStale:
      return "stale token";
  }
  return "?";
}

std::string to_string(const Operation& operation) {
  std::string text = "#" + std::to_string(operation.index) + " client " +
                     std::to_string(operation.client - kFirstClientHost + 1) + " at " +
                     time_to_string(operation.invoked) + ": " +
                     describe_request(operation.request) + " [" +
                     context_use_name(operation.context) + "] -> " + describe_outcome(operation);
  if (operation.attempts.size() > 1) {
    text += ", attempts at nodes";
    for (const Attempt& attempt : operation.attempts) {
      text += " " + std::to_string(attempt.endpoint);
    }
  }
  return text;
}

}  // namespace quorate::sim
