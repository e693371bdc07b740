// A node's store as kvnode has it, on RocksDB, for as long as the object lives: RocksDB's files are
// in memory, only the lock of the data directory is on disk, in a directory of its own.
//
// Place:      for programs that want the real store and may not know node/io: kvsim keeps what its
//             simulated disks have synced in one (sim/world/backed_disk.h).
// Not here:   anything about disks: nothing here survives the process, fills up or fails.
#pragma once

#include <memory>

#include "node/core/store.h"

namespace quorate {

// Errors: as RocksStore::open; kIoError when there is no place for temporary directories.
Result<std::unique_ptr<Store>> open_scratch_store(NodeId node);

}  // namespace quorate
