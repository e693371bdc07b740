// A client host: one program that asks one thing after the other, retries under one request id over
// its endpoints, and joins what the attempts say into one outcome.
//
// Place:      owned by the cluster. Steps come from a workload or a test, outcomes go to the
//             history.
// Implements: DESIGN 2.5: the outcome is joined over all attempts, and *unknown* absorbs *not
//             applied*; an attempt that never answered is unknown. Session tokens as the client
//             library keeps them: one for each key, replaced by every answer (tokens are opaque
//             outside: nothing is joined here).
// Invariants: one operation at a time; every operation ends at its deadline at the latest; the same
//             request id in all its attempts, unless its policy is to be naive. Shown in
//             tests/sim/sim_client_test.cc.
// Not here:   what to ask: workload/. The real client library: client/.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <optional>
#include <vector>

#include "node/base/random.h"
#include "sim/world/compose.h"
#include "sim/world/history.h"
#include "sim/world/key_hash.h"
#include "sim/world/world.h"

namespace quorate::sim {

struct ClientPolicy {
  std::vector<NodeId> endpoints;           // tried in turn, beginning with the first
  SimTime deadline = from_seconds(2);      // of steps that name none
  SimTime attempt_timeout = from_ms(500);  // without an answer the next endpoint is tried
  SimTime retry_pause = from_ms(10);  // before the second attempt; twice that before the third...
  std::uint32_t attempts_max = 5;
  // A naive client: a retry is a request of its own, and nobody can tell that it is the same write.
  bool new_id_each_attempt = false;
  SimTime answer_margin = from_ms(5);  // so much less a node is given, to hear its verdict in time
};

struct ClientStep {
  SimTime think = 0;       // passes after the step before it has ended
  SimTime not_before = 0;  // nor does it begin earlier than at this time of the run
  ClientRequest request;
  ContextUse context = ContextUse::kRequest;
  NodeId endpoint = 0;  // where the first attempt goes; 0: where the last one was answered
  Compose compose = Compose::kAsGiven;  // of a put: how its value comes about
  bool after_read = false;  // left out unless the step before it was a read that was answered
};

class SimClient {
 public:
  SimClient(World& world, History& history, HostId host, ClientPolicy policy);

  HostId host() const { return host_; }

  // Appends a step; it begins when all before it have ended.
  void enqueue(ClientStep step);

  // Forgets the steps that have not begun.
  void drop_steps() { steps_.clear(); }

  bool idle() const { return !current_ && steps_.empty() && !thinking_; }

  // The operation of the step that began last; nothing before the first.
  std::optional<std::uint64_t> last_operation() const { return last_operation_; }

  // What the session knows of a key.
  std::optional<Token> session_token(const Key& key) const;

  void on_answer(ClientTag tag, ClientReply reply);
  void on_alarm(std::uint64_t alarm);

 private:
  struct KnownToken {
    Token token;
    std::uint64_t from = 0;  // the operation that it came with
  };
  enum class Alarm : std::uint64_t { kThink, kAttempt, kRetry, kDeadline };

  void begin_next();
  void begin(ClientStep step);
  void send_attempt();
  void retry_or_wait();
  void finish(Outcome outcome, Reason reason, ClientReply reply);
  void give_up();
  void remember_answer(const Operation& operation);
  EventQueue::Handle wake(SimTime at, Alarm alarm);

  World& world_;
  History& history_;
  HostId host_;
  ClientPolicy policy_;
  Random ids_;
  std::deque<ClientStep> steps_;
  bool thinking_ = false;
  bool retrying_ = false;
  std::optional<std::uint64_t> current_;
  std::optional<std::uint64_t> last_operation_;
  std::size_t endpoint_ = 0;  // index of the one in use
  ClientReply last_refusal_;  // the latest answer that did not decide
  EventQueue::Handle attempt_alarm_;
  EventQueue::Handle retry_alarm_;
  EventQueue::Handle deadline_alarm_;
  struct Known {  // of a key
    std::optional<KnownToken> session;
    std::optional<KnownToken> first;
    std::vector<Blob> read;  // values of the last answered read
  };
  boost::unordered_flat_map<Key, Known, KeyHash> known_;  // looked up, never walked
};

}  // namespace quorate::sim
