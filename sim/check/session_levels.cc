#include "sim/check/session_levels.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sim/check/reflection.h"
#include "sim/check/settled_writes.h"

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

// The deletes of a key, which no answer shows.
struct Deletes {
  std::vector<Dot> dots;  // in the order of minting
  SettledWrites settled;

  // Those that the answer knows and nothing it knows has replaced.
  std::vector<Dot> left_by(const Evidence& evidence, const Operation& read) const {
    std::vector<Dot> left;
    if (!read.reply.token) return left;
    const Context& known = read.reply.token->context;
    for (const std::size_t i : settled.doubtful(read, dots.size())) {
      if (!known.contains(dots[i]) || evidence.supersession.replaced_by(dots[i], known)) continue;
      left.push_back(dots[i]);
    }
    return left;
  }
};

Deletes deletes_of(const Evidence& evidence, const Key& key) {
  std::vector<Dot> dots;
  for (const MintedEvent* event : evidence.ledger.of_key(key)) {
    const Operation* write = evidence.history.find_request(evidence.ledger.request_of(event->dot));
    if (write != nullptr && write->request.verb == Verb::kDelete) dots.push_back(event->dot);
  }
  SettledWrites settled(evidence, key, dots);
  return Deletes{std::move(dots), std::move(settled)};
}

// One operation of a session, with what it has to come after.
struct Step {
  const Operation* operation = nullptr;
  std::size_t known_before = 0;  // so many of the session's Knowns
};

// What one client did on one key.
struct Session {
  std::vector<Known> known;
  std::vector<Step> reads;            // answered
  std::vector<Step> writes;           // in the order in which they began
  std::map<Dot, std::size_t> places;  // of the Knowns, by any one of their events

  // Two events of one write are one.
  bool knows(const Evidence& evidence, const Dot& dot) const {
    return place_of(evidence, dot).has_value();
  }
  std::optional<std::size_t> place_of(const Evidence& evidence, const Dot& dot) const {
    const auto found = places.find(name_of(evidence, dot));
    return found == places.end() ? std::nullopt : std::optional(found->second);
  }
  void learn(const Evidence& evidence, const Dot& dot, const Operation& through) {
    places.emplace(name_of(evidence, dot), known.size());
    known.push_back(Known{dot, &through});
  }
  std::vector<Dot> dots() const {
    std::vector<Dot> dots;
    for (const Known& each : known) dots.push_back(each.dot);
    return dots;
  }

 private:
  // The first event that was minted for the same write.
  static Dot name_of(const Evidence& evidence, const Dot& dot) {
    const std::uint64_t request = evidence.ledger.request_of(dot);
    if (request == 0) return dot;
    const std::vector<const MintedEvent*> events = evidence.ledger.of_request(request);
    return events.empty() ? dot : events.front()->dot;
  }
};

using Gather = void (*)(const Evidence&, const Deletes&, const Operation&, Session&);

// The relevant writes of an answer.
void gather_read(const Evidence& evidence, const Deletes& deletes, const Operation& operation,
                 Session& session) {
  if (!operation.answered_read()) return;
  const auto learn = [&](const Dot& dot) {
    if (!session.knows(evidence, dot)) session.learn(evidence, dot, operation);
  };
  for (const ReadValue& value : operation.reply.values) learn(value.dot);
  for (const Dot& dot : deletes.left_by(evidence, operation)) learn(dot);
}

void gather_write(const Evidence& evidence, const Deletes&, const Operation& operation,
                  Session& session) {
  if (operation.acknowledged()) session.learn(evidence, operation.reply.dot, operation);
}

Session session_of(const SessionView& view, const std::vector<const Operation*>& operations,
                   const Deletes& deletes, Gather gather) {
  Session session;
  for (const Operation* operation : operations) {
    if (!view.counts(*operation)) continue;
    const Step step{operation, session.known.size()};
    if (operation->is_write()) session.writes.push_back(step);
    if (operation->answered_read()) session.reads.push_back(step);
    gather(view.evidence, deletes, *operation, session);
  }
  return session;
}

// Of a session's reads: each one reflects what was gathered before it.
std::optional<std::string> broken_read(const SessionView& view, Gather gather,
                                       const std::string& what) {
  for (const auto& [key, of_key] : view_by_key(view.evidence)) {
    const Deletes deletes = deletes_of(view.evidence, key);
    for (const auto& [client, operations] : of_key.sessions) {
      const Session session = session_of(view, operations, deletes, gather);
      const SettledWrites settled(view.evidence, key, session.dots());
      for (const Step& step : session.reads) {
        for (const std::size_t i : settled.doubtful(*step.operation, step.known_before)) {
          const Known& known = session.known[i];
          if (reflects(view.evidence, *step.operation, known.dot)) continue;
          return describe_pair(view.evidence, known, *step.operation, what);
        }
      }
    }
  }
  return std::nullopt;
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
std::optional<Misorder> misorder(const SessionView& view, const Session& session,
                                 const SettledWrites& settled, const Operation& read) {
  const Evidence& evidence = view.evidence;
  const Step* latest = nullptr;           // of the writes that the reader knows of
  const Step* latest_in_order = nullptr;  // and of those that asked to be no sibling
  // From the last one that had begun when the read ended.
  auto write = std::partition_point(
      session.writes.begin(), session.writes.end(),
      [&](const Step& step) { return step.operation->invoked <= read.finished; });
  while (write != session.writes.begin() && latest_in_order == nullptr) {
    --write;
    if (write->known_before == 0) break;
    if (!knows_of(evidence, read, *write->operation)) continue;
    if (latest == nullptr) latest = &*write;
    if (!write->operation->request.context_none) latest_in_order = &*write;
  }
  if (latest == nullptr) return std::nullopt;
  const std::size_t replaced = latest_in_order == nullptr ? 0 : latest_in_order->known_before;
  std::vector<std::size_t> doubtful = settled.doubtful(read, latest->known_before);
  for (const ReadValue& value : read.reply.values) {
    const std::optional<std::size_t> place = session.place_of(evidence, value.dot);
    if (place && *place < replaced) doubtful.push_back(*place);
  }
  std::sort(doubtful.begin(), doubtful.end());
  for (const std::size_t i : doubtful) {
    const Known& known = session.known[i];
    if (!reflects(evidence, read, known.dot)) return Misorder{&known, latest->operation, true};
    if (i < replaced && shows_unreplaced(view, read, known.dot)) {
      return Misorder{&known, latest_in_order->operation, false};
    }
  }
  return std::nullopt;
}

// Of all readers: whoever knows of a session's write sees what was gathered before it, replaced.
std::optional<std::string> broken_write(const SessionView& view, Gather gather,
                                        const std::string& what) {
  for (const auto& [key, of_key] : view_by_key(view.evidence)) {
    const Deletes deletes = deletes_of(view.evidence, key);
    for (const auto& [client, operations] : of_key.sessions) {
      const Session session = session_of(view, operations, deletes, gather);
      if (session.writes.empty() || session.known.empty()) continue;
      const SettledWrites settled(view.evidence, key, session.dots());
      for (const Operation* read : of_key.reads) {
        const std::optional<Misorder> wrong = misorder(view, session, settled, *read);
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
