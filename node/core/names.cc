// The names that people see of the core's enumerations.
#include "node/core/core.h"
#include "node/core/messages.h"
#include "node/core/store.h"
#include "node/core/trace.h"

namespace quorate {

const char* outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kNotFound:
      return "not found";
    case Outcome::kNotApplied:
      return "not applied";
    case Outcome::kUnknown:
      return "unknown";
    case Outcome::kInvalid:
      return "invalid";
  }
  return "?";
}

const char* reason_name(Reason reason) {
  switch (reason) {
    case Reason::kNone:
      return "none";
    case Reason::kQuorumUnreachable:
      return "quorum unreachable";
    case Reason::kDeadline:
      return "deadline";
    case Reason::kTokenNotCovered:
      return "token not covered";
    case Reason::kTooManySiblings:
      return "too many siblings";
    case Reason::kRecordTooLarge:
      return "record too large";
    case Reason::kOverloaded:
      return "overloaded";
    case Reason::kNoSpace:
      return "no space";
    case Reason::kStoreFailed:
      return "store failed";
    case Reason::kClockSkew:
      return "clock skew";
    case Reason::kRetryTooOld:
      return "retry too old";
    case Reason::kTokenExpired:
      return "token expired";
    case Reason::kUnknownBucket:
      return "unknown bucket";
    case Reason::kKeyEmpty:
      return "key empty";
    case Reason::kKeyTooLarge:
      return "key too large";
    case Reason::kValueTooLarge:
      return "value too large";
    case Reason::kQuorumImpossible:
      return "quorum impossible";
    case Reason::kStopping:
      return "stopping";
    case Reason::kNotSupported:
      return "not supported";
    case Reason::kBadContext:
      return "bad context";
    case Reason::kWrongType:
      return "wrong type";
    case Reason::kContextBehind:
      return "context behind";
    case Reason::kNumberTooLarge:
      return "number too large";
    case Reason::kRetryUnsure:
      return "retry unsure";
  }
  return "?";
}

const char* reap_hold_name(ReapHold hold) {
  switch (hold) {
    case ReapHold::kNone:
      return "nothing";
    case ReapHold::kSilent:
      return "does not answer";
    case ReapHold::kKeepsHints:
      return "keeps hints";
    case ReapHold::kRebuilding:
      return "is being rebuilt";
    case ReapHold::kComparing:
      return "has not compared yet";
    case ReapHold::kBehind:
      return "is behind";
  }
  return "?";
}

const char* store_state_name(StoreState state) {
  switch (state) {
    case StoreState::kWritable:
      return "writable";
    case StoreState::kNoSpace:
      return "no space";
    case StoreState::kFailed:
      return "failed";
  }
  return "?";
}

const char* circuit_name(Circuit circuit) {
  switch (circuit) {
    case Circuit::kClosed:
      return "closed";
    case Circuit::kOpen:
      return "open";
    case Circuit::kHalfOpen:
      return "half-open";
  }
  return "?";
}

const char* trace_kind_name(TraceKind kind) {
  switch (kind) {
    case TraceKind::kRequestStarted:
      return "request_started";
    case TraceKind::kRequestForwarded:
      return "request_forwarded";
    case TraceKind::kRequestFinished:
      return "request_finished";
    case TraceKind::kRequestJoinedRetry:
      return "request_joined_retry";
    case TraceKind::kRequestReplayed:
      return "request_replayed";
    case TraceKind::kDotMinted:
      return "dot_minted";
    case TraceKind::kEpochRenewed:
      return "epoch_renewed";
    case TraceKind::kReplicaStored:
      return "replica_stored";
    case TraceKind::kReplicaKnewAlready:
      return "replica_knew_already";
    case TraceKind::kReadDeferred:
      return "read_deferred";
    case TraceKind::kReadStale:
      return "read_stale";
    case TraceKind::kRepairSent:
      return "repair_sent";
    case TraceKind::kRestoreSent:
      return "restore_sent";
    case TraceKind::kRowUnreadable:
      return "row_unreadable";
    case TraceKind::kResent:
      return "resent";
    case TraceKind::kCircuitOpened:
      return "circuit_opened";
    case TraceKind::kCircuitHalfOpened:
      return "circuit_half_opened";
    case TraceKind::kCircuitClosed:
      return "circuit_closed";
    case TraceKind::kApplyFailed:
      return "apply_failed";
    case TraceKind::kStoreStateChanged:
      return "store_state_changed";
    case TraceKind::kContextCollision:
      return "context_collision";
    case TraceKind::kContextLarge:
      return "context_large";
    case TraceKind::kSiblingsMany:
      return "siblings_many";
    case TraceKind::kSessionWaiting:
      return "session_waiting";
    case TraceKind::kForgot:
      return "forgot";
    case TraceKind::kRebuildStarted:
      return "rebuild_started";
    case TraceKind::kRebuildVnodeDone:
      return "rebuild_vnode_done";
    case TraceKind::kRebuildDone:
      return "rebuild_done";
    case TraceKind::kClockSkewed:
      return "clock_skewed";
    case TraceKind::kLateGivenUp:
      return "late_given_up";
    case TraceKind::kForwardTriedNext:
      return "forward_tried_next";
    case TraceKind::kForwardDoubted:
      return "forward_doubted";
    case TraceKind::kForwardRepeated:
      return "forward_repeated";
    case TraceKind::kRetryTooOld:
      return "retry_too_old";
    case TraceKind::kReadBeforeWrite:
      return "read_before_write";
    case TraceKind::kRetryUnsure:
      return "retry_unsure";
    case TraceKind::kDeleteNotRead:
      return "delete_not_read";
    case TraceKind::kBlockingRepair:
      return "blocking_repair";
    case TraceKind::kRepairResent:
      return "repair_resent";
    case TraceKind::kRequestIdLearned:
      return "request_id_learned";
    case TraceKind::kUnreadableReplaced:
      return "unreadable_replaced";
    case TraceKind::kUnreadableRemoved:
      return "unreadable_removed";
    case TraceKind::kScanDeferred:
      return "scan_deferred";
    case TraceKind::kHeldRefused:
      return "held_refused";
    case TraceKind::kRebuildHeldUp:
      return "rebuild_held_up";
    case TraceKind::kMarkLifted:
      return "mark_lifted";
    case TraceKind::kHintKept:
      return "hint_kept";
    case TraceKind::kHintOwed:
      return "hint_owed";
    case TraceKind::kHintSent:
      return "hint_sent";
    case TraceKind::kHintDelivered:
      return "hint_delivered";
    case TraceKind::kHintSpare:
      return "hint_spare";
    case TraceKind::kHintDropped:
      return "hint_dropped";
    case TraceKind::kHintRefused:
      return "hint_refused";
    case TraceKind::kStoodIn:
      return "stood_in";
    case TraceKind::kTreesDiffered:
      return "trees_differed";
    case TraceKind::kKeySynced:
      return "key_synced";
    case TraceKind::kMeetingGivenUp:
      return "meeting_given_up";
    case TraceKind::kMeetingHurried:
      return "meeting_hurried";
    case TraceKind::kTreeLied:
      return "tree_lied";
    case TraceKind::kGenerationEntered:
      return "generation_entered";
    case TraceKind::kGenerationsLearned:
      return "generations_learned";
    case TraceKind::kBegunAnew:
      return "begun_anew";
    case TraceKind::kChangeSent:
      return "change_sent";
    case TraceKind::kWholeNeeded:
      return "whole_needed";
    case TraceKind::kTooOld:
      return "too_old";
    case TraceKind::kRetired:
      return "retired";
    case TraceKind::kUnretired:
      return "unretired";
    case TraceKind::kReaped:
      return "reaped";
    case TraceKind::kReapingHeldUp:
      return "reaping_held_up";
    case TraceKind::kExpired:
      return "expired";
  }
  return "?";
}

}  // namespace quorate
