// The core's options as a scenario names them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "node/core/options.h"

namespace quorate::sim {

struct CoreOptionWord {
  const char* word;
  enum class Kind : std::uint8_t { kTime /* in ns */, kNumber, kTruth /* 0 or 1 */ };
  Kind kind = Kind::kNumber;
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::function<std::int64_t(const CoreOptions&)> get;
  std::function<void(CoreOptions&, std::int64_t)> set;
};

const std::vector<CoreOptionWord>& core_option_words();

}  // namespace quorate::sim
