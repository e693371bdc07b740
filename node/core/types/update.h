// The updates: what changes a part of a key's value, by data type.
//
// Place:      carried by a ClientRequest whose verb is an update, with a field and a value as far
//             as the update has them. Which type takes which: DataType::updates().
#pragma once

#include <cstdint>

namespace quorate {

// Sent between versions: never renumber.
enum class Update : std::uint8_t {
  kNone = 0,
  kCounterAdd = 1,  // value: the amount, a decimal number, perhaps negative
  kSetAdd = 2,      // field: the element
  kSetRemove = 3,   // field: the element
  kMapPut = 4,      // field and value
  kMapRemove = 5,   // field
  kFlagEnable = 6,
  kFlagDisable = 7,
};
inline constexpr Update kUpdateLast = Update::kFlagDisable;

struct UpdateShape {
  Update update = Update::kNone;
  const char* name = "";   // as people type it: "set add"
  bool removes = false;    // only takes away: without a token it reads first, and it is never too
                           // much for a record
  bool has_field = false;  // else it must have none
  bool has_value = false;
  bool may_expire = false;
};

const char* update_name(Update update);

}  // namespace quorate
