#include "sim/linear/k_atomic.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace quorate::sim::linear {
namespace {

// Who writes a value: places in the list of accesses.
using Writers = std::map<ValueId, std::vector<std::size_t>>;

struct Problem {
  std::span<const Access> accesses;
  ValueId initial;
  Writers writers;
  // Acknowledged writes by their ends, and of each prefix of them the latest begin.
  std::vector<std::size_t> by_end;
};

Problem describe(std::span<const Access> accesses, ValueId initial) {
  Problem problem{accesses, initial, {}, {}};
  for (std::size_t i = 0; i < accesses.size(); ++i) {
    if (accesses[i].writes == kNoValue) continue;
    problem.writers[accesses[i].writes].push_back(i);
    if (accesses[i].completed != kNever) problem.by_end.push_back(i);
  }
  std::sort(problem.by_end.begin(), problem.by_end.end(), [&](std::size_t a, std::size_t b) {
    return accesses[a].completed < accesses[b].completed;
  });
  return problem;
}

// How many writes must lie between the end of the write of `value` and the read, whichever of its
// writers it was; kNoK when none of them can come before the read.
std::uint32_t forced_between(const Problem& problem, const Access& read, ValueId value) {
  std::uint32_t fewest = kNoK;
  const auto count_after = [&](Time ended) {
    std::uint32_t count = 0;
    for (const std::size_t i : problem.by_end) {
      if (problem.accesses[i].completed >= read.invoked) break;
      if (problem.accesses[i].invoked > ended) ++count;
    }
    fewest = std::min(fewest, count);
  };
  if (value == problem.initial) count_after(kBeforeAll);
  const auto writers = problem.writers.find(value);
  if (writers == problem.writers.end()) return fewest;
  for (const std::size_t i : writers->second) {
    const Access& write = problem.accesses[i];
    if (write.invoked > read.completed) continue;
    if (write.completed == kNever) {
      fewest = 0;
    } else {
      count_after(write.completed);
    }
    if (fewest == 0) break;
  }
  return fewest;
}

// An order that always exists: writes take effect when they begin; a read at the first moment of
// its own at which all that it saw was written. How far back does it look there?
std::uint32_t easy_bound(const Problem& problem) {
  std::vector<Time> begins;
  for (const Access& access : problem.accesses) {
    if (access.writes != kNoValue) begins.push_back(access.invoked);
  }
  std::uint32_t bound = 1;
  for (const Access& read : problem.accesses) {
    if (read.writes != kNoValue) continue;
    Time at = read.invoked;
    std::vector<Time> written;
    for (const ValueId value : read.sees) {
      Time latest = kBeforeAll;  // of its writes that began before the read, else the first after
      const auto writers = problem.writers.find(value);
      if (writers != problem.writers.end()) {
        for (const std::size_t i : writers->second) {
          const Time begin = problem.accesses[i].invoked;
          if (begin < read.invoked) {
            latest = begin;
          } else if (latest == kBeforeAll && value != problem.initial) {
            latest = begin;
            break;
          }
        }
      }
      written.push_back(latest);
      at = std::max(at, latest);
    }
    const auto upto = std::upper_bound(begins.begin(), begins.end(), at);
    for (const Time begin : written) {
      const auto after = std::upper_bound(begins.begin(), begins.end(), begin);
      bound = std::max(bound, static_cast<std::uint32_t>(upto - after) + 1);
    }
  }
  return bound;
}

// Looks for an order for one k. An access that ended, and a read, is *closed*: it must be placed.
class OrderSearch {
 public:
  OrderSearch(const Problem& problem, std::uint32_t k, std::uint64_t steps_max)
      : accesses_(problem.accesses), k_(k), steps_max_(steps_max) {
    std::map<ValueId, std::uint32_t> seen;
    for (const Access& access : accesses_) {
      for (const ValueId value : access.sees) ++seen[value];
    }
    for (std::size_t i = 0; i < accesses_.size(); ++i) {
      const Access& access = accesses_[i];
      const bool open = access.writes != kNoValue && access.completed == kNever;
      if (!open) closed_.push_back(i);
      if (open && seen.count(access.writes) != 0) open_.push_back(i);
      if (access.writes != kNoValue && (!open || seen.count(access.writes) != 0)) {
        ++values_[access.writes].writes_left;
      }
      for (const ValueId value : access.sees) ++values_[value].reads_left;
    }
    placed_.resize(accesses_.size());
    window_.push_back(problem.initial);
  }

  // Nothing: the budget ran out.
  std::optional<bool> run() {
    const bool found = place();
    if (out_of_steps_) return std::nullopt;
    return found;
  }
  std::uint64_t steps() const { return steps_; }

 private:
  struct Value {
    std::uint32_t writes_left = 0;  // not placed yet
    std::uint32_t reads_left = 0;
  };

  // Nothing that is not placed may begin after this.
  Time horizon() const {
    Time first_end = kNever;
    for (std::size_t i = base_; i < closed_.size(); ++i) {
      const Access& access = accesses_[closed_[i]];
      if (access.invoked > first_end) break;
      if (!placed_[closed_[i]]) first_end = std::min(first_end, access.completed);
    }
    return first_end;
  }

  bool in_window(ValueId value) const {
    return std::find(window_.begin(), window_.end(), value) != window_.end();
  }

  void set_placed(std::size_t i, bool placed) {
    placed_[i] = placed;
    for (const ValueId value : accesses_[i].sees) {
      values_[value].reads_left += placed ? -1u : 1u;
    }
    if (accesses_[i].writes != kNoValue) {
      values_[accesses_[i].writes].writes_left += placed ? -1u : 1u;
    }
  }

  // A read that can be placed now is placed now: it changes nothing for the others.
  void place_reads(std::vector<std::size_t>& undo) {
    for (bool more = true; more;) {
      more = false;
      while (base_ < closed_.size() && placed_[closed_[base_]]) ++base_;
      const Time until = horizon();
      for (std::size_t i = base_; i < closed_.size(); ++i) {
        const Access& access = accesses_[closed_[i]];
        if (access.invoked > until) break;
        if (placed_[closed_[i]] || access.writes != kNoValue) continue;
        const bool sees_window = std::all_of(access.sees.begin(), access.sees.end(),
                                             [&](ValueId value) { return in_window(value); });
        if (!sees_window) continue;
        set_placed(closed_[i], true);
        undo.push_back(closed_[i]);
        more = true;
      }
    }
  }

  // The writes that may come next: who ends first, first; of open ones with the same value only
  // one.
  std::vector<std::size_t> next_writes() const {
    const Time until = horizon();
    std::vector<std::size_t> next;
    for (std::size_t i = base_; i < closed_.size(); ++i) {
      const Access& access = accesses_[closed_[i]];
      if (access.invoked > until) break;
      if (!placed_[closed_[i]] && access.writes != kNoValue) next.push_back(closed_[i]);
    }
    std::stable_sort(next.begin(), next.end(), [&](std::size_t a, std::size_t b) {
      return accesses_[a].completed < accesses_[b].completed;
    });
    std::set<ValueId> offered;
    for (const std::size_t i : open_) {
      if (accesses_[i].invoked > until) break;
      if (!placed_[i] && offered.insert(accesses_[i].writes).second) next.push_back(i);
    }
    return next;
  }

  // What decides all that can follow: who is placed, and the window.
  std::vector<std::size_t> configuration() const {
    std::vector<std::size_t> key{base_};
    for (std::size_t i = base_; i < closed_.size(); ++i) {
      if (placed_[closed_[i]]) key.push_back(closed_[i]);
    }
    for (const std::size_t i : open_) {
      if (placed_[i]) key.push_back(i);
    }
    key.push_back(accesses_.size());
    key.insert(key.end(), window_.begin(), window_.end());
    return key;
  }

  bool place() {
    const std::size_t base = base_;
    std::vector<std::size_t> reads;
    place_reads(reads);
    if (base_ == closed_.size()) return true;
    if (known_.insert(configuration()).second) {
      for (const std::size_t write : next_writes()) {
        if (try_write(write)) return true;
        if (out_of_steps_) break;
      }
    }
    for (const std::size_t read : reads) set_placed(read, false);
    base_ = base;
    return false;
  }

  bool try_write(std::size_t write) {
    if (++steps_ > steps_max_) {
      out_of_steps_ = true;
      return false;
    }
    const std::vector<ValueId> window = window_;
    set_placed(write, true);
    window_.push_back(accesses_[write].writes);
    bool dead = false;
    if (window_.size() > k_) {
      const ValueId gone = window_.front();
      window_.erase(window_.begin());
      const Value& value = values_[gone];
      dead = value.reads_left > 0 && value.writes_left == 0 && !in_window(gone);
    }
    if (!dead && place()) return true;
    window_ = window;
    set_placed(write, false);
    return false;
  }

  std::span<const Access> accesses_;
  std::uint32_t k_;
  std::uint64_t steps_max_;
  std::uint64_t steps_ = 0;
  bool out_of_steps_ = false;
  std::vector<std::size_t> closed_;
  std::vector<std::size_t> open_;  // whose value somebody saw
  std::vector<char> placed_;
  std::map<ValueId, Value> values_;
  std::size_t base_ = 0;  // of closed_: all before it are placed
  std::vector<ValueId> window_;
  std::set<std::vector<std::size_t>> known_;  // led nowhere
};

}  // namespace

SmallestK smallest_k(std::span<const Access> accesses, ValueId initial, std::uint64_t steps_max) {
  const Problem problem = describe(accesses, initial);
  SmallestK result;
  result.forced_by = accesses.size();
  for (std::size_t i = 0; i < accesses.size(); ++i) {
    for (const ValueId value : accesses[i].sees) {
      const std::uint32_t between = forced_between(problem, accesses[i], value);
      const std::uint32_t forced =
          between == kNoK
              ? kNoK
              : std::max(between + 1, static_cast<std::uint32_t>(accesses[i].sees.size()));
      if (forced <= result.at_least) continue;
      result.at_least = forced;
      result.forced_by = i;
    }
  }
  if (result.at_least == kNoK) {
    result.at_most = kNoK;
    return result;
  }
  std::size_t writes = 0;
  for (const auto& [value, writers] : problem.writers) writes += writers.size();
  result.at_most = std::max(result.at_least, easy_bound(problem));
  if (writes > kKAtomicWritesMax) return result;
  while (result.at_least < result.at_most) {
    OrderSearch search(problem, result.at_least, steps_max - result.steps);
    const std::optional<bool> found = search.run();
    result.steps += search.steps();
    if (!found) {
      result.steps = steps_max;
      return result;
    }
    if (*found) {
      result.at_most = result.at_least;
    } else {
      ++result.at_least;
      result.forced_by = accesses.size();
    }
  }
  return result;
}

}  // namespace quorate::sim::linear
