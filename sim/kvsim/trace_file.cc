#include "sim/kvsim/trace_file.h"

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

namespace quorate::sim {

namespace {

namespace json = boost::json;

const char* life_word(LifeEvent event) {
  switch (event) {
    case LifeEvent::kStarted:
      return "started";
    case LifeEvent::kCrashed:
      return "crashed";
    case LifeEvent::kKilled:
      return "killed";
    case LifeEvent::kPaused:
      return "paused";
    case LifeEvent::kResumed:
      return "resumed";
  }
  return "?";
}

void put_line(std::FILE* file, const json::object& line) {
  const std::string text = json::serialize(line) + "\n";
  std::fwrite(text.data(), 1, text.size(), file);
}

json::object event_at(SimTime time, const char* what) {
  return {{"time_ns", time}, {"event", what}};
}

json::array siblings_of(const Record& record) {
  json::array siblings;
  for (const Sibling& sibling : record.siblings) {
    siblings.push_back(
        {{"dot", to_string(sibling.dot)}, {"value", std::string(sibling.value.view())}});
  }
  return siblings;
}

}  // namespace

Status TraceFile::open(const std::string& path) {
  path_ = path;
  file_.reset(std::fopen(path.c_str(), "wb"));
  if (file_) return {};
  return Error{ErrorCode::kIoError, "cannot write " + path + ": " + std::strerror(errno)};
}

void TraceFile::begin(const std::string& scenario, const std::string& variant, std::uint64_t seed) {
  if (!file_) return;
  put_line(file_.get(),
           {{"event", "run"}, {"scenario", scenario}, {"variant", variant}, {"seed", seed}});
}

Status TraceFile::close() {
  std::FILE* file = file_.release();
  const bool bad = std::ferror(file) != 0;
  if (std::fclose(file) == 0 && !bad) return {};
  return Error{ErrorCode::kIoError, "cannot write " + path_ + ": " + std::strerror(errno)};
}

void TraceFile::on_trace(SimTime time, NodeId node, const TraceEvent& event) {
  json::object line = event_at(time, "core");
  line["node"] = node;
  line["kind"] = trace_kind_name(event.kind);
  if (event.peer != 0) line["peer"] = event.peer;
  if (event.dot.counter != 0) line["dot"] = to_string(event.dot);
  line["a"] = event.a;
  line["b"] = event.b;
  line["c"] = event.c;
  put_line(file_.get(), line);
}

void TraceFile::on_row_written(SimTime time, NodeId node, RunId, const Key& key, const Row*,
                               const Row& after, bool stored) {
  json::object line = event_at(time, "row");
  line["node"] = node;
  line["key"] = key.bucket + "/" + key.name;
  line["context"] = to_string(after.record.context);
  line["siblings"] = siblings_of(after.record);
  line["stored"] = stored;
  put_line(file_.get(), line);
}

void TraceFile::on_life(SimTime time, NodeId node, LifeEvent event) {
  json::object line = event_at(time, "life");
  line["node"] = node;
  line["what"] = life_word(event);
  put_line(file_.get(), line);
}

void TraceFile::on_operation_finished(const Operation& operation) {
  json::object line = event_at(operation.finished, "operation");
  line["operation"] = operation.index;
  line["client"] = operation.client - kFirstClientHost + 1;
  line["invoked_ns"] = operation.invoked;
  line["text"] = to_string(operation);
  line["outcome"] = outcome_name(operation.outcome);
  put_line(file_.get(), line);
}

}  // namespace quorate::sim
