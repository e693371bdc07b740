#include "sim/world/memory_store.h"

#include <algorithm>
#include <iterator>

namespace quorate::sim {

namespace {

std::string name_of(const Key& key) { return "\"" + key.bucket + "/" + key.name + "\""; }

Error unreadable(const Key& key) {
  return Error{ErrorCode::kCorruption, "the row of " + name_of(key) + " cannot be read"};
}

Error io_error(const char* what) {
  return Error{ErrorCode::kIoError, std::string("the simulated disk failed a ") + what};
}

}  // namespace

// ---------------------------------------------------------------- reading

const MemoryStore::Rows& MemoryStore::rows(VnodeId vnode) const {
  static const Rows kNone;
  return vnode < vnodes_.size() ? vnodes_[vnode] : kNone;
}

std::size_t MemoryStore::row_count() const {
  std::size_t count = 0;
  for (const Rows& rows : vnodes_) count += rows.size();
  return count;
}

Result<RowPtr> MemoryStore::read(VnodeId vnode, const Key& key) const {
  if (faults.read_fails) return io_error("read");
  if (!corrupt_.empty() && corrupt_.contains({vnode, key})) return unreadable(key);
  const Rows& rows = this->rows(vnode);
  const auto found = rows.find(key);
  return found == rows.end() ? RowPtr() : found->second;
}

Result<StoreReader::ScanPage> MemoryStore::scan(VnodeId vnode, const std::optional<Key>& after,
                                                std::uint32_t rows_max, std::uint32_t bytes_max,
                                                bool keys_only) const {
  if (faults.read_fails) return io_error("scan");
  const Rows& rows = this->rows(vnode);
  auto next = after ? rows.upper_bound(*after) : rows.begin();
  ScanPage page;
  std::size_t bytes = 0;
  for (; next != rows.end(); ++next) {
    const auto& [key, stored] = *next;
    if (!page.rows.empty() && page.rows.size() >= rows_max) return page;
    if (!corrupt_.empty() && corrupt_.contains({vnode, key})) {
      page.unreadable.push_back(key);
      continue;
    }
    Row row;
    row.kind = stored->kind;
    row.mark = stored->mark;
    row.sequence = stored->sequence;
    if (!keys_only) row.record = stored->record;
    bytes += scan_bytes(key, row);
    if (!page.rows.empty() && bytes > bytes_max) return page;
    page.rows.emplace_back(key, std::move(row));
  }
  page.done = true;
  return page;
}

Result<std::optional<std::string>> MemoryStore::read_meta(std::string_view name) const {
  if (faults.read_fails) return io_error("read");
  const auto found = meta_.find(name);
  if (found == meta_.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

Result<StoreReader::MetaPage> MemoryStore::scan_meta(std::string_view prefix,
                                                     std::string_view after,
                                                     std::uint32_t values_max,
                                                     std::uint32_t bytes_max) const {
  if (faults.read_fails) return io_error("scan");
  auto next = after < prefix ? meta_.lower_bound(prefix) : meta_.upper_bound(after);
  MetaPage page;
  std::size_t bytes = 0;
  for (; next != meta_.end() && next->first.starts_with(prefix); ++next) {
    bytes += next->first.size() + next->second.size();
    if (!page.values.empty() && (page.values.size() >= values_max || bytes > bytes_max)) {
      return page;
    }
    page.values.emplace_back(next->first, next->second);
  }
  page.done = true;
  return page;
}

// ---------------------------------------------------------------- writing

MemoryStore::Rows& MemoryStore::rows_for(VnodeId vnode) {
  if (vnode >= vnodes_.size()) vnodes_.resize(std::size_t{vnode} + 1);
  return vnodes_[vnode];
}

Status MemoryStore::take(Batch&& batch) {
  QUORATE_CHECK_MSG(batch.id > last_batch_, "batches are numbered in the order of apply");
  if (faults.apply_fails) return io_error("write");
  if (faults.full) return Error{ErrorCode::kNoSpace, "the simulated disk is full"};
  last_batch_ = batch.id;

  Undo& undo = undo_.emplace_back();
  undo.id = batch.id;
  undo.changes_before = changes_;
  undo.rows.reserve(batch.rows.size());
  for (RowChange& change : batch.rows) {
    ++changes_;
    undo.rows.push_back({change.vnode, change.key, nullptr, false});
    auto& before = undo.rows.back();
    Rows& rows = rows_for(change.vnode);
    if (!corrupt_.empty()) before.corrupt = corrupt_.erase({change.vnode, change.key}) > 0;
    const auto found = rows.lower_bound(change.key);
    const bool exists = found != rows.end() && found->first == change.key;
    if (exists) before.row = std::move(found->second);
    if (change.row) {
      change.row->sequence = changes_;
      const auto stored = exists ? found : rows.emplace_hint(found, change.key, nullptr);
      stored->second = std::make_shared<const Row>(*std::move(change.row));
    } else if (exists) {
      rows.erase(found);
    }
  }
  for (const auto& [name, value] : batch.meta) {
    ++changes_;
    const auto found = meta_.find(name);
    if (found == meta_.end()) {
      undo.meta.emplace_back(name, std::nullopt);
      if (!value.empty()) meta_.emplace(name, value);
    } else {
      undo.meta.emplace_back(name, std::move(found->second));
      if (value.empty()) {
        meta_.erase(found);
      } else {
        found->second = value;
      }
    }
  }
  undo.changes_after = changes_;
  return {};
}

Status MemoryStore::sync() { return sync_through(last_batch_); }

Status MemoryStore::sync_through(BatchId last) {
  if (faults.sync_fails) return io_error("sync");
  while (!undo_.empty() && undo_.front().id <= last) {
    durable_changes_ = undo_.front().changes_after;
    undo_.pop_front();
  }
  return {};
}

// ---------------------------------------------------------------- what happens to disks

void MemoryStore::put(VnodeId vnode, const Key& key, RowPtr row) {
  Rows& rows = rows_for(vnode);
  if (row) {
    rows.insert_or_assign(key, std::move(row));
  } else {
    rows.erase(key);
  }
}

void MemoryStore::roll_back(Undo& undo) {
  for (auto before = undo.rows.rbegin(); before != undo.rows.rend(); ++before) {
    put(before->vnode, before->key, std::move(before->row));
    if (before->corrupt) {
      corrupt_.insert({before->vnode, before->key});
    } else {
      corrupt_.erase({before->vnode, before->key});
    }
  }
  for (auto before = undo.meta.rbegin(); before != undo.meta.rend(); ++before) {
    if (before->second) {
      meta_.insert_or_assign(before->first, *std::move(before->second));
    } else {
      meta_.erase(before->first);
    }
  }
  changes_ = undo.changes_before;
}

void MemoryStore::crash(std::size_t kept) {
  QUORATE_CHECK(kept <= undo_.size());
  while (undo_.size() > kept) {
    roll_back(undo_.back());
    undo_.pop_back();
  }
  durable_changes_ = changes_;
  undo_.clear();
  restart();
}

void MemoryStore::restart() {
  QUORATE_CHECK(undo_.empty());
  last_batch_ = 0;
}

void MemoryStore::wipe() {
  vnodes_.clear();
  meta_.clear();
  corrupt_.clear();
  undo_.clear();
  changes_ = 0;
  durable_changes_ = 0;
  restart();
}

MemoryStore::Image MemoryStore::backup() const {
  MemoryStore durable = *this;
  durable.crash();
  Image image;
  image.vnodes_ = std::move(durable.vnodes_);
  image.meta_ = std::move(durable.meta_);
  image.corrupt_ = std::move(durable.corrupt_);
  image.changes_ = durable.changes_;
  return image;
}

void MemoryStore::restore(const Image& image) {
  vnodes_ = image.vnodes_;
  meta_ = image.meta_;
  corrupt_ = image.corrupt_;
  undo_.clear();
  changes_ = image.changes_;
  durable_changes_ = image.changes_;
  restart();
}

void MemoryStore::forget(VnodeId vnode, const Key& key) {
  rows_for(vnode).erase(key);
  corrupt_.erase({vnode, key});
  for (Undo& undo : undo_) {
    for (auto& before : undo.rows) {
      if (before.vnode == vnode && before.key == key) {
        before.row.reset();
        before.corrupt = false;
      }
    }
  }
}

bool MemoryStore::corrupt(VnodeId vnode, const Key& key) {
  if (!rows(vnode).contains(key)) return false;
  corrupt_.insert({vnode, key});
  for (Undo& undo : undo_) {
    for (auto& before : undo.rows) {
      if (before.vnode == vnode && before.key == key && before.row) before.corrupt = true;
    }
  }
  return true;
}

// ---------------------------------------------------------------- what is durable

MemoryStore::Names MemoryStore::changed_through(BatchId last) const {
  Names names;
  for (const Undo& undo : undo_) {
    if (undo.id > last) break;
    for (const auto& before : undo.rows) names.rows.emplace(before.vnode, before.key);
    for (const auto& before : undo.meta) names.meta.insert(before.first);
  }
  return names;
}

MemoryStore::Names MemoryStore::everything() const {
  Names names = everything_unsynced();
  for (std::size_t vnode = 0; vnode < vnodes_.size(); ++vnode) {
    for (const auto& [key, row] : vnodes_[vnode]) {
      names.rows.emplace(static_cast<VnodeId>(vnode), key);
    }
  }
  for (const auto& [name, value] : meta_) names.meta.insert(name);
  return names;
}

bool MemoryStore::is_unsynced(VnodeId vnode, const Key& key) const {
  return std::any_of(undo_.begin(), undo_.end(), [&](const Undo& undo) {
    return std::any_of(undo.rows.begin(), undo.rows.end(), [&](const auto& before) {
      return before.vnode == vnode && before.key == key;
    });
  });
}

bool MemoryStore::is_unsynced(std::string_view meta) const {
  return std::any_of(undo_.begin(), undo_.end(), [&](const Undo& undo) {
    return std::any_of(undo.meta.begin(), undo.meta.end(),
                       [&](const auto& before) { return before.first == meta; });
  });
}

bool MemoryStore::any_unsynced_or_corrupt(VnodeId vnode) const {
  const auto corrupt = std::any_of(corrupt_.begin(), corrupt_.end(),
                                   [&](const auto& row) { return row.first == vnode; });
  return corrupt || std::any_of(undo_.begin(), undo_.end(), [&](const Undo& undo) {
           return std::any_of(undo.rows.begin(), undo.rows.end(),
                              [&](const auto& before) { return before.vnode == vnode; });
         });
}

RowPtr MemoryStore::durable_row(VnodeId vnode, const Key& key) const {
  for (const Undo& undo : undo_) {
    for (const auto& before : undo.rows) {
      if (before.vnode == vnode && before.key == key) return before.row;
    }
  }
  const Rows& rows = this->rows(vnode);
  const auto found = rows.find(key);
  return found == rows.end() ? nullptr : found->second;
}

std::string MemoryStore::durable_meta(std::string_view name) const {
  for (const Undo& undo : undo_) {
    for (const auto& before : undo.meta) {
      if (before.first == name) return before.second.value_or("");
    }
  }
  const auto found = meta_.find(name);
  return found == meta_.end() ? "" : found->second;
}

}  // namespace quorate::sim
