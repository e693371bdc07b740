#include "client/replica_comparison.h"

#include <algorithm>
#include <map>
#include <set>

namespace quorate::client {
namespace {

const Context& context_of(const Replica& replica) {
  static const Context kNone;
  return replica.record ? replica.record->context : kNone;
}

bool counts(const Replica& replica) { return replica.asked && !replica.unreadable; }

void name_lacking(const Context& all, const Context& own, ReplicaStanding& out) {
  const auto add = [&](const Actor& actor, std::uint64_t first, std::uint64_t last) {
    if (first > last) return;
    if (out.lacks.size() == kLacksMax) {
      out.lacks_more = true;
    } else {
      out.lacks.push_back(EventRange{actor, first, last});
    }
  };
  for (const Context::Entry& entry : all.entries()) {
    std::uint64_t next = 1;  // the first event of which it is open whether it is known
    for (const Context::Entry& known : own.entries()) {
      if (known.actor == entry.actor) next = known.counter + 1;
    }
    for (const Dot& dot : own.lone_dots()) {
      if (dot.actor != entry.actor || dot.counter > entry.counter) continue;
      add(entry.actor, next, dot.counter - 1);
      next = dot.counter + 1;
    }
    add(entry.actor, next, entry.counter);
  }
  for (const Dot& dot : all.lone_dots()) {
    if (!own.contains(dot)) add(dot.actor, dot.counter, dot.counter);
  }
}

// Those that know the same events must hold the same: whoever is in the minority is unlike, and all
// of them where there is no majority.
void mark_unlike(const std::vector<Replica>& replicas, std::vector<ReplicaStanding>& standings) {
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    if (!counts(replicas[i]) || !replicas[i].record) continue;
    std::map<std::uint64_t, std::size_t> votes;
    for (const Replica& other : replicas) {
      if (counts(other) && other.record && other.record->context == context_of(replicas[i])) {
        ++votes[other.state_hash];
      }
    }
    const std::size_t own = votes[replicas[i].state_hash];
    const bool outvoted = std::any_of(votes.begin(), votes.end(), [&](const auto& vote) {
      return vote.first != replicas[i].state_hash && vote.second >= own;
    });
    if (outvoted) standings[i].standing = Standing::kUnlike;
  }
}

void insert(std::vector<NodeId>& nodes, NodeId node) {
  if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
}

std::vector<Superseded> superseded_among(const std::vector<Replica>& replicas) {
  std::map<Dot, Superseded> found;
  std::map<Dot, std::set<Dot>> by;
  for (const Replica& holder : replicas) {
    if (!counts(holder) || !holder.record) continue;
    for (const Sibling& sibling : holder.record->siblings) {
      for (const Replica& other : replicas) {
        if (!counts(other) || !other.record) continue;
        if (!other.record->context.contains(sibling.dot) || other.record->lives(sibling.dot)) {
          continue;
        }
        Superseded& entry = found[sibling.dot];
        entry.dot = sibling.dot;
        insert(entry.lives_at, holder.node);
        insert(entry.gone_at, other.node);
        for (const Sibling& later : other.record->siblings) {
          if (!holder.record->context.contains(later.dot)) by[sibling.dot].insert(later.dot);
        }
      }
    }
  }
  std::vector<Superseded> list;
  for (auto& [dot, entry] : found) {
    entry.by.assign(by[dot].begin(), by[dot].end());
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

const char* standing_name(Standing standing) {
  switch (standing) {
    case Standing::kWhole:
      return "whole";
    case Standing::kMissing:
      return "missing";
    case Standing::kOlder:
      return "older";
    case Standing::kConcurrent:
      return "concurrent";
    case Standing::kUnlike:
      return "unlike";
    case Standing::kUnreadable:
      return "unreadable";
    case Standing::kNotAsked:
      return "not asked";
  }
  return "?";
}

std::string to_string(const EventRange& range) {
  std::string text = to_string(range.actor) + ":" + std::to_string(range.first);
  if (range.last != range.first) text += "-" + std::to_string(range.last);
  return text;
}

bool ReplicaComparison::equal() const {
  return std::all_of(standings.begin(), standings.end(), [](const ReplicaStanding& one) {
    return one.standing == Standing::kWhole || one.standing == Standing::kNotAsked;
  });
}

bool ReplicaComparison::complete() const {
  return std::none_of(standings.begin(), standings.end(), [](const ReplicaStanding& one) {
    return one.standing == Standing::kNotAsked;
  });
}

ReplicaComparison compare_replicas(const std::vector<Replica>& replicas) {
  ReplicaComparison result;
  Context all;
  bool held = false;
  for (const Replica& replica : replicas) {
    if (!counts(replica) || !replica.record) continue;
    all.join(replica.record->context);
    held = true;
  }
  for (const Replica& replica : replicas) {
    ReplicaStanding& one = result.standings.emplace_back();
    one.node = replica.node;
    if (!replica.asked) {
      one.standing = Standing::kNotAsked;
      continue;
    }
    if (replica.unreadable) {
      one.standing = Standing::kUnreadable;
      continue;
    }
    const Context& own = context_of(replica);
    if (!replica.record) {
      one.standing = held ? Standing::kMissing : Standing::kWhole;
    } else if (own == all) {
      one.standing = Standing::kWhole;
    } else {
      const bool older = std::any_of(replicas.begin(), replicas.end(), [&](const Replica& other) {
        return counts(other) && dominates(context_of(other), own);
      });
      one.standing = older ? Standing::kOlder : Standing::kConcurrent;
    }
    name_lacking(all, own, one);
  }
  mark_unlike(replicas, result.standings);
  result.superseded = superseded_among(replicas);
  return result;
}

bool still_differs(const std::vector<Replica>& first, const std::vector<Replica>& second) {
  const ReplicaComparison now = compare_replicas(second);
  if (now.equal()) return false;
  for (std::size_t i = 0; i < second.size(); ++i) {
    const Standing standing = now.standings[i].standing;
    if (standing == Standing::kUnreadable || standing == Standing::kUnlike) return true;
    if (!counts(second[i])) continue;
    for (const Replica& before : first) {
      if (!counts(before) || before.node == second[i].node || !before.record) continue;
      if (!second[i].record || !second[i].record->context.descends(before.record->context)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace quorate::client
