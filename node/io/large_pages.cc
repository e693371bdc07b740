#include "node/io/large_pages.h"

#ifdef QUORATE_TCMALLOC

#include <gperftools/malloc_extension.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>

namespace quorate {

namespace {

constexpr std::size_t kLargePage = 2u << 20;

std::size_t round_up(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

// Gives tcmalloc memory in whole large pages. Called under its lock: must not allocate.
class LargePages final : public SysAllocator {
 public:
  void* Alloc(std::size_t bytes, std::size_t* actual_bytes, std::size_t alignment) override {
    if (alignment > kLargePage) return nullptr;
    const std::size_t wanted = round_up(bytes, kLargePage);
    void* mapped = mmap(nullptr, wanted + kLargePage, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) return nullptr;
    const auto start = reinterpret_cast<std::uintptr_t>(mapped);
    const std::uintptr_t aligned = round_up(start, kLargePage);
    const std::size_t before = aligned - start;
    if (before > 0) munmap(mapped, before);
    auto* memory = static_cast<char*>(mapped) + before;
    if (before < kLargePage) munmap(memory + wanted, kLargePage - before);
    (void)madvise(memory, wanted, MADV_HUGEPAGE);  // small pages do as well
    *actual_bytes = wanted;
    return memory;
  }
};

}  // namespace

void use_large_pages() {
  // Never destroyed: other statics may allocate after it.
  alignas(LargePages) static unsigned char place[sizeof(LargePages)];
  MallocExtension::instance()->SetSystemAllocator(new (place) LargePages);
  // A page that is given back would come back small.
  MallocExtension::instance()->SetMemoryReleaseRate(0);
}

}  // namespace quorate

#else

namespace quorate {

void use_large_pages() {}

}  // namespace quorate

#endif
