#include "sim/check/ladder.h"

#include <algorithm>
#include <utility>

#include "sim/check/linear_history.h"
#include "sim/check/regularity.h"
#include "sim/check/session_levels.h"
#include "sim/linear/explain.h"
#include "sim/linear/judge.h"

namespace quorate::sim {

namespace {

using Standing = RungVerdict::Standing;

RungVerdict from_witness(Rung rung, std::optional<std::string> witness) {
  if (!witness) return RungVerdict{rung, Standing::kHeld, false, {}};
  return RungVerdict{rung, Standing::kBroken, false, std::move(*witness)};
}

RungVerdict from_property(Rung rung, std::optional<Violation> violation) {
  if (!violation) return RungVerdict{rung, Standing::kHeld, false, {}};
  return RungVerdict{rung, Standing::kBroken, false, std::move(violation->witness)};
}

RungVerdict judge_linearizable(const Evidence& evidence, const LinearHistory& converted,
                               const LadderOptions& options) {
  const linear::Judgement judgement =
      linear::judge(converted.history, {.steps_max = options.steps_max});
  RungVerdict verdict{Rung::kLinearizable, Standing::kHeld, false, {}};
  for (const linear::KeyVerdict& key : judgement.keys) {
    const std::string name = converted.history.values.to_edn(converted.history.keys[key.key]);
    if (key.verdict == linear::Verdict::kUndecided && verdict.standing == Standing::kHeld) {
      verdict.standing = Standing::kUndecided;
      verdict.witness = "key " + name + ": the search used up its " +
                        std::to_string(options.steps_max) + " steps\n";
    }
    if (key.verdict != linear::Verdict::kNotLinearizable) continue;
    const Operation& first = evidence.history[converted.operation_of(key.witness->operation)];
    verdict.standing = Standing::kBroken;
    verdict.witness = to_string(first) + "\n" + linear::explain(converted.history, key);
    break;
  }
  return verdict;
}

// Of the accesses, the read that is so far behind.
std::string describe_stale(const Evidence& evidence, const KeyAccesses& key,
                           const linear::SmallestK& smallest) {
  if (smallest.forced_by >= key.accesses.size()) {
    return "no order of the writes leaves all reads of a key within the last 2; the smallest k "
           "is " +
           std::to_string(smallest.at_least) + (smallest.exact() ? "" : " or more") + "\n";
  }
  const Operation& read = evidence.history[key.operations[smallest.forced_by]];
  if (smallest.at_least == linear::kNoK) {
    return "a read returned what nobody had begun to write:\n  " + to_string(read) + "\n";
  }
  return "a read is " + std::to_string(smallest.at_least - 1) +
         " acknowledged writes behind, or shows as many siblings:\n  " + to_string(read) + "\n";
}

RungVerdict judge_two_atomic(const Evidence& evidence, LinearHistory& converted,
                             const LadderOptions& options, Staleness& staleness) {
  constexpr std::uint32_t kWanted = 2;
  RungVerdict verdict{Rung::kTwoAtomic, Standing::kHeld, false, {}};
  for (linear::KeyId id = 0; id < converted.history.keys.size(); ++id) {
    const KeyAccesses key = accesses_of(evidence, converted, id);
    const linear::SmallestK smallest =
        linear::smallest_k(key.accesses, converted.history.initial, options.k_steps_max);
    staleness.k_at_least = std::max(staleness.k_at_least, smallest.at_least);
    staleness.k_at_most = std::max(staleness.k_at_most, smallest.at_most);
    if (smallest.at_least > kWanted && verdict.standing != Standing::kBroken) {
      verdict.standing = Standing::kBroken;
      verdict.witness = describe_stale(evidence, key, smallest);
    } else if (smallest.at_most > kWanted && verdict.standing == Standing::kHeld) {
      verdict.standing = Standing::kUndecided;
      verdict.witness =
          "the search used up its " + std::to_string(options.k_steps_max) + " steps\n";
    }
  }
  return verdict;
}

// All four held: so does this.
RungVerdict judge_sessions(const std::vector<RungVerdict>& rungs) {
  RungVerdict verdict{Rung::kSessions, Standing::kHeld, false, {}};
  for (const Rung part : stands_on(Rung::kSessions)) {
    const RungVerdict& each = rungs[static_cast<std::size_t>(part)];
    if (each.standing == Standing::kHeld) continue;
    return RungVerdict{Rung::kSessions, Standing::kBroken, false,
                       std::string(rung_name(part)) + ": " + each.witness};
  }
  return verdict;
}

void count(Ladder& ladder) {
  for (RungVerdict& each : ladder.rungs) {
    const std::vector<Rung>& below = stands_on(each.rung);
    each.counts = each.standing == Standing::kHeld &&
                  std::all_of(below.begin(), below.end(),
                              [&](Rung rung) { return ladder.verdict(rung).counts; });
    if (each.counts) {
      ladder.strongest = each.rung;
    } else if (!ladder.next) {
      ladder.next = each.rung;
      ladder.witness = each.witness;
    }
  }
}

}  // namespace

Ladder climb(const Evidence& evidence, const LadderOptions& options) {
  constexpr Sessions kAll = Sessions::kObserved;
  Ladder ladder;
  std::vector<RungVerdict>& rungs = ladder.rungs;
  rungs.push_back(from_property(Rung::kDurable, acknowledged_writes_survive(evidence)));
  rungs.push_back(from_property(Rung::kConvergent, replicas_converge(evidence)));
  rungs.push_back(from_witness(Rung::kMonotonicReads, broken_monotonic_reads(evidence, kAll)));
  rungs.push_back(from_witness(Rung::kReadYourWrites, broken_read_your_writes(evidence, kAll)));
  rungs.push_back(from_witness(Rung::kMonotonicWrites, broken_monotonic_writes(evidence, kAll)));
  rungs.push_back(
      from_witness(Rung::kWritesFollowReads, broken_writes_follow_reads(evidence, kAll)));
  rungs.push_back(judge_sessions(rungs));
  LinearHistory converted = linear_history(evidence);
  rungs.push_back(judge_two_atomic(evidence, converted, options, ladder.staleness));
  rungs.push_back(from_witness(Rung::kRegular, broken_regularity(evidence)));
  rungs.push_back(judge_linearizable(evidence, converted, options));
  count(ladder);
  return ladder;
}

const char* rung_name(Rung rung) {
  switch (rung) {
    case Rung::kDurable:
      return "durable";
    case Rung::kConvergent:
      return "convergent";
    case Rung::kMonotonicReads:
      return "monotonic reads";
    case Rung::kReadYourWrites:
      return "read your writes";
    case Rung::kMonotonicWrites:
      return "monotonic writes";
    case Rung::kWritesFollowReads:
      return "writes follow reads";
    case Rung::kSessions:
      return "sessions";
    case Rung::kTwoAtomic:
      return "2-atomic";
    case Rung::kRegular:
      return "regular";
    case Rung::kLinearizable:
      return "linearizable";
  }
  return "?";
}

const char* rung_meaning(Rung rung) {
  switch (rung) {
    case Rung::kDurable:
      return "every acknowledged write was kept, or replaced as its bucket does";
    case Rung::kConvergent:
      return "after healing all replicas agree";
    case Rung::kMonotonicReads:
      return "no client read less than it had read before";
    case Rung::kReadYourWrites:
      return "every client read what it had written";
    case Rung::kMonotonicWrites:
      return "nobody saw a client's writes out of order";
    case Rung::kWritesFollowReads:
      return "nobody saw a write without what its writer had read before it";
    case Rung::kSessions:
      return "all four session guarantees";
    case Rung::kTwoAtomic:
      return "every read is at most one version behind";
    case Rung::kRegular:
      return "every read returned the last acknowledged write or one concurrent with it";
    case Rung::kLinearizable:
      return "as if there were one copy";
  }
  return "?";
}

const std::vector<Rung>& stands_on(Rung rung) {
  static const std::vector<Rung> kOnNothing;
  static const std::vector<Rung> kOnDurable{Rung::kDurable};
  static const std::vector<Rung> kOnConvergent{Rung::kConvergent};
  static const std::vector<Rung> kOnFour{Rung::kMonotonicReads, Rung::kReadYourWrites,
                                         Rung::kMonotonicWrites, Rung::kWritesFollowReads};
  static const std::vector<Rung> kOnAll{Rung::kSessions, Rung::kTwoAtomic, Rung::kRegular};
  switch (rung) {
    case Rung::kDurable:
      return kOnNothing;
    case Rung::kConvergent:
      return kOnDurable;
    case Rung::kMonotonicReads:
    case Rung::kReadYourWrites:
    case Rung::kMonotonicWrites:
    case Rung::kWritesFollowReads:
    case Rung::kTwoAtomic:
    case Rung::kRegular:
      return kOnConvergent;
    case Rung::kSessions:
      return kOnFour;
    case Rung::kLinearizable:
      return kOnAll;
  }
  return kOnNothing;
}

const char* standing_name(RungVerdict::Standing standing) {
  switch (standing) {
    case RungVerdict::Standing::kHeld:
      return "held";
    case RungVerdict::Standing::kBroken:
      return "broken";
    case RungVerdict::Standing::kUndecided:
      return "undecided";
  }
  return "?";
}

}  // namespace quorate::sim
