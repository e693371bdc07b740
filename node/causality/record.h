// All that a replica knows of one key: a context, the values still live under it, and the write
// requests that it has recently applied.
//
// Implements: DESIGN 2.1; sync is the dotted-version-vector-set merge of Preguica et al. 2010.
// Invariants: (1) siblings are sorted by dot, each covered by the context, no dot twice; (2) sync
//             is commutative, associative, idempotent: tests/node/causality/record_laws_test.cc;
//             (3) equal contexts imply equal siblings, because every mutation mints a dot.
// Not here:   what a put or a delete does to a record: core/types/. Merging of values by the
//             application: the client's `update`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "node/base/blob.h"
#include "node/causality/context.h"
#include "node/causality/dot.h"
#include "node/causality/hybrid_clock.h"

namespace quorate {

// What a sibling means to its data type. Sync never looks; only core/types/ does. Values are stored
// and sent: never renumber.
enum class SiblingKind : std::uint8_t {
  kValue = 0,    // a value of a register, a field, an element
  kDeleted = 1,  // what a delete leaves behind, where a type needs to remember it
};

struct Sibling {
  Dot dot;
  SiblingKind kind = SiblingKind::kValue;
  std::string field;           // element or field of a collection; empty for whole values
  Timestamp timestamp;         // when it was minted
  std::int64_t expiry_ms = 0;  // wall time in ms since 1970; 0 never
  Blob value;

  friend bool operator==(const Sibling&, const Sibling&) = default;
};

// The name of one write, chosen by the client or by the first node that took it.
struct RequestId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool is_set() const { return high != 0 || low != 0; }
  friend auto operator<=>(const RequestId&, const RequestId&) = default;
};

std::string to_string(const RequestId& id);  // 32 hexadecimal digits

struct AppliedRequest {
  RequestId id;
  Dot dot;              // what it minted
  Timestamp timestamp;  // when

  friend auto operator<=>(const AppliedRequest&, const AppliedRequest&) = default;
};

// The write requests that a record remembers, so that a retry is not applied twice. What falls out
// of the window raises `floor`: a retry whose first attempt may lie at or below it is *unknown*,
// never applied again.
//
// Invariants: entries sorted, unique by (id, dot), all above the floor, at most kCountMax of them;
//             join is commutative, associative, idempotent for one window length.
class AppliedRequests {
 public:
  static constexpr std::size_t kCountMax = 16;

  // All dots that this request id minted here or elsewhere; empty when it is not remembered.
  std::vector<Dot> find(const RequestId& id) const;
  // The request that minted this dot; nullptr when it is not remembered.
  const RequestId* request_of(const Dot& dot) const;
  // The other events of the request that minted this dot: the same write, taken by other
  // coordinators.
  std::vector<AppliedRequest> twins_of(const Dot& dot) const;
  // Zero when nothing is remembered; else no less than that of any request ever applied.
  Timestamp newest() const;

  void add(const AppliedRequest& applied, std::int64_t window_ms);
  void join(const AppliedRequests& other, std::int64_t window_ms);

  Timestamp floor() const { return floor_; }
  const std::vector<AppliedRequest>& entries() const { return entries_; }

  // For the codec: entries in any order.
  static AppliedRequests from_parts(std::vector<AppliedRequest> entries, Timestamp floor);

  friend bool operator==(const AppliedRequests&, const AppliedRequests&) = default;

 private:
  void normalize(std::int64_t window_ms);

  std::vector<AppliedRequest> entries_;
  Timestamp floor_;
};

struct Record {
  Context context;
  std::vector<Sibling> siblings;
  AppliedRequests applied;

  // A context alone, without a living sibling.
  bool is_tombstone() const { return siblings.empty() && !context.empty(); }

  // No less than the timestamp of any event that the record knows, living or not; zero without any.
  Timestamp latest() const;
  bool lives(const Dot& dot) const;

  // Bytes of values, fields and overhead, as limits count them (a bucket's record_bytes_max).
  std::size_t size_bytes() const;

  friend bool operator==(const Record&, const Record&) = default;
};

// How long a record remembers the requests that it has applied.
inline constexpr std::int64_t kRetryWindowDefaultMs = 60'000;

// The merge of two replicas' knowledge: keeps a sibling when both have it, or when the other side's
// context does not cover its dot; contexts and applied requests join.
Record sync(const Record& a, const Record& b, std::int64_t retry_window_ms);

// False when the two contexts are equal but the siblings are not: somebody broke invariant 3.
bool consistent(const Record& a, const Record& b);

// The same context and siblings; what was applied recently is bookkeeping and may differ.
bool same_state(const Record& a, const Record& b);

}  // namespace quorate
