// What is read and kept of a partial type is what its history says (DESIGN 2.1 and 2.4).
//
// The model knows events, and what each event's writer had observed: its token; without one, what
// the coordinator's row knew, or what was read for a removal. A part is alive while no event that
// had observed it has touched it. A record's context is closed, so what the model says of exactly
// the events in a context is what the record, or the answer, must show.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "node/core/types/data_type.h"
#include "sim/check/property.h"

namespace quorate::sim {

namespace {

using Shown = std::multiset<std::pair<std::string, std::string>>;

struct Part {
  const MintedEvent* event = nullptr;
  const ClientRequest* request = nullptr;
  const Context* observed = nullptr;
  std::vector<const MintedEvent*> ended_by;  // who had observed it and touched it
};

bool is_counted(const ClientRequest& request) { return request.update == Update::kCounterAdd; }

// An addition to a counter is taken back by a delete of the whole only.
bool touches(const Part& toucher, const Part& part) {
  if (toucher.request->verb == Verb::kDelete) return true;
  return !is_counted(*part.request) && toucher.request->field == part.request->field;
}

class PartHistory {
 public:
  PartHistory(const Evidence& evidence, const Key& key)
      : type_(data_type(evidence.cluster.bucket(key).type)) {
    static const Context kNothing;
    for (const MintedEvent* event : evidence.ledger.of_key(key)) {
      const Operation* write =
          evidence.history.find_request(evidence.ledger.request_of(event->dot));
      if (write == nullptr) {
        wrong_ = "no client asked for this event:\n" + describe_event(evidence, event->dot);
        return;
      }
      const ClientRequest& request = write->request;
      const Context* observed = request.token                  ? &request.token->context
                                : request.context_none         ? &kNothing
                                : only_removes(type_, request) ? &event->known_after
                                                               : &event->known_before;
      if (!event->known_after.descends(*observed)) {
        wrong_ = "applied to a row that does not cover its context:\n" +
                 describe_event(evidence, event->dot);
        return;
      }
      parts_.push_back(Part{event, &request, observed, {}});
    }
    for (Part& part : parts_) {
      for (const Part& other : parts_) {
        const bool ends = other.event != part.event && touches(other, part) &&
                          other.observed->contains(part.event->dot);
        if (ends) part.ended_by.push_back(other.event);
      }
    }
  }

  const std::optional<std::string>& wrong() const { return wrong_; }

  Shown shown_by(const Context& known, const std::string& field) const {
    std::set<std::pair<std::string, std::string>> once;
    Shown values;
    std::int64_t sum = 0;
    bool counted = false;
    for (const Part& part : parts_) {
      const ClientRequest& request = *part.request;
      if (only_removes(type_, request) || !known.contains(part.event->dot)) continue;
      const bool ended = std::any_of(part.ended_by.begin(), part.ended_by.end(),
                                     [&](const auto* by) { return known.contains(by->dot); });
      if (ended || (!field.empty() && request.field != field)) continue;
      if (is_counted(request)) {
        std::int64_t amount = 0;
        const std::string_view text = request.value.view();
        std::from_chars(text.data(), text.data() + text.size(), amount);
        sum += amount;
        counted = true;
      } else if (request.update == Update::kMapPut) {
        values.emplace(request.field, request.value.view());
      } else {
        once.emplace(request.field, request.update == Update::kFlagEnable ? "on" : "");
      }
    }
    if (counted) values.emplace("", std::to_string(sum));
    values.insert(once.begin(), once.end());
    return values;
  }

  static Shown shown(const std::vector<ReadValue>& values) {
    Shown shown;
    for (const ReadValue& value : values) shown.emplace(value.field, value.value.view());
    return shown;
  }

  Shown shown(const Record& record) const { return shown(type_.view(record, 0)); }

 private:
  const DataType& type_;
  std::vector<Part> parts_;
  std::optional<std::string> wrong_;
};

std::string text_of(const Shown& shown) {
  std::string text;
  for (const auto& [field, value] : shown) text += " '" + field + "'='" + value + "'";
  return text.empty() ? " nothing" : text;
}

// What the row knows, and knew before it was retired (decision 0010).
Context known_to(const Evidence& evidence, const Key& key, const Record& record) {
  Context known = record.context;
  for (const Retirement& retirement : evidence.ledger.retirements(key)) {
    const bool lives = std::any_of(
        record.siblings.begin(), record.siblings.end(),
        [&](const Sibling& sibling) { return retirement.events.contains(sibling.dot); });
    if (!lives) known.join(retirement.events);
  }
  return known;
}

std::optional<std::string> wrong_rows(const Evidence& evidence, const Key& key,
                                      const PartHistory& history) {
  for (const NodeId node : evidence.cluster.primaries(key)) {
    const Row* row = evidence.cluster.row(node, key);
    if (row == nullptr) continue;
    const Shown kept = history.shown(row->record);
    const Shown wanted = history.shown_by(known_to(evidence, key, row->record), "");
    if (kept == wanted) continue;
    return "node " + std::to_string(node) + " keeps" + text_of(kept) + "; by its history" +
           text_of(wanted) + "\n" + describe_key(evidence, key);
  }
  return std::nullopt;
}

std::optional<std::string> wrong_answers(const Evidence& evidence, const Key& key,
                                         const PartHistory& history) {
  for (const Operation& read : evidence.operations()) {
    if (read.request.key != key || !read.answered_read() || !read.reply.token) continue;
    const Shown told = PartHistory::shown(read.reply.values);
    const Shown wanted = history.shown_by(read.reply.token->context, read.request.field);
    if (told == wanted) continue;
    return "a read was told" + text_of(told) + "; by what it knows" + text_of(wanted) + "\n  " +
           to_string(read) + "\n  " + to_string(read.reply.token->context) + "\n";
  }
  return std::nullopt;
}

std::optional<std::string> applied_twice(const Evidence& evidence, const Key& key) {
  std::map<std::uint64_t, const MintedEvent*> first;
  for (const MintedEvent* event : evidence.ledger.of_key(key)) {
    if (!event->stored) continue;
    const auto [at, fresh] = first.emplace(evidence.ledger.request_of(event->dot), event);
    if (fresh) continue;
    return "applied twice:\n" + describe_event(evidence, at->second->dot) +
           describe_event(evidence, event->dot);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> parts_add_up(const Evidence& evidence) {
  for (const Key& key : evidence.keys) {
    if (!evidence.of_parts(key)) continue;
    const PartHistory history(evidence, key);
    std::optional<std::string> wrong = history.wrong();
    if (!wrong) wrong = wrong_rows(evidence, key, history);
    if (!wrong) wrong = wrong_answers(evidence, key, history);
    if (!wrong) wrong = applied_twice(evidence, key);
    if (wrong) return Violation{"parts add up", *std::move(wrong)};
  }
  return std::nullopt;
}

}  // namespace quorate::sim
