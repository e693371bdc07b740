#include "node/store/scratch_store.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "node/io/rocks_store.h"

namespace quorate {

namespace {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::error_code error;
    const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
    std::string name = (parent / "quorate-XXXXXX").string();
    if (!error && mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::string& path() const { return path_; }  // empty: there is none

 private:
  std::string path_;
};

// A file of memory may be synced while it is written, and does not say so; without that RocksDB
// refuses to sync its log.
class MemoryFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  using FSWritableFileOwnerWrapper::FSWritableFileOwnerWrapper;
  bool IsSyncThreadSafe() const override { return true; }
};

class MemoryFiles final : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "quorate.MemoryFiles"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    const rocksdb::IOStatus opened = target()->NewWritableFile(path, options, file, debug);
    if (opened.ok()) *file = std::make_unique<MemoryFile>(std::move(*file));
    return opened;
  }
};

class ScratchStore final : public Store {
 public:
  explicit ScratchStore(std::unique_ptr<ScratchDirectory> directory)
      : directory_(std::move(directory)) {}

  Status open(NodeId node) {
    // The environment may go at once: its file system is shared, and holds the files.
    const std::unique_ptr<rocksdb::Env> memory(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    RocksStoreOptions options;
    options.directory = directory_->path();
    options.cluster = "scratch";
    options.node = node;
    options.cache_bytes = 1u << 20;
    options.row_cache_bytes = 0;
    options.write_buffer_bytes = 1u << 20;
    options.file_system = std::make_shared<MemoryFiles>(memory->GetFileSystem());
    Result<std::unique_ptr<RocksStore>> opened = RocksStore::open(std::move(options));
    if (!opened) return opened.error();
    store_ = *std::move(opened);
    return {};
  }

  Result<RowPtr> read(VnodeId vnode, const Key& key) const override {
    return store_->read(vnode, key);
  }
  Result<ScanPage> scan(VnodeId vnode, const std::optional<Key>& after, std::uint32_t rows_max,
                        std::uint32_t bytes_max, bool keys_only) const override {
    return store_->scan(vnode, after, rows_max, bytes_max, keys_only);
  }
  Result<std::optional<std::string>> read_meta(std::string_view name) const override {
    return store_->read_meta(name);
  }
  Result<MetaPage> scan_meta(std::string_view prefix, std::string_view after,
                             std::uint32_t values_max, std::uint32_t bytes_max) const override {
    return store_->scan_meta(prefix, after, values_max, bytes_max);
  }
  std::uint64_t high_water() const override { return store_->high_water(); }
  Status apply(const Batch& batch) override { return store_->apply(batch); }
  Status take(Batch&& batch) override { return store_->take(std::move(batch)); }
  Status sync() override { return store_->sync(); }

 private:
  std::unique_ptr<ScratchDirectory> directory_;
  std::unique_ptr<RocksStore> store_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_scratch_store(NodeId node) {
  auto directory = std::make_unique<ScratchDirectory>();
  if (directory->path().empty()) {
    return Error{ErrorCode::kIoError,
                 std::string("cannot make a temporary directory: ") + std::strerror(errno)};
  }
  auto store = std::make_unique<ScratchStore>(std::move(directory));
  if (Status opened = store->open(node); !opened) return opened.error();
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace quorate
