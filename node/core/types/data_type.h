// A data type: a mutator and a view over the one record. Replication, repair, storage and the
// simulator never ask which it is.
//
// Place:      the coordinator of a write calls apply(), whoever shows a record calls view(): the
//             coordinator of a read, and the node when it lists its keys.
// Implements: DESIGN 2.4. One file a type beside this one; data_type.cc is the list of them.
// Not here:   sync, which is the same for all (causality/record.h).
#pragma once

#include <cstdint>
#include <vector>

#include "node/causality/record.h"
#include "node/core/bucket.h"
#include "node/core/messages.h"

namespace quorate {

// A client's write, ready to be applied to the coordinator's record.
struct Mutation {
  Verb verb = Verb::kPut;  // kPut or kDelete
  Blob value;
  std::int64_t expiry_ms = 0;
  Context context;  // what the write replaces
  Dot dot;          // the event that it becomes; above everything in `context` and in the record
  Timestamp timestamp;
};

class DataType {
 public:
  virtual ~DataType() = default;

  // Applies the mutation: afterwards the record's context contains its dot, and the mutation's
  // context is the effective one: it covers every event that the write replaced.
  virtual void apply(Mutation* mutation, Record* record) const = 0;

  // How many concurrent values the record holds, as siblings_max counts them.
  virtual std::size_t concurrent_values(const Record& record) const = 0;

  // What a reader sees at `wall_now_ms`, newest first.
  virtual std::vector<ReadValue> view(const Record& record, std::int64_t wall_now_ms) const = 0;

  // True when a write replaces all that the coordinator's row holds, whatever context its client
  // brought.
  virtual bool replaces_whole_row() const = 0;

  // True when the type's outcome hangs on timestamps: then a node with a wrong clock must not mint.
  virtual bool needs_clock() const = 0;
};

const DataType& data_type(BucketType type);

// Shared by the types: drops the siblings whose dots the context covers.
void drop_covered(const Context& context, Record* record);

// Shared by the types: the sibling as a reader sees it.
ReadValue to_read_value(const Sibling& sibling);

}  // namespace quorate
