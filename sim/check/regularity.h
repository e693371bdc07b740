// Regular registers: does every read, taken alone, return what some order of the writes allows?
//
// Implements: MWRegWeak of Shao, Welch, Pierce and Lee 2011, Lamport's regular register for many
//             writers: a read returns a write that began before the read ended, and no other write
//             lies wholly, acknowledged, between the two. Two reads may disagree about the order of
//             writes that were concurrent; that is what linearizability adds.
// Extension:  of several siblings one at least must be so. "None" is the value of the deletes, and
//             of a key before its first write.
// Exactness:  every read is compared with all writes; writes of one value count as one another.
#pragma once

#include <optional>
#include <string>

#include "sim/check/property.h"

namespace quorate::sim {

// Lines for a person; nothing when every read was regular.
std::optional<std::string> broken_regularity(const Evidence& evidence);

}  // namespace quorate::sim
