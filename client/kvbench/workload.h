// What is asked, and of which keys: put, get, mixed, counter, set, and the YCSB core workloads by
// their letters (Cooper et al. 2010, table 2).
//
// Place:      the driver takes one Operation after another; everything on one thread.
// Deviation:  a record is one value, not ten fields: an update writes it whole. Of E, which scans,
//             there is none: the store keeps keys in the order of their hashes, has no request for
//             a range, and a page of one node's vnode (Admin::list) is no scan.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/kvbench/zipf.h"
#include "node/base/random.h"

namespace quorate::client::kvbench {

enum class OperationKind : std::uint8_t {
  kGet,
  kPut,
  kInsert,           // a put of a key that was not there
  kReadModifyWrite,  // a get, and a put under its token
  kCounterAdd,       // 1
  kSetAdd,           // always the same element of a key
};
inline constexpr std::size_t kOperationKinds = 6;

const char* operation_name(OperationKind kind);

enum class Distribution : std::uint8_t { kUniform, kZipf, kLatest };

const char* distribution_name(Distribution distribution);

// The shares of each kind, in percent.
struct Mix {
  const char* name;
  const char* description;
  unsigned percent[kOperationKinds];
  Distribution distribution;
  std::uint32_t value_bytes;
  const char* bucket = "default";

  bool reads() const;
};

const std::vector<Mix>& all_mixes();
const Mix* find_mix(std::string_view name);  // "A" or "a"

struct Operation {
  OperationKind kind = OperationKind::kGet;
  std::uint64_t key = 0;
};

// "bench:000000000042": as long for every key.
std::string key_name(std::uint64_t key);

// Bytes that do not compress, other ones each time.
class Values {
 public:
  // REQUIRES: bytes <= kBytesMax.
  explicit Values(std::size_t bytes, std::uint64_t seed);

  static constexpr std::size_t kBytesMax = 1u << 20;

  std::string next();
  // Always the same of a key.
  std::string of_key(std::uint64_t key) const;

 private:
  std::size_t bytes_;
  Random random_;
  std::string pool_;
};

class Workload {
 public:
  // `keys`: loaded, 0 to keys - 1. REQUIRES: keys >= 1.
  Workload(const Mix& mix, Distribution distribution, std::uint64_t keys, std::uint64_t seed);

  Operation next();

  // The insert has ended, one way or the other: its key may be read once all before it have.
  void inserted(std::uint64_t key);

 private:
  std::uint64_t choose_key();

  Random random_;
  unsigned percent_[kOperationKinds];
  Distribution distribution_;
  std::uint64_t keys_;                // that may be read
  std::uint64_t next_insert_;         // counted from `keys`
  std::set<std::uint64_t> inserted_;  // beyond the first gap
  std::optional<ScrambledZipf> popular_;
  std::optional<Zipf> recent_;
};

}  // namespace quorate::client::kvbench
