#include "node/io/store_files.h"

#include <memory>

#include "node/io/rocks_status.h"

namespace quorate {

namespace {

constexpr std::size_t kSmallFileBytesMax = 64u << 10;

const rocksdb::IOOptions kPlain;

bool exists(rocksdb::FileSystem& files, const std::string& path) {
  return files.FileExists(path, kPlain, nullptr).ok();
}

}  // namespace

std::string parent_of(const std::string& path) {
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/') trimmed.pop_back();
  const std::size_t slash = trimmed.rfind('/');
  if (slash == std::string::npos) return ".";
  if (slash == 0) return "/";
  return trimmed.substr(0, slash);
}

Result<std::optional<std::string>> read_small_file(rocksdb::FileSystem& files,
                                                   const std::string& path) {
  if (const auto found = files.FileExists(path, kPlain, nullptr); found.IsNotFound()) {
    return std::optional<std::string>();
  }
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  rocksdb::IOStatus status = files.NewSequentialFile(path, rocksdb::FileOptions(), &file, nullptr);
  if (!status.ok()) return to_error(status, "reading " + path);
  std::string bytes;
  std::string buffer(4096, '\0');
  for (;;) {
    rocksdb::Slice piece;
    status = file->Read(buffer.size(), kPlain, &piece, buffer.data(), nullptr);
    if (!status.ok()) return to_error(status, "reading " + path);
    if (piece.empty()) return std::optional<std::string>(std::move(bytes));
    bytes.append(piece.data(), piece.size());
    if (bytes.size() > kSmallFileBytesMax) {
      return Error{ErrorCode::kCorruption, path + " is far larger than it should be"};
    }
  }
}

Status sync_directory(rocksdb::FileSystem& files, const std::string& path) {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  rocksdb::IOStatus status = files.NewDirectory(path, kPlain, &directory, nullptr);
  if (status.ok()) status = directory->Fsync(kPlain, nullptr);
  if (!status.ok()) return to_error(status, "syncing the directory " + path);
  return {};
}

Status write_small_file(rocksdb::FileSystem& files, const std::string& path,
                        std::string_view bytes) {
  const std::string draft = path + ".tmp";
  std::unique_ptr<rocksdb::FSWritableFile> file;
  rocksdb::IOStatus status = files.NewWritableFile(draft, rocksdb::FileOptions(), &file, nullptr);
  if (status.ok()) {
    status = file->Append(rocksdb::Slice(bytes.data(), bytes.size()), kPlain, nullptr);
    if (status.ok()) status = file->Sync(kPlain, nullptr);
    const rocksdb::IOStatus closed = file->Close(kPlain, nullptr);
    if (status.ok()) status = closed;
  }
  if (status.ok()) status = files.RenameFile(draft, path, kPlain, nullptr);
  if (!status.ok()) return to_error(status, "writing " + path);
  return sync_directory(files, parent_of(path));
}

Status make_directories(rocksdb::FileSystem& files, const std::string& path) {
  std::vector<std::string> missing;
  for (std::string next = path; !exists(files, next); next = parent_of(next)) {
    missing.push_back(next);
    if (parent_of(next) == next || parent_of(next) == ".") break;
  }
  for (auto next = missing.rbegin(); next != missing.rend(); ++next) {
    const rocksdb::IOStatus status = files.CreateDirIfMissing(*next, kPlain, nullptr);
    if (!status.ok()) return to_error(status, "making the directory " + *next);
    if (Status synced = sync_directory(files, parent_of(*next)); !synced) return synced;
  }
  return {};
}

Result<std::vector<std::string>> list_directory(rocksdb::FileSystem& files,
                                                const std::string& path) {
  std::vector<std::string> names;
  if (files.FileExists(path, kPlain, nullptr).IsNotFound()) return names;
  const rocksdb::IOStatus status = files.GetChildren(path, kPlain, &names, nullptr);
  if (!status.ok()) return to_error(status, "listing " + path);
  std::erase_if(names, [](const std::string& name) { return name == "." || name == ".."; });
  return names;
}

Status remove_tree(rocksdb::FileSystem& files, const std::string& path) {
  if (!exists(files, path)) return {};
  bool is_directory = false;
  rocksdb::IOStatus status = files.IsDirectory(path, kPlain, &is_directory, nullptr);
  if (status.ok() && !is_directory) status = files.DeleteFile(path, kPlain, nullptr);
  if (status.ok() && is_directory) {
    Result<std::vector<std::string>> names = list_directory(files, path);
    if (!names) return names.error();
    for (const std::string& name : *names) {
      if (Status removed = remove_tree(files, path + "/" + name); !removed) return removed;
    }
    status = files.DeleteDir(path, kPlain, nullptr);
  }
  if (!status.ok()) return to_error(status, "removing " + path);
  return {};
}

}  // namespace quorate
