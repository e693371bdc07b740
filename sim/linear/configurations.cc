#include "sim/linear/configurations.h"

#include <algorithm>
#include <utility>

#include "node/base/hash.h"

namespace quorate::sim::linear {
namespace {

std::uint64_t hash_of(std::span<const std::uint64_t> row) {
  return hash64({reinterpret_cast<const char*>(row.data()), row.size_bytes()});
}

}  // namespace

bool Configurations::insert(std::span<const std::uint64_t> row) {
  if (2 * (size_ + 1) > slots_.size()) grow();
  const std::uint64_t hash = hash_of(row);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.where == 0) {
      words_.push_back(row.size());
      slot = {words_.size(), hash};
      words_.insert(words_.end(), row.begin(), row.end());
      ++size_;
      return true;
    }
    if (slot.hash == hash && words_[slot.where - 1] == row.size() &&
        std::equal(row.begin(), row.end(),
                   words_.begin() + static_cast<std::ptrdiff_t>(slot.where))) {
      return false;
    }
  }
}

void Configurations::grow() {
  std::vector<Slot> old(std::max<std::size_t>(64, slots_.size() * 2));
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.where == 0) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].where != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

OpenSets::OpenSets() {
  sets_.emplace_back();
  names_.emplace(std::vector<GroupId>{}, kEmpty);
}

OpenSets::SetId OpenSets::with(SetId set, GroupId group) {
  const auto [step, added] = steps_.try_emplace({set, group}, kEmpty);
  if (!added) return step->second;
  std::vector<GroupId> groups = sets_[set];
  groups.insert(std::upper_bound(groups.begin(), groups.end(), group), group);
  const auto [name, is_new] = names_.try_emplace(groups, static_cast<SetId>(sets_.size()));
  if (is_new) sets_.push_back(std::move(groups));
  return step->second = name->second;
}

void append_moves(MoveId limit, std::span<const MoveId> missing, std::vector<std::uint64_t>& row) {
  if (missing.empty()) {
    row.push_back(limit);
    return;
  }
  // A bit for each move from the first missing one on, unless one slow operation made that a long
  // way: then by name, two in a word.
  const MoveId base = missing.front();
  const std::size_t bit_words = (limit - base) / 64 + 1;
  const bool as_bits = bit_words <= missing.size();
  row.push_back(limit | std::uint64_t{as_bits} << 63);
  const std::size_t start = row.size();
  if (as_bits) {
    row.push_back(base);
    row.resize(start + 1 + bit_words);
    for (const MoveId move : missing) {
      row[start + 1 + (move - base) / 64] |= std::uint64_t{1} << ((move - base) % 64);
    }
    return;
  }
  row.resize(start + (missing.size() + 1) / 2);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    row[start + i / 2] |= (std::uint64_t{missing[i]} + 1) << (i % 2 * 32);
  }
}

}  // namespace quorate::sim::linear
