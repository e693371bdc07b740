// Does an answer take account of a write?
//
// A read *reflects* a write when it shows the write's value, or when it knows of a write that
// rightly replaced it (supersession.h), or, of a delete, when it knows the delete. What it knows is
// the context of the token that came with the answer; of siblings it reflects each one, and all
// that any of them replaced. A write that two coordinators applied is one write.
//
// This is the "DB(S, t) contains W" of Terry et al. 1994 for the replicas that made the answer.
#pragma once

#include "sim/check/property.h"

namespace quorate::sim {

// `dot`: any event of the write. REQUIRES: read.answered_read().
bool reflects(const Evidence& evidence, const Operation& read, const Dot& dot);

// Was it written with an end? When that is, each node judges by its own clock, so nobody can be
// blamed for not showing it; tests with good clocks do (tests/sim/expiry_test.cc).
bool may_be_over(const Evidence& evidence, const Dot& dot);

// Its value is among those that the read shows.
bool shows(const Evidence& evidence, const Operation& read, const Dot& dot);

// The read shows the write or its context covers it: the write had reached one of the replicas that
// made the answer.
bool knows_of(const Evidence& evidence, const Operation& read, const Operation& write);

// Any event of a write: of its acknowledgement or, without one, the first that a node minted for
// it; an unset dot when no node did.
Dot event_of(const Evidence& evidence, const Operation& write);

}  // namespace quorate::sim
