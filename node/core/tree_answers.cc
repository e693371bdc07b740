#include "node/core/tree_answers.h"

#include <algorithm>
#include <utility>

#include "node/core/tree_comparison.h"

namespace quorate {

namespace {

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
  LeavesReply reply;
  reply.op = request.op;
  if (!state_.in_ring(request.ring_version, request.vnode)) {
    reply.status = ReplicaStatus::kWrongRing;
    state_.send(from, std::move(reply));
    return;
  }
  Result<LeavesPage> page = rows_in_leaves(
      state_,
      LeavesQuestion{request.vnode, request.n, request.leaves, request.after, request.through,
                     std::clamp(request.rows_max, 1u, state_.options().rebuild_rows_page),
                     std::clamp(request.bytes_max, 1u, state_.options().rebuild_bytes_page)});
  if (page) {
    reply.entries = std::move(page->entries);
    reply.through = std::move(page->through);
  } else {
    reply.status = ReplicaStatus::kCorrupt;
  }
  state_.send(from, std::move(reply));
}

Result<LeavesPage> rows_in_leaves(const NodeState& state, const LeavesQuestion& question) {
  Result<StoreReader::ScanPage> scanned = state.env.store().scan(
      question.vnode, question.after, question.rows_max, question.bytes_max, false);
  if (!scanned) return scanned.error();
  LeavesPage page;
  page.rows = static_cast<std::uint32_t>(scanned->rows.size() + scanned->unreadable.size());
  const auto asked_for = [&](const Key& key) {
    const Bucket* bucket = state.config.buckets.find(key.bucket);
    return bucket != nullptr && bucket->n == question.n &&
           !(question.through && *question.through < key) &&
           std::binary_search(question.leaves.begin(), question.leaves.end(),
                              HashTree::leaf_of(key));
  };
  std::optional<Key> last;
  for (const auto& [key, row] : scanned->rows) {
    last = key;
    if (!asked_for(key)) continue;
    const bool retired = state.retired.has(question.vnode, key);
    const Record left = retired ? state.retired.reaped(key, row.record) : Record();
    if (retired && left.context.empty()) continue;
    page.entries.push_back({key, state.trees.hash_of(key, retired ? left : row.record)});
  }
  for (const Key& key : scanned->unreadable) {
    if (asked_for(key)) page.entries.push_back({key, 0});
    if (!last || *last < key) last = key;
  }
  std::sort(page.entries.begin(), page.entries.end(),
            [](const LeavesReply::Entry& a, const LeavesReply::Entry& b) { return a.key < b.key; });
  const bool at_end = scanned->done || (question.through && last && !(*last < *question.through));
  if (!at_end) page.through = std::move(last);
  return page;
}

}  // namespace quorate
