// Holds back what a crash could still take back: an acknowledgement, or an answer that saw a row
// not yet durable, waits here until its batch is.
//
// Place:      the replica and the coordinator of a write put messages in; Core takes them out when
//             the world reports a batch durable or failed.
// Invariants: (1) no message leaves before every row that it reveals is durable (the schedule
//             unsynced_read); (2) when a batch failed, acknowledgements become refusals and reads
//             are done again.
// Limits:     as many entries as there are requests in flight, which their senders bound.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "node/core/messages.h"
#include "node/core/store.h"

namespace quorate {

struct HeldMessage {
  NodeId to = 0;
  Message message;                   // what to send when durable
  std::optional<Message> if_failed;  // what to do instead: a refusal to send...
  bool redo = false;                 // ...or, if set, a request of `to` to handle again
};

class DurabilityGate {
 public:
  // `seed`: not for clients to know, who could otherwise choose keys that are slow to find.
  explicit DurabilityGate(std::uint64_t seed = 0) : pending_(0, KeyHash{seed}) {}

  // `batch` changes `key` and is not durable yet. Batches come in increasing order.
  void track(BatchId batch, const Key& key);

  // The batch that must be durable before the key's row may be revealed; 0: it is durable.
  BatchId pending(const Key& key) const;

  void hold(BatchId batch, HeldMessage held);

  // Everything up to `batch` is durable: what may go out now, in order.
  std::vector<HeldMessage> release(BatchId batch);

  // `batch` and all after it are gone: what was held for them.
  std::vector<HeldMessage> fail(BatchId batch);

  bool empty() const { return held_.empty() && changed_.empty(); }

 private:
  struct KeyHash {
    std::uint64_t seed;
    std::size_t operator()(const Key& key) const;
  };
  using Pending = std::unordered_map<Key, BatchId, KeyHash>;  // the last batch that changed the key
  struct Change {
    BatchId batch;
    Pending::value_type* entry;  // stays until its key's last change is released
  };

  Pending pending_;
  std::deque<Change> changed_;                // in order of batches, of one batch each key once
  std::multimap<BatchId, HeldMessage> held_;  // of one batch in the order of hold()
};

}  // namespace quorate
