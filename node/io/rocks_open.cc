// How a RocksStore comes up, and what it refuses to come up from.
#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <utility>

#include "node/io/rocks_status.h"
#include "node/io/rocks_store_parts.h"
#include "node/io/row_keys.h"

namespace quorate {

namespace {

constexpr const char* kHowToRebuild =
    ". Its peers hold the data: start the node with --auto-rebuild, or move the directory away, "
    "and it fills itself from them";

const std::string kIdentityKey(1, static_cast<char>(row_keys::Type::kIdentity));

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

// ---------------------------------------------------------------- opening

RocksStore::Parts::Parts(RocksStoreOptions given, StoreDirectory claimed)
    : options(std::move(given)),
      files(std::make_shared<LogGuard>(options.file_system)),
      directory(std::move(claimed)),
      room(files, options.directory, {options.free_bytes_min, options.free_bytes_resume}),
      env(rocksdb::NewCompositeEnv(files)),
      events(std::make_shared<RocksEvents>(health, *files)) {}

// What a finished store lacks or holds in disorder is corruption, whatever RocksDB calls it.
Error RocksStore::Parts::refused(const Error& why) const {
  return Error{ErrorCode::kCorruption,
               "the store in " + options.directory + " is damaged: " + why.message + kHowToRebuild};
}

Status RocksStore::Parts::open_rocks(bool create) {
  log_continuity = std::make_unique<LogContinuity>();
  rocksdb::Options rocks = rocks_options(options, env.get(), events, log_continuity.get());
  rocks.create_if_missing = create;
  rocks.error_if_exists = create;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(rocks, directory.rows_path(), &opened);
  if (status.ok()) {
    db.reset(opened);
    events->open_db = opened;
    return {};
  }
  Error error = to_error(status, "opening " + directory.rows_path());
  if (!log_continuity->gap().empty()) error.message += " (" + log_continuity->gap() + ")";
  if (status.ToString().find("LOCK") != std::string::npos) {
    return Error{ErrorCode::kInUse, error.message};
  }
  if (status.IsInvalidArgument() && status.ToString().find("IO error") != std::string::npos) {
    return Error{ErrorCode::kIoError, error.message};  // so it calls a CURRENT that it cannot read
  }
  const bool something_missing = status.IsInvalidArgument() || status.IsNotFound() ||
                                 (status.IsIOError() && status.IsPathNotFound());
  if (!create && (status.IsCorruption() || something_missing)) return refused(error);
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

Status RocksStore::Parts::load_rows() {
  view = std::make_unique<RocksView>(*db);
  rows = std::make_unique<RocksRows>(*view, options.siblings_inline_bytes_max,
                                     options.row_cache_bytes);
  return rows->load();
}

Status RocksStore::Parts::open() {
  created = directory.is_empty();
  if (created) {
    if (Status begun = directory.begin(); !begun) return begun;
    if (Status made = HighWaterFile::create(*files, directory.high_water_path()); !made) {
      return made;
    }
  }
  Result<HighWaterFile> found = HighWaterFile::open(*files, directory.high_water_path());
  if (!found) {
    return found.error().code == ErrorCode::kCorruption ? refused(found.error()) : found.error();
  }
  high_water_file = *std::move(found);
  if (Status opened = open_rocks(created); !opened) return opened;
  Status identified = created ? make_identity_row() : check_identity_row();
  if (!identified) return identified;
  if (Status complete = check_high_water(); !complete) return complete;
  if (Status loaded = load_rows(); !loaded) return loaded;
  if (created) return directory.finish();
  return {};
}

bool RocksStore::Parts::reopen() {
  const std::unique_lock engine(engine_mutex, std::try_to_lock);
  if (!engine) return false;  // a long call is under way on another thread: at the next poll
  rows.reset();
  view.reset();
  events->open_db = nullptr;
  if (db) {
    applied_before_reopening = db->GetLatestSequenceNumber();
    (void)db->Close();  // says what is known: that it could not write
    db.reset();
  }
  events->needs_reopening = false;
  files->mend();
  Status opened = open_rocks(false);
  if (opened) opened = load_rows();
  if (opened && db->GetLatestSequenceNumber() < applied_before_reopening) {
    opened = Error{ErrorCode::kCorruption,
                   "the store forgot changes while its disk was full" + std::string(kHowToRebuild)};
  }
  if (opened) return true;
  rows.reset();
  view.reset();
  events->open_db = nullptr;
  db.reset();
  if (opened.error().code == ErrorCode::kNoSpace) {
    room.note_full();
    events->note_full(opened.error());
  } else {
    health.fail(opened.error());
  }
  return false;
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
  if (Status opened = parts->open(); !opened) return opened.error();
  auto store = std::unique_ptr<RocksStore>(new RocksStore(std::move(parts)));
  store->poll_state();
  return store;
}

}  // namespace quorate
