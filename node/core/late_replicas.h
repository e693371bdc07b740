// Which requests have been answered and live on only for replicas that are late, and how many bytes
// of records they keep in memory for that.
//
// Place:      Reads and Writes have one each; they end what surplus() names.
// Limits:     the bytes given; past them the oldest goes first. Its late replica stays stale until
//             a read repairs it, which takes nothing that was promised to anybody. The newest may
//             hold more than all are given, or else nothing would ever repair a large record.
// Not here:   what is held before the answer: byte_budget.h.
#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "node/core/messages.h"

namespace quorate {

class LateReplicas {
 public:
  explicit LateReplicas(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Enters an operation, or changes what it is known to hold.
  void enter(OpId op, std::size_t bytes);
  // Nothing when it was not entered.
  void leave(OpId op);

  // The oldest operation, while several together hold too much.
  std::optional<OpId> surplus() const;

  std::size_t bytes() const { return bytes_; }

 private:
  const std::size_t bytes_max_;
  std::map<OpId, std::size_t> held_;  // operations are numbered in the order of their start
  std::size_t bytes_ = 0;
};

}  // namespace quorate
