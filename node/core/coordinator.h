// The door of the core: takes client requests and forwarded ones, refuses what is wrong, and
// decides who coordinates.
//
// Place:      Core calls it; it starts Reads, Writes and Forwards and answers finished gets.
// Implements: Dynamo 4.5. A read is coordinated by whoever got it; a write by a primary of its key.
// Invariants: (1) every request is answered exactly once; (2) a request that was handed on is never
//             handed on again; (3) a forwarded request that arrives again (a repeated or resent
//             message) gets the answer that it got before, never a second decision.
// Limits:     CoreOptions::requests_max in flight; the buckets' bounds of keys and values;
//             AnswerMemory::kAnswersKept answers to forwarded requests.
#pragma once

#include <map>
#include <string>

#include "node/core/forwards.h"
#include "node/core/lineage.h"
#include "node/core/node_state.h"
#include "node/core/reads.h"
#include "node/core/writes.h"

namespace quorate {

class Coordinator {
 public:
  Coordinator(NodeState& state, Reads& reads, Writes& writes, Forwards& forwards,
              const Lineage& lineage)
      : state_(state), reads_(reads), writes_(writes), forwards_(forwards), lineage_(lineage) {}

  void on_client_request(ClientId client, ClientTag tag, ClientRequest request);
  void on_forward(NodeId from, const ForwardRequest& message);
  void on_read_finished(const ReadResult& result);

  std::size_t in_flight() const;

 private:
  struct Get {
    ClientRequest request;
    Origin origin;
  };
  struct Place {
    const Bucket* bucket = nullptr;
    VnodeId vnode = 0;
    std::uint32_t n = 0;
    std::uint32_t r = 0;
    std::uint32_t w = 0;
    ReplicaSets sets(const Ring& ring, std::uint32_t needed) const;
  };

  void start(ClientRequest request, const Origin& origin);
  bool validate(const ClientRequest& request, Place* place, ClientReply* refusal) const;
  bool check_limits(const ClientRequest& request, const Bucket& bucket, ClientReply* refusal) const;
  void start_get(ClientRequest request, const Origin& origin, const Place& place,
                 std::int64_t deadline_at_ns);
  void start_write(ClientRequest request, const Origin& origin, const Place& place,
                   std::int64_t deadline_at_ns);
  ClientReply get_reply(const Get& get, const ReadResult& result) const;
  std::string why_not_read(const ReadResult& result) const;

  NodeState& state_;
  Reads& reads_;
  Writes& writes_;
  Forwards& forwards_;
  const Lineage& lineage_;
  std::map<OpId, Get> gets_;
};

}  // namespace quorate
