// A bucket: a named set of keys with one policy, defined in the configuration, the same on every
// node.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "node/base/status.h"
#include "node/core/types/bucket_type.h"

namespace quorate {

inline constexpr std::size_t kBucketNameBytesMax = 64;
inline constexpr std::uint32_t kReplicasMax = 16;

// How many answers a request waits for: a number, or a word that depends on the bucket's n.
struct Quorum {
  enum class Kind : std::uint8_t { kDefault = 0, kCount = 1, kOne = 2, kQuorum = 3, kAll = 4 };
  Kind kind = Kind::kDefault;
  std::uint32_t count = 0;  // for kCount

  static Quorum of(std::uint32_t count) { return Quorum{Kind::kCount, count}; }

  // The number, given n and what the default is; not yet checked against n.
  std::uint32_t resolve(std::uint32_t n, std::uint32_t default_count) const;

  // "2", "one", "quorum", "all", "default".
  static Result<Quorum> parse(std::string_view text);
  std::string to_string() const;

  friend bool operator==(const Quorum&, const Quorum&) = default;
};

// What a coordinator does about stale replicas that a read discovers.
enum class ReadRepair : std::uint8_t {
  kAsync = 0,     // answer first, then repair every stale replica
  kBlocking = 1,  // repair enough replicas first, then answer
  kOff = 2,       // leave them; for experiments
};

struct Bucket {
  std::string name = "default";
  BucketType type = kBucketTypeDefault;
  std::uint32_t n = 3;
  std::uint32_t r = 2;
  std::uint32_t w = 2;
  bool sloppy = false;
  ReadRepair read_repair = ReadRepair::kAsync;
  std::uint32_t key_bytes_max = 1024;
  std::uint32_t value_bytes_max = 1u << 20;
  std::uint32_t record_bytes_max = 16u << 20;
  std::uint32_t siblings_max = 100;

  // Errors: kInvalidInput naming the member, its value and what would be right.
  Status validate() const;
};

// All buckets by name, in name order; there is always one called "default".
class Buckets {
 public:
  // Adds or replaces. Errors: as Bucket::validate.
  Status add(Bucket bucket);
  const Bucket* find(std::string_view name) const;
  const std::map<std::string, Bucket, std::less<>>& all() const { return buckets_; }

  // The most copies that any of them asks for.
  std::uint32_t n_max() const;

  // Of every definition: nodes of one cluster must agree.
  std::uint64_t hash() const;

  Buckets();

 private:
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace quorate
