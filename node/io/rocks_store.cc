#include "node/io/rocks_store.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/listener.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "node/io/disk_room.h"
#include "node/io/high_water_file.h"
#include "node/io/log_guard.h"
#include "node/io/rocks_options.h"
#include "node/io/rocks_rows.h"
#include "node/io/rocks_status.h"
#include "node/io/row_keys.h"
#include "node/io/store_directory.h"
#include "node/io/store_files.h"
#include "node/io/store_health.h"

namespace quorate {

namespace {

// The high-water file reaches the disk itself at every so many syncs.
constexpr std::uint32_t kSyncsBetweenFlushes = 1024;

constexpr const char* kHowToRebuild =
    ". Its peers hold the data: start the node with --auto-rebuild, or move the directory away, "
    "and it fills itself from them";

const std::string kIdentityKey(1, static_cast<char>(row_keys::Type::kIdentity));

// What RocksDB tells while it works; called on its threads and inside our writes.
class RocksEvents final : public rocksdb::EventListener {
 public:
  RocksEvents(StoreHealth& health, LogGuard& logs) : health_(health), logs_(logs) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* status) override {
    // A soft error stops nothing: RocksDB tries that piece of work again.
    if (status->severity() < rocksdb::Status::kHardError) return;
    Error error = to_error(*status, "writing to disk in the background");
    if (error.code == ErrorCode::kNoSpace) {
      needs_resume = true;
      health_.lack_space(std::move(error));
    } else {
      health_.fail(std::move(error));
    }
  }

  // RocksDB is about to begin a new log, inside a write and before anything is in it. Were the old
  // one not synced, a power cut could take its tail and leave the start of the new one: a hole.
  void OnMemTableSealed(const rocksdb::MemTableInfo& /*info*/) override {
    rocksdb::DB* db = open_db;
    if (db == nullptr) return;
    // A broken log needs none: before the next write its content will be in a table.
    const auto status = logs_.sync([&] { return db->SyncWAL(); });
    if (status && !status->ok()) {
      health_.fail(to_error(*status, "syncing the store's log before the next"));
    }
  }

  std::atomic<bool> needs_resume{false};
  std::atomic<rocksdb::DB*> open_db{nullptr};

 private:
  StoreHealth& health_;
  LogGuard& logs_;
};

}  // namespace

Status RocksStoreOptions::validate() const {
  std::string wrong;
  const auto expect = [&](bool right, const char* what) {
    if (right) return;
    if (!wrong.empty()) wrong += "; ";
    wrong += what;
  };
  expect(!directory.empty(), "the data directory has no name");
  expect(!cluster.empty() && cluster.find('\n') == std::string::npos,
         "the cluster's name must be one line");
  expect(node != 0, "the node's id must be 1 or more");
  expect(cache_bytes >= (1u << 20), "the store's cache must be 1 MiB or more");
  expect(write_buffer_bytes >= (64u << 10), "the store's write buffer must be 64 KiB or more");
  expect(open_files_max >= 16, "the store needs 16 open files or more");
  expect(free_bytes_resume >= free_bytes_min,
         "the store must not resume with less free space than it stops at");
  if (!wrong.empty()) return invalid_input(wrong);
  return {};
}

// ---------------------------------------------------------------- what a store is made of

struct RocksStore::Parts {
  // The order is that of construction; RocksDB must be closed before what it uses is gone.
  RocksStoreOptions options;
  std::shared_ptr<LogGuard> files;
  StoreDirectory directory;
  StoreHealth health;
  DiskRoom room;
  std::unique_ptr<rocksdb::Env> env;
  std::shared_ptr<RocksEvents> events;
  LogContinuity log_continuity;
  std::unique_ptr<rocksdb::DB> db;
  std::unique_ptr<RocksRows> rows;

  bool created = false;
  rocksdb::WriteBatch batch;  // reused: its memory stays
  BatchId last_batch = 0;
  bool closed = false;

  std::mutex sync_mutex;
  std::optional<HighWaterFile> high_water_file;  // guarded by sync_mutex
  std::uint32_t syncs_since_flush = 0;           // guarded by sync_mutex
  std::atomic<std::uint64_t> high_water{0};

  Parts(RocksStoreOptions given, StoreDirectory claimed)
      : options(std::move(given)),
        files(std::make_shared<LogGuard>(options.file_system)),
        directory(std::move(claimed)),
        room(files, options.directory, {options.free_bytes_min, options.free_bytes_resume}),
        env(rocksdb::NewCompositeEnv(files)),
        events(std::make_shared<RocksEvents>(health, *files)) {}

  Status open_rocks();
  Status make_identity_row();
  Status check_identity_row();
  Status check_high_water();
  Error refused(const Error& why) const;
  Status not_writable() const { return health.reason(); }
};

// ---------------------------------------------------------------- opening

// What a finished store lacks or holds in disorder is corruption, whatever RocksDB calls it.
Error RocksStore::Parts::refused(const Error& why) const {
  return Error{ErrorCode::kCorruption,
               "the store in " + options.directory + " is damaged: " + why.message + kHowToRebuild};
}

Status RocksStore::Parts::open_rocks() {
  rocksdb::Options rocks = rocks_options(options, env.get(), events, &log_continuity);
  rocks.create_if_missing = created;
  rocks.error_if_exists = created;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(rocks, directory.rows_path(), &opened);
  if (status.ok()) {
    db.reset(opened);
    events->open_db = opened;
    return {};
  }
  Error error = to_error(status, "opening " + directory.rows_path());
  if (!log_continuity.gap().empty()) error.message += " (" + log_continuity.gap() + ")";
  if (status.ToString().find("LOCK") != std::string::npos) {
    return Error{ErrorCode::kInUse, error.message};
  }
  const bool something_missing = status.IsInvalidArgument() || status.IsNotFound() ||
                                 (status.IsIOError() && status.IsPathNotFound());
  if (!created && (status.IsCorruption() || something_missing)) return refused(error);
  return error;
}

Status RocksStore::Parts::make_identity_row() {
  StoreIdentity identity = directory.identity();
  identity.complete = true;
  rocksdb::WriteOptions write = rocks_write_options();
  write.sync = true;
  const rocksdb::Status status = db->Put(write, kIdentityKey, identity.encode());
  if (!status.ok()) return to_error(status, "writing to the new store");
  return {};
}

// The rows must be those that IDENTITY speaks of, not another store's that were put here.
Status RocksStore::Parts::check_identity_row() {
  std::string text;
  const rocksdb::Status status = db->Get(rocks_read_options(), kIdentityKey, &text);
  if (status.IsNotFound()) {
    return refused({ErrorCode::kCorruption, "it has forgotten whose it is"});
  }
  if (!status.ok()) {
    const Error error = to_error(status, "reading whose store it is");
    return error.code == ErrorCode::kCorruption ? refused(error) : error;
  }
  Result<StoreIdentity> inside = StoreIdentity::decode(text, directory.rows_path());
  if (!inside) return refused(inside.error());
  const StoreIdentity& outside = directory.identity();
  if (inside->cluster != outside.cluster || inside->node != outside.node ||
      inside->store != outside.store) {
    return refused({ErrorCode::kCorruption, "its rows were made by another store (cluster \"" +
                                                printable(inside->cluster) + "\", node " +
                                                std::to_string(inside->node) + ")"});
  }
  return {};
}

Status RocksStore::Parts::check_high_water() {
  const std::uint64_t found = db->GetLatestSequenceNumber();
  const std::uint64_t expected = high_water_file->number();
  if (found < expected) {
    return refused({ErrorCode::kCorruption,
                    "it has forgotten changes that were durable: it holds " +
                        std::to_string(found) + " of at least " + std::to_string(expected)});
  }
  // What was recovered is in tables by now, which RocksDB has synced.
  if (Status noted = high_water_file->note(found); !noted) return noted;
  if (Status flushed = high_water_file->flush(); !flushed) return flushed;
  high_water = found;
  return {};
}

Result<std::unique_ptr<RocksStore>> RocksStore::open(RocksStoreOptions options) {
  if (Status valid = options.validate(); !valid) return valid.error();
  if (!options.file_system) options.file_system = rocksdb::FileSystem::Default();
  Result<StoreDirectory> directory = StoreDirectory::claim(
      options.file_system, {options.directory, options.cluster, options.node});
  if (!directory) {
    Error error = directory.error();
    if (error.code == ErrorCode::kCorruption) error.message += kHowToRebuild;
    return error;
  }
  auto parts = std::make_unique<Parts>(std::move(options), *std::move(directory));
  parts->created = parts->directory.is_empty();
  const std::string high_water_path = parts->directory.high_water_path();
  if (parts->created) {
    if (Status begun = parts->directory.begin(); !begun) return begun.error();
    if (Status made = HighWaterFile::create(*parts->files, high_water_path); !made) {
      return made.error();
    }
  }
  Result<HighWaterFile> high_water_file = HighWaterFile::open(*parts->files, high_water_path);
  if (!high_water_file) {
    const Error& error = high_water_file.error();
    return error.code == ErrorCode::kCorruption ? parts->refused(error) : error;
  }
  parts->high_water_file = *std::move(high_water_file);

  if (Status opened = parts->open_rocks(); !opened) return opened.error();
  Status identified = parts->created ? parts->make_identity_row() : parts->check_identity_row();
  if (!identified) return identified.error();
  if (Status complete = parts->check_high_water(); !complete) return complete.error();
  parts->rows = std::make_unique<RocksRows>(*parts->db, parts->options.siblings_inline_bytes_max);
  if (Status loaded = parts->rows->load(); !loaded) return loaded.error();
  if (parts->created) {
    if (Status finished = parts->directory.finish(); !finished) return finished.error();
  }
  auto store = std::unique_ptr<RocksStore>(new RocksStore(std::move(parts)));
  store->poll_state();
  return store;
}

RocksStore::RocksStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

RocksStore::~RocksStore() = default;

// ---------------------------------------------------------------- reading

Result<std::optional<Row>> RocksStore::read(VnodeId vnode, const Key& key) const {
  return parts_->rows->read(vnode, key);
}

Result<StoreReader::ScanPage> RocksStore::scan(VnodeId vnode, const std::optional<Key>& after,
                                               std::uint32_t rows_max, std::uint32_t bytes_max,
                                               bool keys_only) const {
  return parts_->rows->scan(vnode, after, rows_max, bytes_max, keys_only);
}

Result<std::optional<std::string>> RocksStore::read_meta(std::string_view name) const {
  std::string store_key;
  row_keys::append_meta(name, store_key);
  std::string value;
  const rocksdb::Status status = parts_->db->Get(rocks_read_options(), store_key, &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return to_error(status, "reading \"" + printable(name) + "\"");
  return std::optional<std::string>(std::move(value));
}

std::uint64_t RocksStore::high_water() const { return parts_->high_water; }

bool RocksStore::created() const { return parts_->created; }

StoreState RocksStore::state() const { return parts_->health.state(); }

Error RocksStore::failure() const { return parts_->health.reason(); }

// ---------------------------------------------------------------- writing

namespace {

// Of a row that a batch changes twice only the last change is stored.
std::vector<const RowChange*> last_changes(const std::vector<RowChange>& changes) {
  std::vector<const RowChange*> last;
  last.reserve(changes.size());
  for (const RowChange& change : changes) last.push_back(&change);
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

Status RocksStore::apply(const Batch& batch) {
  Parts& parts = *parts_;
  QUORATE_CHECK_MSG(batch.id > parts.last_batch, "batches are numbered in the order of apply");
  if (state() != StoreState::kWritable) return parts.not_writable();

  parts.batch.Clear();
  std::uint64_t sequence = parts.db->GetLatestSequenceNumber();
  for (const RowChange* change : last_changes(batch.rows)) {
    Status staged = parts.rows->stage(*change, ++sequence, parts.batch);
    if (!staged) return staged;
  }
  rocksdb::Status status;
  for (const auto& [name, value] : batch.meta) {
    std::string store_key;
    row_keys::append_meta(name, store_key);
    if (status.ok()) {
      status = value.empty() ? parts.batch.Delete(store_key) : parts.batch.Put(store_key, value);
    }
  }
  if (!parts.room.has_room_for(parts.batch.GetDataSize())) {
    parts.health.lack_space({ErrorCode::kNoSpace, parts.room.describe()});
    return parts.not_writable();
  }
  if (status.ok()) status = parts.db->Write(rocks_write_options(), &parts.batch);
  if (!status.ok()) {
    Error error = to_error(status, "writing to the store");
    if (error.code == ErrorCode::kNoSpace) {
      parts.room.note_full();
      parts.events->needs_resume = true;
      parts.health.lack_space(error);
    } else {
      parts.health.fail(error);
    }
    return error;
  }
  parts.last_batch = batch.id;
  return {};
}

Status RocksStore::sync() {
  Parts& parts = *parts_;
  const std::lock_guard lock(parts.sync_mutex);
  // Not tried again: the kernel may have dropped the pages that it could not write, and would now
  // say that all is well.
  if (state() == StoreState::kFailed) return parts.not_writable();
  const std::uint64_t covered = parts.db->GetLatestSequenceNumber();
  if (covered == parts.high_water) return {};
  const auto status = parts.files->sync([&] { return parts.db->SyncWAL(); });
  if (!status) {
    // poll_state() mends it, or apply() is about to say that nothing can.
    return Error{ErrorCode::kNoSpace, "the store's log cannot be synced while the disk is full"};
  }
  if (!status->ok()) {
    Error error = to_error(*status, "syncing the store's log");
    error.code = ErrorCode::kIoError;  // a full disk too: what was written before it is in doubt
    parts.health.fail(error);
    return error;
  }
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
  if (parts.events->needs_resume) {
    const rocksdb::Status status = parts.db->Resume();
    if (status.IsBusy()) return state();  // RocksDB is at it by itself
    if (!status.ok()) {
      Error error = to_error(status, "resuming after the disk was full");
      if (error.code == ErrorCode::kNoSpace) {
        parts.room.note_full();
      } else {
        parts.health.fail(std::move(error));
      }
      return state();
    }
    parts.events->needs_resume = false;
    parts.files->mend();
  }
  parts.health.recover();
  return state();
}

Status RocksStore::verify_checksums() {
  const rocksdb::Status status = parts_->db->VerifyChecksum();
  if (!status.ok())
    return to_error(status, "verifying the checksums of " + parts_->directory.path());
  return {};
}

RocksStore::Size RocksStore::size() const {
  Size size;
  parts_->db->GetIntProperty(rocksdb::DB::Properties::kEstimateNumKeys, &size.keys_estimate);
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
  Status synced = sync();
  if (synced) {
    const std::lock_guard lock(parts.sync_mutex);
    synced = parts.high_water_file->flush();
  }
  const rocksdb::Status status = parts.db->Close();
  if (!synced) return synced;
  if (!status.ok()) return to_error(status, "closing the store");
  return {};
}

Result<std::string> move_damaged_store_aside(const RocksStoreOptions& options) {
  if (Status valid = options.validate(); !valid) return valid.error();
  return StoreDirectory::move_aside(
      options.file_system ? options.file_system : rocksdb::FileSystem::Default(),
      {options.directory, options.cluster, options.node});
}

}  // namespace quorate
