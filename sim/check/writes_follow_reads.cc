// Whoever sees a session's write sees what the session had read before it, replaced:
// promised to sessions, which send their tokens along (session_levels.h).
#include "sim/check/session_levels.h"

namespace quorate::sim {

std::optional<Violation> writes_follow_reads(const Evidence& evidence) {
  std::optional<std::string> witness = broken_writes_follow_reads(evidence, Sessions::kPromised);
  if (!witness) return std::nullopt;
  return Violation{"writes follow reads", std::move(*witness)};
}

}  // namespace quorate::sim
