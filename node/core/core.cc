#include "node/core/core.h"

#include <deque>
#include <map>
#include <utility>

#include "node/core/anti_entropy.h"
#include "node/core/coordinator.h"
#include "node/core/expirer.h"
#include "node/core/forwards.h"
#include "node/core/generation_keeper.h"
#include "node/core/handoff.h"
#include "node/core/hints.h"
#include "node/core/lineage.h"
#include "node/core/node_state.h"
#include "node/core/reads.h"
#include "node/core/reap_answers.h"
#include "node/core/reaper.h"
#include "node/core/rebuild.h"
#include "node/core/replica.h"
#include "node/core/tree_answers.h"
#include "node/core/writes.h"

namespace quorate {

// The parts of one core, in the order in which they know one another.
struct Core::Parts {
  Parts(CoreConfig config, Ring ring, Environment& environment)
      : state(std::move(config), std::move(ring), environment), next_ping(environment.random()) {}

  NodeState state;
  Hints hints{state};
  Lineage lineage{state, hints};
  GenerationKeeper keeper{state, lineage, hints};
  Replica replica{state, lineage, hints, keeper};
  Reads reads{state, replica, keeper};
  Handoff handoff{state, hints, reads, keeper};
  Writes writes{state, reads, keeper, lineage, hints};
  Forwards forwards{state};
  Coordinator coordinator{state, reads, writes, forwards, lineage};
  Rebuild rebuild{state, lineage, keeper, replica};
  TreeAnswers tree_answers{state, lineage};
  AntiEntropy anti_entropy{state, reads, lineage, hints};
  ReapAnswers reap_answers{state, lineage, hints, keeper, anti_entropy};
  Reaper reaper{state, keeper, lineage};
  Expirer expirer{state, lineage, writes};

  struct Probe {
    std::uint64_t sequence = 0;
    std::int64_t sent_at_ns = 0;
  };
  // The last pings to each peer: a round trip may take longer than the time between two.
  static constexpr std::size_t kProbesKept = 32;
  std::map<NodeId, std::deque<Probe>> probes;
  std::uint64_t next_ping;  // from a random start: a pong to an earlier run is none of ours

  void dispatch(NodeId from, Message&& message);
  void settle();
  void send_pings(const std::vector<NodeId>& peers);
  void apply_health(const PeerHealth::Changes& changes);
  void on_tick();
  void load_retired();
};

namespace {

// Only answers to what this node sent show that a peer both hears and answers.
bool is_answer(const Message& message) {
  return std::holds_alternative<ReadReply>(message) ||
         std::holds_alternative<WriteReply>(message) ||
         std::holds_alternative<ForwardReply>(message) || std::holds_alternative<Pong>(message) ||
         std::holds_alternative<ScanReply>(message) || std::holds_alternative<TreeReply>(message) ||
         std::holds_alternative<LeavesReply>(message) ||
         std::holds_alternative<GenerationsReply>(message) ||
         std::holds_alternative<ReapReply>(message);
}

}  // namespace

void Core::Parts::dispatch(NodeId from, Message&& message) {
  if (auto* read = std::get_if<ReadRequest>(&message)) {
    replica.on_read(from, *read);
  } else if (auto* read_reply = std::get_if<ReadReply>(&message)) {
    reads.on_reply(from, *read_reply);
  } else if (auto* write = std::get_if<WriteRequest>(&message)) {
    replica.on_write(from, *write);
  } else if (auto* write_reply = std::get_if<WriteReply>(&message)) {
    if (!writes.on_reply(from, *write_reply) && !handoff.on_reply(from, *write_reply)) {
      reads.on_repair_reply(from, *write_reply);
    }
  } else if (auto* forward = std::get_if<ForwardRequest>(&message)) {
    coordinator.on_forward(from, *forward);
  } else if (auto* forward_reply = std::get_if<ForwardReply>(&message)) {
    forwards.on_reply(from, *forward_reply);
  } else if (auto* ping = std::get_if<Ping>(&message)) {
    lineage.on_ping(from, *ping);
  } else if (auto* pong = std::get_if<Pong>(&message)) {
    for (const Probe& probe : probes[from]) {
      if (probe.sequence == pong->sequence) lineage.on_pong(from, *pong, probe.sent_at_ns);
    }
  } else if (auto* scan = std::get_if<ScanRequest>(&message)) {
    replica.on_scan(from, *scan);
  } else if (auto* scan_reply = std::get_if<ScanReply>(&message)) {
    rebuild.on_scan_reply(from, *scan_reply);
  } else if (auto* tree = std::get_if<TreeRequest>(&message)) {
    if (tree->hurry && tree->vnode < state.ring.vnodes()) anti_entropy.hurry(from, tree->vnode);
    tree_answers.on_tree_request(from, *tree);
  } else if (auto* tree_reply = std::get_if<TreeReply>(&message)) {
    anti_entropy.on_tree_reply(from, *tree_reply);
  } else if (auto* leaves = std::get_if<LeavesRequest>(&message)) {
    tree_answers.on_leaves_request(from, *leaves);
  } else if (auto* leaves_reply = std::get_if<LeavesReply>(&message)) {
    anti_entropy.on_leaves_reply(from, std::move(*leaves_reply));
  } else if (auto* generations = std::get_if<GenerationsRequest>(&message)) {
    keeper.on_request(from, *generations);
  } else if (auto* generations_reply = std::get_if<GenerationsReply>(&message)) {
    keeper.on_reply(from, *generations_reply);
  } else if (auto* reap = std::get_if<ReapRequest>(&message)) {
    reap_answers.on_request(from, *reap);
  } else if (auto* reap_reply = std::get_if<ReapReply>(&message)) {
    reaper.on_reply(from, *reap_reply);
  }
}

void Core::Parts::settle() {
  // An input ends when nothing that it caused inside this node is left to do.
  for (;;) {
    if (!state.loopback.empty()) {
      Message message = std::move(state.loopback.front());
      state.loopback.pop_front();
      dispatch(state.self(), std::move(message));
    } else if (auto result = reads.take_finished()) {
      coordinator.on_read_finished(*result);
      writes.on_read_finished(*result);
      anti_entropy.on_read_finished(*result);
    } else {
      return;
    }
  }
}

void Core::Parts::send_pings(const std::vector<NodeId>& peers) {
  for (NodeId peer : peers) {
    Ping ping;
    ping.sequence = next_ping++;
    ping.run = state.config.run;
    ping.wall_ms = state.env.wall_now_ms();
    ping.high_water = lineage.announced();
    std::deque<Probe>& sent = probes[peer];
    sent.push_back(Probe{ping.sequence, state.env.now_ns()});
    if (sent.size() > kProbesKept) sent.pop_front();
    state.send(peer, ping);
  }
}

void Core::Parts::apply_health(const PeerHealth::Changes& changes) {
  for (NodeId peer : changes.half_opened) {
    state.trace({.kind = TraceKind::kCircuitHalfOpened, .peer = peer});
  }
  for (NodeId peer : changes.closed) {
    state.trace({.kind = TraceKind::kCircuitClosed, .peer = peer});
    keeper.on_circuit_closed(peer);
    handoff.on_circuit_closed(peer);
    anti_entropy.on_circuit_closed(peer);
  }
  for (NodeId peer : changes.opened) {
    state.trace({.kind = TraceKind::kCircuitOpened, .peer = peer});
    reads.on_circuit_opened(peer);
    writes.on_circuit_opened(peer);
    forwards.on_circuit_opened(peer);
  }
  send_pings(changes.probe);
}

void Core::Parts::on_tick() {
  state.env.set_timer(timer_id(0, TimerKind::kTick),
                      state.env.now_ns() + state.options().ping_interval_ns);
  apply_health(state.health.tick());
  lineage.save_marks();
  keeper.tick();
  rebuild.tick();
  handoff.tick();
  anti_entropy.tick();
  reaper.tick();
  expirer.tick();
}

void Core::Parts::load_retired() {
  if (!state.retired.load(state.env.store())) state.trace({.kind = TraceKind::kRowUnreadable});
}

Core::Core(CoreConfig config, Ring ring, Environment& environment)
    : parts_(std::make_unique<Parts>(std::move(config), std::move(ring), environment)) {}
Core::~Core() = default;

void Core::on_start() {
  parts_->lineage.start();
  parts_->hints.load();
  parts_->load_retired();
  parts_->on_tick();
  parts_->settle();
}

void Core::on_client_request(ClientId client, ClientTag tag, ClientRequest request) {
  parts_->coordinator.on_client_request(client, tag, std::move(request));
  parts_->settle();
}

void Core::on_message(NodeId from, Message message) {
  if (is_answer(message)) {
    parts_->apply_health(parts_->state.health.answered(from, parts_->state.env.now_ns()));
  }
  parts_->dispatch(from, std::move(message));
  parts_->settle();
}

void Core::on_timer(TimerId id) {
  const OpId op = op_of(id);
  const TimerKind kind = kind_of(id);
  switch (kind) {
    case TimerKind::kTick:
      parts_->on_tick();
      break;
    case TimerKind::kPace:
      parts_->anti_entropy.on_pace();
      break;
    case TimerKind::kLeavesPace:
      parts_->tree_answers.on_pace();
      break;
    case TimerKind::kHandoffPace:
      parts_->handoff.on_pace();
      break;
    case TimerKind::kDeadline:
    case TimerKind::kResend:
    case TimerKind::kPoll:
      parts_->reads.on_timer(op, kind);
      parts_->writes.on_timer(op, kind);
      parts_->forwards.on_timer(op, kind);
      break;
  }
  parts_->settle();
}

void Core::on_durable(BatchId batch) {
  NodeState& state = parts_->state;
  state.gate.release(batch,
                     [&](NodeId to, Message&& message) { state.send(to, std::move(message)); });
  parts_->settle();
}

void Core::on_apply_failed(BatchId batch, const Error&) {
  NodeState& state = parts_->state;
  state.trace({.kind = TraceKind::kApplyFailed, .a = batch});
  // A dot of the lost batch may be out in the world while no mark knows of it.
  state.mint.invalidate_marks();
  parts_->hints.load();
  state.generations.load(state.env.store());
  if (parts_->lineage.newborn()) state.generations.set_newborn();
  parts_->load_retired();
  state.trees.doubt_all();
  for (HeldMessage& held : state.gate.fail(batch)) {
    if (held.redo) {
      parts_->dispatch(held.to, std::move(*held.if_failed));
    } else if (held.if_failed) {
      state.trace({.kind = TraceKind::kHeldRefused, .peer = held.to});
      state.send(held.to, std::move(*held.if_failed));
    }
  }
  parts_->settle();
}

void Core::on_store_state(StoreState store_state) {
  parts_->state.store_state = store_state;
  parts_->state.trace(
      {.kind = TraceKind::kStoreStateChanged, .a = static_cast<std::uint64_t>(store_state)});
  parts_->settle();
}

void Core::on_store_damaged() {
  parts_->state.trees.doubt_all();
  parts_->lineage.rebuild_all();
  parts_->settle();
}

void Core::on_link_down(NodeId peer) {
  parts_->apply_health(parts_->state.health.link_down(peer));
  parts_->settle();
}

void Core::on_link_up(NodeId peer) {
  parts_->apply_health(parts_->state.health.link_up(peer));
  parts_->settle();
}

void Core::repair(std::optional<VnodeId> vnode) { parts_->anti_entropy.hurry_all(vnode); }

void Core::on_stop() { parts_->state.stopping = true; }

bool Core::idle() const {
  return parts_->coordinator.in_flight() == 0 && parts_->state.gate.empty();
}

CoreStatus Core::status() const {
  const NodeState& state = parts_->state;
  CoreStatus status;
  status.node = state.self();
  status.run = state.config.run;
  status.store = state.store_state;
  status.forgot = parts_->lineage.forgot();
  status.vnodes_rebuilding = parts_->lineage.rebuilding_count();
  status.requests_in_flight = parts_->coordinator.in_flight();
  status.unanswered_bytes = parts_->writes.unanswered_bytes() + parts_->forwards.unanswered_bytes();
  status.late_bytes = parts_->reads.late_bytes() + parts_->writes.late_bytes();
  status.hints = parts_->hints.status();
  for (const auto& [place, count] : parts_->hints.receipts()) status.hints_dropped += count;
  status.vnodes_without_trees = state.trees.vnodes_building();
  status.anti_entropy_at_rest = parts_->anti_entropy.at_rest();
  status.remains = parts_->reaper.remains();
  status.retired = state.retired.all().size();
  for (const auto& [vnode, hold] : parts_->reaper.holds()) {
    status.reaping_held_by.emplace_back(vnode, hold);
  }
  for (const auto& [id, pair] : parts_->anti_entropy.pairs()) {
    status.meetings.push_back(MeetingStatus{id.vnode, id.n, id.peer,
                                            pair.met_ns < 0 ? -1 : state.env.now_ns() - pair.met_ns,
                                            pair.differed, pair.hurried});
  }
  for (NodeId node : state.ring.members()) {
    if (node == state.self()) continue;
    PeerStatus peer;
    peer.node = node;
    peer.circuit = state.health.circuit(node);
    const std::int64_t last = state.health.last_answer_ns(node);
    peer.silent_ns = last < 0 ? -1 : state.env.now_ns() - last;
    peer.clock_known = state.clocks.offset_ms(node, &peer.clock_offset_ms);
    peer.high_water = parts_->lineage.high_water_of(node);
    status.peers.push_back(peer);
  }
  const Bucket* bucket = state.config.buckets.find("default");
  for (std::uint32_t vnode = 0; vnode < state.ring.vnodes(); ++vnode) {
    for (NodeId node : state.ring.primaries(static_cast<VnodeId>(vnode), bucket->n)) {
      if (node == state.self()) ++status.vnodes_primary;
    }
  }
  return status;
}

const Ring& Core::ring() const { return parts_->state.ring; }
const CoreConfig& Core::config() const { return parts_->state.config; }

}  // namespace quorate
