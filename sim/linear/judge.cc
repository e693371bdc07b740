#include "sim/linear/judge.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "sim/linear/contradictions.h"
#include "sim/linear/search.h"
#include "sim/linear/search_witness.h"
#include "sim/linear/zones.h"

namespace quorate::sim::linear {
namespace {

// What a register could hold is worth a while, not the time of a verdict.
constexpr std::uint64_t kWildcardStepsMax = 200'000;

// The operations of each key, in the order of their invocations.
class ByKey {
 public:
  explicit ByKey(const History& history)
      : begins_(history.keys.size() + 1), operations_(history.operations.size()) {
    for (const Operation& operation : history.operations) ++begins_[operation.key + 1];
    std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
    std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
    for (OperationId id = 0; id < history.operations.size(); ++id) {
      operations_[next[history.operations[id].key]++] = id;
    }
  }

  std::span<const OperationId> operator[](KeyId key) const {
    return {operations_.data() + begins_[key], begins_[key + 1] - begins_[key]};
  }

 private:
  std::vector<std::size_t> begins_;
  std::vector<OperationId> operations_;
};

void count(const History& history, std::span<const OperationId> operations, KeyVerdict& verdict) {
  for (const OperationId id : operations) {
    switch (history.operations[id].outcome) {
      case Outcome::kOk:
        ++verdict.ok;
        break;
      case Outcome::kFail:
        ++verdict.failed;
        break;
      case Outcome::kOpen:
        ++verdict.open;
        break;
    }
  }
}

// Those that overlap with the operation that cannot be placed.
void list_concurrent(const History& history, std::span<const OperationId> operations,
                     Witness& witness) {
  const Operation& placed = history.operations[witness.operation];
  for (const OperationId id : operations) {
    const Operation& other = history.operations[id];
    if (other.invoked > placed.ended) break;
    if (id != witness.operation && other.outcome != Outcome::kFail &&
        other.completed() > placed.invoked) {
      witness.concurrent.push_back(id);
    }
  }
}

// Where the zones do not apply. A contradiction is looked for first: it is found in no time, and a
// search that finds nothing has to try everything.
void judge_by_search(const History& history, std::span<const OperationId> operations,
                     const JudgeOptions& options, KeyVerdict& verdict) {
  verdict.method = Method::kSearch;
  std::optional<Witness> contradiction;
  Suspicion suspicion;
  bool foreseen = false;
  {
    StringStates strings(history.values, 0);
    const Moves moves = make_moves(history, operations, {}, strings);
    if (moves.exact) contradiction = find_contradiction(moves, strings);
    foreseen = moves.foreseen;
  }
  if (contradiction) {
    verdict.verdict = Verdict::kNotLinearizable;
    suspicion.suspect = history.operations[contradiction->operation].ended;
    suspicion.certain = !foreseen;
  } else {
    const SearchResult result = search(history, operations,
                                       {.steps_max = options.steps_max,
                                        .until = kNever - 1,
                                        .wildcard = kNoOperation,
                                        .seen_max = 0});
    verdict.verdict = result.verdict;
    verdict.steps = result.steps;
    if (result.verdict != Verdict::kNotLinearizable) return;
    suspicion.reached = result.reached;
    suspicion.suspect = result.waited_for == kNever ? result.reached : result.waited_for;
  }
  Witness witness =
      search_witness(history, operations, suspicion,
                     {.steps_max = options.steps_max,
                      .wildcard_steps_max = std::min(options.steps_max, kWildcardStepsMax)});
  if (contradiction && contradiction->operation == witness.operation) {
    witness.cause = contradiction->cause;
    witness.later_write = contradiction->later_write;
    witness.contradiction = contradiction->contradiction;
  }
  verdict.witness = std::move(witness);
}

KeyVerdict judge_key(const History& history, std::span<const OperationId> operations, Zones& zones,
                     const JudgeOptions& options) {
  KeyVerdict verdict;
  count(history, operations, verdict);
  switch (zones.judge(operations)) {
    case Zones::Answer::kLinearizable:
      break;
    case Zones::Answer::kNotLinearizable:
      verdict.verdict = Verdict::kNotLinearizable;
      verdict.witness = zone_witness(history, operations);
      break;
    case Zones::Answer::kNotApplicable:
      judge_by_search(history, operations, options, verdict);
      break;
  }
  if (verdict.witness) list_concurrent(history, operations, *verdict.witness);
  return verdict;
}

}  // namespace

Judgement judge(const History& history, const JudgeOptions& options) {
  Judgement judgement;
  const ByKey by_key(history);
  Zones zones(history);
  judgement.keys.reserve(history.keys.size());
  for (KeyId key = 0; key < history.keys.size(); ++key) {
    KeyVerdict verdict = judge_key(history, by_key[key], zones, options);
    verdict.key = key;
    if (verdict.verdict == Verdict::kNotLinearizable ||
        judgement.verdict == Verdict::kLinearizable) {
      judgement.verdict = verdict.verdict;
    }
    judgement.keys.push_back(std::move(verdict));
  }
  return judgement;
}

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kLinearizable:
      return "linearizable";
    case Verdict::kNotLinearizable:
      return "not linearizable";
    case Verdict::kUndecided:
      return "undecided";
  }
  return "?";
}

const char* method_name(Method method) {
  switch (method) {
    case Method::kZones:
      return "zones";
    case Method::kSearch:
      return "search";
  }
  return "?";
}

}  // namespace quorate::sim::linear
