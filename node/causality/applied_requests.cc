// Why join is commutative, associative and idempotent: the floor of a set of entries is the largest
// of its newest timestamp less the window, the timestamp of the first entry that finds no room, and
// the floors joined so far. More entries only raise it. And an entry that one side had dropped
// before the join lies at or below that side's floor: counted in again, it could only ask for a
// floor that is there already.
#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <functional>
#include <iterator>
#include <utility>

#include "node/causality/record.h"

namespace quorate {

namespace {

// `newest` less the window, not below zero.
Timestamp window_start(Timestamp newest, std::int64_t window_ms) {
  if (window_ms >= std::int64_t{1} << 48) return Timestamp{};  // longer than all of time
  const Timestamp window = Timestamp::from_wall_ms(window_ms);
  return Timestamp{newest.packed > window.packed ? newest.packed - window.packed : 0};
}

bool same_event(const AppliedRequest& a, const AppliedRequest& b) {
  return a.id == b.id && a.dot == b.dot;
}

}  // namespace

std::vector<Dot> AppliedRequests::find(const RequestId& id) const {
  std::vector<Dot> dots;
  auto at = std::lower_bound(
      entries_.begin(), entries_.end(), id,
      [](const AppliedRequest& applied, const RequestId& wanted) { return applied.id < wanted; });
  for (; at != entries_.end() && at->id == id; ++at) dots.push_back(at->dot);
  return dots;
}

const RequestId* AppliedRequests::request_of(const Dot& dot) const {
  for (const AppliedRequest& applied : entries_) {
    if (applied.dot == dot) return &applied.id;
  }
  return nullptr;
}

std::vector<AppliedRequest> AppliedRequests::twins_of(const Dot& dot) const {
  std::vector<AppliedRequest> twins;
  const RequestId* id = request_of(dot);
  if (id == nullptr) return twins;
  for (const AppliedRequest& applied : entries_) {
    if (applied.id == *id && applied.dot != dot) twins.push_back(applied);
  }
  return twins;
}

Timestamp AppliedRequests::newest() const {
  Timestamp newest = floor_;
  for (const AppliedRequest& applied : entries_) newest = std::max(newest, applied.timestamp);
  return newest;
}

void AppliedRequests::add(const AppliedRequest& applied, std::int64_t window_ms) {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), applied);
  if (at != entries_.end() && *at == applied) return;
  const auto place = at - entries_.begin();
  entries_.reserve(entries_.size() + 1);  // and no more: a full set is cut to size again at once
  entries_.insert(entries_.begin() + place, applied);
  normalize(window_ms);
}

void AppliedRequests::join(const AppliedRequests& other, std::int64_t window_ms) {
  floor_ = std::max(floor_, other.floor_);
  if (entries_ != other.entries_) {
    std::vector<AppliedRequest> both;
    // Most joins bring one entry or none: counting them first is cheaper than room for all twice.
    std::size_t missing = 0;
    auto mine = entries_.begin();
    for (const AppliedRequest& theirs : other.entries_) {
      while (mine != entries_.end() && *mine < theirs) ++mine;
      if (mine == entries_.end() || *mine != theirs) ++missing;
    }
    both.reserve(entries_.size() + missing);
    std::set_union(entries_.begin(), entries_.end(), other.entries_.begin(), other.entries_.end(),
                   std::back_inserter(both));
    entries_ = std::move(both);
  }
  normalize(window_ms);
}

AppliedRequests AppliedRequests::from_parts(std::vector<AppliedRequest> entries, Timestamp floor) {
  AppliedRequests applied;
  applied.entries_ = std::move(entries);
  applied.floor_ = floor;
  std::sort(applied.entries_.begin(), applied.entries_.end());
  applied.normalize(INT64_MAX);  // whoever wrote the parts knew the window
  return applied;
}

// REQUIRES: entries sorted.
void AppliedRequests::normalize(std::int64_t window_ms) {
  if (entries_.empty()) return;
  // One event has one timestamp; should two claim it, the later one stands, whatever the order of
  // arrival.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (i + 1 < entries_.size() && same_event(entries_[i], entries_[i + 1])) continue;
    if (kept != i) entries_[kept] = entries_[i];
    ++kept;
  }
  entries_.resize(kept);

  Timestamp newest;
  for (const AppliedRequest& applied : entries_) newest = std::max(newest, applied.timestamp);
  floor_ = std::max(floor_, window_start(newest, window_ms));

  if (entries_.size() > kCountMax) {
    boost::container::small_vector<Timestamp, 2 * kCountMax> times;
    for (const AppliedRequest& applied : entries_) times.push_back(applied.timestamp);
    const auto first_left_out = times.begin() + static_cast<std::ptrdiff_t>(kCountMax);
    std::nth_element(times.begin(), first_left_out, times.end(), std::greater<>());
    floor_ = std::max(floor_, *first_left_out);
  }
  std::erase_if(entries_,
                [this](const AppliedRequest& applied) { return applied.timestamp <= floor_; });
}

}  // namespace quorate
