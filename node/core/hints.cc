#include "node/core/hints.h"

#include <algorithm>

#include "node/base/check.h"
#include "node/causality/byte_io.h"

namespace quorate {

namespace {

constexpr std::uint32_t kPageValues = 1024;
constexpr std::uint32_t kPageBytes = 4u << 20;
constexpr std::string_view kReceiptPrefix = "dropped hints/";

std::string receipt_name(VnodeId vnode, NodeId primary) {
  return std::string(kReceiptPrefix) + std::to_string(vnode) + "/" + std::to_string(primary);
}

std::size_t size_of(const HintId& id, const Hint& hint) {
  return id.key.bucket.size() + id.key.name.size() + (hint.row ? hint.row->record.size_bytes() : 0);
}

Hints::Entry entry_of(const HintId& id, const Hint& hint) {
  return Hints::Entry{hint.order, hint.since_ms, size_of(id, hint),
                      hint.spare, hint.owed(),   hint.generation};
}

}  // namespace

// ---------------------------------------------------------------- the index

void Hints::enter(const HintId& id, const Entry& entry) {
  leave(id);
  index_.emplace(id, entry);
  bytes_ += entry.bytes;
  last_order_ = std::max(last_order_, entry.order);
  if (!entry.owed) generations_[id.vnode].insert(entry.generation);
  if (entry.spare) {
    spare_by_order_.emplace(entry.order, id);
  } else {
    sole_bytes_ += entry.bytes;
    ++sole_count_;
  }
}

void Hints::leave(const HintId& id) {
  const auto found = index_.find(id);
  if (found == index_.end()) return;
  const Entry& entry = found->second;
  bytes_ -= entry.bytes;
  if (!entry.owed) {
    std::multiset<Generation>& of_vnode = generations_[id.vnode];
    of_vnode.erase(of_vnode.find(entry.generation));
    if (of_vnode.empty()) generations_.erase(id.vnode);
  }
  if (entry.spare) {
    spare_by_order_.erase(entry.order);
  } else {
    sole_bytes_ -= entry.bytes;
    --sole_count_;
  }
  index_.erase(found);
}

void Hints::load() {
  index_.clear();
  spare_by_order_.clear();
  receipts_.clear();
  generations_.clear();
  bytes_ = sole_bytes_ = sole_count_ = 0;
  const StoreReader& store = state_.env.store();
  const auto for_all = [&](std::string_view prefix, auto&& take) {
    std::string after;
    for (bool done = false; !done;) {
      const auto page = store.scan_meta(prefix, after, kPageValues, kPageBytes);
      // Without the list nothing is kept or handed over; nothing is lost either.
      if (!page) {
        state_.trace({.kind = TraceKind::kRowUnreadable});
        return;
      }
      for (const auto& [name, value] : page->values) take(name, value);
      if (!page->values.empty()) after = page->values.back().first;
      done = page->done;
    }
  };
  for_all(hint_prefix(), [&](const std::string& name, const std::string& value) {
    const std::optional<HintId> id = parse_hint_name(name);
    const Result<Hint> hint = decode_hint(value);
    if (id && hint) {
      enter(*id, entry_of(*id, *hint));
    } else {
      state_.trace({.kind = TraceKind::kRowUnreadable});
    }
  });
  for_all(kReceiptPrefix, [&](const std::string&, const std::string& value) {
    ByteReader reader(value, "receipt");
    const auto vnode = static_cast<VnodeId>(reader.varint());
    const auto primary = static_cast<NodeId>(reader.varint());
    const std::uint64_t count = reader.varint();
    if (reader.ok()) receipts_[{vnode, primary}] = count;
  });
}

const Hints::Entry* Hints::find(const HintId& id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : &found->second;
}

std::optional<HintId> Hints::next(NodeId primary, const std::optional<HintId>& after) const {
  const auto found =
      after ? index_.upper_bound(*after) : index_.lower_bound(HintId{primary, 0, Key{}});
  if (found == index_.end() || found->first.primary != primary) return std::nullopt;
  return found->first;
}

// ---------------------------------------------------------------- reading

Result<Hint> Hints::read(const HintId& id) const {
  Result<std::optional<std::string>> value = state_.env.store().read_meta(hint_name(id));
  if (!value) return value.error();
  if (!*value) return Error{ErrorCode::kCorruption, "a hint is missing"};
  return decode_hint(**value);
}

Result<std::optional<Record>> Hints::known(VnodeId vnode, const Key& key) const {
  std::optional<Record> merged;
  if (index_.empty()) return merged;
  for (NodeId primary : state_.ring.preference_list(vnode)) {
    const HintId id{primary, vnode, key};
    const Entry* entry = find(id);
    if (entry == nullptr || entry->owed) continue;
    Result<Hint> hint = read(id);
    if (!hint) return hint.error();
    merged = merged ? sync(*merged, hint->row->record, state_.options().retry_window_ms)
                    : std::move(hint->row->record);
  }
  return merged;
}

Generation Hints::generation_of(VnodeId vnode, const Key& key) const {
  Generation oldest = state_.generations.of(vnode);
  if (index_.empty()) return oldest;
  for (NodeId primary : state_.ring.preference_list(vnode)) {
    const Entry* entry = find(HintId{primary, vnode, key});
    if (entry != nullptr && !entry->owed) oldest = std::min(oldest, entry->generation);
  }
  return oldest;
}

// ---------------------------------------------------------------- room

bool Hints::over(std::size_t bytes, std::size_t count) const {
  return bytes > state_.options().hints_bytes_max || count > state_.options().hints_max;
}

bool Hints::any_older(VnodeId vnode, Generation generation) const {
  const auto found = generations_.find(vnode);
  return found != generations_.end() && *found->second.begin() < generation;
}

std::vector<HintId> Hints::older(VnodeId vnode, Generation generation) const {
  std::vector<HintId> found;
  if (!any_older(vnode, generation)) return found;
  for (const auto& [id, entry] : index_) {
    if (id.vnode == vnode && !entry.owed && entry.generation < generation) found.push_back(id);
  }
  return found;
}

bool Hints::has_room() const { return !over(sole_bytes_, sole_count_ + 1); }

void Hints::drop(const HintId& id, Batch& batch) {
  state_.trace({.kind = TraceKind::kHintDropped, .peer = id.primary, .a = id.vnode});
  add_receipt(id, batch);
  remove(id, batch);
}

void Hints::remove_receipt(const std::pair<VnodeId, NodeId>& place, std::uint64_t count,
                           Batch& batch) {
  const auto found = receipts_.find(place);
  if (found == receipts_.end() || found->second != count) return;
  receipts_.erase(found);
  batch.meta[receipt_name(place.first, place.second)] = "";
}

void Hints::add_receipt(const HintId& id, Batch& batch) {
  const std::uint64_t count = ++receipts_[{id.vnode, id.primary}];
  std::string value;
  append_varint(id.vnode, value);
  append_varint(id.primary, value);
  append_varint(count, value);
  batch.meta[receipt_name(id.vnode, id.primary)] = std::move(value);
}

// ---------------------------------------------------------------- changes

void Hints::write(const HintId& id, const Hint& hint, Batch& batch) {
  enter(id, entry_of(id, hint));
  batch.meta[hint_name(id)] = encode_hint(hint);
}

bool Hints::keep(const HintId& id, Row row, Generation generation, Batch& batch) {
  const CoreOptions& options = state_.options();
  Hint hint;
  hint.row = std::move(row);
  hint.generation = generation;
  hint.order = last_order_ + 1;
  hint.since_ms = state_.env.wall_now_ms();
  const Entry* old = find(id);
  if (old != nullptr) hint.since_ms = std::min(hint.since_ms, old->since_ms);
  if (old != nullptr && !old->owed) hint.generation = std::min(generation, old->generation);
  const std::size_t bytes = size_of(id, hint);
  // What this very hint had takes part in nothing: it is replaced.
  const bool was_sole = old != nullptr && !old->spare;
  const std::size_t other_sole_bytes = sole_bytes_ - (was_sole ? old->bytes : 0);
  const std::size_t other_sole = sole_count_ - (was_sole ? 1 : 0);
  // An eighth more than what the peers were told: they learn of the bound with the next pong only.
  if (other_sole_bytes + bytes > options.hints_bytes_max + options.hints_bytes_max / 8 ||
      other_sole + 1 > options.hints_max + options.hints_max / 8) {
    return false;
  }
  write(id, hint, batch);
  make_room(batch);
  return true;
}

void Hints::owe(const HintId& id, Batch& batch) {
  // Also where it is owed already: what is on its way to the primary is an older row.
  Hint hint;
  hint.spare = true;
  hint.order = last_order_ + 1;
  hint.since_ms = state_.env.wall_now_ms();
  if (const Entry* old = find(id)) hint.since_ms = std::min(hint.since_ms, old->since_ms);
  write(id, hint, batch);
  make_room(batch);
}

void Hints::make_room(Batch& batch) {
  while (over(bytes_, index_.size()) && !spare_by_order_.empty()) {
    drop(HintId(spare_by_order_.begin()->second), batch);
  }
}

void Hints::set_spare(const HintId& id, Hint hint, Batch& batch) {
  hint.spare = true;
  write(id, hint, batch);
}

void Hints::remove(const HintId& id, Batch& batch) {
  leave(id);
  batch.meta[hint_name(id)] = "";
}

void Hints::expire(Batch& batch) {
  const std::int64_t before_ms = state_.env.wall_now_ms() - state_.options().hint_age_max_ms;
  while (!spare_by_order_.empty()) {
    const HintId id = spare_by_order_.begin()->second;
    if (find(id)->since_ms >= before_ms) return;
    drop(id, batch);
  }
}

std::vector<HintsStatus> Hints::status() const {
  std::vector<HintsStatus> all;
  for (const auto& [id, entry] : index_) {
    if (all.empty() || all.back().primary != id.primary) {
      all.push_back(HintsStatus{id.primary, 0, 0, 0, entry.since_ms});
    }
    HintsStatus& of = all.back();
    ++of.count;
    of.bytes += entry.bytes;
    if (!entry.spare) ++of.sole;
    of.oldest_ms = std::min(of.oldest_ms, entry.since_ms);
  }
  return all;
}

}  // namespace quorate
