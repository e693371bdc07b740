#include "sim/report/trace_printer.h"

#include <string>

#include "sim/report/life_event_name.h"

namespace quorate::sim {

void TracePrinter::on_trace(SimTime time, NodeId node, const TraceEvent& event) {
  std::string line =
      time_to_string(time) + " n" + std::to_string(node) + " " + trace_kind_name(event.kind);
  if (event.peer != 0) line += " peer=" + std::to_string(event.peer);
  if (event.dot.counter != 0) line += " dot=" + to_string(event.dot);
  line += " a=" + std::to_string(event.a) + " b=" + std::to_string(event.b);
  if (event.c != 0) line += " c=" + std::to_string(event.c);
  std::fprintf(out_, "%s\n", line.c_str());
}

void TracePrinter::on_row_written(SimTime time, NodeId node, RunId, const Key& key,
                                  const Row* before, const Row& after, bool stored) {
  std::string line = time_to_string(time) + " n" + std::to_string(node) + " row " + key.bucket +
                     "/" + key.name + (stored ? "" : " (refused)");
  line += before == nullptr ? " from nothing" : " from " + to_string(before->record.context);
  line += " to " + to_string(after.record.context) + " siblings";
  for (const Sibling& sibling : after.record.siblings) line += " " + to_string(sibling.dot);
  std::fprintf(out_, "%s\n", line.c_str());
}

void TracePrinter::on_life(SimTime time, NodeId node, LifeEvent event) {
  std::fprintf(out_, "%s n%u %s\n", time_to_string(time).c_str(), unsigned{node},
               life_event_name(event));
}

void TracePrinter::on_operation_finished(const Operation& operation) {
  std::fprintf(out_, "%s client %s\n", time_to_string(operation.finished).c_str(),
               to_string(operation).c_str());
}

}  // namespace quorate::sim
