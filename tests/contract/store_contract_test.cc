// Runs the contract of stores over all of them.
#include "tests/contract/store_contract.h"

#include <cstdint>
#include <memory>

#include "node/io/rocks_store.h"
#include "node/store/scratch_store.h"
#include "sim/world/backed_disk.h"
#include "sim/world/memory_store.h"
#include "tests/support/fault_fs.h"
#include "tests/support/temp_dir.h"

namespace quorate::testing_support {
namespace {

class MemoryHarness {
 public:
  Store& store() { return store_; }
  void restart() {
    QUORATE_ASSERT_OK(store_.sync());
    store_.restart();
  }
  void crash(Random& random) { store_.crash(random.below(store_.unsynced() + 1)); }
  void fill_up() { store_.faults.full = true; }
  void make_room() { store_.faults.full = false; }

 private:
  sim::MemoryStore store_;
};

// A simulated disk with RocksDB under it.
class BackedHarness {
 public:
  BackedHarness() {
    auto opened = open_scratch_store(1);
    QUORATE_EXPECT_OK(opened);
    store_ = std::make_unique<sim::BackedDisk>(*std::move(opened));
  }
  Store& store() { return *store_; }
  void restart() {
    QUORATE_ASSERT_OK(store_->sync());
    store_->restart();
  }
  void crash(Random& random) { store_->crash(random.below(store_->unsynced() + 1)); }
  void fill_up() { store_->faults.full = true; }
  void make_room() { store_->faults.full = false; }

 private:
  std::unique_ptr<sim::BackedDisk> store_;
};

// Over a file system that forgets like a disk without power. Small buffers, so that tables and
// several logs come into it.
class RocksHarness {
 public:
  RocksHarness() : files_(std::make_shared<FaultFs>(directory_ / "attic")) { open(); }

  Store& store() { return *store_; }
  void restart() {
    QUORATE_EXPECT_OK(store_->close());
    open();
  }
  void crash(Random& random) {
    files_->cut_power();
    store_.reset();
    files_->lose_unsynced(random);
    open();
  }
  void fill_up() {
    files_->limit_space(files_->space_used());
    EXPECT_EQ(store_->poll_state(), StoreState::kNoSpace);
  }
  void make_room() { files_->lift_space_limit(); }

 private:
  void open() {
    store_.reset();
    RocksStoreOptions options;
    options.directory = directory_ / "data";
    options.cluster = "test";
    options.node = 1;
    options.write_buffer_bytes = 64u << 10;
    options.cache_bytes = 1u << 20;
    options.row_cache_bytes = 16u << 10;  // a few rows, so that many fall out
    options.file_system = files_;
    auto opened = RocksStore::open(options);
    QUORATE_ASSERT_OK(opened);
    store_ = *std::move(opened);
  }

  TempDir directory_;
  std::shared_ptr<FaultFs> files_;
  std::unique_ptr<RocksStore> store_;
};

using Stores = ::testing::Types<MemoryHarness, RocksHarness, BackedHarness>;

class StoreNames {
 public:
  template <typename Harness>
  static std::string GetName(int) {
    if (std::is_same_v<Harness, MemoryHarness>) return "memory";
    return std::is_same_v<Harness, RocksHarness> ? "rocksdb" : "memory_over_rocksdb";
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(All, StoreContract, Stores, StoreNames);

}  // namespace
}  // namespace quorate::testing_support
