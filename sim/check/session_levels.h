// The four session guarantees of Terry et al. 1994, as they held in fact: for every client and key,
// whether or not the client sent tokens that would have asked for them.
//
// Definitions: the operations of one client on one key are a session. With "reflects" as in
//              reflection.h, and the *relevant writes* of a read being the values that it shows and
//              the deletes that it knows and that nothing it knows has replaced:
//              * monotonic reads: a read reflects the relevant writes of the session's earlier
//              reads;
//              * read your writes: a read reflects the session's earlier acknowledged writes;
//              * monotonic writes: whoever reads and knows of a session's write, reflects all that
//                the session had been acknowledged before it, and sees none of that unreplaced;
//              * writes follow reads: whoever reads and knows of a session's write, reflects the
//                relevant writes of what the session had read before it, and sees none of that
//                unreplaced.
//              "Unreplaced" is their WriteOrder(W1, W2): the earlier write shown, though the later
//              one is known, comes after it or beside it. A write that was sent with `context none`
//              asked to be a sibling and is excused from that half.
// Promised:    the store answers for what was done under tokens only, and for the very events
//              that the tokens named: a put that was retried may be applied by two coordinators,
//              and the session is told of one of the two events. Its next write replaces that one;
//              the twin lives on as a sibling. Observed, that breaks the order; promised, it does
//              not.
// Deviation:   theirs speak of all keys of a session together; ours of one key, since contexts
//              are a key's. Theirs are about servers, ours about what answers told: a replica that
//              nobody read broke nothing.
// Exactness:   every pair is looked at; no answer is guessed. Shown against a second implementation
//              in tests/sim/check/session_levels_test.cc.
#pragma once

#include <optional>
#include <string>

#include "sim/check/key_view.h"

namespace quorate::sim {

enum class Sessions {
  kObserved,  // of every client
  kPromised,  // only what was done under a session's tokens, for which the store answers
};

// Lines for a person; nothing when it held.
std::optional<std::string> broken_monotonic_reads(const Evidence& evidence, Sessions sessions);
std::optional<std::string> broken_read_your_writes(const Evidence& evidence, Sessions sessions);
std::optional<std::string> broken_monotonic_writes(const Evidence& evidence, Sessions sessions);
std::optional<std::string> broken_writes_follow_reads(const Evidence& evidence, Sessions sessions);

}  // namespace quorate::sim
