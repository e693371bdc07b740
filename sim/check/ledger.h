// Every event that any node ever minted, and what it replaced: the omniscient record that the
// checkers compare with what clients were told and with what is left at the end.
//
// Place:      observes a cluster; kept outside the simulated disks, so no crash takes anything from
//             it.
// Invariants: changes nothing of the world (observer.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "node/causality/row.h"
#include "sim/world/observer.h"

namespace quorate::sim {

struct MintedEvent {
  Dot dot;
  Key key;
  NodeId node = 0;  // which coordinated it
  SimTime time = 0;
  Context known_before;  // of the coordinator's row
  std::vector<Dot> living_before;
  Context known_after;  // of the row that it stored with the event
  std::vector<Dot> living_after;
  Timestamp timestamp;
  Blob value;
  bool stored = false;  // on some disk, if only for a moment
};

// A disk lost something that it had synced.
struct DamageEvent {
  SimTime time = 0;
  NodeId node = 0;
  DiskDamage damage = DiskDamage::kWiped;
  std::optional<Key> key;  // nothing: all rows

  bool hits(const Key& other) const { return !key || *key == other; }
};

// A node that was not new found that it had forgotten something.
struct ForgetfulNode {
  SimTime time = 0;
  NodeId node = 0;
  NodeId told_by = 0;
  std::uint64_t began_with = 0;  // the mark of its store when its run began
  std::uint64_t heard = 0;       // the one that its peer had heard of before
};

// A node found that the hash trees of a vnode had not been what its rows are.
struct LyingTree {
  SimTime time = 0;
  NodeId node = 0;
  VnodeId vnode = 0;
};

// Events of which a primary shows nothing any more, or has nothing any more: all of them are dead.
struct Retirement {
  SimTime time = 0;
  NodeId node = 0;
  Context events;
  bool reaped = false;
  Record left;    // what the primary shows, or has, from now on
  Context known;  // what it knew

  // Was the event known, and replaced? Who shows it has not heard of what was retired.
  bool had_replaced(const Dot& dot) const { return known.contains(dot) && !left.lives(dot); }
};

// One dot that was seen with two meanings.
struct DotConflict {
  Dot dot;
  Key key;
  NodeId node = 0;  // where the second was seen
  SimTime time = 0;
  std::string first;
  std::string second;
};

class Ledger final : public WorldObserver {
 public:
  void on_trace(SimTime time, NodeId node, const TraceEvent& event) override;
  void on_row_written(SimTime time, NodeId node, RunId run, const Key& key, const Row* before,
                      const Row& after, bool stored) override;
  void on_retired(SimTime time, NodeId node, const Key& key, const Record& before,
                  const Record& left, bool reaped) override;
  void on_damage(SimTime time, NodeId node, DiskDamage damage, const Key* key) override;

  // Null: no such event was ever minted.
  const MintedEvent* find(const Dot& dot) const;

  // The events of a key, in the order of minting.
  const std::vector<const MintedEvent*>& of_key(const Key& key) const;

  // The low half of the request id that the event was minted for; 0 when it is not known.
  std::uint64_t request_of(const Dot& dot) const;
  // The events that were minted for a request: more than one when it was applied by several
  // coordinators.
  std::vector<const MintedEvent*> of_request(std::uint64_t id_low) const;

  // One write that was applied by two coordinators has two dots, and shows as one value.
  bool same_write(const Dot& a, const Dot& b) const {
    return a == b || (request_of(a) != 0 && request_of(a) == request_of(b));
  }

  // A delete that a node made for itself, of values whose time was over; it replaced just those.
  bool removes_expired(const Dot& dot) const { return removals_.contains(dot); }

  const std::vector<DamageEvent>& damages() const { return damages_; }  // by time

  const std::vector<DotConflict>& conflicts() const { return conflicts_; }
  // Events that nodes reported with their trace and that must never happen: "time, node, what".
  const std::vector<std::string>& broken_laws() const { return broken_laws_; }
  const std::vector<ForgetfulNode>& forgetful() const { return forgetful_; }
  // Of a key, by time.
  const std::vector<Retirement>& retirements(const Key& key) const;
  const std::vector<LyingTree>& lying_trees() const { return lying_trees_; }

  // Events minted for a request that the coordinator's row remembered: (the event, the earlier
  // one).
  const std::vector<std::pair<Dot, Dot>>& applied_again() const { return applied_again_; }

  std::uint64_t trace_count(TraceKind kind) const {
    return trace_counts_[static_cast<std::size_t>(kind)];
  }

 private:
  void check_meaning(SimTime time, NodeId node, const Key& key, const Sibling& sibling);

  std::map<Dot, MintedEvent> events_;
  std::map<Key, std::vector<const MintedEvent*>> by_key_;
  std::map<Dot, std::uint64_t> requests_;  // as traced
  std::multimap<std::uint64_t, Dot> dots_of_request_;
  std::map<Dot, std::pair<Key, Sibling>> meanings_;  // as first seen in any row
  std::vector<DamageEvent> damages_;
  std::vector<DotConflict> conflicts_;
  std::vector<std::string> broken_laws_;
  std::vector<ForgetfulNode> forgetful_;
  std::vector<LyingTree> lying_trees_;
  std::map<Key, std::vector<Retirement>> retirements_;
  std::map<NodeId, SimTime>
      begun_anew_;             // when a node last let go of rows that were of another age
  std::set<NodeId> removing_;  // nodes that are about to mint such a delete
  std::set<Dot> removals_;
  std::vector<std::pair<Dot, Dot>> applied_again_;
  std::uint64_t trace_counts_[static_cast<std::size_t>(kTraceKindCount)] = {};
};

}  // namespace quorate::sim
