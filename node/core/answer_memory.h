// The last answers to forwarded requests, by who asked and under which operation.
//
// A message may come twice. A forwarded write that was refused and then arrives again must not get
// a second decision: its sender has told the client "not applied", and that must stay true.
//
// Place:      in NodeState; the coordinator looks a forwarded request up, answer() remembers.
// Limits:     the last kAnswersKept; older repeats than that do not happen within a request's
//             deadline.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

#include "node/core/messages.h"

namespace quorate {

class AnswerMemory {
 public:
  static constexpr std::size_t kAnswersKept = 4096;

  // nullptr: none is remembered.
  const ClientReply* find(NodeId peer, OpId op) const {
    const auto found = answers_.find({peer, op});
    return found == answers_.end() ? nullptr : &found->second;
  }

  // The first answer stays.
  void add(NodeId peer, OpId op, const ClientReply& reply) {
    if (!answers_.emplace(PeerOp{peer, op}, reply).second) return;
    order_.emplace_back(peer, op);
    if (order_.size() <= kAnswersKept) return;
    answers_.erase(order_.front());
    order_.pop_front();
  }

 private:
  using PeerOp = std::pair<NodeId, OpId>;
  std::map<PeerOp, ClientReply> answers_;
  std::deque<PeerOp> order_;
};

}  // namespace quorate
