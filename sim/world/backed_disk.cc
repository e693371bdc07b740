#include "sim/world/backed_disk.h"

#include <utility>

#include "node/base/check.h"

namespace quorate::sim {

BackedDisk::BackedDisk(std::unique_ptr<Store> durable) : durable_(std::move(durable)) {
  QUORATE_CHECK(durable_ != nullptr);
}

// ---------------------------------------------------------------- reading

// The row as the other store has it. Stores number their changes in ways of their own, so the
// number is the simulated disk's.
RowPtr BackedDisk::durable(VnodeId vnode, const Key& key, const Row& numbered) const {
  const Result<RowPtr> found = durable_->read(vnode, key);
  QUORATE_CHECK_MSG(found && *found, "the store under a simulated disk lost a durable row");
  Row row = **found;
  row.sequence = numbered.sequence;
  return std::make_shared<const Row>(std::move(row));
}

Result<RowPtr> BackedDisk::read(VnodeId vnode, const Key& key) const {
  Result<RowPtr> row = MemoryStore::read(vnode, key);
  if (!row || is_unsynced(vnode, key)) return row;
  if (*row) return durable(vnode, key, **row);
  const Result<RowPtr> nothing = durable_->read(vnode, key);
  QUORATE_CHECK_MSG(nothing && !*nothing, "the store under a simulated disk kept a removed row");
  return row;
}

Result<StoreReader::ScanPage> BackedDisk::scan(VnodeId vnode, const std::optional<Key>& after,
                                               std::uint32_t rows_max, std::uint32_t bytes_max,
                                               bool keys_only) const {
  Result<ScanPage> page = MemoryStore::scan(vnode, after, rows_max, bytes_max, keys_only);
  if (!page) return page;
  if (!any_unsynced_or_corrupt(vnode)) {
    Result<ScanPage> found = durable_->scan(vnode, after, rows_max, bytes_max, keys_only);
    QUORATE_CHECK_MSG(found && found->rows.size() == page->rows.size(),
                      "the store under a simulated disk cuts its pages elsewhere");
    for (std::size_t i = 0; i < found->rows.size(); ++i) {
      found->rows[i].second.sequence = page->rows[i].second.sequence;
    }
    return found;
  }
  for (auto& [key, row] : page->rows) {
    if (keys_only || is_unsynced(vnode, key)) continue;
    row = *durable(vnode, key, row);
  }
  return page;
}

Result<std::optional<std::string>> BackedDisk::read_meta(std::string_view name) const {
  Result<std::optional<std::string>> value = MemoryStore::read_meta(name);
  if (!value || is_unsynced(name)) return value;
  Result<std::optional<std::string>> found = durable_->read_meta(name);
  QUORATE_CHECK_MSG(found, "the store under a simulated disk lost a durable value");
  return found;
}

Result<StoreReader::MetaPage> BackedDisk::scan_meta(std::string_view prefix, std::string_view after,
                                                    std::uint32_t values_max,
                                                    std::uint32_t bytes_max) const {
  Result<MetaPage> page = MemoryStore::scan_meta(prefix, after, values_max, bytes_max);
  if (!page) return page;
  if (unsynced() == 0) {
    Result<MetaPage> found = durable_->scan_meta(prefix, after, values_max, bytes_max);
    QUORATE_CHECK_MSG(found && found->values == page->values,
                      "the store under a simulated disk has other values");
    return found;
  }
  for (auto& [name, value] : page->values) {
    if (is_unsynced(name)) continue;
    Result<std::optional<std::string>> found = durable_->read_meta(name);
    QUORATE_CHECK_MSG(found && *found, "the store under a simulated disk lost a durable value");
    value = **std::move(found);
  }
  return page;
}

// ---------------------------------------------------------------- what becomes durable

void BackedDisk::hand_over(const Names& names) {
  if (names.rows.empty() && names.meta.empty()) return;
  Batch batch;
  batch.id = ++handed_over_;
  for (const auto& [vnode, key] : names.rows) {
    const RowPtr row = durable_row(vnode, key);
    batch.rows.push_back(RowChange{vnode, key, row ? std::optional<Row>(*row) : std::nullopt});
  }
  for (const std::string& name : names.meta) batch.meta.emplace(name, durable_meta(name));
  // And not synced: nothing takes it away again before the end of the run.
  const Status stored = durable_->apply(batch);
  QUORATE_CHECK_MSG(stored, stored ? nullptr : stored.error().to_string().c_str());
}

Status BackedDisk::sync_through(BatchId last) {
  const Names names = changed_through(last);
  Status synced = MemoryStore::sync_through(last);
  if (synced) hand_over(names);
  return synced;
}

void BackedDisk::crash(std::size_t kept) {
  const Names names = everything_unsynced();
  MemoryStore::crash(kept);
  hand_over(names);
}

void BackedDisk::wipe() {
  const Names names = everything();
  MemoryStore::wipe();
  hand_over(names);
}

void BackedDisk::restore(const Image& image) {
  Names names = everything();
  MemoryStore::restore(image);
  names.merge(everything());
  hand_over(names);
}

void BackedDisk::forget(VnodeId vnode, const Key& key) {
  MemoryStore::forget(vnode, key);
  hand_over(Names{{{vnode, key}}, {}});
}

}  // namespace quorate::sim
