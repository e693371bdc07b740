#include "sim/check/property.h"

#include <algorithm>
#include <utility>

#include "node/core/types/data_type.h"
#include "sim/check/reflection.h"

namespace quorate::sim {

bool is_about_healing(const Violation& violation) {
  return violation.property == kReplicasConverge || violation.property == kSettlesAfterHealing ||
         violation.property == kReadableAfterHealing || violation.property == kConvergesUnread;
}

Evidence gather(const Cluster& cluster, const History& history, const Ledger& ledger,
                Supersession& supersession, std::vector<Key> keys) {
  Evidence evidence{cluster, history, ledger, supersession, std::move(keys), {}, ~std::uint64_t{0}};
  for (const Key& key : evidence.keys) {
    Record merged;
    for (const NodeId node : cluster.primaries(key)) {
      const Row* row = cluster.row(node, key);
      if (row != nullptr) {
        merged = sync(merged, row->record, cluster.options().core.retry_window_ms);
      }
    }
    // What was retired was known; unless it lives, which nothing_dead_returns is about.
    for (const Retirement& retirement : ledger.retirements(key)) {
      const bool lives = std::any_of(
          merged.siblings.begin(), merged.siblings.end(),
          [&](const Sibling& sibling) { return retirement.events.contains(sibling.dot); });
      if (!lives) merged.context.join(retirement.events);
    }
    evidence.merged.emplace(key, std::move(merged));
  }
  return evidence;
}

void credit_retired(History& history, const Ledger& ledger) {
  for (std::uint64_t index = 0; index < history.operations().size(); ++index) {
    Operation& operation = history.at(index);
    if (!operation.answered_read() || !operation.reply.token) continue;
    Context& known = operation.reply.token->context;
    const auto& retirements = ledger.retirements(operation.request.key);
    // The last first: what an earlier one had left may have been retired since.
    for (auto retirement = retirements.rbegin(); retirement != retirements.rend(); ++retirement) {
      if (retirement->time > operation.finished) continue;
      const auto& values = operation.reply.values;
      // An answer that shows what they had replaced, or does not know what was left, was made
      // before, and took its time.
      const bool shows = std::any_of(values.begin(), values.end(), [&](const ReadValue& value) {
        return retirement->had_replaced(value.dot);
      });
      if (!shows && known.descends(retirement->left.context)) known.join(retirement->events);
    }
  }
}

bool Evidence::of_parts(const Key& key) const {
  return data_type(cluster.bucket(key).type).is_partial();
}

bool accounted_for(const Evidence& evidence, const Key& key, const Dot& dot) {
  const auto found = evidence.merged.find(key);
  if (found == evidence.merged.end()) return false;
  const Record& record = found->second;
  if (evidence.of_parts(key)) return record.context.contains(dot);
  for (const Sibling& sibling : record.siblings) {
    if (evidence.ledger.same_write(sibling.dot, dot)) return true;
  }
  // A value that ends by itself is not shown to whoever replaces it after that; it is enough that
  // it is known.
  if (may_be_over(evidence, dot) && record.context.contains(dot)) return true;
  const MintedEvent* event = evidence.ledger.find(dot);
  const bool leaves_a_value =
      event != nullptr && std::find(event->living_after.begin(), event->living_after.end(), dot) !=
                              event->living_after.end();
  // A delete lives on in the context alone.
  if (!leaves_a_value && record.context.contains(dot)) return true;
  // So does one that competes by time, until it is reaped.
  const Operation* write = evidence.history.find_request(evidence.ledger.request_of(dot));
  const bool deletes = write != nullptr && write->request.verb == Verb::kDelete;
  const auto& retirements = evidence.ledger.retirements(key);
  if (deletes && std::any_of(retirements.begin(), retirements.end(),
                             [&](const Retirement& gone) { return gone.events.contains(dot); })) {
    return true;
  }
  for (const MintedEvent* same : evidence.ledger.of_request(evidence.ledger.request_of(dot))) {
    if (evidence.supersession.replaced_by(same->dot, record.context)) return true;
  }
  return evidence.supersession.replaced_by(dot, record.context);
}

std::string describe_event(const Evidence& evidence, const Dot& dot) {
  const MintedEvent* event = evidence.ledger.find(dot);
  if (event == nullptr) return "  event " + to_string(dot) + ": never minted\n";
  std::string text = "  event " + to_string(dot) + " minted by node " +
                     std::to_string(event->node) + " at " + time_to_string(event->time) +
                     ", value '" + std::string(event->value.view()) +
                     "'\n    row before: " + to_string(event->known_before) +
                     "\n    row after:  " + to_string(event->known_after) + "\n";
  const std::uint64_t request = evidence.ledger.request_of(dot);
  if (const Operation* operation = evidence.history.find_request(request)) {
    text += "    for " + to_string(*operation) + "\n";
    if (operation->request.token) {
      text += "    token: " + to_string(operation->request.token->context) + "\n";
    }
  }
  return text;
}

std::string describe_key(const Evidence& evidence, const Key& key) {
  std::string text;
  for (const NodeId node : evidence.cluster.primaries(key)) {
    text += "  node " + std::to_string(node) + ": ";
    const Row* row = evidence.cluster.row(node, key);
    if (row == nullptr) {
      text += "no row\n";
      continue;
    }
    text += "context " + to_string(row->record.context) + ", siblings";
    for (const Sibling& sibling : row->record.siblings) {
      text += " '" + std::string(sibling.value.view()) + "'@" + to_string(sibling.dot);
    }
    text += row->record.siblings.empty() ? " none\n" : "\n";
  }
  return text;
}

const std::vector<NamedProperty>& all_properties() {
  static const std::vector<NamedProperty> kAll{
      {"no dot twice", no_dot_twice},
      {"replicas converge", replicas_converge},
      {"acknowledged writes survive", acknowledged_writes_survive},
      {"no unsynced read", no_unsynced_read},
      {"never read unwritten", never_read_unwritten},
      {"not applied is true", not_applied_is_true},
      {"session guarantees", session_guarantees},
      {"monotonic writes", monotonic_writes},
      {"writes follow reads", writes_follow_reads},
      {"replaced stays replaced", replaced_stays_replaced},
      {"quorum reads are fresh", quorum_reads_are_fresh},
      {"siblings stay bounded", siblings_stay_bounded},
      {"applied once", applied_once},
      {"parts add up", parts_add_up},
      {"forgets only what was lost", forgets_only_what_was_lost},
      {"trees tell the truth", trees_tell_the_truth},
      {"nothing dead returns", nothing_dead_returns},
  };
  return kAll;
}

const std::vector<std::string>& violation_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names{kSettlesAfterHealing, kConvergesUnread, kReadableAfterHealing};
    for (const NamedProperty& property : all_properties()) names.emplace_back(property.name);
    return names;
  }();
  return kNames;
}

std::vector<Violation> run_checks(const Evidence& evidence) {
  std::vector<Violation> violations;
  for (const NamedProperty& property : all_properties()) {
    if (std::optional<Violation> violation = property.holds(evidence)) {
      violations.push_back(std::move(*violation));
    }
  }
  return violations;
}

}  // namespace quorate::sim
