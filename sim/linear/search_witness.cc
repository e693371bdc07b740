#include "sim/linear/search_witness.h"

#include <algorithm>

#include "node/base/check.h"

namespace quorate::sim::linear {
namespace {

struct End {
  Time time = 0;
  OperationId operation = kNoOperation;
};

class Bisection {
 public:
  Bisection(const History& history, std::span<const OperationId> operations,
            const SearchWitnessOptions& options);

  // The first end with which there is no order; or, if the steps run out, one of which that is
  // known.
  const End& find(const Suspicion& suspicion);
  bool is_first() const { return decided_; }

 private:
  std::size_t index_of(Time time) const;
  void probe(std::size_t index);

  const History& history_;
  const std::span<const OperationId> operations_;
  const SearchWitnessOptions& options_;
  std::vector<End> ends_;
  // Up to the end before `low` there is an order; up to the end `high` there is none.
  std::size_t low_ = 0;
  std::size_t high_ = 0;
  bool decided_ = true;
};

Bisection::Bisection(const History& history, std::span<const OperationId> operations,
                     const SearchWitnessOptions& options)
    : history_(history), operations_(operations), options_(options) {
  for (const OperationId id : operations) {
    const Time completed = history.operations[id].completed();
    if (completed != kNever) ends_.push_back({completed, id});
  }
  std::sort(ends_.begin(), ends_.end(), [](const End& a, const End& b) { return a.time < b.time; });
  QUORATE_CHECK(!ends_.empty());
  high_ = ends_.size() - 1;
}

// The first end at this time or later.
std::size_t Bisection::index_of(Time time) const {
  const auto found = std::lower_bound(ends_.begin(), ends_.end(), time,
                                      [](const End& end, Time t) { return end.time < t; });
  return static_cast<std::size_t>(found - ends_.begin());
}

void Bisection::probe(std::size_t index) {
  const SearchResult result = search(history_, operations_,
                                     {.steps_max = options_.steps_max,
                                      .until = ends_[index].time,
                                      .wildcard = kNoOperation,
                                      .seen_max = 0});
  switch (result.verdict) {
    case Verdict::kLinearizable:
      low_ = index + 1;
      break;
    case Verdict::kNotLinearizable:
      high_ = index;
      low_ = std::max(low_, index_of(result.reached));
      break;
    case Verdict::kUndecided:
      decided_ = false;
      break;
  }
}

const End& Bisection::find(const Suspicion& suspicion) {
  low_ = index_of(suspicion.reached);
  const std::size_t suspect = std::min(index_of(suspicion.suspect), high_);
  if (suspicion.certain) high_ = suspect;
  QUORATE_CHECK(low_ <= high_);
  // The suspect is the first if it is one at all, and what ended before it can be ordered.
  if (suspect > low_) probe(suspect - 1);
  if (decided_ && low_ == suspect && low_ < high_) probe(suspect);
  while (decided_ && low_ < high_) probe(low_ + (high_ - low_) / 2);
  return ends_[high_];
}

}  // namespace

Witness search_witness(const History& history, std::span<const OperationId> operations,
                       const Suspicion& suspicion, const SearchWitnessOptions& options) {
  Bisection bisection(history, operations, options);
  const End& end = bisection.find(suspicion);
  Witness witness;
  witness.operation = end.operation;
  witness.is_first = bisection.is_first();
  const SearchResult seen = search(history, operations,
                                   {.steps_max = options.wildcard_steps_max,
                                    .until = end.time,
                                    .wildcard = witness.operation,
                                    .seen_max = options.possible_max});
  witness.possible = seen.seen;
  witness.possible_is_complete = seen.verdict != Verdict::kUndecided;
  return witness;
}

}  // namespace quorate::sim::linear
