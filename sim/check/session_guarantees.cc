// Read your writes and monotonic reads (DESIGN 2.5): an answer under a session's token covers the
// token, and shows whatever the session had seen or written, or what rightly replaced it.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "sim/check/property.h"

namespace quorate::sim {

namespace {

// What one session knows of one key.
struct Known {
  Context context;
  std::vector<std::pair<Dot, const Operation*>> dots;  // seen or written, and in which operation
};

std::optional<Violation> check_read(const Evidence& evidence, const Known& known,
                                    const Operation& read) {
  const auto broken = [&](const std::string& what) {
    return Violation{"session guarantees", what + "\n  " + to_string(read) + "\n" +
                                               describe_key(evidence, read.request.key)};
  };
  if (!read.reply.token) return broken("an answered read brought no token:");
  const Context& context = read.reply.token->context;
  if (!context.descends(known.context)) {
    return broken("the read went back behind the session: it knows " + to_string(context) +
                  ", the session " + to_string(known.context) + ":");
  }
  for (const auto& [dot, operation] : known.dots) {
    const auto& values = read.reply.values;
    const bool shown =
        std::any_of(values.begin(), values.end(), [&, dot = dot](const ReadValue& value) {
          return evidence.ledger.same_write(value.dot, dot);
        });
    const MintedEvent* event = evidence.ledger.find(dot);
    const bool leaves_a_value = event != nullptr && event->value.size() > 0;
    if (shown || !leaves_a_value || evidence.supersession.replaced_by(dot, context)) continue;
    return broken("the session knew of " + to_string(dot) + " through\n  " + to_string(*operation) +
                  "\nand the read shows neither it nor what replaced it:");
  }
  return std::nullopt;
}

void learn(Known& known, const Operation& operation) {
  if (operation.reply.token) known.context.join(operation.reply.token->context);
  if (operation.is_write()) known.dots.emplace_back(operation.reply.dot, &operation);
  for (const ReadValue& value : operation.reply.values) {
    known.dots.emplace_back(value.dot, &operation);
  }
}

}  // namespace

std::optional<Violation> session_guarantees(const Evidence& evidence) {
  std::map<std::pair<HostId, Key>, Known> sessions;
  for (const Operation& operation : evidence.operations()) {
    if (operation.context != ContextUse::kSession) continue;
    if (!operation.acknowledged() && !operation.answered_read()) continue;
    Known& known = sessions[{operation.client, operation.request.key}];
    if (operation.answered_read()) {
      if (auto violation = check_read(evidence, known, operation)) return violation;
    }
    learn(known, operation);
  }
  return std::nullopt;
}

}  // namespace quorate::sim
