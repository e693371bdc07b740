#include "sim/linear/values.h"

#include <algorithm>

#include "node/base/check.h"

namespace quorate::sim::linear {
namespace {

// Histories mostly write 0, 1, 2, ...: below this bound a table beats hashing. 16 MiB at most.
constexpr std::int64_t kSmallNumbers = 4 << 20;

}  // namespace

std::size_t Values::NumberHash::operator()(std::int64_t number) const {
  // The finalizer of splitmix64: every bit of the number moves every bit of the hash.
  std::uint64_t z = static_cast<std::uint64_t>(number) + 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

Values::Values() { slots_.push_back({0, ValueKind::kNil}); }

ValueId Values::integer(std::int64_t number) {
  const bool small = number >= 0 && number < kSmallNumbers;
  if (small && static_cast<std::size_t>(number) >= small_numbers_.size()) {
    const std::size_t wanted =
        std::max<std::size_t>(static_cast<std::size_t>(number) + 1, small_numbers_.size() * 2);
    small_numbers_.resize(std::min<std::size_t>(wanted, kSmallNumbers), kNoValue);
  }
  ValueId& id = small ? small_numbers_[static_cast<std::size_t>(number)]
                      : numbers_.try_emplace(number, kNoValue).first->second;
  if (id == kNoValue) {
    QUORATE_CHECK(slots_.size() < kValuesMax);
    id = static_cast<ValueId>(slots_.size());
    slots_.push_back({static_cast<std::uint64_t>(number), ValueKind::kInteger});
  }
  return id;
}

ValueId Values::add_text(TextTable& table, std::string_view text, ValueKind kind) {
  if (const auto found = table.find(text); found != table.end()) return found->second;
  QUORATE_CHECK(slots_.size() < kValuesMax);
  const ValueId id = static_cast<ValueId>(slots_.size());
  slots_.push_back({texts_.size(), kind});
  table.emplace(texts_.emplace_back(text), id);
  return id;
}

ValueId Values::string(std::string_view bytes) {
  return add_text(strings_, bytes, ValueKind::kString);
}

ValueId Values::literal(std::string_view word) {
  return add_text(literals_, word, ValueKind::kLiteral);
}

std::optional<ValueId> Values::find_string(std::string_view bytes) const {
  const auto found = strings_.find(bytes);
  if (found == strings_.end()) return std::nullopt;
  return found->second;
}

std::int64_t Values::number(ValueId id) const {
  QUORATE_CHECK(slots_[id].kind == ValueKind::kInteger);
  return static_cast<std::int64_t>(slots_[id].content);
}

std::string_view Values::text(ValueId id) const {
  const Slot& slot = slots_[id];
  QUORATE_CHECK(slot.kind == ValueKind::kString || slot.kind == ValueKind::kLiteral);
  return texts_[slot.content];
}

std::string Values::to_edn(ValueId id) const {
  switch (kind(id)) {
    case ValueKind::kNil:
      return "nil";
    case ValueKind::kInteger:
      return std::to_string(number(id));
    case ValueKind::kString:
      return edn_string(text(id));
    case ValueKind::kLiteral:
      return std::string(text(id));
  }
  return "nil";
}

std::string edn_string(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text = "\"";
  for (const char c : bytes) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\r') {
      text += "\\r";
    } else if (c == '\t') {
      text += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      text += "\\u00";
      text += kHex[byte >> 4];
      text += kHex[byte & 15];
    } else {
      text += c;
    }
  }
  return text + '"';
}

}  // namespace quorate::sim::linear
