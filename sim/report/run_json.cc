// The fields, their types and their meanings: papers/kvsim-json.md, which a test holds against what
// is printed here.
#include <boost/json.hpp>

#include "sim/report/given_up.h"
#include "sim/report/names.h"
#include "sim/report/run_report.h"

namespace quorate::sim {

namespace {

namespace json = boost::json;

json::array numbers(const std::vector<NodeId>& nodes) {
  return json::array(nodes.begin(), nodes.end());
}

json::value key_object(const Key& key) {
  return json::object{{"bucket", key.bucket}, {"name", key.name}};
}

json::object bucket_object(const Bucket& bucket) {
  return json::object{{"name", bucket.name},
                      {"type", bucket_type_name(bucket.type)},
                      {"n", bucket.n},
                      {"r", bucket.r},
                      {"w", bucket.w},
                      {"sloppy", bucket.sloppy},
                      {"read_repair", read_repair_name(bucket.read_repair)}};
}

json::object layout_object(const Layout& layout) {
  json::array sides;
  for (const Side& side : layout.sides) {
    json::array clients;
    for (const HostId client : side.clients) clients.push_back(client - kFirstClientHost + 1);
    sides.push_back(json::object{{"standing", standing_name(side.standing)},
                                 {"nodes", numbers(side.nodes)},
                                 {"clients", std::move(clients)}});
  }
  json::array blocked;
  for (const auto& [from, to] : layout.blocked) {
    blocked.push_back(json::object{{"from", from}, {"to", to}});
  }
  return json::object{{"description", describe(layout)},
                      {"whole", layout.whole()},
                      {"sides", std::move(sides)},
                      {"blocked", std::move(blocked)}};
}

json::object tally_object(const Tally& tally) {
  json::object object{
      {"attempted", tally.attempted},           {"answered", tally.answered()},
      {"stale", tally.count(Told::kStale)},     {"refused", tally.count(Told::kRefused)},
      {"unknown", tally.count(Told::kUnknown)}, {"elsewhere", tally.elsewhere}};
  const Latencies latencies = tally.latencies.value_or(Latencies{});
  object["latency_p50_ns"] = latencies.p50;
  object["latency_p99_ns"] = latencies.p99;
  object["latency_max_ns"] = latencies.max;
  return object;
}

json::object ability_object(const Ability& ability) {
  return json::object{{"keys", ability.keys}, {"of", ability.of}};
}

json::object column_object(const Column& column) {
  json::object object{{"title", column.title}, {"letter", column.letter}};
  object["layout"] = column.layout;
  object["side"] = column.side ? json::value(*column.side) : json::value(nullptr);
  object["duration_ns"] = column.duration;
  object["reads_possible"] = ability_object(column.reads_possible);
  object["writes_possible"] = ability_object(column.writes_possible);
  object["reads"] = tally_object(column.reads);
  object["writes"] = tally_object(column.writes);
  object["reads_with_siblings"] = column.reads_with_siblings;
  object["versions_behind_max"] = column.versions_behind_max;
  object["behind_max_ns"] = column.behind_max;
  return object;
}

json::object operation_object(const Happening& happening) {
  return json::object{{"index", happening.index},
                      {"client", happening.client + 1},
                      {"kind", happening.is_write ? "write" : "read"},
                      {"invoked_ns", happening.invoked},
                      {"finished_ns", happening.finished},
                      {"told", told_name(happening.told)},
                      {"column", happening.column},
                      {"elsewhere", happening.elsewhere},
                      {"siblings", happening.siblings},
                      {"versions_behind", happening.versions},
                      {"behind_ns", happening.behind}};
}

json::object ladder_object(const Ladder& ladder) {
  const auto name = [](const std::optional<Rung>& rung) {
    return rung ? json::value(rung_name(*rung)) : json::value(nullptr);
  };
  json::array levels;
  for (const RungVerdict& verdict : ladder.rungs) {
    levels.push_back(json::object{{"level", rung_name(verdict.rung)},
                                  {"standing", standing_name(verdict.standing)},
                                  {"counts", verdict.counts},
                                  {"witness", verdict.witness}});
  }
  return json::object{{"strongest", name(ladder.strongest)},
                      {"next", name(ladder.next)},
                      {"witness", ladder.witness},
                      {"k_at_least", ladder.staleness.k_at_least},
                      {"k_at_most", ladder.staleness.k_at_most},
                      {"levels", std::move(levels)}};
}

json::object given_up_object(const RunSummary& summary) {
  const Losses losses = losses_of(summary);
  return json::object{{"sentence", what_was_given_up(summary)},
                      {"not_answered", losses.not_answered},
                      {"not_answered_connected", losses.not_answered_connected},
                      {"stale_reads", losses.stale},
                      {"versions_behind_max", losses.versions_max},
                      {"behind_max_ns", losses.behind_max},
                      {"keys_in_conflict", losses.conflicts},
                      {"acknowledged_lost", losses.lost}};
}

// One element for each, made by `object_of`.
template <typename Range, typename ObjectOf>
json::array array_of(const Range& range, ObjectOf object_of) {
  json::array array;
  for (const auto& element : range) array.push_back(object_of(element));
  return array;
}

json::object run_object(const RunSummary& summary) {
  json::object object{{"schema", "kvsim-run"}, {"schema_version", kRunJsonVersion}};
  object["name"] = summary.labels.name;
  object["variant"] = summary.labels.variant;
  object["lesson"] = summary.labels.lesson;
  object["replay"] = summary.labels.replay;
  object["seed"] = summary.seed;
  object["trace_hash"] = hash_text(summary.trace_hash);
  object["nodes"] = summary.nodes;
  object["clients"] = summary.clients;
  object["keys"] = array_of(summary.keys, key_object);
  object["buckets"] = array_of(summary.buckets, bucket_object);
  object["faults_end_ns"] = summary.faults_end;
  object["shown_until_ns"] = summary.shown_until;
  object["faults"] = array_of(summary.faults, fault_object);
  object["lives"] = array_of(summary.lives, [](const LifeChange& change) {
    return json::object{
        {"at_ns", change.at}, {"node", change.node}, {"event", life_event_name(change.event)}};
  });
  object["layouts"] = array_of(summary.phases.layouts, layout_object);
  object["phases"] = array_of(summary.phases.phases, [](const Phase& phase) {
    return json::object{{"begin_ns", phase.begin}, {"end_ns", phase.end}, {"layout", phase.layout}};
  });
  object["columns"] = array_of(summary.columns, column_object);
  object["reads"] = tally_object(summary.reads);
  object["writes"] = tally_object(summary.writes);
  object["operations"] = array_of(summary.happenings, operation_object);
  object["keys_differing"] = array_of(summary.differing, [](const Timeline::Differing& differing) {
    return json::object{{"from_ns", differing.from}, {"keys", differing.keys}};
  });
  object["healing"] = json::object{
      {"converged_ns", summary.converged ? json::value(*summary.converged) : json::value(nullptr)},
      {"keys_differing", summary.keys_differing_at_heal},
      {"keys_in_conflict", summary.keys_with_siblings},
      {"siblings", summary.siblings}};
  object["acknowledged"] = summary.acknowledged;
  object["acknowledged_lost"] = json::array(summary.lost.begin(), summary.lost.end());
  object["changes"] = array_of(summary.changes, [](const ChangeTally& tally) {
    return json::object{{"kind", change_kind_name(tally.kind)},
                        {"acknowledged", tally.acknowledged},
                        {"lost", tally.lost}};
  });
  object["violations"] = array_of(summary.violations, [](const Violation& violation) {
    return json::object{{"property", violation.property}, {"witness", violation.witness}};
  });
  object["ladder"] = ladder_object(summary.ladder);
  object["expectations"] = array_of(summary.expectations, [](const Expectation& expectation) {
    return json::object{
        {"text", expectation.text}, {"met", expectation.met}, {"detail", expectation.detail}};
  });
  object["network"] = json::object{{"sent", summary.network.sent},
                                   {"delivered", summary.network.delivered},
                                   {"lost", summary.network.lost},
                                   {"cut", summary.network.cut},
                                   {"duplicated", summary.network.duplicated}};
  object["given_up"] = given_up_object(summary);
  return object;
}

}  // namespace

std::string report_json(const RunSummary& summary) {
  return json::serialize(run_object(summary)) + "\n";
}

}  // namespace quorate::sim
