// A replica's side: answers reads from its row, merges what it is sent, gives out pages of its
// rows.
//
// Place:      Core hands it the requests of coordinators, this node's own included.
// Implements: DESIGN 2.1 (the whole synced record is stored and sent), 3.1 (nothing is revealed
//             before it is durable).
// Invariants: (1) an incoming record is never refused for its contents; (2) a row that cannot be
//             read is a failed replica, and only a kRestore, merged from enough others, replaces
//             it: a plain write on top of it would look like a healthy row that never knew the
//             older values.
// Not here:   minting (writes.h): a replica never makes an event.
#pragma once

#include <optional>

#include "node/core/generation_keeper.h"
#include "node/core/hints.h"
#include "node/core/lineage.h"
#include "node/core/node_state.h"

namespace quorate {

class Replica {
 public:
  Replica(NodeState& state, const Lineage& lineage, Hints& hints, GenerationKeeper& keeper)
      : state_(state), lineage_(lineage), hints_(hints), keeper_(keeper) {}

  void on_read(NodeId from, const ReadRequest& request);
  void on_write(NodeId from, const WriteRequest& request);
  void on_scan(NodeId from, const ScanRequest& request);

  // The answer to a read of a row that has been read already; waits until the row is durable.
  void send_row(NodeId to, const ReadRequest& request, const RowPtr& row);

  // Merges a record into this node's row. Returns the batch that stores it, or 0 when the row
  // already knew everything. Errors: the row could not be read (and `may_replace` is false).
  // REQUIRES: the record is of a generation that the row may take.
  // kIncompatible: `incoming` is what changed since a record of which this one does not know all.
  Result<BatchId> merge(VnodeId vnode, const Key& key, const Record& incoming, bool may_replace,
                        const Context& since = Context());

 private:
  // The known record brought up to the incoming one. Nothing: it knew everything.
  // What a write is about: a row, or a hint.
  Result<BatchId> take(const WriteRequest& request);
  std::optional<Record> absorbed(const Record& known, const Record& incoming);
  void read_hints(NodeId from, const ReadRequest& request);
  void send_read_reply(NodeId to, const ReadRequest& request, RecordPtr record, ReadReply reply);
  // Refused, and answered, for its age.
  bool too_old(NodeId from, const WriteRequest& request);
  // As merge, into what this node keeps in another's place. Errors: also no room.
  Result<BatchId> merge_hint(const HintId& id, const Record& incoming, Generation generation);

  NodeState& state_;
  const Lineage& lineage_;
  Hints& hints_;
  GenerationKeeper& keeper_;
};

}  // namespace quorate
