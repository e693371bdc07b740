#include "node/causality/graph_lines.h"

#include <algorithm>
#include <map>
#include <utility>

namespace quorate {

namespace {

// Columns of lines that lead down, each to the node that it waits for.
class Drawing {
 public:
  explicit Drawing(const std::vector<GraphNode>& nodes) : nodes_(nodes) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (const Dot& dot : nodes[i].replaced_by) replaced_[dot].push_back(i);
    }
  }

  std::vector<GraphRow> rows() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) place(i);
    return std::move(rows_);
  }

 private:
  static constexpr std::size_t kFree = static_cast<std::size_t>(-1);

  void place(std::size_t node) {
    std::size_t column = find(node);
    if (column == kFree) column = take_free(node);
    close_others(node, column);
    std::string lines = columns();
    lines[2 * column] = nodes_[node].current ? '*' : 'o';
    add(lines, node);
    const auto found = replaced_.find(nodes_[node].dot);
    columns_[column] = kFree;
    if (found == replaced_.end()) return;
    columns_[column] = found->second.front();
    for (std::size_t i = 1; i < found->second.size(); ++i) open(found->second[i], column);
  }

  // Other lines that lead to the same node end here.
  void close_others(std::size_t node, std::size_t column) {
    for (std::size_t other = column + 1; other < columns_.size(); ++other) {
      if (columns_[other] != node) continue;
      columns_[other] = kFree;
      connect(column, other, '/');
    }
  }

  void open(std::size_t node, std::size_t from) {
    const std::size_t column = take_free(node);
    std::size_t left = std::min(from, column);
    std::size_t right = std::max(from, column);
    columns_[column] = kFree;
    connect(left, right, column > from ? '\\' : '/');
    columns_[column] = node;
  }

  void connect(std::size_t left, std::size_t right, char line) {
    std::string lines = columns();
    lines.resize(std::max(lines.size(), 2 * right), ' ');
    for (std::size_t at = 2 * left + 1; at + 1 < 2 * right; ++at) {
      if (lines[at] == ' ') lines[at] = '_';
    }
    lines[2 * right - 1] = line;
    add(lines, std::nullopt);
  }

  std::string columns() const {
    std::string lines;
    for (const std::size_t waits_for : columns_) lines += waits_for == kFree ? "  " : "| ";
    return lines;
  }

  std::size_t find(std::size_t node) const {
    const auto found = std::find(columns_.begin(), columns_.end(), node);
    return found == columns_.end() ? kFree : static_cast<std::size_t>(found - columns_.begin());
  }

  std::size_t take_free(std::size_t node) {
    std::size_t column = find(kFree);
    if (column == kFree) {
      column = columns_.size();
      columns_.push_back(kFree);
    }
    columns_[column] = node;
    return column;
  }

  void add(std::string lines, std::optional<std::size_t> node) {
    while (!lines.empty() && lines.back() == ' ') lines.pop_back();
    rows_.push_back({std::move(lines), node});
  }

  const std::vector<GraphNode>& nodes_;
  std::map<Dot, std::vector<std::size_t>> replaced_;  // by the one that did, the newest first
  std::vector<std::size_t> columns_;
  std::vector<GraphRow> rows_;
};

}  // namespace

std::vector<GraphRow> draw_graph(const std::vector<GraphNode>& nodes) {
  return Drawing(nodes).rows();
}

}  // namespace quorate
