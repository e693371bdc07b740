#include "tests/support/fault_fs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

#include "node/base/check.h"

namespace quorate::testing_support {

namespace {

using IOStatus = rocksdb::IOStatus;
using Options = rocksdb::IOOptions;
using Debug = rocksdb::IODebugContext;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::uint64_t size_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

IOStatus injected_eio(const std::string& path) {
  return IOStatus::IOError("Input/output error (injected)", path);
}

class WritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WritableFile(FaultFs& fs, std::shared_ptr<FaultFs::File> file,
               std::unique_ptr<rocksdb::FSWritableFile>&& target)
      : FSWritableFileOwnerWrapper(std::move(target)), fs_(fs), file_(std::move(file)) {}

  IOStatus Append(const rocksdb::Slice& data, const Options& options, Debug* debug) override {
    std::uint64_t fitting = 0;
    const IOStatus allowed = fs_.before_append(*file_, data.size(), &fitting);
    if (fitting > 0) {
      const IOStatus done = target()->Append(rocksdb::Slice(data.data(), fitting), options, debug);
      if (!done.ok()) return done;
    }
    return allowed;
  }
  IOStatus Append(const rocksdb::Slice& data, const Options& options,
                  const rocksdb::DataVerificationInfo& /*info*/, Debug* debug) override {
    return Append(data, options, debug);
  }
  // The machine's own sync is left out: nothing here depends on the machine keeping power.
  IOStatus Sync(const Options& /*options*/, Debug* /*debug*/) override { return fs_.sync(*file_); }
  IOStatus Fsync(const Options& options, Debug* debug) override { return Sync(options, debug); }
  // Ranges that were handed to the disk early are no promise.
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const Options&, Debug*) override {
    return IOStatus::OK();
  }
  IOStatus Allocate(std::uint64_t, std::uint64_t, const Options&, Debug*) override {
    return IOStatus::OK();
  }
  void PrepareWrite(std::size_t, std::size_t, const Options&, Debug*) override {}

 private:
  FaultFs& fs_;
  std::shared_ptr<FaultFs::File> file_;
};

class RandomRWFile final : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  RandomRWFile(FaultFs& fs, std::shared_ptr<FaultFs::File> file,
               std::unique_ptr<rocksdb::FSRandomRWFile>&& target)
      : FSRandomRWFileOwnerWrapper(std::move(target)),
        fs_(fs),
        file_(std::move(file)),
        target_(FSRandomRWFileOwnerWrapper::target()) {}

  IOStatus Write(std::uint64_t offset, const rocksdb::Slice& data, const Options& options,
                 Debug* debug) override {
    std::string before(data.size(), '\0');
    rocksdb::Slice read;
    IOStatus status = target_->Read(offset, data.size(), options, &read, before.data(), debug);
    if (status.ok() && read.size() != data.size()) {
      status = IOStatus::NotSupported("FaultFs overwrites only what is there");
    }
    if (status.ok()) status = fs_.before_overwrite(*file_, offset, std::move(before));
    if (status.ok()) status = target_->Write(offset, data, options, debug);
    return status;
  }
  IOStatus Sync(const Options& /*options*/, Debug* /*debug*/) override { return fs_.sync(*file_); }
  IOStatus Fsync(const Options& options, Debug* debug) override { return Sync(options, debug); }

 private:
  FaultFs& fs_;
  std::shared_ptr<FaultFs::File> file_;
  rocksdb::FSRandomRWFile* target_;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  RandomAccessFile(FaultFs& fs, std::string path,
                   std::unique_ptr<rocksdb::FSRandomAccessFile>&& target)
      : FSRandomAccessFileOwnerWrapper(std::move(target)), fs_(fs), path_(std::move(path)) {}

  IOStatus Read(std::uint64_t offset, std::size_t bytes, const Options& options,
                rocksdb::Slice* result, char* scratch, Debug* debug) const override {
    const IOStatus allowed = fs_.before_read(path_);
    if (!allowed.ok()) return allowed;
    return FSRandomAccessFileOwnerWrapper::Read(offset, bytes, options, result, scratch, debug);
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const Options& options,
                     Debug* debug) override {
    for (std::size_t i = 0; i < count; ++i) {
      rocksdb::FSReadRequest& request = requests[i];
      request.status =
          Read(request.offset, request.len, options, &request.result, request.scratch, debug);
    }
    return IOStatus::OK();
  }
  IOStatus Prefetch(std::uint64_t, std::size_t, const Options&, Debug*) override {
    return IOStatus::OK();
  }

 private:
  FaultFs& fs_;
  std::string path_;
};

class SequentialFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  SequentialFile(FaultFs& fs, std::string path, std::unique_ptr<rocksdb::FSSequentialFile>&& target)
      : FSSequentialFileOwnerWrapper(std::move(target)), fs_(fs), path_(std::move(path)) {}

  IOStatus Read(std::size_t bytes, const Options& options, rocksdb::Slice* result, char* scratch,
                Debug* debug) override {
    const IOStatus allowed = fs_.before_read(path_);
    if (!allowed.ok()) return allowed;
    return FSSequentialFileOwnerWrapper::Read(bytes, options, result, scratch, debug);
  }

 private:
  FaultFs& fs_;
  std::string path_;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(FaultFs& fs, std::string path) : fs_(fs), path_(std::move(path)) {}
  IOStatus Fsync(const Options& /*options*/, Debug* /*debug*/) override {
    return fs_.before_directory_sync(path_);
  }

 private:
  FaultFs& fs_;
  std::string path_;
};

std::string without_trailing_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string directory_of(const std::string& path) {
  return std::filesystem::path(without_trailing_slash(path)).parent_path().string();
}

}  // namespace

FaultFs::FaultFs(std::string attic)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), attic_(std::move(attic)) {
  std::filesystem::create_directories(attic_);
}

FaultFs::~FaultFs() = default;

// ---------------------------------------------------------------- switches

void FaultFs::cut_power() {
  const std::lock_guard lock(mutex_);
  powered_ = false;
  cut_at_ = std::numeric_limits<std::uint64_t>::max();
  held_changed_.notify_all();
}

void FaultFs::cut_power_at(std::uint64_t change) {
  const std::lock_guard lock(mutex_);
  cut_at_ = changes_ + change;
}

bool FaultFs::powered() const {
  const std::lock_guard lock(mutex_);
  return powered_;
}

std::uint64_t FaultFs::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

void FaultFs::fail_sync(std::string part, std::uint64_t nth, bool sticky) {
  QUORATE_CHECK(nth > 0 && !part.empty());
  const std::lock_guard lock(mutex_);
  failing_syncs_ = std::move(part);
  good_syncs_left_ = nth - 1;
  sync_failure_is_sticky_ = sticky;
}

void FaultFs::fail_reads(std::string part) {
  const std::lock_guard lock(mutex_);
  failing_reads_ = std::move(part);
}

void FaultFs::stop_failing() {
  const std::lock_guard lock(mutex_);
  failing_syncs_.clear();
  failing_reads_.reset();
}

void FaultFs::hold_syncs(std::string part) {
  const std::lock_guard lock(mutex_);
  held_syncs_ = std::move(part);
}

void FaultFs::release_syncs() {
  const std::lock_guard lock(mutex_);
  held_syncs_.reset();
  held_changed_.notify_all();
}

bool FaultFs::wait_for_held_sync() {
  std::unique_lock lock(mutex_);
  return held_changed_.wait_for(lock, std::chrono::seconds(10),
                                [this] { return waiting_syncs_ > 0; });
}

void FaultFs::limit_space(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  space_ = bytes;
}

void FaultFs::lift_space_limit() { limit_space(std::numeric_limits<std::uint64_t>::max()); }

std::uint64_t FaultFs::space_used() const {
  const std::lock_guard lock(mutex_);
  return space_used_;
}

std::uint64_t FaultFs::syncs_of(std::string_view part) const {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = 0;
  for (const auto& [path, syncs] : syncs_) {
    if (contains(path, part)) count += syncs;
  }
  return count;
}

// ---------------------------------------------------------------- what handles do

IOStatus FaultFs::power_is_off() { return IOStatus::IOError("the power is off (injected)"); }

IOStatus FaultFs::step(std::unique_lock<std::mutex>& /*lock*/) {
  if (!powered_) return power_is_off();
  if (++changes_ >= cut_at_) {
    cut_at_ = std::numeric_limits<std::uint64_t>::max();
    powered_ = false;
    held_changed_.notify_all();
    return power_is_off();
  }
  return IOStatus::OK();
}

IOStatus FaultFs::before_append(File& file, std::uint64_t wanted, std::uint64_t* fitting) {
  std::unique_lock lock(mutex_);
  *fitting = 0;
  const IOStatus on = step(lock);
  if (!on.ok()) return on;
  const std::uint64_t left = space_ > space_used_ ? space_ - space_used_ : 0;
  *fitting = std::min(wanted, left);
  file.size += *fitting;
  if (!file.gone) space_used_ += *fitting;
  if (*fitting < wanted) {
    IOStatus full = IOStatus::NoSpace("No space left on device (injected)", file.path);
    full.SetRetryable(true);  // as RocksDB marks the machine's
    return full;
  }
  return IOStatus::OK();
}

IOStatus FaultFs::before_overwrite(File& file, std::uint64_t offset, std::string before) {
  std::unique_lock lock(mutex_);
  const IOStatus on = step(lock);
  if (on.ok()) file.overwrites.push_back({offset, std::move(before)});
  return on;
}

IOStatus FaultFs::sync(File& file) {
  std::unique_lock lock(mutex_);
  // What comes while the sync waits is not covered by it.
  const std::uint64_t size = file.size;
  const auto overwrites = static_cast<std::ptrdiff_t>(file.overwrites.size());
  if (held_syncs_ && contains(file.path, *held_syncs_)) {
    ++waiting_syncs_;
    held_changed_.notify_all();
    held_changed_.wait(lock, [this] { return !held_syncs_ || !powered_; });
    --waiting_syncs_;
  }
  const IOStatus on = step(lock);
  if (!on.ok()) return on;
  ++syncs_[file.path];
  if (!failing_syncs_.empty() && contains(file.path, failing_syncs_)) {
    if (good_syncs_left_ == 0) {
      if (!sync_failure_is_sticky_) failing_syncs_.clear();
      return injected_eio(file.path);
    }
    --good_syncs_left_;
  }
  file.synced_size = std::max(file.synced_size, size);
  file.overwrites.erase(file.overwrites.begin(), file.overwrites.begin() + overwrites);
  return IOStatus::OK();
}

IOStatus FaultFs::before_directory_sync(const std::string& path) {
  std::unique_lock lock(mutex_);
  const IOStatus on = step(lock);
  if (!on.ok()) return on;
  const std::string directory = without_trailing_slash(path);
  ++syncs_[directory];
  std::erase_if(name_changes_, [&](const NameChange& change) {
    if (directory_of(change.path) != directory) return false;
    if (!change.kept.empty()) std::filesystem::remove_all(change.kept);
    return true;
  });
  return IOStatus::OK();
}

IOStatus FaultFs::before_read(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  if (!powered_) return power_is_off();
  if (failing_reads_ && contains(path, *failing_reads_)) return injected_eio(path);
  return IOStatus::OK();
}

// ---------------------------------------------------------------- files

std::shared_ptr<FaultFs::File> FaultFs::file_at(const std::string& path) {
  auto& file = files_[path];
  if (!file) {
    file = std::make_shared<File>();
    file->path = path;
    file->size = size_of(path);
    file->synced_size = file->size;  // it was there before we looked
    space_used_ += file->size;
  }
  return file;
}

std::string FaultFs::keep_in_attic(const std::string& path) {
  const std::string kept = attic_ + "/" + std::to_string(++attic_names_);
  QUORATE_CHECK(std::rename(path.c_str(), kept.c_str()) == 0);
  return kept;
}

IOStatus FaultFs::NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                    Debug* debug) {
  const IOStatus allowed = before_read(path);
  if (!allowed.ok()) return allowed;
  std::unique_ptr<rocksdb::FSSequentialFile> real;
  const IOStatus opened = target()->NewSequentialFile(path, options, &real, debug);
  if (opened.ok()) *file = std::make_unique<SequentialFile>(*this, path, std::move(real));
  return opened;
}

IOStatus FaultFs::NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                      Debug* debug) {
  const IOStatus allowed = before_read(path);
  if (!allowed.ok()) return allowed;
  std::unique_ptr<rocksdb::FSRandomAccessFile> real;
  const IOStatus opened = target()->NewRandomAccessFile(path, options, &real, debug);
  if (opened.ok()) *file = std::make_unique<RandomAccessFile>(*this, path, std::move(real));
  return opened;
}

IOStatus FaultFs::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                  std::unique_ptr<rocksdb::FSWritableFile>* file, Debug* debug) {
  std::unique_lock lock(mutex_);
  const IOStatus on = step(lock);
  if (!on.ok()) return on;
  if (std::filesystem::exists(path)) {
    NameChange change;
    change.kind = NameChange::Kind::kRemoved;
    change.path = path;
    change.file = file_at(path);
    change.file->gone = true;
    space_used_ -= change.file->size;
    change.kept = keep_in_attic(path);
    name_changes_.push_back(std::move(change));
    files_.erase(path);
  }
  std::unique_ptr<rocksdb::FSWritableFile> real;
  const IOStatus opened = target()->NewWritableFile(path, options, &real, debug);
  if (!opened.ok()) return opened;
  NameChange change;
  change.kind = NameChange::Kind::kMade;
  change.path = path;
  change.file = file_at(path);
  *file = std::make_unique<WritableFile>(*this, change.file, std::move(real));
  name_changes_.push_back(std::move(change));
  return opened;
}

IOStatus FaultFs::NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                  std::unique_ptr<rocksdb::FSRandomRWFile>* file, Debug* debug) {
  const std::lock_guard lock(mutex_);
  if (!powered_) return power_is_off();
  std::unique_ptr<rocksdb::FSRandomRWFile> real;
  const IOStatus opened = target()->NewRandomRWFile(path, options, &real, debug);
  if (opened.ok()) *file = std::make_unique<RandomRWFile>(*this, file_at(path), std::move(real));
  return opened;
}

IOStatus FaultFs::ReopenWritableFile(const std::string&, const rocksdb::FileOptions&,
                                     std::unique_ptr<rocksdb::FSWritableFile>*, Debug*) {
  return IOStatus::NotSupported("FaultFs does not reopen files");
}

IOStatus FaultFs::ReuseWritableFile(const std::string&, const std::string&,
                                    const rocksdb::FileOptions&,
                                    std::unique_ptr<rocksdb::FSWritableFile>*, Debug*) {
  return IOStatus::NotSupported("FaultFs does not reuse files");
}

// ---------------------------------------------------------------- names

IOStatus FaultFs::NewDirectory(const std::string& path, const Options& options,
                               std::unique_ptr<rocksdb::FSDirectory>* directory, Debug* debug) {
  std::unique_ptr<rocksdb::FSDirectory> real;
  const IOStatus opened = target()->NewDirectory(path, options, &real, debug);
  if (opened.ok()) *directory = std::make_unique<Directory>(*this, path);
  return opened;
}

IOStatus FaultFs::DeleteFile(const std::string& path, const Options& /*options*/,
                             Debug* /*debug*/) {
  std::unique_lock lock(mutex_);
  const IOStatus on = step(lock);
  if (!on.ok()) return on;
  if (!std::filesystem::exists(path)) return IOStatus::PathNotFound(path);
  NameChange change;
  change.kind = NameChange::Kind::kRemoved;
  change.path = path;
  change.file = file_at(path);
  change.file->gone = true;
  space_used_ -= change.file->size;
  change.kept = keep_in_attic(path);
  name_changes_.push_back(std::move(change));
  files_.erase(path);
  return IOStatus::OK();
}

IOStatus FaultFs::RenameFile(const std::string& from, const std::string& to, const Options& options,
                             Debug* debug) {
  std::unique_lock lock(mutex_);
  const IOStatus on = step(lock);
  if (!on.ok()) return on;
  if (std::filesystem::is_directory(from)) return target()->RenameFile(from, to, options, debug);
  NameChange change;
  change.kind = NameChange::Kind::kMoved;
  change.path = from;
  change.to = to;
  if (std::filesystem::exists(to)) {
    change.overwritten = file_at(to);
    change.overwritten->gone = true;
    space_used_ -= change.overwritten->size;
    change.kept = keep_in_attic(to);
  }
  const IOStatus moved = target()->RenameFile(from, to, options, debug);
  if (!moved.ok()) return moved;
  change.file = files_.contains(from) ? files_[from] : file_at(to);
  change.file->path = to;
  files_.erase(from);
  files_[to] = change.file;
  name_changes_.push_back(std::move(change));
  return moved;
}

IOStatus FaultFs::CreateDir(const std::string& path, const Options& options, Debug* debug) {
  std::unique_lock lock(mutex_);
  const IOStatus on = step(lock);
  if (!on.ok()) return on;
  const IOStatus made = target()->CreateDir(path, options, debug);
  if (made.ok()) {
    NameChange change;
    change.kind = NameChange::Kind::kMadeDirectory;
    change.path = without_trailing_slash(path);
    name_changes_.push_back(std::move(change));
  }
  return made;
}

IOStatus FaultFs::CreateDirIfMissing(const std::string& path, const Options& options,
                                     Debug* debug) {
  if (std::filesystem::is_directory(path)) {
    return powered() ? IOStatus::OK() : power_is_off();
  }
  return CreateDir(path, options, debug);
}

IOStatus FaultFs::DeleteDir(const std::string& path, const Options& options, Debug* debug) {
  std::unique_lock lock(mutex_);
  const IOStatus on = step(lock);
  if (!on.ok()) return on;
  const IOStatus removed = target()->DeleteDir(path, options, debug);
  if (removed.ok()) {
    NameChange change;
    change.kind = NameChange::Kind::kRemovedDirectory;
    change.path = without_trailing_slash(path);
    name_changes_.push_back(std::move(change));
  }
  return removed;
}

IOStatus FaultFs::GetFreeSpace(const std::string& path, const Options& options,
                               std::uint64_t* free_bytes, Debug* debug) {
  {
    const std::lock_guard lock(mutex_);
    if (space_ != std::numeric_limits<std::uint64_t>::max()) {
      *free_bytes = space_ > space_used_ ? space_ - space_used_ : 0;
      return IOStatus::OK();
    }
  }
  return target()->GetFreeSpace(path, options, free_bytes, debug);
}

// ---------------------------------------------------------------- what a power cut takes

void FaultFs::undo(NameChange& change) {
  switch (change.kind) {
    case NameChange::Kind::kMade:
      std::filesystem::remove(change.path);
      files_.erase(change.path);
      change.file->gone = true;
      return;
    case NameChange::Kind::kRemoved:
      QUORATE_CHECK(std::rename(change.kept.c_str(), change.path.c_str()) == 0);
      change.file->gone = false;
      files_[change.path] = change.file;
      return;
    case NameChange::Kind::kMoved:
      QUORATE_CHECK(std::rename(change.to.c_str(), change.path.c_str()) == 0);
      files_.erase(change.to);
      change.file->path = change.path;
      files_[change.path] = change.file;
      if (change.overwritten) {
        QUORATE_CHECK(std::rename(change.kept.c_str(), change.to.c_str()) == 0);
        change.overwritten->gone = false;
        files_[change.to] = change.overwritten;
      }
      return;
    case NameChange::Kind::kMadeDirectory:
      std::filesystem::remove_all(change.path);
      std::erase_if(files_,
                    [&](const auto& entry) { return entry.first.starts_with(change.path + "/"); });
      return;
    case NameChange::Kind::kRemovedDirectory:
      std::filesystem::create_directory(change.path);
      return;
  }
}

void FaultFs::lose_bytes(File& file, Random& random) {
  if (file.size > file.synced_size) {
    // A third each: nothing of it reached the disk, all did, or it is torn at some byte.
    std::uint64_t kept = 0;
    const std::uint64_t unsynced = file.size - file.synced_size;
    switch (random.below(3)) {
      case 0:
        kept = 0;
        break;
      case 1:
        kept = unsynced;
        break;
      default:
        kept = random.below(unsynced + 1);
    }
    file.size = file.synced_size + kept;
    QUORATE_CHECK(::truncate(file.path.c_str(), static_cast<off_t>(file.size)) == 0);
  }
  // Overwritten in place: each write reached the disk or did not, the later over the earlier.
  while (!file.overwrites.empty()) {
    const File::Overwrite& last = file.overwrites.back();
    if (random.chance(1, 2)) {
      std::fstream stream(file.path, std::ios::in | std::ios::out | std::ios::binary);
      stream.seekp(static_cast<std::streamoff>(last.offset));
      stream.write(last.before.data(), static_cast<std::streamsize>(last.before.size()));
      QUORATE_CHECK(stream.good());
    } else {
      file.overwrites.clear();
      break;
    }
    file.overwrites.pop_back();
  }
  file.synced_size = file.size;
}

void FaultFs::lose_unsynced(Random& random) {
  const std::lock_guard lock(mutex_);
  QUORATE_CHECK(!powered_);
  const std::uint64_t kept = random.below(name_changes_.size() + 1);
  while (name_changes_.size() > kept) {
    undo(name_changes_.back());
    name_changes_.pop_back();
  }
  name_changes_.clear();
  space_used_ = 0;
  for (auto& [path, file] : files_) {
    lose_bytes(*file, random);
    space_used_ += file->size;
  }
  for (const auto& left : std::filesystem::directory_iterator(attic_)) {
    std::filesystem::remove_all(left.path());
  }
  powered_ = true;
}

}  // namespace quorate::testing_support
