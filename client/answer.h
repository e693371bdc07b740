// What a program asks through the client library, and what it is told.
//
// The words Outcome, Reason, Quorum, Dot are the core's own (node/core/messages.h): the library
// adds what only a client can know, that a connection was lost under a request.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "node/base/status.h"
#include "node/core/messages.h"

namespace quorate::client {

// How one request is to be done; what is left alone is as the bucket says.
struct RequestOptions {
  std::string bucket = "default";
  Quorum r{};
  Quorum w{};
  std::optional<bool> sloppy{};
  std::optional<ReadRepair> read_repair{};
  std::string token{};           // from an earlier Answer for the same bucket and key; empty: none
  bool context_none = false;     // write: make a sibling of whatever there is, on purpose
  std::int64_t expiry_ms = 0;    // put, change: wall time in ms since 1970; 0: never
  std::string field{};           // get: only this element or field; empty: all
  std::int64_t deadline_ms = 0;  // over all attempts; 0: ClientOptions::deadline_ms
};

// A change of a part of a value, in a bucket of a type that has parts. changes.h makes them.
struct Change {
  Update update = Update::kNone;
  std::string field{};  // element or field, where the update has one
  std::string value{};
};

// The outcome of a request, joined over all its attempts (DESIGN 2.5): ok on any attempt is ok;
// else, once a node may have taken a write, the outcome is kUnknown whatever other attempts said;
// else it is what the nodes said. Shown in tests/client/call_plan_test.cc.
struct Answer {
  Outcome outcome = Outcome::kUnknown;
  Reason reason = Reason::kNone;
  std::string detail;             // a sentence for people: what was wrong and the next step
  std::vector<ReadValue> values;  // get: by field, and of each the siblings, oldest first
  std::string token;              // with kOk and kNotFound: what to send with the next write
  RequestId id;                   // of a write
  Dot dot;                        // of a write, kOk: the event that it became
  std::uint32_t needed = 0;       // answers asked for
  std::uint32_t reached = 0;      // answers had
  std::uint32_t replicas = 0;     // n
  std::vector<NodeId> answered;   // who
  NodeId coordinator = 0;         // who ran the request; 0 when no node said
  std::string endpoint;           // whose answer this is, or who was asked last
  std::uint32_t attempts = 0;     // that were sent, over all endpoints

  bool ok() const { return outcome == Outcome::kOk; }
};

// An Error in place of an Answer means that no node took the request: kUnreachable (nobody
// answers), kIncompatible (another protocol version or cluster), kUnauthorized, kInvalidInput.
using OnAnswer = std::function<void(Result<Answer>)>;

}  // namespace quorate::client
