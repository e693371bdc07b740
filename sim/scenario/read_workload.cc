#include "sim/scenario/read_workload.h"

#include <utility>

#include "node/base/random.h"
#include "sim/scenario/words.h"

namespace quorate::sim::scenario_file {

namespace {

constexpr SimTime kHour = 3600 * kNsPerSecond;
constexpr std::int64_t kStepsMax = 1'000'000;

struct Workload {
  std::size_t steps = 0;
  std::vector<Key> keys;
  std::uint32_t reads_ppm = kMillion / 2;
  std::uint32_t deletes_ppm = 0;  // of the writes
  SimTime think_min = 0;
  SimTime think_max = from_ms(100);
  SimTime begin = 0;
};

void read_keys(Section& section, const Reading& reading, Workload& workload) {
  const auto names = read_strings(section, "keys");
  for (const std::string& name : names.value_or(std::vector<std::string>{})) {
    const Key key = parse_key(name);
    if (reading.plan.cluster.buckets.find(key.bucket) == nullptr || key.name.empty()) {
      section.problem(*section.find("keys"), "keys",
                      "has " + in_quotes(name) + ", which is no key of a bucket that is there");
      return;
    }
    workload.keys.push_back(key);
  }
  if (workload.keys.empty() && section.find("keys") == nullptr) {
    reading.problems.add(section.source(), "a workload needs keys = [\"a\", \"b\"]");
  }
}

// Nothing: it is wrong, and that was noted.
std::optional<Workload> read_shape(Section& section, const Reading& reading) {
  Workload workload;
  const auto steps = section.integer("steps", 1, kStepsMax);
  if (steps) workload.steps = static_cast<std::size_t>(*steps);
  if (!steps && section.find("steps") == nullptr) {
    reading.problems.add(section.source(), "a workload needs a number of steps");
  }
  read_keys(section, reading, workload);
  if (const auto reads = read_percent(section, "reads")) workload.reads_ppm = *reads;
  if (const auto deletes = read_percent(section, "deletes")) workload.deletes_ppm = *deletes;
  if (const auto time = read_time(section, "think_min", 0, kHour)) workload.think_min = *time;
  if (const auto time = read_time(section, "think_max", 0, kHour)) workload.think_max = *time;
  if (const auto time = read_time(section, "at", 0, kHour)) workload.begin = *time;
  section.refuse_unknown_keys();
  if (workload.think_min > workload.think_max) {
    reading.problems.add(section.source(), "a workload's think_min is above its think_max");
    return std::nullopt;
  }
  if (workload.steps == 0 || workload.keys.empty()) return std::nullopt;
  return workload;
}

}  // namespace

void read_workload(Section& client_section, const Reading& reading, const ClientStep& like,
                   ClientPlan& client) {
  const Section::Layers layers = client_section.tables("workload");
  if (layers.empty()) return;
  if (!client.steps.empty()) {
    reading.problems.add(layers.front()->source(), "a client has steps or a workload, not both");
    return;
  }
  Section section(layers, "client.workload", reading.problems);
  const auto workload = read_shape(section, reading);
  if (!workload) return;
  Random random = Random::stream(reading.plan.cluster.seed, "workload of client " + client.name);
  for (std::size_t i = 0; i < workload->steps; ++i) {
    ClientStep step = like;
    step.think = random.between(workload->think_min, workload->think_max);
    step.not_before = workload->begin;
    step.request.key = workload->keys[random.below(workload->keys.size())];
    if (random.chance(workload->reads_ppm, kMillion)) {
      step.request.verb = Verb::kGet;
    } else if (random.chance(workload->deletes_ppm, kMillion)) {
      step.request.verb = Verb::kDelete;
    } else {
      step.request.verb = Verb::kPut;
      step.request.value = Blob(client.name + "-" + std::to_string(i + 1));
    }
    client.steps.push_back(std::move(step));
  }
}

}  // namespace quorate::sim::scenario_file
