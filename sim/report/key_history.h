// The versions of one key in a run: every event that a write made, who made it, which took the
// place of which at its coordinator, and where it lives at the end.
//
// Place:      kvsim run --history. The ledger saw every event, so nothing is guessed here, unlike
//             in `kvcli history`, which knows only what replicas still hold.
#pragma once

#include <string>

#include "node/core/messages.h"
#include "sim/run/run.h"

namespace quorate::sim {

// For a person, the newest first. REQUIRES: played.
std::string key_history_text(const Run& run, const Key& key, bool colours);

}  // namespace quorate::sim
