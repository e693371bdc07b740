// Whoever sees a session's write sees what the session wrote before it, replaced:
// promised to sessions, which send their tokens along (session_levels.h).
#include "sim/check/session_levels.h"

namespace quorate::sim {

std::optional<Violation> monotonic_writes(const Evidence& evidence) {
  std::optional<std::string> witness = broken_monotonic_writes(evidence, Sessions::kPromised);
  if (!witness) return std::nullopt;
  return Violation{"monotonic writes", std::move(*witness)};
}

}  // namespace quorate::sim
