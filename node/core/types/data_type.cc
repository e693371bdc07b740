#include "node/core/types/data_type.h"

#include <algorithm>

#include "node/base/check.h"
#include "node/core/types/lww.h"
#include "node/core/types/register.h"

namespace quorate {

const DataType& data_type(BucketType type) {
  static const RegisterType register_type;
  static const LwwType lww_type;
  switch (type) {
    case BucketType::kRegister:
      return register_type;
    case BucketType::kLww:
      return lww_type;
  }
  QUORATE_CHECK_MSG(false, "a bucket type without an implementation");
}

void drop_covered(const Context& context, Record* record) {
  std::erase_if(record->siblings,
                [&](const Sibling& sibling) { return context.contains(sibling.dot); });
}

ReadValue to_read_value(const Sibling& sibling) {
  return ReadValue{sibling.value, sibling.dot, sibling.timestamp, sibling.expiry_ms};
}

}  // namespace quorate
