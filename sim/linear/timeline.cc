#include <algorithm>
#include <set>

#include "sim/linear/explain.h"

namespace quorate::sim::linear {
namespace {

constexpr std::size_t kColumnsPerEvent = 3;

struct Line {
  std::string name;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool ends = false;
  bool marked = false;
};

void pad(std::string& text, std::size_t width, char fill = ' ') {
  if (text.size() < width) text.resize(width, fill);
}

std::string draw(const Line& line, std::size_t names_width) {
  std::string text = "  " + line.name;
  pad(text, names_width + 4);
  const std::size_t start = text.size();
  pad(text, start + line.begin * kColumnsPerEvent);
  text += '|';
  pad(text, start + line.end * kColumnsPerEvent, '-');
  text += line.ends ? '|' : '>';
  if (line.marked) text += "  <- cannot be placed";
  return text + '\n';
}

}  // namespace

std::string timeline(const History& history, std::vector<OperationId> operations,
                     OperationId marked) {
  std::sort(operations.begin(), operations.end());
  operations.erase(std::unique(operations.begin(), operations.end()), operations.end());
  std::set<Time> events;
  std::size_t process_width = 0;
  for (const OperationId id : operations) {
    const Operation& operation = history.operations[id];
    events.insert(operation.invoked);
    if (operation.completed() != kNever) events.insert(operation.ended);
    process_width = std::max(process_width, std::to_string(operation.process).size());
  }
  const auto column = [&](Time event) {
    return static_cast<std::size_t>(std::distance(events.begin(), events.lower_bound(event)));
  };
  std::vector<Line> lines;
  std::size_t names_width = 0;
  for (const OperationId id : operations) {
    const Operation& operation = history.operations[id];
    Line line;
    line.name = "process " + std::to_string(operation.process);
    pad(line.name, process_width + 10);
    line.name += operation_text(history, id);
    line.begin = column(operation.invoked);
    line.end = column(operation.completed());
    line.ends = operation.completed() != kNever;
    line.marked = id == marked;
    names_width = std::max(names_width, line.name.size());
    lines.push_back(std::move(line));
  }
  std::string text;
  for (const Line& line : lines) text += draw(line, names_width);
  return text;
}

}  // namespace quorate::sim::linear
