// A read's blocking repair as a value: which replicas hold what the reader is about to be told, and
// to whom it must still be brought. It sends nothing.
//
// Implements: Dynamo 4.7 with the repair before the answer: a read is answered when as many
//             replicas as it asked for hold its answer durably, so that no later quorum read goes
//             back behind it.
// Invariants: (1) the record is the one that the read had merged when the repair began, and stays:
//             what comes later is held by nobody else yet, and is repaired when the read ends;
//             (2) a replica holds it once it has acknowledged it, or answered the read with as
//             much. tests/node/core/blocking_repair_test.cc.
// Not here:   repair after the answer: ReadQuorum::repairs().
#pragma once

#include <vector>

#include "node/core/read_quorum.h"
#include "node/core/write_quorum.h"

namespace quorate {

class BlockingRepair {
 public:
  // REQUIRES: read.merged() is not null.
  explicit BlockingRepair(const ReadQuorum& read);

  const RecordPtr& record() const { return record_; }

  // A replica that was silent on the read answers it after all. `answer` may be null: it has no
  // row.
  void add_answer(NodeId from, const RecordPtr& answer);
  void add_ack(NodeId from) { holders_.add_ack(from); }
  void add_refusal(NodeId from) { holders_.add_refusal(from); }
  void add_unreachable(NodeId node) { holders_.add_unreachable(node); }

  bool enough() const { return holders_.enough(); }
  // Whatever those that were not heard of yet may still say, it will not be enough.
  bool impossible() const { return holders_.impossible(); }

  // Who answered with less and was not named by this before: to be sent the record at once.
  std::vector<NodeId> take_lacking();
  // Who is not known to hold it: to be sent the record again, also those that are silent on the
  // read. They may stand in for others.
  std::vector<NodeId> missing() const { return holders_.unacknowledged(); }

 private:
  const RecordPtr record_;
  WriteQuorum holders_;
  std::vector<NodeId> lacking_;
  std::vector<NodeId> taken_;
};

}  // namespace quorate
