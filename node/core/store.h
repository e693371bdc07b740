// A node's own rows: what the core reads and the batches that it writes.
//
// Place:      the core reads through StoreReader and writes through Environment::apply; the worlds
//             own a Store.
// Invariants: batches are atomic; visible in order at once; durable in order later (a crash leaves
//             a prefix). Checked for both implementations by tests/contract/store_contract.h.
// Implemented by: io/rocks_store.h and sim/world/memory_store.h.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/status.h"
#include "node/causality/row.h"
#include "node/core/messages.h"
#include "node/ring/ring.h"

namespace quorate {

// The number of a batch: 1, 2, 3... in the order of apply, over the life of one store object.
using BatchId = std::uint64_t;

// What a store holds of one key, shared with whoever reads it; null: nothing.
using RowPtr = std::shared_ptr<const Row>;

// The record of a row that was read, without a copy of it; null for no row.
inline RecordPtr record_of(const RowPtr& row) {
  return row == nullptr ? nullptr : RecordPtr(row, &row->record);
}

struct RowChange {
  VnodeId vnode = 0;
  Key key;
  std::optional<Row> row;  // empty: remove the row
};

struct Batch {
  BatchId id = 0;
  std::vector<RowChange> rows;
  // Named values of the node beside its rows: marks, hints. An empty value removes.
  std::map<std::string, std::string> meta;
};

// What a store can do at present.
enum class StoreState : std::uint8_t {
  kWritable = 0,
  kNoSpace = 1,  // read-only until there is room
  kFailed = 2,   // read-only; the process is about to end
};
const char* store_state_name(StoreState state);

// What a row of a page counts towards the page's bytes_max: alike in every store, so that pages are
// alike too.
inline std::size_t scan_bytes(const Key& key, const Row& row) {
  return key.bucket.size() + key.name.size() + row.record.size_bytes();
}

class StoreReader {
 public:
  virtual ~StoreReader() = default;

  // Errors: kCorruption or kIoError; never an empty answer for a row that could not be read.
  virtual Result<RowPtr> read(VnodeId vnode, const Key& key) const = 0;

  struct ScanPage {
    std::vector<std::pair<Key, Row>> rows;  // in (bucket, key) order
    std::vector<Key> unreadable;            // keys passed over, whose rows cannot be read
    bool done = false;                      // nothing is left after the last row
  };
  // Rows of one vnode after `after` (exclusive): as many as fit into rows_max and bytes_max
  // (counted by scan_bytes), at least one row unless there is none. With keys_only the rows'
  // records are empty. One row that cannot be read does not hide the others: it is passed over and
  // named. Errors: the store cannot even list its keys.
  virtual Result<ScanPage> scan(VnodeId vnode, const std::optional<Key>& after,
                                std::uint32_t rows_max, std::uint32_t bytes_max,
                                bool keys_only) const = 0;

  virtual Result<std::optional<std::string>> read_meta(std::string_view name) const = 0;

  struct MetaPage {
    std::vector<std::pair<std::string, std::string>> values;  // in the order of their names
    bool done = false;                                        // nothing is left after the last one
  };
  // Named values whose names begin with `prefix` and are greater than `after` (empty: from the
  // start): as many as fit into values_max and bytes_max (of names and values), at least one unless
  // there is none. REQUIRES: prefix is not empty, and has a byte that is not FF.
  virtual Result<MetaPage> scan_meta(std::string_view prefix, std::string_view after,
                                     std::uint32_t values_max, std::uint32_t bytes_max) const = 0;

  // A number that grows with every change and is durable: after a crash never below what was ever
  // returned. Lower than what somebody remembers of it means that this store forgot something.
  virtual std::uint64_t high_water() const = 0;
};

class Store : public StoreReader {
 public:
  // Applies the batch: visible at once, durable once sync() has returned. Nothing of it is visible
  // on an error. Errors: kNoSpace, kIoError, kCorruption.
  virtual Status apply(const Batch& batch) = 0;

  // The same, and what the batch holds is the store's from then on, on an error too.
  virtual Status take(Batch&& batch) { return apply(batch); }

  // Makes all batches applied before the call durable. May be called from another thread than
  // apply. kNoSpace: not yet, and nothing is lost; call again when there is room. After any other
  // error nothing is known of what was not yet durable, and the store must not be written any more.
  virtual Status sync() = 0;
};

}  // namespace quorate
