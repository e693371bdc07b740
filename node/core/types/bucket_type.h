// The data types that a bucket can have, by name.
//
// Place:      a member of every bucket; configurations and scenarios read its names from here. What
//             a type does: data_type.h.
#pragma once

#include <cstdint>
#include <span>

namespace quorate {

// Values are hashed and stored: never renumber.
enum class BucketType : std::uint8_t {
  kRegister = 0,  // keeps concurrent values as siblings
  kLww = 1,       // last writer wins
  kCounter = 2,   // a number that goes up and down
  kSet = 3,       // elements; an add beats a concurrent remove
  kMap = 4,       // fields, each a register
  kFlag = 5,      // on or off; on beats a concurrent off
};

inline constexpr BucketType kBucketTypeDefault = BucketType::kRegister;

const char* bucket_type_name(BucketType type);

// All names; a name's place is its type's value.
std::span<const char* const> bucket_type_names();

}  // namespace quorate
