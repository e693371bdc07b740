// The canonical encodings (node/causality/codec.h): refused with a reason, or one and the same
// bytes again.
//
// Input: one byte that chooses the kind, then the encoding.
#include <string>

#include "node/base/check.h"
#include "node/causality/codec.h"
#include "tests/fuzz/input.h"

namespace quorate {
namespace {

template <typename Decode, typename Append>
void identity(std::string_view bytes, const Decode& decode, const Append& append) {
  const auto value = decode(bytes);
  if (!value) {
    QUORATE_CHECK(value.error().code == ErrorCode::kCorruption && !value.error().message.empty());
    return;
  }
  std::string again;
  append(*value, again);
  QUORATE_CHECK(again == bytes);
}

void check_row(std::string_view bytes) {
  const auto decoded = decode_row(bytes);
  if (!decoded) return;
  // Of siblings that are stored apart the header holds a number and a sum only.
  if (decoded->layout == RowLayout::kApart) return;
  std::string again;
  append_row(decoded->row, decoded->layout, again);
  QUORATE_CHECK(again == bytes);
}

void check_laws(std::string_view bytes) {
  const auto record = decode_record(bytes);
  if (!record) return;
  QUORATE_CHECK(sync(*record, *record, kRetryWindowDefaultMs).context == record->context);
  QUORATE_CHECK(same_state(sync(*record, Record(), kRetryWindowDefaultMs), *record));
  QUORATE_CHECK(context_hash(record->context) != 0);
}

}  // namespace
}  // namespace quorate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quorate;
  testing_support::FuzzInput input(data, size);
  const std::uint8_t kind = input.byte();
  const std::string_view bytes = input.rest();
  switch (kind % 4) {
    case 0:
      identity(bytes, decode_record, append_record);
      check_laws(bytes);
      break;
    case 1:
      identity(bytes, decode_context, append_context);
      break;
    case 2:
      identity(bytes, decode_sibling, append_sibling);
      break;
    case 3:
      check_row(bytes);
      break;
  }
  return 0;
}
