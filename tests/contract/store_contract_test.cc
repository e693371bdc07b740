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
  RocksStore& rocks() { return *store_; }
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

// As the node uses it: batches gather, and are written when a sync is due.
class GatheringHarness {
 public:
  GatheringHarness() { rocks_.rocks().gather(); }
  Store& store() { return gathering_; }
  void restart() {
    rocks_.restart();
    rocks_.rocks().gather();
  }
  void crash(Random& random) {
    rocks_.crash(random);
    rocks_.rocks().gather();
  }
  void fill_up() {
    QUORATE_EXPECT_OK(rocks_.rocks().write_gathered());
    rocks_.fill_up();
  }
  void make_room() { rocks_.make_room(); }

 private:
  class Gathering : public Store {
   public:
    explicit Gathering(RocksHarness& rocks) : rocks_(rocks) {}
    Result<RowPtr> read(VnodeId vnode, const Key& key) const override {
      return rocks_.rocks().read(vnode, key);
    }
    Result<ScanPage> scan(VnodeId vnode, const std::optional<Key>& after, std::uint32_t rows_max,
                          std::uint32_t bytes_max, bool keys_only) const override {
      return rocks_.rocks().scan(vnode, after, rows_max, bytes_max, keys_only);
    }
    Result<std::optional<std::string>> read_meta(std::string_view name) const override {
      return rocks_.rocks().read_meta(name);
    }
    Result<MetaPage> scan_meta(std::string_view prefix, std::string_view after,
                               std::uint32_t values_max, std::uint32_t bytes_max) const override {
      return rocks_.rocks().scan_meta(prefix, after, values_max, bytes_max);
    }
    std::uint64_t high_water() const override { return rocks_.rocks().high_water(); }
    Status apply(const Batch& batch) override { return rocks_.rocks().apply(batch); }
    Status sync() override {
      if (Status written = rocks_.rocks().write_gathered(); !written) return written;
      return rocks_.rocks().sync();
    }

   private:
    RocksHarness& rocks_;
  };

  RocksHarness rocks_;
  Gathering gathering_{rocks_};
};

using Stores = ::testing::Types<MemoryHarness, RocksHarness, GatheringHarness, BackedHarness>;

class StoreNames {
 public:
  template <typename Harness>
  static std::string GetName(int) {
    if (std::is_same_v<Harness, MemoryHarness>) return "memory";
    if (std::is_same_v<Harness, GatheringHarness>) return "rocksdb_gathering";
    return std::is_same_v<Harness, RocksHarness> ? "rocksdb" : "memory_over_rocksdb";
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(All, StoreContract, Stores, StoreNames);

}  // namespace
}  // namespace quorate::testing_support
