// Which rows show less than they know: their remains are retired, and wait to be reaped.
//
// The remains of a record are what it knows beyond what can be seen of it (DataType::reaped). Once
// all primaries have told that they hold exactly it, they are retired: not shown to anybody, but
// kept in the row, where they still absorb what is older.
//
// Place:      of NodeState, which ends a retirement whenever the row changes; Reaper begins and
// reaps
//             them; Replica and Trees show rows through it.
// Implements: papers/decisions/0010-generations.md.
// Format:     named values "retired/", vnode (2 bytes, big-endian), bucket with a length byte, key:
//             generation and wall time in ms, both varint.
// Invariants: the index equals what the store lists. tests/node/core/retired_test.cc.
// Limits:     CoreOptions::retired_max entries, for the reaper.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "node/core/bucket.h"
#include "node/core/store.h"

namespace quorate {

class Retired {
 public:
  using Id = std::pair<VnodeId, Key>;
  struct Entry {
    Generation generation = 0;  // in which all primaries held the row exactly
    std::int64_t since_ms = 0;  // wall time
  };

  // `buckets` outlive it.
  explicit Retired(const Buckets& buckets) : buckets_(buckets) {}

  // Reads the index: at the start, and after a batch that could not be applied. False: the store
  // cannot list its values; then all rows show everything, as if nothing had been retired.
  bool load(const StoreReader& store);

  bool has(VnodeId vnode, const Key& key) const {
    return !index_.empty() && index_.contains(Id{vnode, key});
  }
  // Null: nothing is to be seen of the row.
  RecordPtr shown(VnodeId vnode, const Key& key, const RowPtr& row) const;
  // What would be left of the record.
  Record reaped(const Key& key, const Record& record) const;
  // Does it know more than can be seen of it?
  bool has_remains(const Key& key, const Record& record) const;

  void add(const Id& id, const Entry& entry, Batch& batch);
  void remove(const Id& id, Batch& batch);

  const std::map<Id, Entry>& all() const { return index_; }
  // The highest generation of any in the vnode; 0: nothing is retired there.
  Generation newest(VnodeId vnode) const;

 private:
  void enter(const Id& id, const Entry& entry);
  void leave(const Id& id);

  const Buckets& buckets_;
  std::map<Id, Entry> index_;
  std::map<VnodeId, std::multiset<Generation>> generations_;
};

std::string retired_name(VnodeId vnode, const Key& key);
// Empty when it names nothing of the kind.
std::optional<Retired::Id> parse_retired_name(std::string_view name);

}  // namespace quorate
