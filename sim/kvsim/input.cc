#include "sim/kvsim/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace quorate::sim {
namespace {

constexpr std::size_t kFirstBytes = 64 << 10;

// Memory that is not cleared first: the file fills it.
std::unique_ptr<char[]> make_room(std::size_t size) {
  return std::make_unique_for_overwrite<char[]>(size);
}

struct Descriptor {
  int number = -1;
  bool owned = false;
  ~Descriptor() {
    if (owned) close(number);
  }
};

}  // namespace

Result<Input> Input::read(const std::string& file) {
  const bool standard = file == "-";
  const std::string name = standard ? "standard input" : file;
  const auto failed = [&](const char* what) {
    return Error{ErrorCode::kIoError,
                 "cannot " + std::string(what) + " " + name + ": " + std::strerror(errno)};
  };
  Descriptor descriptor{standard ? STDIN_FILENO : open(file.c_str(), O_RDONLY | O_CLOEXEC),
                        !standard};
  if (descriptor.number < 0) return failed("open");
  struct stat status {};
  if (fstat(descriptor.number, &status) != 0) return failed("read");
  if (S_ISDIR(status.st_mode)) return invalid_input(name + " is a directory");

  // One byte more than there should be, so that the end shows without a second buffer.
  std::size_t room = S_ISREG(status.st_mode) && status.st_size > 0
                         ? static_cast<std::size_t>(status.st_size) + 1
                         : kFirstBytes;
  std::unique_ptr<char[]> bytes;
  std::size_t size = 0;
  while (true) {
    if (room > kInputBytesMax) return invalid_input(name + " is too large to be read into memory");
    if (bytes == nullptr || size == room) {
      if (bytes != nullptr) room *= 2;
      std::unique_ptr<char[]> larger = make_room(room);
      std::copy_n(bytes.get(), size, larger.get());
      bytes = std::move(larger);
    }
    const ssize_t got = ::read(descriptor.number, bytes.get() + size, room - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return Input(name, std::move(bytes), size);
}

}  // namespace quorate::sim
