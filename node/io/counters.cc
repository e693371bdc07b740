#include "node/io/counters.h"

#include "node/core/store.h"
#include "node/io/log.h"

namespace quorate {

const char* io_counter_name(IoCounter counter) {
  switch (counter) {
    case IoCounter::kClientsAccepted:
      return "clients_accepted";
    case IoCounter::kClientsRefused:
      return "clients_refused";
    case IoCounter::kClientsClosedForError:
      return "clients_closed_for_error";
    case IoCounter::kClientRequests:
      return "client_requests";
    case IoCounter::kClientReplies:
      return "client_replies";
    case IoCounter::kAcceptFailures:
      return "accept_failures";
    case IoCounter::kPeerHandshakesRefused:
      return "peer_handshakes_refused";
    case IoCounter::kPeerLinksUp:
      return "peer_links_up";
    case IoCounter::kPeerLinksDown:
      return "peer_links_down";
    case IoCounter::kPeerMessagesIn:
      return "peer_messages_in";
    case IoCounter::kPeerMessagesOut:
      return "peer_messages_out";
    case IoCounter::kPeerMessagesDropped:
      return "peer_messages_dropped";
    case IoCounter::kPeerMessagesCut:
      return "peer_messages_cut";
    case IoCounter::kBytesIn:
      return "bytes_in";
    case IoCounter::kBytesOut:
      return "bytes_out";
    case IoCounter::kWrites:
      return "socket_writes";
    case IoCounter::kBatchesApplied:
      return "batches_applied";
    case IoCounter::kSyncs:
      return "syncs";
  }
  return "?";
}

void Counters::for_each(const std::function<void(std::string_view, std::uint64_t)>& visit) const {
  for (int i = 0; i < kTraceKindCount; ++i) {
    visit(trace_kind_name(static_cast<TraceKind>(i)), trace_[static_cast<std::size_t>(i)]);
  }
  for (int i = 0; i < kIoCounterCount; ++i) {
    visit(io_counter_name(static_cast<IoCounter>(i)), io_[static_cast<std::size_t>(i)]);
  }
}

namespace {

bool may_come_with_every_request(TraceKind kind) {
  return kind == TraceKind::kRowUnreadable || kind == TraceKind::kRestoreSent ||
         kind == TraceKind::kContextCollision || kind == TraceKind::kContextLarge ||
         kind == TraceKind::kSiblingsMany || kind == TraceKind::kClockSkewed ||
         kind == TraceKind::kApplyFailed;
}

void log_event(const TraceEvent& event) {
  switch (event.kind) {
    case TraceKind::kCircuitOpened:
      log(LogLevel::kWarn, "peer does not answer", {{"peer", event.peer}});
      return;
    case TraceKind::kCircuitClosed:
      log(LogLevel::kInfo, "peer answers", {{"peer", event.peer}});
      return;
    case TraceKind::kCircuitHalfOpened:
      log(LogLevel::kDebug, "peer is being probed", {{"peer", event.peer}});
      return;
    case TraceKind::kRowUnreadable:
      log(LogLevel::kError,
          "a row of this node cannot be read; it will be restored from its peers");
      return;
    case TraceKind::kRestoreSent:
      log(LogLevel::kWarn, "peer cannot read a row; sent it what its other replicas have",
          {{"peer", event.peer}});
      return;
    case TraceKind::kApplyFailed:
      log(LogLevel::kError, "the store refused a write; all keys take a new epoch");
      return;
    case TraceKind::kStoreStateChanged:
      log(event.a == static_cast<std::uint64_t>(StoreState::kWritable) ? LogLevel::kInfo
                                                                       : LogLevel::kError,
          "store state changed", {{"store", store_state_name(static_cast<StoreState>(event.a))}});
      return;
    case TraceKind::kContextCollision:
      log(LogLevel::kError,
          "two replicas know the same events of a key and hold different values: this is a bug",
          {{"peer", event.peer}});
      return;
    case TraceKind::kForgot:
      log(LogLevel::kError,
          "this node has forgotten changes that it once reported (restored backup, cloned or "
          "damaged directory); it repairs itself from its peers",
          {{"peer", event.peer}, {"peer_heard", event.a}, {"own", event.b}});
      return;
    case TraceKind::kRebuildStarted:
      log(LogLevel::kWarn, "rebuilding from peers", {{"vnodes", event.a}});
      return;
    case TraceKind::kRebuildDone:
      log(LogLevel::kInfo, "rebuilt from peers");
      return;
    case TraceKind::kClockSkewed:
      log(LogLevel::kWarn, "the clocks of this node and a peer differ",
          {{"peer", event.peer}, {"offset_ms", static_cast<std::int64_t>(event.a)}});
      return;
    case TraceKind::kTreeLied:
      log(LogLevel::kWarn,
          "rows have changed below this node (damaged or edited directory); comparing the vnode "
          "with its peers",
          {{"vnode", event.a}});
      return;
    case TraceKind::kBegunAnew:
      log(LogLevel::kError,
          "the rows of a vnode are of a time that all other nodes have left behind (an old "
          "backup?); "
          "they are dropped and copied from the peers",
          {{"vnode", event.a}, {"generation", event.b}});
      return;
    case TraceKind::kSiblingsMany:
      log(LogLevel::kWarn,
          "a key has many siblings, which nobody resolves; at siblings_max writes are refused",
          {{"siblings", event.a}, {"dot", to_string(event.dot)}});
      return;
    case TraceKind::kContextLarge:
      log(LogLevel::kDebug, "the context of a key is large", {{"bytes", event.a}});
      return;
    case TraceKind::kRequestStarted:
    case TraceKind::kRequestForwarded:
    case TraceKind::kRequestFinished:
    case TraceKind::kRequestJoinedRetry:
    case TraceKind::kRequestReplayed:
    case TraceKind::kDotMinted:
    case TraceKind::kEpochRenewed:
    case TraceKind::kReplicaStored:
    case TraceKind::kReplicaKnewAlready:
    case TraceKind::kReadDeferred:
    case TraceKind::kReadStale:
    case TraceKind::kRepairSent:
    case TraceKind::kResent:
    case TraceKind::kSessionWaiting:
    case TraceKind::kRebuildVnodeDone:
    case TraceKind::kLateGivenUp:
    case TraceKind::kForwardTriedNext:
    case TraceKind::kForwardDoubted:
    case TraceKind::kForwardRepeated:
    case TraceKind::kRetryTooOld:
    case TraceKind::kReadBeforeWrite:
    case TraceKind::kRetryUnsure:
    case TraceKind::kDeleteNotRead:
    case TraceKind::kBlockingRepair:
    case TraceKind::kRepairResent:
    case TraceKind::kRequestIdLearned:
    case TraceKind::kUnreadableReplaced:
    case TraceKind::kUnreadableRemoved:
    case TraceKind::kScanDeferred:
    case TraceKind::kHeldRefused:
    case TraceKind::kRebuildHeldUp:
    case TraceKind::kMarkLifted:
    case TraceKind::kHintKept:
    case TraceKind::kHintOwed:
    case TraceKind::kHintSent:
    case TraceKind::kHintDelivered:
    case TraceKind::kHintSpare:
    case TraceKind::kHintDropped:
    case TraceKind::kHintRefused:
    case TraceKind::kStoodIn:
    case TraceKind::kTreesDiffered:
    case TraceKind::kKeySynced:
    case TraceKind::kMeetingGivenUp:
    case TraceKind::kMeetingHurried:
    case TraceKind::kGenerationEntered:
    case TraceKind::kGenerationsLearned:
    case TraceKind::kChangeSent:
    case TraceKind::kWholeNeeded:
    case TraceKind::kTooOld:
    case TraceKind::kRetired:
    case TraceKind::kUnretired:
    case TraceKind::kReaped:
    case TraceKind::kReapingHeldUp:
    case TraceKind::kExpired:
      return;  // counted only
  }
}

}  // namespace

void TraceLog::write(const TraceEvent& event, std::int64_t now_ns) {
  if (may_come_with_every_request(event.kind)) {
    std::int64_t& silent_until_ns = silent_until_ns_[static_cast<std::size_t>(event.kind)];
    if (silent_until_ns != 0 && now_ns < silent_until_ns) return;
    silent_until_ns = now_ns + 1'000'000'000;
  }
  log_event(event);
}

}  // namespace quorate
