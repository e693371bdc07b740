#include "node/io/rocks_store.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <utility>
#include <vector>

#include "node/base/hash.h"
#include "node/io/rocks_prefix_range.h"
#include "node/io/rocks_status.h"
#include "node/io/rocks_store_parts.h"
#include "node/io/row_keys.h"
#include "node/io/store_files.h"

namespace quorate {

namespace {

// The high-water file reaches the disk itself at every so many syncs.
constexpr std::uint32_t kSyncsBetweenFlushes = 1024;

// A turn that gathers more hands over what it has.
constexpr std::size_t kGatheredBytesMax = 1u << 20;

std::uint64_t hash_of(VnodeId vnode, const Key& key) {
  return hash64(key.name, hash64(key.bucket, vnode));
}

Error closed_for_want_of_space() {
  return Error{ErrorCode::kIoError, "the store is closed until there is room on its disk"};
}

}  // namespace

RocksStore::RocksStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

RocksStore::~RocksStore() = default;

bool RocksStore::Parts::is_staged(VnodeId vnode, const Key& key) const {
  return !staged_rows.empty() && staged_rows.contains(hash_of(vnode, key));
}

void RocksStore::Parts::forget_staged() {
  batch.Clear();
  staged_rows.clear();
}

// ---------------------------------------------------------------- reading

Result<RowPtr> RocksStore::read(VnodeId vnode, const Key& key) const {
  if (!parts_->rows) return closed_for_want_of_space();
  if (parts_->damage_found.load(std::memory_order_relaxed)) {
    parts_->damage_found = false;
    parts_->rows->distrust_cache();
  }
  if (RowPtr kept = parts_->rows->find(vnode, key)) return kept;
  if (parts_->is_staged(vnode, key)) show_staged();
  return parts_->rows->read(vnode, key);
}

Result<StoreReader::ScanPage> RocksStore::scan(VnodeId vnode, const std::optional<Key>& after,
                                               std::uint32_t rows_max, std::uint32_t bytes_max,
                                               bool keys_only) const {
  if (!parts_->rows) return closed_for_want_of_space();
  show_staged();
  return parts_->rows->scan(vnode, after, rows_max, bytes_max, keys_only);
}

Result<std::optional<std::string>> RocksStore::read_meta(std::string_view name) const {
  if (!parts_->db) return closed_for_want_of_space();
  show_staged();
  std::string store_key;
  row_keys::append_meta(name, store_key);
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = parts_->view->get(store_key, &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return to_error(status, "reading \"" + printable(name) + "\"");
  return std::optional<std::string>(value.ToString());
}

Result<StoreReader::MetaPage> RocksStore::scan_meta(std::string_view prefix, std::string_view after,
                                                    std::uint32_t values_max,
                                                    std::uint32_t bytes_max) const {
  if (!parts_->db) return closed_for_want_of_space();
  show_staged();
  std::string start;
  row_keys::append_meta("", start);
  std::string range_prefix;
  row_keys::append_meta(prefix, range_prefix);
  std::string from = range_prefix;
  if (after >= prefix) {
    from.clear();
    row_keys::append_meta(after, from);
    from.push_back('\0');  // the first name behind it
  }
  MetaPage page;
  std::size_t bytes = 0;
  PrefixRange range(*parts_->view, range_prefix, from);
  for (; range.valid(); range.next()) {
    const rocksdb::Slice store_key = range.key();
    std::string name(store_key.data() + start.size(), store_key.size() - start.size());
    bytes += name.size() + range.value().size();
    if (!page.values.empty() && (page.values.size() >= values_max || bytes > bytes_max)) {
      return page;
    }
    page.values.emplace_back(std::move(name), range.value());
  }
  if (!range.status().ok()) return to_error(range.status(), "scanning named values");
  page.done = true;
  return page;
}

std::uint64_t RocksStore::high_water() const { return parts_->high_water; }

bool RocksStore::created() const { return parts_->created; }

StoreState RocksStore::state() const { return parts_->health.state(); }

Error RocksStore::failure() const { return parts_->health.reason(); }

// ---------------------------------------------------------------- writing

namespace {

using Changes = boost::container::small_vector<RowChange*, 4>;

// Of a row that a batch changes twice only the last change is stored.
Changes last_changes(std::vector<RowChange>& changes) {
  Changes last;
  last.reserve(changes.size());
  for (RowChange& change : changes) last.push_back(&change);
  if (changes.size() < 2) return last;
  const auto row_order = [](const RowChange* a, const RowChange* b) {
    if (a->vnode != b->vnode) return a->vnode < b->vnode;
    return a->key < b->key;
  };
  std::stable_sort(last.begin(), last.end(), row_order);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < last.size(); ++i) {
    if (i + 1 < last.size() && !row_order(last[i], last[i + 1])) continue;
    last[kept++] = last[i];
  }
  last.resize(kept);
  return last;
}

}  // namespace

Status RocksStore::take(Batch&& batch) {
  Parts& parts = *parts_;
  QUORATE_CHECK_MSG(batch.id > parts.last_batch, "batches are numbered in the order of apply");
  if (state() != StoreState::kWritable) return parts.health.reason();

  const Changes changes = last_changes(batch.rows);
  for (const RowChange* change : changes) {
    if (!parts.is_staged(change->vnode, change->key) || !parts.rows->reads_before_staging())
      continue;
    if (Status written = write_staged(); !written) return written;
  }
  const std::size_t gathered_bytes = parts.batch.GetDataSize();
  parts.batch.SetSavePoint();
  Status taken = stage(changes, batch.meta);
  if (taken && !parts.room.has_room_for(parts.batch.GetDataSize() - gathered_bytes)) {
    parts.health.lack_space({ErrorCode::kNoSpace, parts.room.describe()});
    taken = parts.health.reason();
  }
  if (!taken) {
    parts.batch.RollbackToSavePoint();
    return taken;
  }
  parts.batch.PopSavePoint();
  if (!parts.gathering) {
    if (Status written = write_staged(); !written) {
      parts.forget_staged();
      parts.rows->distrust_cache();
      return written;
    }
  }
  for (RowChange* change : changes) {
    if (parts.gathering) parts.staged_rows.insert(hash_of(change->vnode, change->key));
    parts.rows->stored(std::move(*change));
  }
  parts.last_batch = batch.id;
  // What it could not write stays gathered, and whoever calls write_gathered() hears of it.
  if (parts.batch.GetDataSize() > kGatheredBytesMax) (void)write_staged();
  return {};
}

Status RocksStore::stage(std::span<RowChange* const> changes,
                         const std::map<std::string, std::string>& meta) {
  Parts& parts = *parts_;
  std::uint64_t sequence = parts.db->GetLatestSequenceNumber() + parts.batch.Count();
  for (RowChange* change : changes) {
    Status staged = parts.rows->stage(*change, ++sequence, parts.batch);
    if (!staged) return staged;
  }
  for (const auto& [name, value] : meta) {
    std::string store_key;
    row_keys::append_meta(name, store_key);
    const rocksdb::Status status =
        value.empty() ? parts.batch.Delete(store_key) : parts.batch.Put(store_key, value);
    if (!status.ok()) return to_error(status, "writing to the store");
  }
  return {};
}

Status RocksStore::write_staged() const {
  Parts& parts = *parts_;
  if (parts.batch.Count() == 0) return {};
  if (state() == StoreState::kFailed) return parts.health.reason();
  if (!parts.db) return Error{ErrorCode::kNoSpace, closed_for_want_of_space().message};
  const rocksdb::Status status = parts.db->Write(rocks_write_options(), &parts.batch);
  if (status.ok()) {
    parts.forget_staged();
    parts.view->lift();
    return {};
  }
  Error error = to_error(status, "writing to the store");
  if (status.IsIncomplete() && parts.events->needs_reopening) {
    error.code = ErrorCode::kNoSpace;  // it waited for a compaction
  } else if (error.code == ErrorCode::kNoSpace) {
    parts.room.note_full();
    parts.events->note_full(error);
  } else {
    parts.health.fail(error);
  }
  return error;
}

// For readers of RocksDB. What cannot be written now is laid over it; nothing is added to it until
// it was written.
void RocksStore::show_staged() const {
  Parts& parts = *parts_;
  if (parts.batch.Count() == 0 || parts.view->is_covered()) return;
  if (state() == StoreState::kWritable && write_staged()) return;
  parts.view->lay_over(parts.batch);
}

void RocksStore::gather() { parts_->gathering = true; }

Status RocksStore::write_gathered() { return write_staged(); }

Status RocksStore::sync() {
  Parts& parts = *parts_;
  const std::lock_guard lock(parts.sync_mutex);
  const std::shared_lock engine(parts.engine_mutex);
  // Not tried again: the kernel may have dropped the pages that it could not write, and would now
  // say that all is well.
  if (state() == StoreState::kFailed) return parts.health.reason();
  if (!parts.db) return Error{ErrorCode::kNoSpace, closed_for_want_of_space().message};
  const std::uint64_t covered = parts.db->GetLatestSequenceNumber();
  if (covered == parts.high_water) return {};
  if (Status synced = parts.events->sync_logs(*parts.db); !synced) return synced;
  Status noted = parts.high_water_file->note(covered);
  if (noted && ++parts.syncs_since_flush >= kSyncsBetweenFlushes) {
    parts.syncs_since_flush = 0;
    noted = parts.high_water_file->flush();
  }
  if (!noted) {
    parts.health.fail(noted.error());
    return noted;
  }
  parts.high_water = covered;
  return {};
}

// ---------------------------------------------------------------- upkeep

StoreState RocksStore::poll_state() {
  Parts& parts = *parts_;
  if (state() == StoreState::kFailed) return StoreState::kFailed;
  if (!parts.room.look()) {
    parts.health.lack_space({ErrorCode::kNoSpace, parts.room.describe()});
    return state();
  }
  if (state() == StoreState::kWritable) return StoreState::kWritable;
  if (parts.events->needs_reopening && !parts.reopen()) return state();
  if (!write_staged()) return state();
  parts.health.recover();
  return state();
}

Status RocksStore::verify_checksums() {
  const std::shared_lock engine(parts_->engine_mutex);
  if (!parts_->db) return closed_for_want_of_space();
  const rocksdb::Status status = parts_->db->VerifyChecksum();
  if (status.ok()) return {};
  parts_->damage_found = true;
  return to_error(status, "verifying the checksums of " + parts_->directory.path());
}

RocksStore::Size RocksStore::size() const {
  Size size;
  {
    const std::shared_lock engine(parts_->engine_mutex);
    if (parts_->db) {
      parts_->db->GetIntProperty(rocksdb::DB::Properties::kEstimateNumKeys, &size.keys_estimate);
    }
  }
  const std::string rows_path = parts_->directory.rows_path();
  Result<std::vector<std::string>> names = list_directory(*parts_->files, rows_path);
  if (!names) return size;
  for (const std::string& name : *names) {
    std::uint64_t bytes = 0;  // a file may be gone by now
    if (parts_->files->GetFileSize(rows_path + "/" + name, rocksdb::IOOptions(), &bytes, nullptr)
            .ok()) {
      size.disk_bytes += bytes;
    }
  }
  return size;
}

Status RocksStore::close() {
  Parts& parts = *parts_;
  if (parts.closed) return {};
  parts.closed = true;
  Status outcome = write_staged();
  if (outcome) outcome = sync();
  if (outcome) {
    const std::lock_guard lock(parts.sync_mutex);
    outcome = parts.high_water_file->flush();
  }
  const std::lock_guard engine(parts.engine_mutex);
  if (parts.db) {
    const rocksdb::Status status = parts.db->Close();
    if (outcome && !status.ok()) outcome = to_error(status, "closing the store");
  }
  parts.directory.release();
  return outcome;
}

Result<std::string> move_damaged_store_aside(const RocksStoreOptions& options) {
  if (Status valid = options.validate(); !valid) return valid.error();
  return StoreDirectory::move_aside(
      options.file_system ? options.file_system : rocksdb::FileSystem::Default(),
      {options.directory, options.cluster, options.node});
}

}  // namespace quorate
