#include "node/causality/context.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "node/base/check.h"

namespace quorate {

namespace {

using Entry = Context::Entry;

bool before(const Entry& entry, const Actor& actor) { return entry.actor < actor; }

std::vector<Entry>::const_iterator find_entry(const std::vector<Entry>& entries,
                                              const Actor& actor) {
  const auto at = std::lower_bound(entries.begin(), entries.end(), actor, before);
  return at != entries.end() && at->actor == actor ? at : entries.end();
}

// Merges sorted `others`, of which `missing` have no equal in sorted `mine`, into `mine` from the
// back, so that nothing is moved twice and nothing allocated but the room for the new ones.
template <typename T, typename Less>
void merge_missing(std::vector<T>& mine, const std::vector<T>& others, std::size_t missing,
                   Less less) {
  std::size_t from = mine.size();
  mine.resize(mine.size() + missing);
  std::size_t to = mine.size();
  std::size_t other = others.size();
  while (other > 0 && to > from) {
    if (from > 0 && less(others[other - 1], mine[from - 1])) {
      mine[--to] = mine[--from];
    } else if (from > 0 && !less(mine[from - 1], others[other - 1])) {
      mine[--to] = mine[--from];
      --other;
    } else {
      mine[--to] = others[--other];
    }
  }
}

}  // namespace

Context Context::from_parts(std::vector<Entry> entries, std::vector<Dot> lone_dots) {
  Context context;
  // A first event makes an entry, so that folding never has to insert one.
  for (const Dot& dot : lone_dots) {
    QUORATE_CHECK(dot.counter >= 1);
    if (dot.counter == 1) entries.push_back(Entry{dot.actor, 1});
  }
  std::sort(entries.begin(), entries.end());
  for (const Entry& entry : entries) {
    if (entry.counter == 0) continue;
    if (!context.entries_.empty() && context.entries_.back().actor == entry.actor) {
      context.entries_.back().counter = entry.counter;  // sorted: the later is the larger
    } else {
      context.entries_.push_back(entry);
    }
  }
  std::sort(lone_dots.begin(), lone_dots.end());
  lone_dots.erase(std::unique(lone_dots.begin(), lone_dots.end()), lone_dots.end());
  context.lone_dots_ = std::move(lone_dots);
  context.fold_lone_dots();
  return context;
}

std::optional<Context> Context::from_normal_form(std::vector<Entry> entries,
                                                 std::vector<Dot> lone_dots) {
  Context context;
  context.entries_ = std::move(entries);
  context.lone_dots_ = std::move(lone_dots);
  if (!context.is_normal()) return std::nullopt;
  return context;
}

bool Context::is_normal() const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].counter == 0) return false;
    if (i > 0 && !(entries_[i - 1].actor < entries_[i].actor)) return false;
  }
  auto entry = entries_.begin();
  for (std::size_t i = 0; i < lone_dots_.size(); ++i) {
    const Dot& dot = lone_dots_[i];
    if (i > 0 && !(lone_dots_[i - 1] < dot)) return false;
    while (entry != entries_.end() && entry->actor < dot.actor) ++entry;
    const bool has_entry = entry != entries_.end() && entry->actor == dot.actor;
    const std::uint64_t contiguous = has_entry ? entry->counter : 0;
    if (dot.counter <= contiguous || dot.counter - contiguous == 1) return false;
  }
  return true;
}

bool Context::contains(const Dot& dot) const {
  if (dot.counter == 0) return false;
  const auto entry = find_entry(entries_, dot.actor);
  if (entry != entries_.end() && dot.counter <= entry->counter) return true;
  return !lone_dots_.empty() && std::binary_search(lone_dots_.begin(), lone_dots_.end(), dot);
}

bool Context::descends(const Context& other) const {
  // An entry of `other` can only be known through an entry here: by (1), the event after an entry
  // is unknown.
  if (other.entries_.size() > entries_.size()) return false;
  auto mine = entries_.begin();
  for (const Entry& theirs : other.entries_) {
    while (mine != entries_.end() && mine->actor < theirs.actor) ++mine;
    if (mine == entries_.end() || mine->actor != theirs.actor || mine->counter < theirs.counter) {
      return false;
    }
  }
  auto entry = entries_.begin();
  auto lone = lone_dots_.begin();
  for (const Dot& theirs : other.lone_dots_) {
    while (entry != entries_.end() && entry->actor < theirs.actor) ++entry;
    if (entry != entries_.end() && entry->actor == theirs.actor &&
        theirs.counter <= entry->counter) {
      continue;
    }
    while (lone != lone_dots_.end() && *lone < theirs) ++lone;
    if (lone == lone_dots_.end() || *lone != theirs) return false;
  }
  return true;
}

std::uint64_t Context::max_counter(const Actor& actor) const {
  // The lone dots of an actor lie above its entry.
  if (!lone_dots_.empty()) {
    const auto after =
        std::upper_bound(lone_dots_.begin(), lone_dots_.end(), Dot{actor, UINT64_MAX});
    if (after != lone_dots_.begin() && std::prev(after)->actor == actor) {
      return std::prev(after)->counter;
    }
  }
  const auto entry = find_entry(entries_, actor);
  return entry != entries_.end() ? entry->counter : 0;
}

std::int64_t Context::max_epoch(RunId run) const {
  std::int64_t largest = -1;
  const Actor last{run, UINT32_MAX};
  const auto entry = std::upper_bound(entries_.begin(), entries_.end(), Entry{last, UINT64_MAX});
  if (entry != entries_.begin() && std::prev(entry)->actor.run == run) {
    largest = std::prev(entry)->actor.epoch;
  }
  if (!lone_dots_.empty()) {
    const auto lone = std::upper_bound(lone_dots_.begin(), lone_dots_.end(), Dot{last, UINT64_MAX});
    if (lone != lone_dots_.begin() && std::prev(lone)->actor.run == run) {
      largest = std::max<std::int64_t>(largest, std::prev(lone)->actor.epoch);
    }
  }
  return largest;
}

std::optional<Context> Context::without(const std::vector<Dot>& dots) const {
  std::vector<Entry> entries = entries_;
  std::vector<Dot> lone = lone_dots_;
  std::uint64_t left = 0;
  for (const Dot& dot : dots) {
    // What an earlier dot of the same actor left behind is lone by now.
    std::erase(lone, dot);
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& each) {
      return each.actor == dot.actor && each.counter >= dot.counter;
    });
    if (entry == entries.end()) continue;
    left += entry->counter - dot.counter;
    if (left > kLoneDotsLeftMax) return std::nullopt;
    for (std::uint64_t counter = dot.counter + 1; counter <= entry->counter; ++counter) {
      lone.push_back(Dot{dot.actor, counter});
    }
    entry->counter = dot.counter - 1;
  }
  return from_parts(std::move(entries), std::move(lone));
}

void Context::add(const Dot& dot) {
  QUORATE_CHECK(dot.counter >= 1);
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), dot.actor, before);
  const bool has_entry = at != entries_.end() && at->actor == dot.actor;
  const std::uint64_t contiguous = has_entry ? at->counter : 0;
  if (dot.counter <= contiguous) return;
  if (dot.counter - contiguous > 1) {
    const auto lone = std::lower_bound(lone_dots_.begin(), lone_dots_.end(), dot);
    if (lone == lone_dots_.end() || *lone != dot) lone_dots_.insert(lone, dot);
    return;
  }
  if (has_entry) {
    at->counter = dot.counter;
  } else {
    entries_.insert(at, Entry{dot.actor, 1});
  }
  if (!lone_dots_.empty()) fold_lone_dots();
}

void Context::join(const Context& other) {
  join_entries(other.entries_);
  join_lone_dots(other.lone_dots_);
  if (!lone_dots_.empty()) fold_lone_dots();
}

void Context::join_entries(const std::vector<Entry>& others) {
  if (entries_.empty()) {
    entries_ = others;
    return;
  }
  std::size_t missing = 0;
  auto mine = entries_.begin();
  for (const Entry& theirs : others) {
    while (mine != entries_.end() && mine->actor < theirs.actor) ++mine;
    if (mine != entries_.end() && mine->actor == theirs.actor) {
      mine->counter = std::max(mine->counter, theirs.counter);
    } else {
      ++missing;
    }
  }
  if (missing > 0) {
    merge_missing(entries_, others, missing,
                  [](const Entry& a, const Entry& b) { return a.actor < b.actor; });
  }
}

void Context::join_lone_dots(const std::vector<Dot>& others) {
  if (lone_dots_.empty()) {
    if (!others.empty()) lone_dots_ = others;
    return;
  }
  std::size_t missing = 0;
  auto mine = lone_dots_.begin();
  for (const Dot& theirs : others) {
    while (mine != lone_dots_.end() && *mine < theirs) ++mine;
    if (mine == lone_dots_.end() || *mine != theirs) ++missing;
  }
  if (missing > 0) merge_missing(lone_dots_, others, missing, std::less<Dot>());
}

// REQUIRES: sorted entries and lone dots, and an entry for the actor of every first event.
void Context::fold_lone_dots() {
  auto entry = entries_.begin();
  std::size_t kept = 0;
  for (const Dot& dot : lone_dots_) {
    while (entry != entries_.end() && entry->actor < dot.actor) ++entry;
    if (entry != entries_.end() && entry->actor == dot.actor) {
      if (dot.counter <= entry->counter) continue;
      if (dot.counter - entry->counter == 1) {
        entry->counter = dot.counter;
        continue;
      }
    }
    lone_dots_[kept++] = dot;
  }
  lone_dots_.resize(kept);
}

std::string to_string(const Context& context) {
  std::string text = "{";
  for (const Entry& entry : context.entries()) {
    if (text.size() > 1) text += ", ";
    text += to_string(entry.actor) + ":1-" + std::to_string(entry.counter);
  }
  for (const Dot& dot : context.lone_dots()) {
    if (text.size() > 1) text += ", ";
    text += to_string(dot);
  }
  return text + "}";
}

}  // namespace quorate
