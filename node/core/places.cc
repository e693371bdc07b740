#include "node/core/places.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace quorate {

namespace {

template <typename Nodes>
bool contains(const Nodes& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

bool Places::is_primary(const WritePlan& plan) const {
  return contains(union_of(plan.sets), state_.self());
}

HintId Places::own_hint(const WritePlan& plan, const WriteQuorum& quorum) const {
  return HintId{quorum.stands_for(state_.self()), plan.vnode, plan.request.key};
}

std::vector<StandIn> Places::find_stand_ins(const WritePlan& plan, const WriteQuorum& quorum,
                                            const std::vector<NodeId>& asked) const {
  if (!plan.sloppy) return {};
  const auto list = state_.ring.preference_list(plan.vnode);
  const std::size_t n = std::min(union_of(plan.sets).size(), list.size());
  std::vector<NodeId> order(list.begin(), list.end());
  // Where no primary can be reached, this node has the request and is the first to keep it.
  const auto fallbacks = order.begin() + static_cast<std::ptrdiff_t>(n);
  const auto self = std::find(fallbacks, order.end(), state_.self());
  if (self != order.end()) std::rotate(fallbacks, self, std::next(self));
  return stand_ins(
      order, n,
      [&](NodeId primary) { return !state_.reachable(primary) && !quorum.is_filled(primary); },
      [&](NodeId fallback) {
        return state_.reachable(fallback) && lineage_.takes_hints(fallback) &&
               !contains(asked, fallback);
      });
}

Generation Places::generation_here(const WritePlan& plan) const {
  return is_primary(plan) ? state_.generations.of(plan.vnode)
                          : hints_.generation_of(plan.vnode, plan.request.key);
}

Result<RowPtr> Places::known_here(const WritePlan& plan, const WriteQuorum& quorum) const {
  const Key& key = plan.request.key;
  if (is_primary(plan)) return state_.env.store().read(plan.vnode, key);
  Result<std::optional<Record>> known = hints_.known(plan.vnode, key);
  if (!known) return known.error();
  if (!*known) return RowPtr();
  Row row;
  row.record = **std::move(known);
  const HintId id = own_hint(plan, quorum);
  if (hints_.has(id)) {
    const Result<Hint> hint = hints_.read(id);
    if (!hint) return hint.error();
    if (hint->row) row.mark = hint->row->mark;
  }
  return std::make_shared<const Row>(std::move(row));
}

BatchId Places::store(const WritePlan& plan, const WriteQuorum& quorum,
                      const Result<RowPtr>& before, Row row, std::vector<NodeId>& owed) {
  const Key& key = plan.request.key;
  Batch batch;
  if (!is_primary(plan)) {
    const HintId id = own_hint(plan, quorum);
    if (!hints_.keep(id, std::move(row), generation_here(plan), batch)) return 0;
    state_.trace({.kind = TraceKind::kStoodIn, .peer = id.primary, .a = plan.vnode});
    return state_.apply_for(key, std::move(batch));
  }
  state_.change_row(plan.vnode, key, before, std::move(row), batch);
  for (NodeId node : union_of(plan.sets)) {
    if (state_.reachable(node) || quorum.is_filled(node)) continue;
    owe(plan, node, batch);
    owed.push_back(node);
  }
  return state_.apply(std::move(batch));
}

void Places::owe(const WritePlan& plan, NodeId primary, Batch& batch) {
  if (!state_.options().hints) return;
  state_.trace({.kind = TraceKind::kHintOwed, .peer = primary, .a = plan.vnode});
  hints_.owe(HintId{primary, plan.vnode, plan.request.key}, batch);
}

void Places::owe_the_rest(const WritePlan& plan, const WriteQuorum& quorum,
                          const std::vector<NodeId>& owed) {
  if (!is_primary(plan) || state_.store_state != StoreState::kWritable) return;
  Batch batch;
  for (NodeId node : quorum.empty_places()) {
    if (node != state_.self() && !contains(owed, node)) owe(plan, node, batch);
  }
  if (!batch.meta.empty()) state_.apply(std::move(batch));
}

}  // namespace quorate
