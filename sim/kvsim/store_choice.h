// What the simulated disks of a run keep their rows in: the word --store.
#pragma once

#include <optional>
#include <string>

#include "node/base/status.h"
#include "sim/world/cluster.h"

namespace quorate::sim {

inline constexpr const char* kStoreHelp =
    "What the simulated disks keep their rows in; nothing of the run depends on it";

// "memory" or "rocksdb"; empty for memory, nothing for any other word. A disk in RocksDB that
// cannot be opened ends the program.
std::optional<MakeDisk> store_named(const std::string& name);

// Whether such a disk can be had here and now, before a run is begun on it.
Status try_store(const MakeDisk& make_disk);

}  // namespace quorate::sim
