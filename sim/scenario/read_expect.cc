#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/check/ladder.h"
#include "sim/check/property.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/words.h"

namespace quorate::sim::scenario_file {

namespace {

constexpr SimTime kHour = 3600 * kNsPerSecond;

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<Bounds> parse_bounds(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto number = number_in(text);
    return number ? std::optional(Bounds{*number, *number}) : std::nullopt;
  }
  Bounds bounds;
  const std::string_view low = text.substr(0, dots);
  const std::string_view high = text.substr(dots + 2);
  if (!low.empty()) {
    const auto number = number_in(low);
    if (!number) return std::nullopt;
    bounds.low = *number;
  }
  if (!high.empty()) {
    const auto number = number_in(high);
    if (!number || *number < bounds.low) return std::nullopt;
    bounds.high = *number;
  }
  return bounds;
}

std::optional<Bounds> read_bounds(Section& section, const char* key) {
  const toml::node* node = section.find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* number = node->as_integer(); number != nullptr && number->get() >= 0) {
    return Bounds{number->get(), number->get()};
  }
  if (const auto* text = node->as_string()) {
    if (const auto bounds = parse_bounds(text->get())) return bounds;
  }
  section.problem(*node, key, "must be a number, or bounds such as \"1..\" or \"2..5\"");
  return std::nullopt;
}

struct Count {
  const char* key;
  const char* what;
  std::int64_t (*count)(const RunSummary&);
};

std::int64_t told(const Tally& tally, Told what) {
  return static_cast<std::int64_t>(tally.count(what));
}

std::int64_t lost(const RunSummary& run, ChangeKind kind) {
  for (const ChangeTally& tally : run.changes) {
    if (tally.kind == kind) return tally.lost;
  }
  return 0;
}

const Count kCounts[] = {
    {"lost", "acknowledged writes lost",
     [](const RunSummary& run) { return static_cast<std::int64_t>(run.lost.size()); }},
    {"stale_reads", "stale reads",
     [](const RunSummary& run) { return told(run.reads, Told::kStale); }},
    {"reads_answered", "reads answered",
     [](const RunSummary& run) { return static_cast<std::int64_t>(run.reads.answered()); }},
    {"reads_refused", "reads refused",
     [](const RunSummary& run) { return told(run.reads, Told::kRefused); }},
    {"writes_acknowledged", "writes acknowledged",
     [](const RunSummary& run) { return told(run.writes, Told::kAnswered); }},
    {"writes_refused", "writes refused",
     [](const RunSummary& run) { return told(run.writes, Told::kRefused); }},
    {"writes_unknown", "writes of unknown outcome",
     [](const RunSummary& run) { return told(run.writes, Told::kUnknown); }},
    {"keys_with_siblings", "keys that end with siblings",
     [](const RunSummary& run) { return static_cast<std::int64_t>(run.keys_with_siblings); }},
    {"additions_lost", "additions lost",
     [](const RunSummary& run) { return lost(run, ChangeKind::kAddition); }},
    {"removals_lost", "removals lost",
     [](const RunSummary& run) { return lost(run, ChangeKind::kRemoval); }},
    {"increments_lost", "increments lost",
     [](const RunSummary& run) { return lost(run, ChangeKind::kIncrement); }},
    {"edits_lost", "edits lost",
     [](const RunSummary& run) { return lost(run, ChangeKind::kEdit); }},
    {"k", "versions that k-atomicity needs",
     [](const RunSummary& run) {
       return static_cast<std::int64_t>(run.ladder.staleness.k_at_most);
     }},
};

std::vector<std::string> level_words() {
  std::vector<std::string> words = {"none"};
  for (std::size_t rung = 0; rung < kRungCount; ++rung) {
    words.emplace_back(rung_name(static_cast<Rung>(rung)));
  }
  return words;
}

class ExpectReader {
 public:
  ExpectReader(Reading& reading, std::vector<Expected>& expected)
      : reading_(reading), expected_(expected) {}

  void read(Section& section) {
    for (const Count& count : kCounts) {
      if (const auto bounds = read_bounds(section, count.key)) {
        expected_.push_back(expect_count(count.what, *bounds, count.count));
      }
    }
    if (const auto level = section.word("level", level_words())) {
      expected_.push_back(expect_level(level_words()[*level]));
    }
    read_values(section);
    for (const toml::table* table : toml_file::tables_of(section, "step")) read_step(*table);
    section.refuse_unknown_keys();
  }

 private:
  // [expect.values]: a key, and what it ends with.
  void read_values(Section& root) {
    const Section::Layers layers = root.tables("values");
    if (layers.empty()) return;
    Section section(layers, "expect.values", reading_.problems);
    std::vector<std::string> seen;
    for (const toml::table* layer : layers) {
      for (const auto& [name, node] : *layer) {
        const std::string text(name.str());
        if (std::find(seen.begin(), seen.end(), text) != seen.end()) continue;
        seen.push_back(text);
        const Key key = parse_key(text);
        const auto& keys = reading_.plan.keys;
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
          reading_.problems.add(node.source(),
                                "[expect.values] nobody uses a key " + in_quotes(text));
          continue;
        }
        if (auto values = read_strings(section, text.c_str())) {
          expected_.push_back(expect_values(key, std::move(*values)));
        }
      }
    }
  }

  void read_step(const toml::table& table) {
    Section section(table, "[expect.step]", reading_.problems);
    const auto name = section.string("client");
    const auto number = section.integer("step", 1, INT64_MAX);
    const auto& clients = reading_.clients;
    const auto found = name ? std::find(clients.begin(), clients.end(), *name) : clients.end();
    const auto told_word = section.word("told", told_words());
    auto values = read_strings(section, "values");
    const auto least = read_time(section, "at_least", 0, kHour);
    const auto most = read_time(section, "at_most", 0, kHour);
    section.refuse_unknown_keys();
    if (!name || !number) {
      reading_.problems.add(table.source(), "[[expect.step]] needs a client and a step");
      return;
    }
    if (found == clients.end()) {
      section.problem(*section.find("client"), "client",
                      "= " + in_quotes(*name) + " names no client");
      return;
    }
    ExpectedStep step;
    step.client = static_cast<std::size_t>(found - clients.begin());
    step.client_name = *name;
    step.step = static_cast<std::size_t>(*number);
    const std::size_t steps = reading_.plan.clients[step.client].steps.size();
    if (step.step > steps) {
      section.problem(*section.find("step"), "step",
                      "= " + std::to_string(step.step) + ", but the client has " +
                          std::to_string(steps) + " steps");
      return;
    }
    if (told_word) expected_.push_back(expect_told(step, told_words()[*told_word]));
    if (values) expected_.push_back(expect_read(step, std::move(*values)));
    if (least || most) {
      expected_.push_back(expect_time(step, least.value_or(0), most.value_or(kHour)));
    }
  }

  Reading& reading_;
  std::vector<Expected>& expected_;
};

void read_violated(Section& section, Variant& variant) {
  auto names = read_strings(section, "violated");
  if (!names) return;
  const std::vector<std::string>& known = violation_names();
  const std::vector<const toml::node*> elements = elements_of(section.find("violated"));
  for (std::size_t i = 0; i < names->size(); ++i) {
    if (std::find(known.begin(), known.end(), (*names)[i]) != known.end()) continue;
    std::string choice;
    for (const std::string& name : known) choice += (choice.empty() ? "" : ", ") + in_quotes(name);
    section.problem(*elements[i], "violated",
                    "= " + in_quotes((*names)[i]) + " names no property; there are " + choice);
  }
  variant.violated = std::move(*names);
}

}  // namespace

void read_expect(Section& root, Reading& reading, Variant& variant) {
  const Section::Layers layers = root.tables("expect");
  if (layers.empty()) return;
  Section section(layers, "expect", reading.problems);
  read_violated(section, variant);
  ExpectReader(reading, variant.expected).read(section);
}

}  // namespace quorate::sim::scenario_file
