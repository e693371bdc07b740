// Finds out what each append was appended to, where what was read leaves no choice.
//
// A string that somebody read was in the register. If nothing but one append can have made it (no
// write wrote it, and no other append adds what it ends with), then that append found the string
// without its end; which therefore was in the register too, and so on down to a write or to the
// initial value. Such an append is a cas: from the one string, to the other. An append that is none
// then made nothing that anybody read, or that anything read was built on: else it would have been
// a second one that could have made it.
//
// Histories whose appends all add something different, as those of most test suites do, resolve; so
// that the search can count who still has to see what, instead of building strings.
#pragma once

#include "sim/linear/moves.h"

namespace quorate::sim::linear {

// Turns such appends of `moves` into cas. False, and nothing is changed: some string that was read
// can have been made in several ways.
bool resolve_appends(ValueId initial, Moves& moves, StringStates& strings);

}  // namespace quorate::sim::linear
