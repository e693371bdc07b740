// What papers/kvsim-json.md lists is what is printed: no field more, and none less.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "sim/report/run_report.h"
#include "sim/report/trace_writer.h"
#include "tests/sim/report/sample_plans.h"

namespace quorate::sim {
namespace {

namespace json = boost::json;

struct Field {
  std::string path;
  std::string type;
};

// The tables of the page, by the headings that they stand under.
std::map<std::string, std::vector<Field>> documented() {
  std::ifstream in(std::string(QUORATE_PAPERS_DIR) + "/kvsim-json.md");
  EXPECT_TRUE(in);
  std::map<std::string, std::vector<Field>> tables;
  std::string heading;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("## ", 0) == 0) heading = line.substr(3);
    if (line.rfind("| `", 0) != 0) continue;
    const std::size_t path_end = line.find('`', 3);
    const std::size_t type_at = line.find("| ", path_end) + 2;
    tables[heading].push_back(
        {line.substr(3, path_end - 3), line.substr(type_at, line.find(" |", type_at) - type_at)});
  }
  return tables;
}

std::set<std::string> expand(const std::map<std::string, std::vector<Field>>& tables,
                             const std::string& heading, const std::string& prefix = "") {
  std::set<std::string> paths;
  for (const Field& field : tables.at(heading)) {
    if (tables.contains(field.type)) {
      paths.merge(expand(tables, field.type, prefix + field.path + "."));
    } else {
      paths.insert(prefix + field.path);
    }
  }
  return paths;
}

void collect(const json::value& value, const std::string& path, std::set<std::string>& paths) {
  if (const json::object* object = value.if_object()) {
    for (const auto& [name, member] : *object) {
      collect(member, path + (path.empty() ? "" : ".") + std::string(name), paths);
    }
  } else if (const json::array* array = value.if_array()) {
    for (const json::value& element : *array) collect(element, path + "[]", paths);
  } else {
    paths.insert(path);
  }
}

// A run in which there is something of everything.
RunSummary full_summary() {
  RunPlan plan = sample_plan({.r = 1, .w = 1, .clients = {{1}, {2, 3}}});
  for (const NodeId other : std::vector<NodeId>{2, 3}) {
    plan.faults.push_back(fault_at(from_ms(1), FaultKind::kCut, 1, other));
    plan.faults.push_back(fault_at(from_ms(1), FaultKind::kCut, other, 1));
  }
  plan.faults.push_back(fault_at(from_seconds(2), FaultKind::kCrash, 3));
  RunSummary summary = summary_of(plan, {.name = "full"});
  summary.lost.push_back(0);
  summary.changes.push_back({ChangeKind::kAddition, 2, 1});
  summary.violations.push_back({"a property", "a witness"});
  summary.expectations.push_back({"a text", true, "a detail"});
  return summary;
}

TEST(RunJson, TheFieldsAreThoseOfThePage) {
  const json::value printed = json::parse(report_json(full_summary()));
  std::set<std::string> paths;
  collect(printed, "", paths);
  EXPECT_EQ(paths, expand(documented(), "run"));
  EXPECT_EQ(printed.at("schema"), "kvsim-run");
  EXPECT_EQ(printed.at("schema_version"), kRunJsonVersion);
}

TEST(RunJson, SaysWhatTheTextSays) {
  const RunSummary summary = summary_of(split_plan(), {.name = "split"});
  const std::string text = report_json(summary);
  EXPECT_EQ(text.find('\n'), text.size() - 1) << "one line";
  const json::value printed = json::parse(text);
  EXPECT_EQ(printed.at("trace_hash"), json::value(hash_text(summary.trace_hash)));
  const json::array& columns = printed.at("columns").as_array();
  ASSERT_EQ(columns.size(), 4u);
  EXPECT_EQ(columns[1].at("letter"), "A");
  EXPECT_EQ(columns[1].at("writes").at("answered"), 0);
  EXPECT_EQ(columns[1].at("writes_possible").at("keys"), 0);
  EXPECT_TRUE(columns[0].at("side").is_null());
  EXPECT_EQ(printed.at("layouts").at(1).at("description"), "1 | 2 3");
  EXPECT_EQ(printed.at("operations").as_array().size(), 60u);
}

TEST(RunJson, TheFieldsOfTheTraceAreThoseOfThePage) {
  RunPlan plan = split_plan();
  plan.faults.push_back(fault_at(from_seconds(5), FaultKind::kCrash, 3));
  std::map<std::string, std::set<std::string>> printed;
  TraceWriter writer(plan, {}, [&](const std::string& line) {
    const json::value event = json::parse(line);
    collect(event, "", printed[event.at("event").as_string().c_str()]);
  });
  sim::Run run(plan, {&writer});
  run.play();
  const auto tables = documented();
  for (const char* event : {"run", "fault", "life", "trace", "row", "operation"}) {
    EXPECT_EQ(printed[event], expand(tables, std::string("event: ") + event)) << event;
  }
  EXPECT_EQ(printed.size(), 6u);
}

}  // namespace
}  // namespace quorate::sim
