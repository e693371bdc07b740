// What clients ask, what nodes tell one another: plain values, without a wire format.
//
// Place:      the core takes and emits them; wire/ turns them into Protobuf and back; the simulator
//             may pass them as they are.
// Invariants: everything here has passed the codec: sizes and enumerators are within bounds, tokens
//             are authentic. Whether a bucket exists, or a quorum can be met, is the coordinator's
//             to say.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "node/causality/record.h"
#include "node/causality/token.h"
#include "node/core/bucket.h"
#include "node/core/types/update.h"
#include "node/ring/ring.h"

namespace quorate {

struct Key {
  std::string bucket;
  std::string name;  // any bytes

  friend auto operator<=>(const Key&, const Key&) = default;
};

// ---------------------------------------------------------------- client and node

enum class Verb : std::uint8_t {
  kGet = 0,
  kPut = 1,     // a whole value
  kDelete = 2,  // all of the key
  kUpdate = 3,  // a part of the value: see Update
};

struct ClientRequest {
  RequestId id;  // a write without one is given one by the first node that takes it
  Verb verb = Verb::kGet;
  Key key;
  Update update = Update::kNone;
  std::string field;           // update: what it concerns; get: show only this; empty: none
  Blob value;                  // put, update
  std::int64_t expiry_ms = 0;  // put, update: wall time in ms since 1970; 0 never
  std::optional<Token> token;  // the context of the write, or what a session read must cover
  bool context_none = false;   // write: make a sibling of whatever there is, on purpose
  Quorum r;
  Quorum w;
  std::optional<bool> sloppy;  // empty: as the bucket says
  std::optional<ReadRepair> read_repair;
  std::int64_t deadline_ns = 0;  // time remaining; 0: CoreOptions::deadline_default_ns
  std::uint32_t attempt = 0;     // 0 the first time, then 1, 2...
  std::int64_t age_ns = 0;       // time since the first attempt was sent

  friend bool operator==(const ClientRequest&, const ClientRequest&) = default;
};

enum class Outcome : std::uint8_t {
  kOk = 0,        // done as asked; a get found at least one value
  kNotFound = 1,  // get: enough replicas answered and no value lives
  // Write: neither stored nor sent anywhere. Get: did not reach its quorum or its token.
  kNotApplied = 2,
  kUnknown = 3,  // write: some replica may hold it, and it may still surface
  kInvalid = 4,  // the request itself is wrong; nothing was done
};
const char* outcome_name(Outcome outcome);

// Why an outcome is not kOk or kNotFound.
enum class Reason : std::uint8_t {
  kNone = 0,
  kQuorumUnreachable,  // too few primaries answer at all: told at once, without waiting
  kDeadline,           // too few answers before the deadline
  kTokenNotCovered,    // session read: no reachable replica has caught up with the token yet
  kTooManySiblings,
  kRecordTooLarge,
  kOverloaded,
  kNoSpace,
  kStoreFailed,  // the coordinator's own store could not read or write the row
  kClockSkew,    // last-writer-wins: this node's clock is too far from its peers'
  kRetryTooOld,  // a retry past retry_window: whether it was applied is not remembered
  kTokenExpired,
  kUnknownBucket,
  kKeyEmpty,
  kKeyTooLarge,
  kValueTooLarge,
  kQuorumImpossible,  // r or w is 0 or above n
  kStopping,          // the node is shutting down
  kNotSupported,
  kBadContext,      // the token is forged, damaged, or of another key, bucket, cluster or secret
  kWrongType,       // the request does not fit the type of the bucket
  kContextBehind,   // the key has changed since the context was read, in what this write concerns
  kNumberTooLarge,  // a number would leave its range
  kRetryUnsure,     // update: whether an earlier attempt was applied cannot be told
};
const char* reason_name(Reason reason);

struct ReadValue {
  Blob value;
  Dot dot;              // who coordinated it: node_of(dot.actor.run)
  Timestamp timestamp;  // when
  std::int64_t expiry_ms = 0;
  std::string field;  // the element or field that it is of; empty: the whole key

  friend bool operator==(const ReadValue&, const ReadValue&) = default;
};

struct ClientReply {
  RequestId id;
  Outcome outcome = Outcome::kOk;
  Reason reason = Reason::kNone;
  std::string detail;             // a sentence for people: what was wrong and the next step
  std::vector<ReadValue> values;  // get: the siblings, or the one winner
  std::optional<Token> token;     // with kOk and kNotFound
  Dot dot;                        // write, kOk: the event it became
  std::uint32_t needed = 0;       // answers asked for
  std::uint32_t reached = 0;      // answers had
  std::uint32_t replicas = 0;     // n
  std::vector<NodeId> answered;   // who
  NodeId coordinator = 0;         // who ran the request

  friend bool operator==(const ClientReply&, const ClientReply&) = default;
};

// ---------------------------------------------------------------- node and node

// The sender's name for what it waits for; unique over its runs in practice. 0: it does not wait.
using OpId = std::uint64_t;
using RecordPtr = std::shared_ptr<const Record>;  // null: no row

// Of a vnode: counts how often all its members agreed that nothing older than the generation before
// can arrive any more (papers/decisions/0010-generations.md). Begins at 1; 0: not known. Whatever
// bears a record says in which its sender held it.
using Generation = std::uint64_t;

enum class ReplicaStatus : std::uint8_t {
  kOk = 0,
  kCorrupt = 1,  // the row or its store cannot be read: a failed replica, never "not found"
  kNoSpace = 2,
  kFailed = 3,     // the store refused; nothing was stored
  kWrongRing = 4,  // another ring version
  kNoHint = 5,     // a fallback that keeps no hint of the key: not "not found", but nobody
  kNoRoom = 6,     // a fallback that cannot take another hint
  // The record is of too old a generation, or the replica does not know its own: nothing was
  // stored.
  kOldGeneration = 7,
  kNeedsWhole = 8,  // the replica does not know all that the change builds upon: send the record
};

// "What do you know of this key?"
struct ReadRequest {
  OpId op = 0;
  RingVersion ring_version = 0;
  VnodeId vnode = 0;
  Key key;
  // context_hash of what the asker holds; 0: nothing. If equal: reply `same`.
  std::uint64_t known_hash = 0;
  // Asks a fallback for the hints that it keeps, whoever they are for; a primary answers as ever.
  bool of_hints = false;
  // Repair asks: no client waits for the answer.
  bool background = false;
};

struct ReadReply {
  OpId op = 0;
  ReplicaStatus status = ReplicaStatus::kOk;
  // The replica has lost data and not yet caught up: counts towards no read quorum.
  bool rebuilding = false;
  bool same = false;  // equals what the asker holds
  RecordPtr record;
  Generation generation = 0;
  // The record's remains are kept as a guard only and shown to nobody (core/retired.h).
  bool retired = false;
};

// "Merge this into what you have, and say when it is durable."
struct WriteRequest {
  enum class Purpose : std::uint8_t {
    kWrite = 0,   // a client's write
    kRepair = 1,  // read repair
    // Merged from enough other replicas: may replace a row that cannot be read.
    kRestore = 2,
    kHandoff = 3,  // a hint is handed over
  };
  OpId op = 0;
  RingVersion ring_version = 0;
  VnodeId vnode = 0;
  Key key;
  Purpose purpose = Purpose::kWrite;
  RecordPtr record;  // never null
  // The primary in whose place a fallback shall keep the record; 0: the receiver is a primary.
  NodeId hint_for = 0;
  Generation generation = 0;
  // Not empty: `record` is only what has changed since (causality/delta.h), and means something to
  // a primary alone that knows all this.
  Context since = {};
};

struct WriteReply {
  OpId op = 0;
  ReplicaStatus status = ReplicaStatus::kOk;
  Generation generation = 0;  // with kOldGeneration: the replica's
};

// A client's request handed on to a node that can coordinate it. Never handed on twice.
struct ForwardRequest {
  OpId op = 0;
  ClientRequest request;
  Generation generation = 0;  // in which the sender took it
};

struct ForwardReply {
  OpId op = 0;
  ClientReply reply;
};

// The probe of the circuit breaker; also carries clocks and high-water marks.
struct Ping {
  std::uint64_t sequence = 0;
  RunId run = 0;
  std::int64_t wall_ms = 0;
  std::uint64_t high_water = 0;  // changes of the sender that are durable
};

struct Pong {
  std::uint64_t sequence = 0;
  std::int64_t wall_ms = 0;
  // The highest mark ever heard from any other run of the pinging node.
  std::uint64_t heard_of_you = 0;
  bool takes_hints = true;  // false: there is no room for another
};

// One page of a vnode's rows, in key order: for rebuilding a replica and for listing keys.
struct ScanRequest {
  OpId op = 0;
  RingVersion ring_version = 0;
  VnodeId vnode = 0;
  std::optional<Key> after;  // exclusive; empty: from the start
  std::uint32_t rows_max = 0;
  std::uint32_t bytes_max = 0;
  bool keys_only = false;
  Generation generation = 0;  // which the asker knows of
};

struct ScanReply {
  struct Entry {
    Key key;
    RecordPtr record;  // null when keys_only
  };
  OpId op = 0;
  ReplicaStatus status = ReplicaStatus::kOk;
  std::vector<Entry> entries;
  bool done = false;  // nothing after the last entry
  Generation generation = 0;
};

// "What are the sums of these nodes of your hash tree?" (core/hash_tree.h)
struct TreeRequest {
  OpId op = 0;
  RingVersion ring_version = 0;
  VnodeId vnode = 0;
  std::uint32_t n = 0;  // of the buckets that the tree is over
  std::uint32_t level = 0;
  std::vector<std::uint32_t> parents;  // whose children are asked for; of level 0: none
  // The receiver shall compare the vnode with all its other primaries, before anything else.
  bool hurry = false;
};

struct TreeReply {
  OpId op = 0;
  ReplicaStatus status = ReplicaStatus::kOk;
  bool ready = false;  // false: the tree is being built, or the vnode rebuilt
  std::vector<std::uint64_t> sums;
};

// "Which rows do you have in these leaves?", of a range of keys. The answer may take a while: all
// rows of the vnode have to be looked at.
struct LeavesRequest {
  OpId op = 0;
  RingVersion ring_version = 0;
  VnodeId vnode = 0;
  std::uint32_t n = 0;
  std::vector<std::uint32_t> leaves;  // ascending
  std::optional<Key> after;           // exclusive; empty: from the start
  std::optional<Key> through;         // inclusive; empty: to the end
  std::uint32_t rows_max = 0;         // in one answer
  std::uint32_t bytes_max = 0;        // of rows looked at for it at once
};

struct LeavesReply {
  struct Entry {
    Key key;
    std::uint64_t hash = 0;  // Trees::hash_of; 0: the row cannot be read
  };
  OpId op = 0;
  ReplicaStatus status = ReplicaStatus::kOk;
  std::vector<Entry> entries;
  std::optional<Key> through;  // how far it looked; empty: as far as it was asked to
};

// "In which generation is each vnode?" Asked by a node that begins, of every peer.
struct GenerationsRequest {
  OpId op = 0;
};

struct GenerationsReply {
  OpId op = 0;
  std::vector<Generation> generations;  // by vnode; empty: the peer does not know either
};

inline constexpr std::uint32_t kReapPage = 256;  // entries of one step, at most

// A step towards reaping what is dead in a vnode (core/reaper.h). The answer is a fact that stays
// true.
struct ReapRequest {
  enum class Step : std::uint8_t {
    kReady = 0,     // are you in this generation, without older hints, and not being rebuilt?
    kCompared = 1,  // have you compared with the other primaries since you were first asked?
    kHeld = 2,      // which of these do you hold exactly, durably?
    kRetire = 3,    // all primaries hold these exactly
  };
  struct Entry {
    Key key;
    std::uint64_t hash = 0;  // Retired::proof_of the record
  };
  OpId op = 0;
  RingVersion ring_version = 0;
  VnodeId vnode = 0;
  Generation generation = 0;
  Step step = Step::kReady;
  std::vector<Entry> entries;  // kHeld, kRetire
};

// What stands between a vnode and its next generation.
enum class ReapHold : std::uint8_t {
  kNone = 0,
  kSilent,      // a member does not answer
  kKeepsHints,  // it keeps a hint of an older generation
  kRebuilding,  // it is copying its rows back
  kComparing,   // it has not compared with all other primaries yet
  kBehind,      // it is not in the generation yet, or not durably
};
const char* reap_hold_name(ReapHold hold);

struct ReapReply {
  OpId op = 0;
  ReplicaStatus status = ReplicaStatus::kOk;
  Generation generation = 0;        // of the one who answers
  ReapHold hold = ReapHold::kNone;  // kNone: yes
  std::vector<std::uint32_t> held;  // kHeld: which entries, by number
};

using Message =
    std::variant<ReadRequest, ReadReply, WriteRequest, WriteReply, ForwardRequest, ForwardReply,
                 Ping, Pong, ScanRequest, ScanReply, TreeRequest, TreeReply, LeavesRequest,
                 LeavesReply, GenerationsRequest, GenerationsReply, ReapRequest, ReapReply>;

// What a message weighs in queues and on simulated links, in bytes; computed, not encoded.
std::size_t nominal_size_bytes(const Message& message);
std::size_t nominal_size_bytes(const ClientRequest& request);
std::size_t nominal_size_bytes(const ClientReply& reply);

}  // namespace quorate
