// The set of events that somebody knows of one key: a version vector plus a small sorted set of
// lone dots, which are folded in when they become contiguous.
//
// Place:      part of every record and token; owned by value.
// Implements: the causal context of Almeida et al. 2018 (delta-state CRDTs), section 7.2; DESIGN:
//             "context".
// Invariants: (1) normal form: entries sorted by actor with counter >= 1; lone dots sorted, each
//             above its actor's entry + 1. Equal sets are therefore equal objects, and equal bytes
//             (codec.h). (2) join is set union, descends is superset, contains is membership:
//             checked against explicit event sets in tests/node/causality/context_test.cc.
// Limits:     grows by one entry for each actor; CoreOptions::context_bytes_max warns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "node/causality/dot.h"

namespace quorate {

class Context {
 public:
  struct Entry {
    Actor actor;
    std::uint64_t counter = 0;  // events 1..counter are known

    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  Context() = default;

  // Builds a context from parts in any order that may overlap; brings them into normal form.
  static Context from_parts(std::vector<Entry> entries, std::vector<Dot> lone_dots);

  // Takes parts that must be in normal form already; empty when they are not. For the codec, which
  // accepts one encoding of each context and no other.
  static std::optional<Context> from_normal_form(std::vector<Entry> entries,
                                                 std::vector<Dot> lone_dots);

  bool empty() const { return entries_.empty() && lone_dots_.empty(); }
  bool contains(const Dot& dot) const;

  // True when every event of `other` is known here: the superset relation, which equal contexts
  // meet.
  bool descends(const Context& other) const;

  // The largest counter known of this actor, lone dots included; 0 when there is none.
  std::uint64_t max_counter(const Actor& actor) const;

  // The largest epoch known of this run, or -1 when the run is unknown.
  std::int64_t max_epoch(RunId run) const;

  // What it takes in stores and messages, about.
  std::size_t size_bytes() const { return 20 * entries_.size() + 20 * lone_dots_.size(); }

  // REQUIRES: dot.counter >= 1.
  void add(const Dot& dot);
  void join(const Context& other);

  // This set less these events; empty when that would leave more than kLoneDotsLeftMax lone dots
  // behind.
  static constexpr std::uint64_t kLoneDotsLeftMax = 64;
  std::optional<Context> without(const std::vector<Dot>& dots) const;

  const std::vector<Entry>& entries() const { return entries_; }
  const std::vector<Dot>& lone_dots() const { return lone_dots_; }

  friend bool operator==(const Context&, const Context&) = default;

 private:
  bool is_normal() const;
  void join_entries(const std::vector<Entry>& others);
  void join_lone_dots(const std::vector<Dot>& others);
  void fold_lone_dots();

  std::vector<Entry> entries_;  // sorted by actor
  std::vector<Dot> lone_dots_;  // sorted
};

// `a` knows all that `b` knows, and more.
inline bool dominates(const Context& a, const Context& b) {
  return a.descends(b) && !b.descends(a);
}

std::string to_string(const Context& context);

}  // namespace quorate
