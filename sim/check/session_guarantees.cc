// Read your writes and monotonic reads (DESIGN 2.5): an answer under a session's token covers the
// token, and shows whatever the session had seen or written, or what rightly replaced it.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sim/check/property.h"
#include "sim/check/reflection.h"
#include "sim/check/settled_writes.h"

namespace quorate::sim {

namespace {

// What one session came to know of one key.
struct Session {
  Context context;
  std::vector<std::pair<Dot, const Operation*>> known;  // seen or written, and first in which
                                                        // operation
  std::set<Dot> dots;                                   // the same
  std::optional<SettledWrites> settled;                 // of the same

  void learn(const Dot& dot, const Operation& operation) {
    if (dots.insert(dot).second) known.emplace_back(dot, &operation);
  }
};

// One operation of a session, and how many of the Session's dots were known before it.
struct Step {
  const Operation* operation = nullptr;
  Session* session = nullptr;
  std::size_t known_before = 0;
};

std::optional<Violation> check_read(const Evidence& evidence, const Step& step) {
  const Operation& read = *step.operation;
  const Session& session = *step.session;
  const auto broken = [&](const std::string& what) {
    return Violation{"session guarantees", what + "\n  " + to_string(read) + "\n" +
                                               describe_key(evidence, read.request.key)};
  };
  if (!read.reply.token) return broken("an answered read brought no token:");
  const Context& context = read.reply.token->context;
  if (!context.descends(session.context)) {
    return broken("the read went back behind the session: it knows " + to_string(context) +
                  ", the session " + to_string(session.context) + ":");
  }
  if (evidence.of_parts(read.request.key)) return std::nullopt;
  for (const std::size_t i : session.settled->doubtful(read, step.known_before)) {
    const auto& [dot, operation] = session.known[i];
    const auto& values = read.reply.values;
    const bool shown =
        std::any_of(values.begin(), values.end(), [&, dot = dot](const ReadValue& value) {
          return evidence.ledger.same_write(value.dot, dot);
        });
    const MintedEvent* event = evidence.ledger.find(dot);
    const bool leaves_a_value = event != nullptr && event->value.size() > 0;
    if (shown || !leaves_a_value || may_be_over(evidence, dot)) continue;
    if (evidence.supersession.replaced_by(dot, context)) continue;
    return broken("the session knew of " + to_string(dot) + " through\n  " + to_string(*operation) +
                  "\nand the read shows neither it nor what replaced it:");
  }
  return std::nullopt;
}

// All operations of sessions that were answered, in order.
std::vector<Step> steps_of(const Evidence& evidence,
                           std::map<std::pair<HostId, Key>, Session>& sessions) {
  std::vector<Step> steps;
  for (const Operation& operation : evidence.operations()) {
    if (operation.context != ContextUse::kSession) continue;
    if (!operation.acknowledged() && !operation.answered_read()) continue;
    Session& session = sessions[{operation.client, operation.request.key}];
    steps.push_back(Step{&operation, &session, session.known.size()});
    if (operation.is_write()) session.learn(operation.reply.dot, operation);
    for (const ReadValue& value : operation.reply.values) session.learn(value.dot, operation);
  }
  for (auto& [name, session] : sessions) {
    std::vector<Dot> dots;
    for (const auto& [dot, operation] : session.known) dots.push_back(dot);
    session.settled.emplace(evidence, name.second, dots);
  }
  return steps;
}

}  // namespace

std::optional<Violation> session_guarantees(const Evidence& evidence) {
  std::map<std::pair<HostId, Key>, Session> sessions;
  for (const Step& step : steps_of(evidence, sessions)) {
    if (step.operation->answered_read()) {
      if (auto violation = check_read(evidence, step)) return violation;
    }
    const ClientReply& reply = step.operation->reply;
    if (reply.token) step.session->context.join(reply.token->context);
  }
  return std::nullopt;
}

}  // namespace quorate::sim
