#include "sim/kvsim/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace quorate::sim {
namespace {

Error cannot_write(const std::string& name, int error) {
  return Error{ErrorCode::kIoError, "cannot write " + name + ": " + std::strerror(error)};
}

// Behind symbolic links: it is what they lead to that gives way, not they.
std::string resolved(const std::string& name) {
  const std::unique_ptr<char, decltype(&std::free)> path(realpath(name.c_str(), nullptr),
                                                         &std::free);
  return path ? std::string(path.get()) : name;
}

}  // namespace

OutputFile::OutputFile(std::string name, std::string target, std::string unfinished,
                       std::FILE* file)
    : name_(std::move(name)),
      target_(std::move(target)),
      unfinished_(std::move(unfinished)),
      file_(file) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : name_(std::move(other.name_)),
      target_(std::move(other.target_)),
      unfinished_(std::exchange(other.unfinished_, {})),
      file_(std::move(other.file_)),
      error_(other.error_) {}

OutputFile::~OutputFile() {
  file_.reset();
  if (!unfinished_.empty()) unlink(unfinished_.c_str());
}

Result<OutputFile> OutputFile::create(const std::string& name) {
  if (name.empty()) return cannot_write("a file without a name", ENOENT);
  struct stat status {};
  const bool there = stat(name.c_str(), &status) == 0;
  if (there && S_ISDIR(status.st_mode)) return cannot_write(name, EISDIR);
  if (there && access(name.c_str(), W_OK) != 0) return cannot_write(name, errno);
  std::string target = there ? resolved(name) : name;
  std::string unfinished;
  int flags = O_WRONLY | O_CLOEXEC;
  if (!there || S_ISREG(status.st_mode)) {
    unfinished = target + ".part-" + std::to_string(getpid());
    flags |= O_CREAT | O_EXCL;
  }
  const mode_t mode = there ? status.st_mode & 0777 : 0666;
  const int descriptor = open(unfinished.empty() ? name.c_str() : unfinished.c_str(), flags, mode);
  if (descriptor < 0) return cannot_write(name, errno);
  std::FILE* file = fdopen(descriptor, "wb");
  if (file == nullptr) {
    const int error = errno;
    close(descriptor);
    if (!unfinished.empty()) unlink(unfinished.c_str());
    return cannot_write(name, error);
  }
  return OutputFile(name, std::move(target), std::move(unfinished), file);
}

void OutputFile::write(std::string_view text) {
  if (error_ != 0) return;
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) error_ = errno;
}

Error OutputFile::failed() const { return cannot_write(name_, error_); }

Status OutputFile::commit() {
  if (error_ == 0 && std::fflush(file_.get()) != 0) error_ = errno;
  if (std::fclose(file_.release()) != 0 && error_ == 0) error_ = errno;
  if (error_ != 0) return failed();
  if (!unfinished_.empty() && std::rename(unfinished_.c_str(), target_.c_str()) != 0) {
    error_ = errno;
    return failed();
  }
  unfinished_.clear();
  return {};
}

Status write_whole(const std::string& name, std::string_view text) {
  Result<OutputFile> file = OutputFile::create(name);
  if (!file) return file.error();
  file->write(text);
  return file->commit();
}

}  // namespace quorate::sim
