// What the clients of a run asked, and what they were told: the evidence that the checkers judge.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "node/core/messages.h"
#include "sim/world/compose.h"
#include "sim/world/event.h"
#include "sim/world/sim_time.h"

namespace quorate::sim {

// Which context a step sends along.
enum class ContextUse : std::uint8_t {
  kRequest,  // what the request itself says
  kBlind,    // none: "replace what the coordinator knows"
  kNone,     // none, on purpose: make a sibling
  kSession,  // the session's token for the key, and keep the one that comes back
  kStale,    // the first token that the session ever had for the key
};
const char* context_use_name(ContextUse use);

// One try of an operation at one node.
struct Attempt {
  enum class State : std::uint8_t { kPending, kOk, kNotApplied, kUnknown, kInvalid };
  NodeId endpoint = 0;
  SimTime sent = 0;
  State state = State::kPending;
  Reason reason = Reason::kNone;
};

// One thing that a client did, over all its attempts.
struct Operation {
  std::uint64_t index = 0;
  HostId client = 0;
  ContextUse context = ContextUse::kRequest;
  ClientRequest request;                    // as first sent, with its token
  Compose compose = Compose::kAsGiven;      // of a put
  Blob own;                                 // of a put that is composed: the step's own value
  std::optional<std::uint64_t> token_from;  // the operation whose answer brought that token
  SimTime invoked = 0;
  SimTime finished = -1;                // -1: still running
  Outcome outcome = Outcome::kUnknown;  // joined over all attempts
  Reason reason = Reason::kNone;
  ClientReply reply;  // the one that decided; empty when none did
  std::vector<Attempt> attempts;

  bool done() const { return finished >= 0; }
  bool is_write() const { return request.verb != Verb::kGet; }
  bool acknowledged() const { return done() && outcome == Outcome::kOk && is_write(); }
  bool answered_read() const {
    return done() && !is_write() && (outcome == Outcome::kOk || outcome == Outcome::kNotFound);
  }
};

// "#12 client 3 put default/k1 = c3-12 (session): ok after 1.2 ms, dot n2.../1:3"
std::string to_string(const Operation& operation);

// What a write asks for, without key and quorum: "put v", "delete", "set add x".
std::string describe_change(const ClientRequest& request);

class History {
 public:
  Operation& add(Operation operation) {
    operation.index = operations_.size();
    if (operation.request.id.is_set()) by_request_[operation.request.id.low] = operation.index;
    operations_.push_back(std::move(operation));
    return operations_.back();
  }

  // An attempt of the operation went out under an id of its own.
  void name_again(const Operation& operation, const RequestId& id) {
    by_request_[id.low] = operation.index;
  }

  const std::deque<Operation>& operations() const { return operations_; }
  const Operation& operator[](std::uint64_t index) const { return operations_[index]; }
  Operation& at(std::uint64_t index) { return operations_[index]; }

  // The write that carries this request id (its low half, as trace events name it); null for none.
  const Operation* find_request(std::uint64_t id_low) const {
    const auto found = by_request_.find(id_low);
    return found == by_request_.end() ? nullptr : &operations_[found->second];
  }

 private:
  std::deque<Operation> operations_;  // references stay good while it grows
  boost::unordered_flat_map<std::uint64_t, std::uint64_t> by_request_;  // looked up, never walked
};

}  // namespace quorate::sim
