#include "sim/kvsim/store_choice.h"

#include <utility>

#include "node/base/check.h"
#include "node/store/scratch_store.h"
#include "sim/world/backed_disk.h"

namespace quorate::sim {

namespace {

std::unique_ptr<MemoryStore> disk_in_rocksdb(NodeId node) {
  Result<std::unique_ptr<Store>> store = open_scratch_store(node);
  QUORATE_CHECK_MSG(store, store ? nullptr : store.error().to_string().c_str());
  return std::make_unique<BackedDisk>(*std::move(store));
}

}  // namespace

std::optional<MakeDisk> store_named(const std::string& name) {
  if (name == "memory") return MakeDisk();
  if (name == "rocksdb") return MakeDisk(disk_in_rocksdb);
  return std::nullopt;
}

Status try_store(const MakeDisk& make_disk) {
  if (!make_disk) return {};
  const Result<std::unique_ptr<Store>> store = open_scratch_store(1);
  if (!store) return store.error();
  return {};
}

}  // namespace quorate::sim
