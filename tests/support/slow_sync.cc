// A disk that limps, for a program that knows nothing of it: loaded with LD_PRELOAD, every sync of
// the process takes longer by $SLOW_SYNC_MS while the file $SLOW_SYNC_FILE exists.
//
// Place:      scripts/compare, for one node of three.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>

namespace {

using Sync = int (*)(int);

void limp() {
  const char* const file = std::getenv("SLOW_SYNC_FILE");
  const char* const ms = std::getenv("SLOW_SYNC_MS");
  if (file == nullptr || ms == nullptr || ::access(file, F_OK) != 0) return;
  ::usleep(static_cast<useconds_t>(std::strtoul(ms, nullptr, 10) * 1000));
}

int sync_after_limping(const char* name, int fd) {
  // What the C library itself would have been asked.
  const auto real = reinterpret_cast<Sync>(::dlsym(RTLD_NEXT, name));
  limp();
  return real(fd);
}

}  // namespace

extern "C" int fdatasync(int fd) { return sync_after_limping("fdatasync", fd); }
extern "C" int fsync(int fd) { return sync_after_limping("fsync", fd); }
