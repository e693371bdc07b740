// What a node stores under one key: the record, which is replicated, and beside it what is this
// node's own.
//
// Not here:   its bytes, see codec.h; its place in RocksDB, see io/rocks_store.h.
#pragma once

#include <cstdint>

#include "node/causality/record.h"

namespace quorate {

// The last dot that this node issued for this key. Valid only in the run that wrote it.
struct Mark {
  Actor actor;
  std::uint64_t counter = 0;  // 0: this node has issued nothing for the key

  friend bool operator==(const Mark&, const Mark&) = default;
};

// A key never changes kind. Values are stored: never renumber.
enum class RowKind : std::uint8_t {
  kDotted = 0,  // a record ordered by dots
};

struct Row {
  RowKind kind = RowKind::kDotted;
  Record record;
  Mark mark;
  std::uint64_t sequence = 0;  // the node's change number that wrote it; 0 before it is stored

  friend bool operator==(const Row&, const Row&) = default;
};

}  // namespace quorate
