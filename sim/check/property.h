// A property of a finished run, and what is shown when it does not hold.
//
// Place:      one file for each property; run_checks calls them all. A property never changes what
//             it judges.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/ledger.h"
#include "sim/check/supersession.h"
#include "sim/world/cluster.h"

namespace quorate::sim {

struct Violation {
  std::string property;
  std::string witness;  // which operation, which replica, which events: lines for a person
};

// Promised for the time after all faults have ended: what is broken when nothing but these is, is
// liveness.
inline constexpr const char* kReplicasConverge = "replicas converge";
inline constexpr const char* kSettlesAfterHealing = "the cluster settles after healing";
inline constexpr const char* kReadableAfterHealing = "every key can be read after healing";
inline constexpr const char* kConvergesUnread = "replicas converge unread";
bool is_about_healing(const Violation& violation);

struct Evidence {
  const Cluster& cluster;
  const History& history;
  const Ledger& ledger;
  Supersession& supersession;
  std::vector<Key> keys;         // all that the workload used
  std::map<Key, Record> merged;  // of each key: what its primaries hold together at the end
  // Operations from this index on are the simulator's own, after healing.
  std::uint64_t client_operations = ~std::uint64_t{0};

  const std::deque<Operation>& operations() const { return history.operations(); }

  // Is the key changed part by part (of a partial type)? What replaces what is then another
  // question, which parts_add_up answers.
  bool of_parts(const Key& key) const;
};

// Reads the disks of a cluster whose run is over.
Evidence gather(const Cluster& cluster, const History& history, const Ledger& ledger,
                Supersession& supersession, std::vector<Key> keys);

// An answer does not name what is retired, though it reflects it: adds it to what the answers of a
// run that is over are known to know. Before gather().
void credit_retired(History& history, const Ledger& ledger);

// Does the value of this event live on in the final state, or was it rightly replaced?
bool accounted_for(const Evidence& evidence, const Key& key, const Dot& dot);

// Lines about one event, and about what each primary holds of a key at the end.
std::string describe_event(const Evidence& evidence, const Dot& dot);
std::string describe_key(const Evidence& evidence, const Key& key);

using Property = std::optional<Violation> (*)(const Evidence&);

// Every acknowledged write is there at the end, or was superseded by a write whose effective
// context covered it.
std::optional<Violation> acknowledged_writes_survive(const Evidence& evidence);

// What a client read was written: to this key, with this dot, by a request that had begun.
std::optional<Violation> never_read_unwritten(const Evidence& evidence);

// A write that was *not applied* has left no trace, and nobody ever reads it.
std::optional<Violation> not_applied_is_true(const Evidence& evidence);

// All primaries of each key hold the same state.
std::optional<Violation> replicas_converge(const Evidence& evidence);

// The first of these keys of which two primaries do not hold the same, in words. Nothing: they are
// equal.
std::optional<std::string> first_difference(const Cluster& cluster, const std::vector<Key>& keys);

// One dot names one event, ever.
std::optional<Violation> no_dot_twice(const Evidence& evidence);

// No reader saw a value that is nowhere now though nothing replaced it.
std::optional<Violation> no_unsynced_read(const Evidence& evidence);

// What a write had replaced does not live beside it; a deleted value does not return.
std::optional<Violation> replaced_stays_replaced(const Evidence& evidence);

// A session reads its writes, and never goes back behind what it has read.
std::optional<Violation> session_guarantees(const Evidence& evidence);

// Whoever sees a session's write sees, replaced, what the session wrote before it; or had read
// before it.
std::optional<Violation> monotonic_writes(const Evidence& evidence);
std::optional<Violation> writes_follow_reads(const Evidence& evidence);

// No write was accepted past the bucket's siblings_max, and no row holds more of any one actor.
std::optional<Violation> siblings_stay_bounded(const Evidence& evidence);

// With r + w > n and strict quorums, a read that begins after a write was acknowledged knows of it.
std::optional<Violation> quorum_reads_are_fresh(const Evidence& evidence);

// No request is applied again where it is remembered.
std::optional<Violation> applied_once(const Evidence& evidence);

// What is read and kept of a partial type is what its history says: each part alive that nobody who
// had observed it has touched since; and no request was applied twice.
std::optional<Violation> parts_add_up(const Evidence& evidence);

// No node believes that its disk forgot something where none did.
std::optional<Violation> forgets_only_what_was_lost(const Evidence& evidence);

// A hash tree equals the rows that it is over, unless a row was lost or damaged below the node.
std::optional<Violation> trees_tell_the_truth(const Evidence& evidence);

// What was reaped is not seen again: a deleted value does not return.
std::optional<Violation> nothing_dead_returns(const Evidence& evidence);

struct NamedProperty {
  const char* name = nullptr;  // as its violations carry it
  Property holds = nullptr;
};
const std::vector<NamedProperty>& all_properties();

// Every name that a violation may carry: of those, and of what the run itself asks after healing.
const std::vector<std::string>& violation_names();

// Runs all; empty when all hold.
std::vector<Violation> run_checks(const Evidence& evidence);

}  // namespace quorate::sim
