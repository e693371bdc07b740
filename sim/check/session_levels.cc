#include "sim/check/session_levels.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/check/reflection.h"

namespace quorate::sim {

namespace {

// A write that a later operation of the session has to come after, and how the session knew of it.
struct Known {
  Dot dot;
  const Operation* through = nullptr;
};

struct SessionView {
  const Evidence& evidence;
  Sessions sessions;

  bool counts(const Operation& operation) const {
    return sessions == Sessions::kObserved || operation.context == ContextUse::kSession;
  }
};

std::string describe_pair(const Evidence& evidence, const Known& known, const Operation& later,
                          const std::string& text) {
  return text + "\n  " + to_string(*known.through) + "\n  " + to_string(later) + "\n" +
         describe_event(evidence, known.dot);
}

// What a session had to see, and does not.
using Gather = void (*)(const Evidence&, const Operation&, std::vector<Known>&);

void gather_read(const Evidence& evidence, const Operation& operation, std::vector<Known>& known) {
  if (!operation.answered_read()) return;
  for (const Dot& dot : relevant_writes(evidence, operation)) {
    const bool fresh = std::none_of(known.begin(), known.end(), [&](const Known& each) {
      return evidence.ledger.same_write(each.dot, dot);
    });
    if (fresh) known.push_back(Known{dot, &operation});
  }
}

void gather_write(const Evidence&, const Operation& operation, std::vector<Known>& known) {
  if (operation.acknowledged()) known.push_back(Known{operation.reply.dot, &operation});
}

// Of a session's reads: each one reflects what was gathered before it.
std::optional<std::string> broken_read(const SessionView& view, Gather gather,
                                       const std::string& what) {
  for (const auto& [key, of_key] : view_by_key(view.evidence)) {
    for (const auto& [client, session] : of_key.sessions) {
      std::vector<Known> known;
      for (const Operation* operation : session) {
        if (!view.counts(*operation)) continue;
        if (operation->answered_read()) {
          for (const Known& each : known) {
            if (reflects(view.evidence, *operation, each.dot)) continue;
            return describe_pair(view.evidence, each, *operation, what);
          }
        }
        gather(view.evidence, *operation, known);
      }
    }
  }
  return std::nullopt;
}

// One write of a session, with all that it has to come after.
struct OrderedWrite {
  const Operation* write = nullptr;
  std::size_t known_before = 0;  // so many of the session's Knowns
};

struct OrderedSession {
  std::vector<Known> known;
  std::vector<OrderedWrite> writes;
};

OrderedSession order_session(const SessionView& view, const std::vector<const Operation*>& session,
                             Gather gather) {
  OrderedSession ordered;
  for (const Operation* operation : session) {
    if (!view.counts(*operation)) continue;
    if (operation->is_write()) {
      ordered.writes.push_back(OrderedWrite{operation, ordered.known.size()});
    }
    gather(view.evidence, *operation, ordered.known);
  }
  return ordered;
}

struct Misorder {
  const Known* known = nullptr;
  const Operation* write = nullptr;
  bool missing = false;  // else: shown, though the write is known
};

bool shows_unreplaced(const SessionView& view, const Operation& read, const Dot& dot) {
  if (view.sessions == Sessions::kObserved) return shows(view.evidence, read, dot);
  const auto& values = read.reply.values;
  return std::any_of(values.begin(), values.end(),
                     [&](const ReadValue& value) { return value.dot == dot; });
}

// What this reader was shown of the session in the wrong order; nothing when all is well.
std::optional<Misorder> misorder(const SessionView& view, const OrderedSession& session,
                                 const Operation& read) {
  const Evidence& evidence = view.evidence;
  std::size_t present = 0;   // so many Knowns must be there...
  std::size_t replaced = 0;  // ...and so many of them must not be shown any more
  const Operation* latest = nullptr;
  const Operation* latest_in_order = nullptr;
  for (const OrderedWrite& each : session.writes) {
    if (each.known_before == 0 || !knows_of(evidence, read, *each.write)) continue;
    present = each.known_before;
    latest = each.write;
    if (each.write->request.context_none) continue;
    replaced = each.known_before;
    latest_in_order = each.write;
  }
  for (std::size_t i = 0; i < present; ++i) {
    const Known& known = session.known[i];
    if (!reflects(evidence, read, known.dot)) return Misorder{&known, latest, true};
    if (i < replaced && shows_unreplaced(view, read, known.dot)) {
      return Misorder{&known, latest_in_order, false};
    }
  }
  return std::nullopt;
}

// Of all readers: whoever knows of a session's write sees what was gathered before it, replaced.
std::optional<std::string> broken_write(const SessionView& view, Gather gather,
                                        const std::string& what) {
  for (const auto& [key, of_key] : view_by_key(view.evidence)) {
    for (const auto& [client, session] : of_key.sessions) {
      const OrderedSession ordered = order_session(view, session, gather);
      if (ordered.writes.empty() || ordered.known.empty()) continue;
      for (const Operation* read : of_key.reads) {
        const std::optional<Misorder> wrong = misorder(view, ordered, *read);
        if (!wrong) continue;
        return describe_pair(view.evidence, *wrong->known, *wrong->write, what) +
               (wrong->missing
                    ? "  a reader knew of the later write and not of the earlier one:\n  "
                    : "  a reader knew of the later write and saw the earlier one:\n  ") +
               to_string(*read) + "\n";
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<Dot> relevant_writes(const Evidence& evidence, const Operation& read) {
  std::vector<Dot> dots;
  for (const ReadValue& value : read.reply.values) dots.push_back(value.dot);
  if (!read.reply.token) return dots;
  const Context& known = read.reply.token->context;
  for (const MintedEvent* event : evidence.ledger.of_key(read.request.key)) {
    if (!known.contains(event->dot)) continue;
    const Operation* write = evidence.history.find_request(evidence.ledger.request_of(event->dot));
    if (write == nullptr || write->request.verb != Verb::kDelete) continue;
    const std::vector<Dot>& replacers = evidence.supersession.replacers_of(event->dot);
    if (std::none_of(replacers.begin(), replacers.end(),
                     [&](const Dot& dot) { return known.contains(dot); })) {
      dots.push_back(event->dot);
    }
  }
  return dots;
}

std::optional<std::string> broken_monotonic_reads(const Evidence& evidence, Sessions sessions) {
  return broken_read({evidence, sessions}, gather_read,
                     "a session read what this shows, and then less:");
}

std::optional<std::string> broken_read_your_writes(const Evidence& evidence, Sessions sessions) {
  return broken_read({evidence, sessions}, gather_write,
                     "a session wrote this, and then did not read it:");
}

std::optional<std::string> broken_monotonic_writes(const Evidence& evidence, Sessions sessions) {
  return broken_write({evidence, sessions}, gather_write, "a session wrote one after the other:");
}

std::optional<std::string> broken_writes_follow_reads(const Evidence& evidence, Sessions sessions) {
  return broken_write({evidence, sessions}, gather_read, "a session wrote after it had read:");
}

}  // namespace quorate::sim
