#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#include "sim/scenario/reader.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/words.h"

namespace quorate::sim {

namespace {

using namespace scenario_file;  // NOLINT(google-build-using-namespace): its own parts

constexpr SimTime kRunMax = 3600 * kNsPerSecond;

std::string bare_name(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  std::string name = slash == std::string::npos ? file : file.substr(slash + 1);
  const std::string extension = ".toml";
  if (name.size() > extension.size() && name.ends_with(extension)) {
    name.resize(name.size() - extension.size());
  }
  return name;
}

// Words of several lines are one text: who prints them breaks the lines.
std::optional<std::string> read_text(Section& section, const char* key) {
  const auto text = section.string(key);
  if (!text) return std::nullopt;
  std::string folded;
  std::istringstream words(*text);
  for (std::string word; words >> word;) folded += (folded.empty() ? "" : " ") + word;
  return folded;
}

void read_words(Section& root, Problems& problems, Scenario& scenario) {
  const Section::Layers layers = root.tables("scenario");
  if (layers.empty()) return;
  Section section(layers, "scenario", problems);
  if (auto text = read_text(section, "title")) scenario.title = std::move(*text);
  if (auto text = read_text(section, "lesson")) scenario.lesson = std::move(*text);
  if (auto text = read_text(section, "look_for")) scenario.look_for = std::move(*text);
  if (auto text = read_text(section, "given_up")) scenario.given_up = std::move(*text);
  section.refuse_unknown_keys();
}

// TOML's integers end at 2^63: what is larger is written as a string.
std::optional<std::uint64_t> read_seed(Section& section) {
  const toml::node* node = section.find("seed");
  if (node == nullptr) return std::nullopt;
  if (const auto* number = node->as_integer(); number != nullptr && number->get() >= 0) {
    return static_cast<std::uint64_t>(number->get());
  }
  if (const auto* text = node->as_string()) {
    std::uint64_t seed = 0;
    const std::string& digits = text->get();
    const char* end = digits.data() + digits.size();
    const auto [parsed, error] = std::from_chars(digits.data(), end, seed);
    if (error == std::errc{} && parsed == end) return seed;
  }
  section.problem(*node, "seed", "must be a number from 0 on");
  return std::nullopt;
}

void read_run(Section& root, Reading& reading, std::optional<std::uint64_t> seed) {
  const Section::Layers layers = root.tables("run");
  if (layers.empty()) {
    reading.problems.add(toml::source_position{1, 1},
                         "there is no [run] that says when the faults end: heal_at = \"10s\"");
    return;
  }
  Section section(layers, "run", reading.problems);
  const auto own_seed = read_seed(section);
  reading.plan.cluster.seed = seed ? *seed : own_seed.value_or(1);
  if (const auto end = read_time(section, "heal_at", 0, kRunMax)) {
    reading.plan.faults_end = *end;
  } else if (section.find("heal_at") == nullptr) {
    reading.problems.add(section.source(), "[run] needs the end of all faults: heal_at = \"10s\"");
  }
  section.find("keys");  // read_keys
  section.refuse_unknown_keys();
}

// All keys that are used, in the order of their first use, unless the file lists them.
void read_keys(Section& root, Reading& reading) {
  std::vector<Key>& keys = reading.plan.keys;
  const auto add = [&keys](const Key& key) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  };
  const Section::Layers layers = root.tables("run");
  if (!layers.empty()) {
    Section section(layers, "run", reading.problems);
    if (const auto listed = read_strings(section, "keys")) {
      for (const std::string& text : *listed) {
        const Key key = parse_key(text);
        if (reading.plan.cluster.buckets.find(key.bucket) == nullptr) {
          section.problem(*section.find("keys"), "keys",
                          "has " + in_quotes(text) + " in a bucket that is not there");
          return;
        }
        add(key);
      }
    }
  }
  for (const ClientPlan& client : reading.plan.clients) {
    for (const ClientStep& step : client.steps) add(step.request.key);
  }
  for (const Fault& fault : reading.plan.faults) {
    if (!fault.key.name.empty()) add(fault.key);
  }
}

void check_times(Section& root, Reading& reading) {
  for (const Fault& fault : reading.plan.faults) {
    if (fault.at <= reading.plan.faults_end) continue;
    reading.problems.add(root.source_of("fault"), "a fault at " + time_text(fault.at) +
                                                      " comes after everything has healed, at " +
                                                      time_text(reading.plan.faults_end));
    return;
  }
}

Variant read_variant(Section& root, Problems& problems, std::optional<std::uint64_t> seed) {
  Variant variant;
  Reading reading{problems, variant.plan, {}};
  read_run(root, reading, seed);
  read_cluster(root, reading);
  read_world(root, reading);
  read_clients(root, reading);
  read_faults(root, reading);
  read_keys(root, reading);
  check_times(root, reading);
  read_expect(root, reading, variant);
  return variant;
}

Scenario read_file(const toml::table& file, const std::string& name, Problems& problems,
                   std::optional<std::uint64_t> seed) {
  Scenario scenario;
  scenario.name = bare_name(name);
  Section top(file, "file", problems);
  read_words(top, problems, scenario);
  const std::vector<NamedTable> variants = read_named_tables(top, "variant", problems);
  for (const NamedTable& table : variants) {
    Section root({table.layers.front(), &file}, "file", problems);
    root.find("scenario");
    root.find("variant");
    root.find("name");
    Variant variant = read_variant(root, problems, seed);
    variant.name = table.name;
    root.refuse_unknown_keys();
    scenario.variants.push_back(std::move(variant));
  }
  if (variants.empty()) {
    scenario.variants.push_back(read_variant(top, problems, seed));
    top.refuse_unknown_keys();
  }
  return scenario;
}

}  // namespace

Result<Scenario> read_scenario(std::string_view text, const std::string& name,
                               std::optional<std::uint64_t> seed) {
  if (text.size() > kScenarioBytesMax) {
    return invalid_input(name + " is larger than " + std::to_string(kScenarioBytesMax >> 20) +
                         " MiB: this is no scenario");
  }
  Problems problems(name);
  try {
    const toml::table file = toml::parse(text, name);
    Scenario scenario = read_file(file, name, problems, seed);
    if (problems.empty()) return scenario;
  } catch (const toml::parse_error& error) {
    problems.add(error.source(), std::string(error.description()));
  }
  return problems.to_error();
}

}  // namespace quorate::sim
