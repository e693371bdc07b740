#include "sim/linear/string_states.h"

#include "node/base/hash.h"

namespace quorate::sim::linear {

std::string_view StringStates::text(StateId state) const {
  return state < values_.size() ? values_.text(state) : texts_[state - values_.size()];
}

std::string StringStates::to_edn(StateId state) const {
  return state < values_.size() ? values_.to_edn(state) : edn_string(text(state));
}

StateId StringStates::name(std::string_view lasting_text) {
  const auto [found, added] =
      names_.try_emplace(lasting_text, static_cast<StateId>(values_.size() + texts_.size()));
  if (added) texts_.push_back(lasting_text);
  return found->second;
}

StateId StringStates::prefix(StateId state, std::size_t size) {
  const std::string_view whole = text(state);
  if (size == whole.size()) return state;
  const std::string_view text = whole.substr(0, size);
  if (const auto known = values_.find_string(text)) return *known;
  return name(text);
}

std::optional<StateId> StringStates::append(StateId state, ValueId piece) {
  std::string bytes(text(state));
  bytes += values_.text(piece);
  if (const auto known = values_.find_string(bytes)) return *known;
  if (const auto known = names_.find(bytes); known != names_.end()) return known->second;
  if (bytes.size() > bytes_left_) return std::nullopt;
  bytes_left_ -= bytes.size();
  return name(built_.emplace_back(std::move(bytes)));
}

}  // namespace quorate::sim::linear
