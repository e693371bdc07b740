// What happened since the start, counted by name: the core's trace events and what the sockets
// met.
//
// Place:      one for each node, on the loop's thread; StatusReply.counters shows all of it.
// Limits:     a fixed number of counters: none is ever named by input.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

#include "node/core/trace.h"

namespace quorate {

enum class IoCounter : std::uint8_t {
  kClientsAccepted,
  kClientsRefused,         // too many connections, here or of one address
  kClientsClosedForError,  // garbage, too slow, too much unread
  kClientRequests,
  kClientReplies,
  kAcceptFailures,  // no file descriptor was left, and the like
  kPeerHandshakesRefused,
  kPeerLinksUp,
  kPeerLinksDown,
  kPeerMessagesIn,
  kPeerMessagesOut,
  kPeerMessagesDropped,  // no link, or its queue was full
  kPeerMessagesCut,      // swallowed by the chaos switch
  kBytesIn,
  kBytesOut,
  kWrites,  // system calls that sent something
  kBatchesApplied,
  kSyncs,
};
inline constexpr int kIoCounterCount = static_cast<int>(IoCounter::kSyncs) + 1;
const char* io_counter_name(IoCounter counter);

class Counters {
 public:
  void add(IoCounter counter, std::uint64_t amount = 1) {
    io_[static_cast<std::size_t>(counter)] += amount;
  }
  void add(TraceKind kind) { ++trace_[static_cast<std::size_t>(kind)]; }

  std::uint64_t value(IoCounter counter) const { return io_[static_cast<std::size_t>(counter)]; }
  std::uint64_t value(TraceKind kind) const { return trace_[static_cast<std::size_t>(kind)]; }

  void for_each(const std::function<void(std::string_view, std::uint64_t)>& visit) const;

 private:
  std::array<std::uint64_t, kIoCounterCount> io_{};
  std::array<std::uint64_t, kTraceKindCount> trace_{};
};

// Writes those events to the log that a person wants to see; kinds that can come with every request
// at most once a second.
class TraceLog {
 public:
  void write(const TraceEvent& event, std::int64_t now_ns);

 private:
  std::array<std::int64_t, kTraceKindCount> silent_until_ns_{};
};

}  // namespace quorate
