#include "node/causality/dot.h"

#include <cstdio>

namespace quorate {

RunId make_run_id(NodeId node, std::uint64_t random) {
  return (random << 16) | static_cast<RunId>(node);
}

NodeId node_of(RunId run) { return static_cast<NodeId>(run & 0xffff); }

std::string to_string(const Actor& actor) {
  char text[48];
  std::snprintf(text, sizeof text, "n%u.%012llx/%lu", static_cast<unsigned>(node_of(actor.run)),
                static_cast<unsigned long long>(actor.run >> 16),
                static_cast<unsigned long>(actor.epoch));
  return text;
}

std::string to_string(const Dot& dot) {
  return to_string(dot.actor) + ":" + std::to_string(dot.counter);
}

}  // namespace quorate
