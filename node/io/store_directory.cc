#include "node/io/store_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <random>
#include <vector>

#include "node/base/hash.h"
#include "node/io/rocks_status.h"
#include "node/io/store_files.h"

namespace quorate {

namespace {

constexpr std::uint32_t kFormat = 1;
constexpr std::string_view kTitle = "quorate data directory\n";

Error system_error(const std::string& what) {
  const int number = errno;
  return Error{number == ENOSPC ? ErrorCode::kNoSpace : ErrorCode::kIoError,
               what + ": " + std::strerror(number)};
}

std::string hex(std::uint64_t number) {
  std::string text(16, '0');
  for (std::size_t digit = 16; digit-- > 0; number >>= 4) {
    text[digit] = "0123456789abcdef"[number & 15];
  }
  return text;
}

// Takes "name value\n" off the front; empty when the next line has another name.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view name) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(0, end);
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ') {
    return std::nullopt;
  }
  text.remove_prefix(end + 1);
  return line.substr(name.size() + 1);
}

template <typename Number>
bool parse(std::optional<std::string_view> text, Number& number, int base = 10) {
  if (!text) return false;
  const char* end = text->data() + text->size();
  const auto result = std::from_chars(text->data(), end, number, base);
  return result.ec == std::errc{} && result.ptr == end;
}

std::uint64_t draw_store_number() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

std::string holder_of(int lock_descriptor) {
  char text[32] = {};
  const ssize_t bytes = pread(lock_descriptor, text, sizeof text - 1, 0);
  const std::string_view digits(text, bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
  const std::size_t end = digits.find('\n');
  if (end == std::string_view::npos || end == 0) return "another process";
  return "process " + std::string(digits.substr(0, end));
}

}  // namespace

// ---------------------------------------------------------------- the identity's text

std::string StoreIdentity::encode() const {
  std::string text(kTitle);
  text += "format " + std::to_string(kFormat) + "\n";
  text += "cluster " + cluster + "\n";
  text += "node " + std::to_string(node) + "\n";
  text += "store " + hex(store) + "\n";
  text += std::string("state ") + (complete ? "complete" : "unfinished") + "\n";
  text += "check " + hex(hash64(text)) + "\n";
  return text;
}

Result<StoreIdentity> StoreIdentity::decode(std::string_view text, const std::string& where) {
  const Error damaged{ErrorCode::kCorruption, where + " is damaged"};
  std::string_view rest = text;
  if (!rest.starts_with(kTitle)) return damaged;
  rest.remove_prefix(kTitle.size());
  std::uint32_t format = 0;
  if (!parse(take_line(rest, "format"), format)) return damaged;
  // Only the title and this line are promised to every later format.
  if (format > kFormat) {
    return Error{ErrorCode::kIncompatible,
                 where + " says that this store has format " + std::to_string(format) +
                     ", written by a newer version; this one knows format " +
                     std::to_string(kFormat)};
  }
  const std::size_t check_at = text.rfind("check ");
  if (check_at == std::string_view::npos) return damaged;
  std::string_view check_line = text.substr(check_at);
  std::uint64_t check = 0;
  if (!parse(take_line(check_line, "check"), check, 16) || !check_line.empty() ||
      check != hash64(text.substr(0, check_at))) {
    return damaged;
  }
  StoreIdentity identity;
  const auto cluster = take_line(rest, "cluster");
  if (!cluster || !parse(take_line(rest, "node"), identity.node) ||
      !parse(take_line(rest, "store"), identity.store, 16)) {
    return damaged;
  }
  identity.cluster = *cluster;
  identity.complete = take_line(rest, "state") == "complete";
  return identity;
}

// ---------------------------------------------------------------- claiming

Status StoreDirectory::check_access(const std::string& path) {
  struct stat found = {};
  if (stat(path.c_str(), &found) != 0) return system_error("looking at " + path);
  if (!S_ISDIR(found.st_mode)) {
    return Error{ErrorCode::kIoError, path + " is not a directory"};
  }
  if (found.st_uid != geteuid()) {
    return Error{ErrorCode::kIoError,
                 "the data directory " + path + " belongs to user " + std::to_string(found.st_uid) +
                     ", and this process runs as user " + std::to_string(geteuid()) +
                     ": start it as that user, or chown it"};
  }
  if (faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
    return system_error("the data directory " + path + " cannot be written");
  }
  return {};
}

void StoreDirectory::Unlock::operator()(const int* descriptor) const {
  close(*descriptor);  // which gives the lock back
  delete descriptor;
}

Result<StoreDirectory::Lock> StoreDirectory::take_lock(const std::string& path) {
  const std::string file = path + "/LOCK";
  const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return system_error("opening " + file);
  Lock lock(new int(descriptor));
  // flock, not fcntl: it also keeps two stores of one process apart, and closing some other
  // descriptor of the file does not lose it.
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error("locking " + file);
    return Error{ErrorCode::kInUse, "the data directory " + path + " is in use by " +
                                        holder_of(descriptor) +
                                        ": stop it first, or give this node another directory"};
  }
  // The file may have been moved aside between opening and locking it.
  struct stat locked = {};
  struct stat there = {};
  if (fstat(descriptor, &locked) != 0 || stat(file.c_str(), &there) != 0) {
    return system_error("looking at " + file);
  }
  if (locked.st_ino != there.st_ino || locked.st_dev != there.st_dev) {
    return Error{ErrorCode::kInUse, "another process has just moved " + path};
  }
  // For people only; a failure to write it does no harm.
  const std::string holder = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, holder.data(), holder.size(), 0) < 0) {
    errno = 0;
  }
  return lock;
}

Result<StoreIdentity> StoreDirectory::inspect(rocksdb::FileSystem& files, const Claim& claim) {
  const std::string path = claim.directory + "/IDENTITY";
  Result<std::optional<std::string>> text = read_small_file(files, path);
  if (!text) return text.error();
  if (*text) {
    Result<StoreIdentity> identity = StoreIdentity::decode(**text, path);
    if (!identity) return identity;
    if (identity->cluster != claim.cluster) {
      return Error{ErrorCode::kIncompatible, "the data directory " + claim.directory +
                                                 " belongs to the cluster \"" +
                                                 printable(identity->cluster) + "\", not to \"" +
                                                 printable(claim.cluster) + "\""};
    }
    if (identity->node != claim.node) {
      return Error{ErrorCode::kIncompatible, "the data directory " + claim.directory +
                                                 " belongs to node " +
                                                 std::to_string(identity->node) + ", not to node " +
                                                 std::to_string(claim.node)};
    }
    return identity;
  }
  Result<std::vector<std::string>> names = list_directory(files, claim.directory);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    if (name == "LOCK" || name == "IDENTITY.tmp" || name == "lost+found") continue;
    if (name == "rows" || name == "HIGH_WATER") {
      return Error{ErrorCode::kCorruption, path + " is missing, but there is a store beside it"};
    }
    return Error{ErrorCode::kIncompatible,
                 claim.directory + " is neither empty nor a data directory of Quorate: \"" +
                     printable(name) + "\" is in it"};
  }
  return StoreIdentity{claim.cluster, claim.node, 0, false};
}

Result<StoreDirectory> StoreDirectory::claim(std::shared_ptr<rocksdb::FileSystem> files,
                                             const Claim& claim) {
  // Looked at twice: first without writing anything, then, under the lock, for good.
  const rocksdb::IOStatus there = files->FileExists(claim.directory, rocksdb::IOOptions(), nullptr);
  if (there.ok()) {
    if (Status allowed = check_access(claim.directory); !allowed) return allowed.error();
    if (auto identity = inspect(*files, claim); !identity) return identity.error();
  } else if (there.IsNotFound()) {
    if (Status made = make_directories(*files, claim.directory); !made) return made.error();
    if (Status allowed = check_access(claim.directory); !allowed) return allowed.error();
  } else {
    return to_error(there, "looking at " + claim.directory);
  }
  Result<Lock> lock = take_lock(claim.directory);
  if (!lock) return lock.error();
  Result<StoreIdentity> identity = inspect(*files, claim);
  if (!identity) return identity.error();
  return StoreDirectory(std::move(files), claim, *std::move(lock), *std::move(identity));
}

// ---------------------------------------------------------------- making a store

Status StoreDirectory::write_identity() {
  return write_small_file(*files_, path_ + "/IDENTITY", identity_.encode());
}

Status StoreDirectory::begin() {
  QUORATE_CHECK(is_empty());
  identity_.store = draw_store_number();
  if (Status written = write_identity(); !written) return written;
  for (const std::string& left : {rows_path(), high_water_path()}) {
    if (Status removed = remove_tree(*files_, left); !removed) return removed;
  }
  return {};
}

Status StoreDirectory::finish() {
  // The names of HIGH_WATER and rows/ must be durable before anything says that they are there.
  if (Status synced = sync_directory(*files_, path_); !synced) return synced;
  identity_.complete = true;
  return write_identity();
}

Result<std::string> StoreDirectory::move_aside(std::shared_ptr<rocksdb::FileSystem> files,
                                               const Claim& claim) {
  if (Status allowed = check_access(claim.directory); !allowed) return allowed.error();
  const auto foreign = [&]() -> Status {
    Result<StoreIdentity> identity = inspect(*files, claim);
    if (identity || identity.error().code == ErrorCode::kCorruption) return {};
    return identity.error();
  };
  if (Status ours = foreign(); !ours) return ours.error();
  Result<Lock> lock = take_lock(claim.directory);
  if (!lock) return lock.error();
  if (Status ours = foreign(); !ours) return ours.error();

  std::string from = claim.directory;
  while (from.size() > 1 && from.back() == '/') from.pop_back();
  for (std::uint32_t number = 1;; ++number) {
    const std::string to = from + ".damaged-" + std::to_string(number);
    const rocksdb::IOStatus taken = files->FileExists(to, rocksdb::IOOptions(), nullptr);
    if (taken.ok()) continue;
    if (!taken.IsNotFound()) return to_error(taken, "looking at " + to);
    const rocksdb::IOStatus moved = files->RenameFile(from, to, rocksdb::IOOptions(), nullptr);
    if (!moved.ok()) return to_error(moved, "moving " + from + " to " + to);
    if (Status synced = sync_directory(*files, parent_of(from)); !synced) return synced.error();
    return to;
  }
}

}  // namespace quorate
