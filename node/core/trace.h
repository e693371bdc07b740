// What the core tells about itself: typed events, never text. It logs in no other way.
//
// Place:      the node turns some into log lines and counts the rest; the simulator hashes them,
//             checks properties on them and reports branches that were never reached.
#pragma once

#include <cstdint>

#include "node/causality/dot.h"
#include "node/causality/record.h"

namespace quorate {

enum class TraceKind : std::uint8_t {
  kRequestStarted,      // a: verb; b: request id low
  kRequestForwarded,    // peer: to whom; b: request id low
  kRequestFinished,     // a: outcome; b: request id low; c: reason
  kRequestJoinedRetry,  // a retry met its first attempt still in flight; b: request id low
  kRequestReplayed,     // a retry whose write was applied before; b: request id low; dot: as what
  kDotMinted,           // dot; b: request id low
  kEpochRenewed,        // dot: the first of a new epoch for a key that this node has written before
  kReplicaStored,       // peer: from whom; a: purpose; b: hash of the context stored
  kReplicaKnewAlready,  // peer: from whom; the record brought nothing new
  kReadDeferred,        // a read waits for the row that it saw to become durable
  kReadStale,           // peer: whose answer lacked events that others had
  kRepairSent,          // peer: to whom
  kRestoreSent,         // peer: to whom; its row could not be read
  kRowUnreadable,       // this node's own row could not be read
  kResent,              // peer: who had not answered
  kCircuitOpened,       // peer
  kCircuitHalfOpened,   // peer
  kCircuitClosed,       // peer
  kApplyFailed,         // marks were invalidated
  kStoreStateChanged,   // a: StoreState
  kContextCollision,    // equal contexts with unequal siblings: somebody broke the law
  kContextLarge,        // a: bytes
  kSessionWaiting,      // a session read asks again
  kForgot,              // peer: who knows a higher mark of this node than itself; a: theirs; b: own
  kRebuildStarted,      // a: vnodes
  kRebuildVnodeDone,    // a: vnode
  kRebuildDone,
  kClockSkewed,  // a: estimated offset in ms
  kLateGivenUp,  // an answered request waits no longer for its late replicas: too many bytes do
  // Rare branches, counted so that a campaign can tell that it never came by.
  kForwardTriedNext,  // peer: who is asked now, for the one before refused or fell silent
  kForwardDoubted,    // b: request id low; a refusal told as unknown, for another may have taken it
  kForwardRepeated,   // peer: whose message came again and is answered as before
  kRetryTooOld,       // b: request id low; its first attempt may be forgotten here, so: unknown
  kDeleteNotRead,     // b: request id low; a delete's own read did not reach its quorum
  kBlockingRepair,    // an answer waits until its replicas hold it
  kRepairResent,      // peer: who has not acknowledged what an answer waits for
  kRequestIdLearned,  // a record brought no event, but a request id that the row lacked
  kUnreadableReplaced,  // a record took the place of a row that cannot be read
  kUnreadableRemoved,   // the row cannot be read, and enough others have nothing
  kScanDeferred,        // peer; a page of a scan waits for its rows to become durable
  kHeldRefused,         // peer: who is told that the batch its answer waited for failed
  kRebuildHeldUp,       // a: vnode whose source cannot be reached
  kMarkLifted,          // a: by how much: peers remember a higher mark of this node than its own
  // Hints.
  kHintKept,       // peer: from whom; a: vnode; c: the primary that it is for
  kHintOwed,       // peer: to whom; a: vnode
  kHintSent,       // peer: to whom; a: vnode
  kHintDelivered,  // peer: to whom, who has it durable; a: vnode
  kHintSpare,      // peer: a primary other than the hint's own that has it durable; a: vnode
  kHintDropped,    // peer: for whom it was; a: vnode
  kHintRefused,    // peer: who asked; there is no room, even without the spare ones
  kStoodIn,        // this node coordinates a write as a fallback, for no primary can be reached
  // Anti-entropy.
  kTreesDiffered,   // peer; a: vnode; b: leaves
  kKeySynced,       // peer: whose row differed; a: vnode
  kMeetingGivenUp,  // peer: who did not answer, or could not; a: vnode
  kMeetingHurried,  // peer: who dropped a hint, or asked; a: vnode
  kTreeLied,        // a: vnode; its trees did not equal its rows, and were made anew
  // Partial writes.
  kReadBeforeWrite,  // a: ReadBefore; b: request id low
  kRetryUnsure,      // b: request id low; nobody remembers an earlier attempt: unknown
  // Generations and reaping.
  kGenerationEntered,   // a: vnode; b: generation
  kGenerationsLearned,  // peer: from whom, after the disk that knew them was lost
  kBegunAnew,    // a: vnode; b: generation; this node was restored from of old, and lets go of its
                 // rows
  kChangeSent,   // peer: to whom; a: bytes of the whole record, b: of the change
  kWholeNeeded,  // peer: whose change was not taken, for the row here knows too little; a: vnode
  kTooOld,       // peer: whose record or request is refused; a: its generation; b: own
  kRetired,      // a: vnode; b: generation; a row shows its remains no more
  kUnretired,    // a: vnode; it does again, because somebody else does
  kReaped,       // a: vnode; they are gone
  kReapingHeldUp,  // peer: by whom; a: vnode; b: ReapHold
  kExpired,        // dot: the first; a: vnode; b: how many values of one key are removed
  kSiblingsMany,   // dot: a write that left a: concurrent values, siblings_warning() or more
};
inline constexpr int kTraceKindCount = static_cast<int>(TraceKind::kSiblingsMany) + 1;
const char* trace_kind_name(TraceKind kind);

struct TraceEvent {
  TraceKind kind = TraceKind::kRequestStarted;
  NodeId peer = 0;
  Dot dot = {};
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint64_t c = 0;
};

}  // namespace quorate
