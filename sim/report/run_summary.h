// What a run came to, as plain data: what clients were told on each side of each cut, what was read
// late, what was lost, how the cluster came together again, and what held.
//
// Place:      made once from a played run; text, JSON and pictures are all made from it
//             (run_report.h).
// Invariants: (1) every operation of the plan's clients is counted in exactly one column
//             (tests/sim/report/run_summary_test.cc); (2) the simulator's own reads after healing
//             are not counted.
// Not here:   whether a property holds: check/. Who is on which side: sides.h.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "node/core/bucket.h"
#include "sim/check/changes.h"
#include "sim/check/ladder.h"
#include "sim/report/sides.h"
#include "sim/report/timeline.h"
#include "sim/run/run.h"

namespace quorate::sim {

// How a run is called by people. All may be empty.
struct RunLabels {
  std::string name = {};      // of the scenario
  std::string variant = {};   // of it
  std::string lesson = {};    // a sentence or two
  std::string given_up = {};  // what its variants give up between them, in a sentence
  std::string replay = {};    // the command line that does the same again
};

// What the client learnt in the end.
enum class Told : std::uint8_t {
  kAnswered,  // a write was acknowledged; a read that missed nothing
  kStale,     // a read that missed writes acknowledged before it began
  kRefused,   // not applied, not read; also requests that were wrong
  kUnknown,   // a write that may have happened
};
inline constexpr std::size_t kToldCount = 4;

// One operation, as far as reports need it.
struct Happening {
  std::uint64_t index = 0;  // in the history
  std::size_t client = 0;   // from 0
  bool is_write = false;
  SimTime invoked = 0;
  SimTime finished = 0;
  Told told = Told::kAnswered;
  std::size_t column = 0;    // index into RunSummary::columns
  bool elsewhere = false;    // answered by another side than was asked first
  std::size_t siblings = 0;  // a read: values in the answer, when there were several
  std::size_t versions = 0;  // a stale read: acknowledged writes that it did not know
  SimTime behind = 0;        // a stale read: how long before it the first of them was acknowledged
};

struct Latencies {
  SimTime p50 = 0;
  SimTime p99 = 0;
  SimTime max = 0;
};

// Operations of one kind.
struct Tally {
  std::uint64_t attempted = 0;
  std::array<std::uint64_t, kToldCount> told = {};  // by Told
  std::uint64_t elsewhere = 0;                      // of those answered
  std::optional<Latencies> latencies;               // of those answered; nothing when none was

  std::uint64_t count(Told what) const { return told[static_cast<std::size_t>(what)]; }
  std::uint64_t answered() const { return count(Told::kAnswered) + count(Told::kStale); }
};

// For how many of the run's keys somebody could do something.
struct Ability {
  std::size_t keys = 0;
  std::size_t of = 0;
};

// The clients of one side, while the world was laid out in one way, all its stretches of time
// together. An operation belongs to the first moment of it at which something was cut or down, else
// to the whole world; and to the side of a client that reaches one side only, else to that of the
// node that it asked first.
struct Column {
  std::size_t layout = 0;           // index into RunSummary::phases.layouts
  std::optional<std::size_t> side;  // in that layout; nothing for the whole world
  std::string letter;               // "A"; empty for the whole world
  std::string title;                // "before", "after", "connected", "1 | 2 3"
  SimTime duration = 0;

  Ability reads_possible;  // by the quorums of the buckets and who sees whom
  Ability writes_possible;
  Tally reads;
  Tally writes;
  std::uint64_t reads_with_siblings = 0;
  std::size_t versions_behind_max = 0;
  SimTime behind_max = 0;
};

struct Expectation {
  std::string text;
  bool met = false;
  std::string detail;  // what was found instead
};

struct RunSummary {
  RunLabels labels;
  std::uint64_t seed = 0;
  std::uint16_t nodes = 0;
  std::size_t clients = 0;
  std::vector<Bucket> buckets;  // those of the run's keys
  std::vector<Key> keys;
  std::vector<Fault> faults;
  SimTime faults_end = 0;
  SimTime shown_until = 0;  // the end of the timelines: the last client has been answered

  Phases phases;
  std::vector<LifeChange> lives;
  std::vector<Timeline::Differing> differing;
  std::vector<Happening> happenings;  // in the order in which they began
  std::vector<Column> columns;        // the whole world first, then as the layouts came

  // After healing.
  std::optional<SimTime> converged;  // when the last key's replicas became equal, for good; nothing
                                     // when they did not
  // The same, of a world that a scenario mends before everything heals: from its last fault on;
  // nothing when that is not before faults_end.
  std::optional<SimTime> last_fault;
  SimTime differed_until = 0;  // when the last key's replicas became equal; 0: they always were
  std::size_t keys_differing_at_heal = 0;
  std::size_t keys_with_siblings = 0;  // at the end
  std::size_t siblings = 0;            // of those keys, together
  std::uint64_t acknowledged = 0;      // writes
  // Acknowledged writes that are gone at the end though nobody who wrote later had seen them.
  std::vector<std::uint64_t> lost;   // indices into the history
  std::vector<ChangeTally> changes;  // what clients meant by them, and what of that is gone

  std::vector<Violation> violations;
  bool judged_unread = true;  // kConvergesUnread was asked for: anti-entropy is on
  Ladder ladder;
  std::vector<Expectation> expectations;

  // Of all columns together.
  Tally reads;
  Tally writes;

  NetworkCounts network;
  std::uint64_t trace_hash = 0;
};

// REQUIRES: the run was played, and `timeline` watched it.
RunSummary summarize(const Run& run, const Timeline& timeline, RunLabels labels = {});

// Of those that `counts` accepts.
Tally tally_of(const std::vector<Happening>& happenings,
               const std::function<bool(const Happening&)>& counts);

}  // namespace quorate::sim
