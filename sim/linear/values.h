// The values of a history, each stored once: two are equal when their ids are.
//
// Place:      a History owns one; the checkers compare ids and never look inside, but for appends.
// Invariants: ids count up in the order of first mention, so that they do not depend on hashing
//             (tests/sim/linear/values_test.cc).
// Limits:     kValuesMax values; the reader refuses a history with more.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/hash.h"

namespace quorate::sim::linear {

using ValueId = std::uint32_t;
inline constexpr ValueId kNilValue = 0;
inline constexpr ValueId kNoValue = 0xffff'ffff;
inline constexpr std::size_t kValuesMax = 0xffff'fff0;

enum class ValueKind : std::uint8_t {
  kNil,
  kInteger,
  kString,
  kLiteral,  // anything else that EDN writes as one word (true, :key, 1.5): equal when written
             // alike
};

class Values {
 public:
  Values();

  ValueId integer(std::int64_t number);
  ValueId string(std::string_view bytes);
  ValueId literal(std::string_view word);

  std::optional<ValueId> find_string(std::string_view bytes) const;

  std::size_t size() const { return slots_.size(); }
  ValueKind kind(ValueId id) const { return slots_[id].kind; }

  // REQUIRES: kind(id) == kInteger.
  std::int64_t number(ValueId id) const;
  // The bytes of a string, or the word of a literal. REQUIRES: one of those kinds.
  std::string_view text(ValueId id) const;

  // As EDN writes it: nil, 5, "a\n", :key.
  std::string to_edn(ValueId id) const;

 private:
  struct Slot {
    std::uint64_t content;  // the number, or an index into texts_
    ValueKind kind;
  };
  struct NumberHash {
    using is_avalanching = void;
    std::size_t operator()(std::int64_t number) const;
  };
  struct TextHash {
    using is_avalanching = void;
    std::size_t operator()(std::string_view text) const { return hash64(text); }
  };
  // Looked up, never walked through. The keys live in texts_.
  using TextTable = boost::unordered_flat_map<std::string_view, ValueId, TextHash>;

  ValueId add_text(TextTable& table, std::string_view text, ValueKind kind);

  std::vector<Slot> slots_;
  std::vector<ValueId> small_numbers_;  // by number, kNoValue for those not seen
  boost::unordered_flat_map<std::int64_t, ValueId, NumberHash> numbers_;
  std::deque<std::string> texts_;
  TextTable strings_;
  TextTable literals_;
};

// A string as EDN writes it, quotes and all; without control characters, also for a terminal.
std::string edn_string(std::string_view bytes);

}  // namespace quorate::sim::linear
