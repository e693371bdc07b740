#include "sim/check/changes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "node/core/types/data_type.h"

namespace quorate::sim {

namespace {

struct Change {
  const Operation* write = nullptr;
  ChangeKind kind = ChangeKind::kAddition;
  std::string part;   // element or field
  std::string whole;  // as it is shown: "element", "field=value"
  std::int64_t amount = 0;
};

void add_parts(const Operation& write, ChangeKind kind, std::vector<Change>& changes) {
  std::set<std::string_view> elements;
  add_elements(write.own.view(), elements);
  for (const std::string_view element : elements) {
    changes.push_back({&write, kind, std::string(element), std::string(element), 0});
  }
}

void add_changes_of_put(const Operation& write, std::vector<Change>& changes) {
  const std::string own(write.own.view());
  switch (write.compose) {
    case Compose::kAsGiven:
      return;
    case Compose::kUnion:
      return add_parts(write, ChangeKind::kAddition, changes);
    case Compose::kWithout:
      return add_parts(write, ChangeKind::kRemoval, changes);
    case Compose::kSum:
      changes.push_back({&write, ChangeKind::kIncrement, "", "", number_in(own)});
      return;
    case Compose::kField:
      changes.push_back({&write, ChangeKind::kEdit, std::string(field_of(own)), own, 0});
      return;
  }
}

void add_changes_of_update(const Operation& write, std::vector<Change>& changes) {
  const ClientRequest& request = write.request;
  const std::string value(request.value.view());
  const std::string& part = request.field;
  switch (request.update) {
    case Update::kNone:
    case Update::kFlagEnable:
    case Update::kFlagDisable:
      return;
    case Update::kCounterAdd:
      changes.push_back({&write, ChangeKind::kIncrement, "", "", number_in(value)});
      return;
    case Update::kSetAdd:
      changes.push_back({&write, ChangeKind::kAddition, part, part, 0});
      return;
    case Update::kSetRemove:
    case Update::kMapRemove:
      changes.push_back({&write, ChangeKind::kRemoval, part, part, 0});
      return;
    case Update::kMapPut:
      if (value.empty()) {
        changes.push_back({&write, ChangeKind::kAddition, part, part, 0});
      } else {
        changes.push_back({&write, ChangeKind::kEdit, part, part + "=" + value, 0});
      }
      return;
  }
}

// The changes of one key, and what it ends with.
class KeyChanges {
 public:
  KeyChanges(const Evidence& evidence, const Key& key) : evidence_(evidence) {
    for (const Operation& operation : evidence.operations()) {
      if (operation.index >= evidence.client_operations) break;
      if (!operation.is_write() || operation.request.key != key || !happened(operation)) continue;
      if (operation.request.verb == Verb::kDelete) deletes_.push_back(&operation);
      if (operation.request.verb == Verb::kPut) add_changes_of_put(operation, changes_);
      if (operation.request.verb == Verb::kUpdate) add_changes_of_update(operation, changes_);
    }
    const auto merged = evidence.merged.find(key);
    if (merged == evidence.merged.end()) return;
    const DataType& type = data_type(evidence.cluster.bucket(key).type);
    for (const ReadValue& value : type.view(merged->second, 0)) {
      const std::string_view text = value.value.view();
      sum_ = std::max(sum_.value_or(INT64_MIN), number_in(text));
      if (!value.field.empty()) {
        shown_.insert(text.empty() ? value.field : value.field + "=" + std::string(text));
        continue;
      }
      std::set<std::string_view> elements;
      add_elements(text, elements);
      shown_.insert(elements.begin(), elements.end());
    }
  }

  void count(std::array<ChangeTally, kChangeKindCount>& tallies) const {
    for (const Change& change : changes_) {
      if (change.kind == ChangeKind::kIncrement || !change.write->acknowledged()) continue;
      ChangeTally& tally = tallies[static_cast<std::size_t>(change.kind)];
      ++tally.acknowledged;
      tally.lost += is_lost(change) ? 1 : 0;
    }
    count_increments(tallies[static_cast<std::size_t>(ChangeKind::kIncrement)]);
  }

 private:
  std::vector<const MintedEvent*> events_of(const Operation& write) const {
    return evidence_.ledger.of_request(write.request.id.low);
  }

  bool happened(const Operation& write) const {
    return write.acknowledged() || !events_of(write).empty();
  }

  // Had the client, or the node that applied it for one that said nothing, seen the other write?
  bool had_seen(const Operation& write, const Operation& other) const {
    const std::vector<const MintedEvent*> seen = events_of(other);
    const auto in = [&](const Context& context) {
      return std::any_of(seen.begin(), seen.end(),
                         [&](const MintedEvent* event) { return context.contains(event->dot); });
    };
    if (write.request.token) return in(write.request.token->context);
    if (!evidence_.of_parts(write.request.key)) return false;
    const std::vector<const MintedEvent*> own = events_of(write);
    return std::any_of(own.begin(), own.end(),
                       [&](const MintedEvent* event) { return in(event->known_after); });
  }

  bool is_there(const Change& change) const {
    if (shown_.contains(change.whole)) return true;
    if (change.write->request.update != Update::kMapRemove) return false;
    return std::any_of(shown_.begin(), shown_.end(), [&](const std::string& element) {
      return field_of(element) == change.part;
    });
  }

  bool is_lost(const Change& change) const {
    const bool there = is_there(change);
    if (change.kind == ChangeKind::kRemoval) {
      // Whoever added it without having been seen has put it there rightly.
      return there && std::all_of(changes_.begin(), changes_.end(), [&](const Change& other) {
               return other.kind == ChangeKind::kRemoval || other.part != change.part ||
                      had_seen(*change.write, *other.write);
             });
    }
    if (there) return false;
    const auto replaces = [&](const Operation& write) {
      return &write != change.write && had_seen(write, *change.write);
    };
    return std::none_of(changes_.begin(), changes_.end(),
                        [&](const Change& other) {
                          return other.part == change.part && other.kind != ChangeKind::kAddition &&
                                 replaces(*other.write);
                        }) &&
           std::none_of(deletes_.begin(), deletes_.end(),
                        [&](const Operation* write) { return replaces(*write); });
  }

  // What is missing, or too much; of unknown increments some may be in the sum.
  void count_increments(ChangeTally& tally) const {
    std::int64_t acknowledged = 0;
    std::int64_t low = 0;
    std::int64_t high = 0;
    bool counted = false;
    for (const Change& change : changes_) {
      if (change.kind != ChangeKind::kIncrement) continue;
      counted = true;
      if (change.write->acknowledged()) {
        acknowledged += change.amount;
      } else {
        low += std::min<std::int64_t>(change.amount, 0);
        high += std::max<std::int64_t>(change.amount, 0);
      }
    }
    if (!counted || !deletes_.empty()) return;
    const std::int64_t sum = sum_.value_or(0);
    tally.acknowledged += acknowledged;
    tally.lost += std::max<std::int64_t>({acknowledged + low - sum, sum - acknowledged - high, 0});
  }

  const Evidence& evidence_;
  std::vector<Change> changes_;
  std::vector<const Operation*> deletes_;
  std::set<std::string> shown_;
  std::optional<std::int64_t> sum_;
};

}  // namespace

const char* change_kind_name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kAddition:
      return "additions";
    case ChangeKind::kRemoval:
      return "removals";
    case ChangeKind::kIncrement:
      return "increments";
    case ChangeKind::kEdit:
      return "edits";
  }
  return "";
}

std::vector<ChangeTally> changes_of(const Evidence& evidence) {
  std::array<ChangeTally, kChangeKindCount> tallies;
  for (std::size_t kind = 0; kind < kChangeKindCount; ++kind) {
    tallies[kind].kind = static_cast<ChangeKind>(kind);
  }
  for (const Key& key : evidence.keys) KeyChanges(evidence, key).count(tallies);
  std::vector<ChangeTally> asked;
  for (const ChangeTally& tally : tallies) {
    if (tally.acknowledged != 0 || tally.lost != 0) asked.push_back(tally);
  }
  return asked;
}

}  // namespace quorate::sim
