// Answers what clients ask about the node rather than about a key: status, ring, where a key
// lives, which keys are here, what this node alone holds of them; and passes on an operator's wish
// for a repair.
//
// Place:      owned by Node; client sessions call it on the loop's thread.
// Limits:     a page of keys: IoOptions::list_rows_max and list_bytes_max; the records of hints
//             beside a row: list_bytes_max, larger ones are named without their record.
// Not here:   holding back what shows rows until they are durable (client_session.cc).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "node/causality/dot.h"
#include "node/core/core.h"
#include "node/io/chaos.h"
#include "node/io/config.h"
#include "node/io/counters.h"
#include "node/io/log_syncer.h"
#include "node/io/rocks_store.h"

namespace quorate::wire {
class ChaosReply;  // quorate.pb.h
class ChaosRequest;
class DigestReply;
class DigestRequest;
class ListReply;
class ListRequest;
class LocateReply;
class LocateRequest;
class RepairReply;
class RepairRequest;
class RingReply;
class RowReply;
class RowRequest;
class StatusReply;
class StatusRequest;
}  // namespace quorate::wire

namespace quorate {

// How the transport stands with one peer.
struct LinkStatus {
  bool up = false;
  std::size_t queued_bytes = 0;
  std::string address;
};

// What never changes while the process lives.
struct NodeFacts {
  NodeId node = 0;
  RunId run = 0;
  std::string version;
  Durability durability = Durability::kFsync;
  std::string data_directory;
  std::int64_t started_ns = 0;
};

class Admin {
 public:
  struct Sources {
    const NodeFacts& facts;
    const ClusterConfig& config;
    const Core& core;
    const RocksStore& store;
    const Counters& counters;
    Chaos& chaos;
    std::function<LinkStatus(NodeId)> link;
    std::function<std::size_t()> clients;
    std::function<std::int64_t()> now_ns;
    std::function<std::int64_t()> wall_now_ms;
    std::function<void(std::optional<VnodeId>)> repair;
  };
  explicit Admin(Sources sources) : from_(std::move(sources)) {}

  void status(const wire::StatusRequest& in, wire::StatusReply& out) const;
  void ring(wire::RingReply& out) const;
  void locate(const wire::LocateRequest& in, wire::LocateReply& out) const;
  void list(const wire::ListRequest& in, wire::ListReply& out) const;
  void row(const wire::RowRequest& in, wire::RowReply& out) const;
  void digest(const wire::DigestRequest& in, wire::DigestReply& out) const;
  void repair(const wire::RepairRequest& in, wire::RepairReply& out);
  void chaos(const wire::ChaosRequest& in, wire::ChaosReply& out);

 private:
  // Would a read of this row alone show a value? Not when it is deleted, expired or hidden, in
  // whichever way its type does that.
  bool is_live(const Key& key, const Record& record) const;
  std::string no_such_vnode(std::uint32_t vnode) const;  // empty: there is

  Sources from_;
};

}  // namespace quorate
