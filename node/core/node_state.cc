#include "node/core/node_state.h"

#include "node/base/check.h"
#include "node/base/keyed_hash.h"

namespace quorate {

namespace {

std::vector<NodeId> others(const Ring& ring, NodeId self) {
  std::vector<NodeId> nodes;
  for (NodeId node : ring.members()) {
    if (node != self) nodes.push_back(node);
  }
  QUORATE_CHECK_MSG(nodes.size() + 1 == ring.members().size(), "the ring does not name this node");
  return nodes;
}

}  // namespace

NodeState::NodeState(CoreConfig config_in, Ring ring_in, Environment& environment)
    : config(std::move(config_in)),
      ring(std::move(ring_in)),
      env(environment),
      mint(config.run),
      clocks(config.options.clock_skew_max_ms),
      health(others(ring, config.node), config.options.ping_interval_ns,
             config.options.silence_max_ns),
      gate(keyed_hash64(config.tree_key, "gate")),
      generations(ring.vnodes()),
      retired(config.buckets),
      trees(config.node, config.tree_key, config.buckets, ring, retired),
      // 60 bits are left beside the timer kind; a random start keeps replies to an earlier run from
      // meeting an operation of this one.
      next_op_((environment.random() >> 5) | 1) {}

void NodeState::observe(Timestamp seen) {
  const std::int64_t skew_max_ms = options().clock_skew_max_ms;
  if (skew_max_ms == 0 || seen <= Timestamp::from_wall_ms(wall_now_ms() + skew_max_ms)) {
    clock.observe(seen);
  }
}

void NodeState::send(NodeId to, Message message) {
  if (to == self()) {
    loopback.push_back(std::move(message));
  } else {
    env.send(to, std::move(message));
  }
}

void NodeState::change_row(VnodeId vnode, const Key& key, const Result<RowPtr>& before,
                           std::optional<Row> after, Batch& batch) {
  if (before) {
    trees.row_changed(vnode, key, retired.shown(vnode, key, *before).get(),
                      after ? &after->record : nullptr);
  } else {
    trees.doubt(vnode);
  }
  if (!retired.all().empty()) retired.remove({vnode, key}, batch);
  batch.rows.push_back(RowChange{vnode, key, std::move(after)});
}

void NodeState::retire(VnodeId vnode, const Key& key, const RowPtr& row, Generation generation,
                       Batch& batch) {
  const RecordPtr before = retired.shown(vnode, key, row);
  retired.add({vnode, key}, {generation, env.wall_now_ms()}, batch);
  trees.row_changed(vnode, key, before.get(), retired.shown(vnode, key, row).get());
}

void NodeState::unretire(VnodeId vnode, const Key& key, const RowPtr& row, Batch& batch) {
  const RecordPtr before = retired.shown(vnode, key, row);
  retired.remove({vnode, key}, batch);
  trees.row_changed(vnode, key, before.get(), quorate::record_of(row).get());
}

BatchId NodeState::apply(Batch batch) {
  batch.id = ++last_batch_;
  for (const RowChange& change : batch.rows) gate.track(batch.id, change.key);
  env.apply(std::move(batch));
  return last_batch_;
}

BatchId NodeState::apply_for(const Key& key, Batch batch) {
  const BatchId id = last_batch_ + 1;
  gate.track(id, key);
  return apply(std::move(batch));
}

void answer(NodeState& state, const Origin& origin, ClientReply reply) {
  switch (origin.kind) {
    case Origin::Kind::kClient:
      state.env.reply(origin.client, origin.tag, std::move(reply));
      return;
    case Origin::Kind::kForward:
      state.answers.add(origin.peer, origin.peer_op, reply);
      state.send(origin.peer, ForwardReply{origin.peer_op, std::move(reply)});
      return;
    case Origin::Kind::kInternal:
      return;
  }
}

std::string node_list(const std::vector<NodeId>& nodes) {
  if (nodes.empty()) return "no node";
  std::string text = nodes.size() == 1 ? "node " : "nodes ";
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i > 0) text += i + 1 == nodes.size() ? " and " : ", ";
    text += std::to_string(nodes[i]);
  }
  return text;
}

}  // namespace quorate
