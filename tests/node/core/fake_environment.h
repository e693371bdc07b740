// A world that remembers: for tests of single parts of the core, which need a NodeState.
#pragma once

#include <utility>
#include <vector>

#include "node/core/environment.h"
#include "node/core/node_state.h"
#include "sim/world/memory_store.h"

namespace quorate {

class FakeEnvironment final : public Environment {
 public:
  std::int64_t now_ns() override { return now; }
  std::int64_t wall_now_ms() override { return wall_ms; }
  std::uint64_t random() override { return ++random_; }
  void send(NodeId to, Message message) override { sent.emplace_back(to, std::move(message)); }
  void reply(ClientId, ClientTag, ClientReply) override {}
  void set_timer(TimerId, std::int64_t) override {}
  void cancel_timer(TimerId) override {}
  const StoreReader& store() override { return disk; }
  void apply(Batch batch) override {
    last_applied = static_cast<bool>(disk.apply(batch)) ? batch.id : last_applied;
  }
  void trace(const TraceEvent& event) override { traced.push_back(event); }

  // How often an event of this kind was told.
  std::size_t count(TraceKind kind) const {
    std::size_t found = 0;
    for (const TraceEvent& event : traced) found += event.kind == kind ? 1 : 0;
    return found;
  }

  std::int64_t now = kNsPerSecond;
  std::int64_t wall_ms = 1'700'000'000'000;
  sim::MemoryStore disk;
  BatchId last_applied = 0;
  std::vector<std::pair<NodeId, Message>> sent;
  std::vector<TraceEvent> traced;

 private:
  std::uint64_t random_ = 1;
};

// Five nodes, of which this is node 1.
inline CoreConfig fake_config(CoreOptions options = {}) {
  CoreConfig config;
  config.node = 1;
  config.run = 0x0001'0000'0000'0007;
  config.options = options;
  return config;
}

inline Ring fake_ring() { return *Ring::compute(1, {1, 2, 3, 4, 5}, 8); }

}  // namespace quorate
