#include "sim/report/trace_writer.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "sim/report/names.h"
#include "sim/report/run_report.h"

namespace quorate::sim {

namespace {

namespace json = boost::json;

std::string line_of(const json::object& object) { return json::serialize(object) + "\n"; }

std::string key_text(const Key& key) { return key.bucket + "/" + key.name; }

const char* attempt_name(Attempt::State state) {
  switch (state) {
    case Attempt::State::kPending:
      return "pending";
    case Attempt::State::kOk:
      return "ok";
    case Attempt::State::kNotApplied:
      return "not applied";
    case Attempt::State::kUnknown:
      return "unknown";
    case Attempt::State::kInvalid:
      return "invalid";
  }
  return "?";
}

json::value or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

}  // namespace

TraceWriter::TraceWriter(const RunPlan& plan, const RunLabels& labels, Write write)
    : faults_(plan.faults), write_(std::move(write)) {
  std::stable_sort(faults_.begin(), faults_.end(),
                   [](const Fault& a, const Fault& b) { return a.at < b.at; });
  write_(line_of(json::object{{"event", "run"},
                              {"at_ns", 0},
                              {"schema_version", kRunJsonVersion},
                              {"name", labels.name},
                              {"variant", labels.variant},
                              {"seed", plan.cluster.seed}}));
}

void TraceWriter::faults_until(SimTime time) {
  for (; next_fault_ < faults_.size() && faults_[next_fault_].at <= time; ++next_fault_) {
    json::object line{{"event", "fault"}};
    for (auto& member : fault_object(faults_[next_fault_])) line.insert(member);
    write_(line_of(line));
  }
}

void TraceWriter::on_trace(SimTime time, NodeId node, const TraceEvent& event) {
  faults_until(time);
  json::object line{{"event", "trace"}, {"at_ns", time}, {"node", node}};
  line["kind"] = trace_kind_name(event.kind);
  line["peer"] = event.peer == 0 ? json::value(nullptr) : json::value(event.peer);
  line["dot"] = event.dot.counter == 0 ? json::value(nullptr) : json::value(to_string(event.dot));
  line["a"] = event.a;
  line["b"] = event.b;
  line["c"] = event.c;
  write_(line_of(line));
}

void TraceWriter::on_row_written(SimTime time, NodeId node, RunId, const Key& key,
                                 const Row* before, const Row& after, bool stored) {
  faults_until(time);
  json::object line{{"event", "row"}, {"at_ns", time}, {"node", node}, {"key", key_text(key)}};
  line["stored"] = stored;
  line["context_before"] =
      before == nullptr ? json::value(nullptr) : json::value(to_string(before->record.context));
  line["context_after"] = to_string(after.record.context);
  json::array siblings;
  for (const Sibling& sibling : after.record.siblings) {
    siblings.push_back(json::object{{"dot", to_string(sibling.dot)},
                                    {"value", std::string(sibling.value.view())}});
  }
  line["siblings"] = std::move(siblings);
  write_(line_of(line));
}

void TraceWriter::on_life(SimTime time, NodeId node, LifeEvent event) {
  faults_until(time);
  write_(line_of(json::object{
      {"event", "life"}, {"at_ns", time}, {"node", node}, {"what", life_event_name(event)}}));
}

void TraceWriter::on_operation_finished(const Operation& operation) {
  faults_until(operation.finished);
  const ClientRequest& request = operation.request;
  json::object line{{"event", "operation"}, {"at_ns", operation.finished}};
  line["index"] = operation.index;
  line["client"] = operation.client - kFirstClientHost + 1;
  line["verb"] = verb_name(request.verb);
  line["key"] = key_text(request.key);
  line["value"] = request.verb == Verb::kPut ? json::value(std::string(request.value.view()))
                                             : json::value(nullptr);
  line["context"] = context_use_name(operation.context);
  line["r"] = request.r.to_string();
  line["w"] = request.w.to_string();
  line["invoked_ns"] = operation.invoked;
  line["outcome"] = outcome_name(operation.outcome);
  line["reason"] = operation.reason == Reason::kNone ? json::value(nullptr)
                                                     : json::value(reason_name(operation.reason));
  line["dot"] =
      operation.acknowledged() ? json::value(to_string(operation.reply.dot)) : json::value(nullptr);
  json::array values;
  for (const ReadValue& value : operation.reply.values) {
    values.push_back(
        json::object{{"dot", to_string(value.dot)}, {"value", std::string(value.value.view())}});
  }
  line["values"] = std::move(values);
  line["coordinator"] = operation.reply.coordinator == 0 ? json::value(nullptr)
                                                         : json::value(operation.reply.coordinator);
  line["detail"] = or_null(operation.reply.detail);
  json::array attempts;
  for (const Attempt& attempt : operation.attempts) {
    attempts.push_back(json::object{{"node", attempt.endpoint},
                                    {"sent_ns", attempt.sent},
                                    {"state", attempt_name(attempt.state)}});
  }
  line["attempts"] = std::move(attempts);
  write_(line_of(line));
}

}  // namespace quorate::sim
