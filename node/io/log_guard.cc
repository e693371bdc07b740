#include "node/io/log_guard.h"

#include <string_view>
#include <utility>

namespace quorate {

namespace {

class LogFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  LogFile(LogGuard& guard, std::unique_ptr<rocksdb::FSWritableFile>&& file)
      : FSWritableFileOwnerWrapper(std::move(file)), guard_(guard) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    return noting(FSWritableFileOwnerWrapper::Append(data, options, debug));
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& info,
                           rocksdb::IODebugContext* debug) override {
    return noting(FSWritableFileOwnerWrapper::Append(data, options, info, debug));
  }
  rocksdb::IOStatus Flush(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return noting(FSWritableFileOwnerWrapper::Flush(options, debug));
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    return noting_sync(FSWritableFileOwnerWrapper::Sync(options, debug));
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return noting_sync(FSWritableFileOwnerWrapper::Fsync(options, debug));
  }

 private:
  rocksdb::IOStatus noting_sync(rocksdb::IOStatus status) {
    if (!status.ok()) guard_.note_failed_sync();
    return status;
  }
  rocksdb::IOStatus noting(rocksdb::IOStatus status) {
    if (!status.ok()) guard_.note_failed_write();
    return status;
  }

  LogGuard& guard_;
};

}  // namespace

std::optional<rocksdb::Status> LogGuard::sync(const std::function<rocksdb::Status()>& sync) {
  const std::lock_guard lock(syncing_);
  if (broken_) return std::nullopt;
  return sync();
}

void LogGuard::note_failed_write() {
  // RocksDB learns of the failure when this returns: until then a sync that runs sees a good log.
  const std::lock_guard lock(syncing_);
  broken_ = true;
}

rocksdb::IOStatus LogGuard::NewWritableFile(const std::string& path,
                                            const rocksdb::FileOptions& options,
                                            std::unique_ptr<rocksdb::FSWritableFile>* file,
                                            rocksdb::IODebugContext* debug) {
  const rocksdb::IOStatus opened = target()->NewWritableFile(path, options, file, debug);
  if (opened.ok() && std::string_view(path).ends_with(".log")) {
    *file = std::make_unique<LogFile>(*this, std::move(*file));
  }
  return opened;
}

}  // namespace quorate
