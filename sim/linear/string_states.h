// The strings that a key of the kv model can hold while appends build them.
//
// A state is the id of a value of the history, if there is one of these bytes, or one of a number
// of its own; so that two states are equal when their ids are.
//
// Limits:     `bytes_max` of strings that no value of the history has; then append() fails.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/linear/values.h"

namespace quorate::sim::linear {

using StateId = std::uint32_t;  // a ValueId, or one that counts on from the last of them
inline constexpr StateId kNoState = 0xffff'ffff;
// Whatever nobody can see any more: such states differ in nothing that matters.
inline constexpr StateId kGone = 0xffff'fffe;

class StringStates {
 public:
  // `values` must stay as they are.
  StringStates(const Values& values, std::size_t bytes_max)
      : values_(values), bytes_left_(bytes_max) {}

  // REQUIRES: the state is a string.
  std::string_view text(StateId state) const;

  std::string to_edn(StateId state) const;

  // The state that holds the first `size` bytes of this one: they are not copied.
  StateId prefix(StateId state, std::size_t size);

  std::optional<StateId> append(StateId state, ValueId piece);

 private:
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(std::string_view text) const { return hash64(text); }
  };

  StateId name(std::string_view lasting_text);

  const Values& values_;
  std::size_t bytes_left_;
  std::deque<std::string> built_;
  std::vector<std::string_view> texts_;  // of the states that are no values
  boost::unordered_flat_map<std::string_view, StateId, Hash> names_;  // only looked up
};

}  // namespace quorate::sim::linear
