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

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
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
  // `seed`: not for clients to know, who could otherwise choose keys that wait for one another.
  explicit DurabilityGate(std::uint64_t seed = 0) : seed_(seed) {}

  // `batch` changes `key` and is not durable yet. Batches come in increasing order.
  void track(BatchId batch, const Key& key);

  // The batch that must be durable before the key's row may be revealed; 0: it is durable.
  BatchId pending(const Key& key) const;

  void hold(BatchId batch, HeldMessage held);
  // The acknowledgement of a write: kOk when the batch is durable, kFailed when it is lost.
  void hold_ack(BatchId batch, NodeId to, OpId op);

  // Everything up to `batch` is durable: gives `send` what may go out now, in order, as a node and
  // a message. `send` must not come back here.
  template <typename Send>
  void release(BatchId batch, const Send& send) {
    forget_changes(batch);
    while (!held_.empty() && held_.front().batch <= batch) {
      Held& first = held_.front();
      if (first.message) {
        send(first.to, std::move(first.message->message));
      } else {
        send(first.to, Message(WriteReply{first.op, ReplicaStatus::kOk}));
      }
      held_.pop_front();
    }
  }

  // `batch` and all after it are gone: what was held for them.
  std::vector<HeldMessage> fail(BatchId batch);

  bool empty() const { return held_.empty() && changed_.empty(); }

 private:
  // Most of what is held are acknowledgements: they take no memory of their own.
  struct Held {
    BatchId batch = 0;
    NodeId to = 0;
    OpId op = 0;
    std::unique_ptr<HeldMessage> message;  // null: the acknowledgement of `op`
  };
  // By the hash of a key, which is all that is kept of it: of two keys that share one, each waits
  // for the other too.
  using KeyHash = std::uint64_t;
  struct AsItIs {
    using is_avalanching = void;
    std::size_t operator()(KeyHash hash) const { return hash; }
  };
  struct Change {
    BatchId batch;
    KeyHash key;
  };

  KeyHash hash_of(const Key& key) const;
  void track_hash(BatchId batch, KeyHash key);
  void forget_changes(BatchId up_to);
  void insert(Held held);

  std::uint64_t seed_;
  boost::unordered_flat_map<KeyHash, BatchId, AsItIs> pending_;  // the last batch that changed it
  std::deque<Change> changed_;  // in order of batches, of one batch each key once
  std::deque<Held> held_;       // in order of batches, of one batch in the order of hold()
};

}  // namespace quorate
