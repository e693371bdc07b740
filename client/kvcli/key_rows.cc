#include "client/kvcli/key_rows.h"

#include <algorithm>
#include <utility>

#include "client/kvcli/report.h"
#include "client/kvcli/survey.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"

namespace quorate::client::kvcli {
namespace {

void sort_in(KeyRows& out, const Admin& admin, const Survey& found,
             const std::vector<Result<RowView>>& rows) {
  std::map<NodeId, const RowView*> by_node;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i]) {
      for (const HintView& hint : rows[i]->hints) out.hints.push_back({rows[i]->node, hint});
      by_node[rows[i]->node] = &*rows[i];
    } else if (found.views[i]) {  // it answered the survey, and then no more
      out.why[found.views[i]->node] = escape(rows[i].error().message);
    }
  }
  for (const NodeId node : out.where.primaries) {
    const auto row = by_node.find(node);
    if (row == by_node.end()) {
      Replica& absent = out.replicas.emplace_back();
      absent.node = node;
      absent.asked = false;
      if (!out.why.contains(node)) out.why[node] = found.why_absent(admin);
      continue;
    }
    const HeldView& held = row->second->row;
    out.replicas.push_back(replica_of(node, held));
    if (!held.unreadable.empty()) out.why[node] = escape(held.unreadable);
    if (row->second->retired) out.retired.push_back(node);
  }
  for (const NodeId node : out.where.fallbacks) {
    const auto row = by_node.find(node);
    if (row == by_node.end()) {
      out.fallbacks_not_asked.push_back(node);
    } else if (row->second->row.record) {
      out.strays.push_back(replica_of(node, row->second->row));
    }
  }
}

}  // namespace

Result<KeyRows> ask_key_rows(Connections::Link& link, const Invocation& invocation) {
  Admin admin(*link.client, invocation.request.deadline_ms);
  const auto found = survey(admin);
  if (!found) return found.error();
  auto where = admin.locate(invocation.request.bucket, *invocation.key);
  if (!where) return where.error();
  KeyRows rows;
  rows.where = std::move(*where);
  sort_in(rows, admin, *found, admin.row_all(invocation.request.bucket, *invocation.key));
  return rows;
}

Replica replica_of(NodeId node, const HeldView& held) {
  Replica replica;
  replica.node = node;
  replica.unreadable = !held.unreadable.empty();
  replica.record = held.record;
  replica.state_hash = held.state_hash;
  return replica;
}

bool KeyRows::holds_nothing() const {
  return std::none_of(replicas.begin(), replicas.end(),
                      [](const Replica& replica) { return replica.unreadable || replica.record; });
}

bool KeyRows::complete() const {
  return std::all_of(replicas.begin(), replicas.end(),
                     [](const Replica& replica) { return replica.asked; });
}

std::string KeyRows::place_text(const Invocation& invocation) const {
  return key_name(invocation) + ": vnode " + std::to_string(where.vnode) + "; primaries " +
         nodes_text(where.primaries) + "; fallbacks " + nodes_text(where.fallbacks) + "\n";
}

void KeyRows::print_notes(Console& console) const {
  if (!retired.empty()) {
    console.out(named_nodes_text(retired) + (retired.size() == 1 ? " keeps" : " keep") +
                " something dead of it, which all replicas know, until it can be reaped\n");
  }
  if (!strays.empty()) {
    std::vector<NodeId> nodes;
    for (const Replica& stray : strays) nodes.push_back(stray.node);
    console.out(named_nodes_text(nodes) + (nodes.size() == 1 ? " holds" : " hold") +
                " a row of it without being a primary\n");
  }
  if (!fallbacks_not_asked.empty()) {
    console.out("fallbacks that were not asked, and may keep hints: " +
                nodes_text(fallbacks_not_asked) + "\n");
  }
}

}  // namespace quorate::client::kvcli
