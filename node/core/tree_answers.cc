#include "node/core/tree_answers.h"

#include <algorithm>
#include <utility>

#include "node/core/tree_comparison.h"

namespace quorate {

namespace {

constexpr std::int64_t kWaitNs = 10 * kNsPerMs;  // between two pages

bool asks_for_what_there_is(const TreeRequest& request) {
  if (request.level > HashTree::kLeafLevel) return false;
  if (request.level == 0) return request.parents.empty();
  const std::uint32_t width = HashTree::width(static_cast<int>(request.level) - 1);
  return request.parents.size() <= width &&
         std::all_of(request.parents.begin(), request.parents.end(),
                     [width](std::uint32_t parent) { return parent < width; });
}

}  // namespace

void TreeAnswers::on_tree_request(NodeId from, const TreeRequest& request) {
  TreeReply reply;
  reply.op = request.op;
  if (!state_.in_ring(request.ring_version, request.vnode) || !asks_for_what_there_is(request)) {
    reply.status = ReplicaStatus::kWrongRing;
  } else if (const HashTree* tree = state_.trees.find(request.vnode, request.n);
             tree != nullptr && !lineage_.rebuilding(request.vnode)) {
    reply.ready = true;
    for (const std::uint32_t node : children_of(request.level, request.parents)) {
      reply.sums.push_back(tree->sum(static_cast<int>(request.level), node));
    }
  }
  state_.send(from, std::move(reply));
}

void TreeAnswers::on_leaves_request(NodeId from, const LeavesRequest& request) {
  if (!state_.in_ring(request.ring_version, request.vnode)) {
    refuse(from, request.op, ReplicaStatus::kWrongRing);
    return;
  }
  // A question that is asked again while its answer is being looked for.
  if (const auto found = walks_.find(from); found != walks_.end() && found->second.op == request.op)
    return;
  walks_.insert_or_assign(
      from,
      Walk{request.op, std::clamp(request.rows_max, 1u, state_.options().rebuild_rows_page),
           std::clamp(request.bytes_max, 1u, state_.options().rebuild_bytes_page),
           LeafWalk(request.vnode, request.n, request.leaves, request.after, request.through)});
  if (!waiting_) on_pace();
}

void TreeAnswers::refuse(NodeId to, OpId op, ReplicaStatus status) {
  LeavesReply reply;
  reply.op = op;
  reply.status = status;
  state_.send(to, std::move(reply));
}

void TreeAnswers::on_pace() {
  waiting_ = false;
  const std::uint32_t page = state_.rows_page();
  for (auto walk = walks_.begin(); walk != walks_.end();) {
    walk = step(walk->first, walk->second, page) ? walks_.erase(walk) : std::next(walk);
  }
  if (walks_.empty()) return;
  waiting_ = true;
  state_.env.set_timer(timer_id(0, TimerKind::kLeavesPace), state_.env.now_ns() + kWaitNs);
}

bool TreeAnswers::step(NodeId to, Walk& walk, std::uint32_t page) {
  if (!walk.leaves.step(state_, page, walk.bytes_max)) {
    refuse(to, walk.op, ReplicaStatus::kCorrupt);
    return true;
  }
  if (!walk.leaves.done() && walk.leaves.entries().size() < walk.entries_max) return false;
  LeavesReply reply;
  reply.op = walk.op;
  reply.entries = walk.leaves.entries();
  if (!walk.leaves.done()) reply.through = walk.leaves.looked_through();
  state_.send(to, std::move(reply));
  return true;
}

}  // namespace quorate
