#include "sim/report/key_history.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "node/causality/graph_lines.h"
#include "sim/report/table.h"

namespace quorate::sim {

namespace {

bool contains(const std::vector<Dot>& dots, const Dot& dot) {
  return std::find(dots.begin(), dots.end(), dot) != dots.end();
}

// It found the other alive at its coordinator, and left it dead.
bool replaced(const MintedEvent& by, const MintedEvent& event) {
  return contains(by.living_before, event.dot) && !contains(by.living_after, event.dot);
}

std::string name_of(const Key& key) {
  return key.bucket == "default" ? key.name : key.bucket + "/" + key.name;
}

class KeyHistory {
 public:
  KeyHistory(const Run& run, const Key& key) : run_(run), key_(key) {
    const std::vector<const MintedEvent*>& events = run.ledger().of_key(key);
    events_.assign(events.rbegin(), events.rend());
    for (const NodeId node : run.cluster().primaries(key)) {
      const Row* row = run.cluster().row(node, key);
      if (row != nullptr) rows_.emplace_back(node, row);
    }
    std::sort(rows_.begin(), rows_.end());
  }

  std::string text(bool colours) const {
    std::string text = "versions of " + printable(name_of(key_)) + ", the newest first\n";
    if (events_.empty()) return text + "  nobody wrote it\n";
    std::vector<Table::Column> columns{{"", false},    {"at", true},   {"written", false},
                                       {"node", true}, {"dot", false}, {"alive at the end", false}};
    Table table(std::move(columns));
    for (const GraphRow& row : draw_graph(nodes())) {
      if (!row.node) {
        table.add({Cell{row.lines, Style::kDim}, {}, {}, {}, {}, {}});
        continue;
      }
      const MintedEvent& event = *events_[*row.node];
      const std::string alive = alive_at(event);
      table.add({Cell{row.lines, alive.empty() ? Style::kDim : Style::kGood},
                 Cell{time_to_string(event.time)}, Cell{printable(what(event))},
                 Cell{std::to_string(event.node)}, Cell{to_string(event.dot), Style::kDim},
                 Cell{alive}});
    }
    return text + table.text(colours);
  }

 private:
  std::vector<GraphNode> nodes() const {
    std::vector<GraphNode> nodes;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      GraphNode node{events_[i]->dot, {}, !alive_at(*events_[i]).empty()};
      for (std::size_t newer = 0; newer < i; ++newer) {
        if (replaced(*events_[newer], *events_[i])) node.replaced_by.push_back(events_[newer]->dot);
      }
      nodes.push_back(std::move(node));
    }
    return nodes;
  }

  // "client 2: put k = v", or what the node did by itself.
  std::string what(const MintedEvent& event) const {
    if (run_.ledger().removes_expired(event.dot)) return "removal of what had expired";
    const Operation* operation = run_.history().find_request(run_.ledger().request_of(event.dot));
    if (operation == nullptr) return "'" + std::string(event.value.view()) + "'";
    return "client " + std::to_string(operation->client - kFirstClientHost + 1) + ": " +
           describe_change(operation->request);
  }

  std::string alive_at(const MintedEvent& event) const {
    std::string nodes;
    for (const auto& [node, row] : rows_) {
      if (row->record.lives(event.dot)) nodes += (nodes.empty() ? "" : " ") + std::to_string(node);
    }
    return nodes;
  }

  const Run& run_;
  const Key& key_;
  std::vector<const MintedEvent*> events_;  // the newest first
  std::vector<std::pair<NodeId, const Row*>> rows_;
};

}  // namespace

std::string key_history_text(const Run& run, const Key& key, bool colours) {
  return KeyHistory(run, key).text(colours);
}

}  // namespace quorate::sim
