#include "sim/check/freshness.h"

#include <algorithm>

#include "sim/check/key_view.h"
#include "sim/check/reflection.h"
#include "sim/check/settled_writes.h"

namespace quorate::sim {

namespace {

std::int64_t nearest_rank(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[rank == 0 ? 0 : rank - 1];
}

std::string describe(const Distribution& values, std::string (*text)(std::int64_t)) {
  return "p50 " + text(values.p50) + ", p90 " + text(values.p90) + ", p99 " + text(values.p99) +
         ", max " + text(values.max);
}

std::string number_text(std::int64_t number) { return std::to_string(number); }
std::string time_text(std::int64_t ns) { return time_to_string(ns); }

// The acknowledged writes of a key, by the time of their acknowledgement.
struct Acknowledged {
  std::vector<const Operation*> writes;
  SettledWrites settled;
};

StaleRead judge(const Evidence& evidence, const Operation& read, const Acknowledged& known) {
  StaleRead result{&read, nullptr, 0, 0};
  const auto end =
      std::upper_bound(known.writes.begin(), known.writes.end(), read.invoked,
                       [](SimTime time, const Operation* write) { return time < write->finished; });
  const auto count = static_cast<std::size_t>(end - known.writes.begin());
  for (const std::size_t i : known.settled.doubtful(read, count)) {
    const Operation* write = known.writes[i];
    if (!ended_before(*write, read) || reflects(evidence, read, write->reply.dot)) continue;
    ++result.versions;
    if (result.missed_first == nullptr) result.missed_first = write;
  }
  if (result.missed_first != nullptr) result.behind = read.invoked - result.missed_first->finished;
  return result;
}

Acknowledged acknowledged_of(const Evidence& evidence, const Key& key, const KeyView& view) {
  std::vector<const Operation*> writes;
  for (const Operation* write : view.writes) {
    if (write->acknowledged()) writes.push_back(write);
  }
  std::stable_sort(writes.begin(), writes.end(), [](const Operation* a, const Operation* b) {
    return a->finished < b->finished;
  });
  std::vector<Dot> dots;
  for (const Operation* write : writes) dots.push_back(write->reply.dot);
  return Acknowledged{std::move(writes), SettledWrites(evidence, key, dots)};
}

}  // namespace

Distribution distribution_of(std::vector<std::int64_t> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  return Distribution{nearest_rank(values, 50), nearest_rank(values, 90), nearest_rank(values, 99),
                      values.back()};
}

const StaleRead* Freshness::worst() const {
  const auto found =
      std::max_element(stale.begin(), stale.end(), [](const StaleRead& a, const StaleRead& b) {
        return std::pair(a.versions, a.behind) < std::pair(b.versions, b.behind);
      });
  return found == stale.end() ? nullptr : &*found;
}

Freshness freshness_of(const Evidence& evidence,
                       const std::function<bool(const Operation&)>& counts) {
  Freshness freshness;
  std::vector<std::int64_t> versions;
  std::vector<std::int64_t> behind;
  for (const auto& [key, view] : view_by_key(evidence)) {
    const Acknowledged writes = acknowledged_of(evidence, key, view);
    for (const Operation* read : view.reads) {
      if (counts && !counts(*read)) continue;
      const StaleRead judged = judge(evidence, *read, writes);
      ++freshness.reads;
      versions.push_back(judged.versions);
      behind.push_back(judged.behind);
      if (judged.versions > 0) freshness.stale.push_back(judged);
    }
  }
  freshness.versions = distribution_of(std::move(versions));
  freshness.behind_ns = distribution_of(std::move(behind));
  std::stable_sort(
      freshness.stale.begin(), freshness.stale.end(),
      [](const StaleRead& a, const StaleRead& b) { return a.read->index < b.read->index; });
  return freshness;
}

std::string to_string(const Freshness& freshness) {
  if (freshness.reads == 0) return "no read was answered";
  return std::to_string(freshness.stale.size()) + " of " + std::to_string(freshness.reads) +
         " reads stale; versions behind " + describe(freshness.versions, number_text) +
         "; time behind " + describe(freshness.behind_ns, time_text);
}

}  // namespace quorate::sim
