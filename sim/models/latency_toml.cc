#include "sim/models/latency_toml.h"

#include <cmath>
#include <utility>
#include <vector>

#include "sim/models/latency_text.h"

namespace quorate::sim {

namespace {

using toml_file::Problems;
using toml_file::Section;

// A mixture within a mixture within...
constexpr int kDepthMax = 4;

// The number in units of 1 / `scale`, from `low` to `high` of those.
std::optional<std::int64_t> scaled(const toml::node& node, const std::string& name,
                                   Section& section, std::int64_t scale, std::int64_t low,
                                   std::int64_t high) {
  const std::optional<double> value = node.value<double>();
  if (!node.is_number() || !value) {
    section.problem(node, name, std::string("must be a number, not ") + toml_file::kind_name(node));
    return std::nullopt;
  }
  const double units = *value * static_cast<double>(scale);
  // Also false for what is not a number.
  if (!(units >= static_cast<double>(low) - 0.5 && units <= static_cast<double>(high))) {
    const auto shown = [scale](std::int64_t bound) {
      std::string text = std::to_string(static_cast<double>(bound) / static_cast<double>(scale));
      text.erase(text.find_last_not_of('0') + 1);
      if (text.back() == '.') text.pop_back();
      return text;
    };
    section.problem(node, name, "must be from " + shown(low) + " to " + shown(high));
    return std::nullopt;
  }
  return std::llround(units);
}

std::optional<std::int64_t> scaled(Section& section, const std::string& name, std::int64_t scale,
                                   std::int64_t low, std::int64_t high) {
  const toml::node* node = section.find(name);
  if (node == nullptr) return std::nullopt;
  return scaled(*node, name, section, scale, low, high);
}

std::optional<Latency> latency_of(Section& section, const toml::node& at, const std::string& title,
                                  Problems& problems, int depth);

std::optional<Latency> uniform_of(Section& section) {
  const toml::node* node = section.find("uniform_ms");
  const toml::array* ends = node->as_array();
  if (ends == nullptr || ends->size() != 2) {
    section.problem(*node, "uniform_ms", "must be [shortest, longest]");
    return std::nullopt;
  }
  const auto low = scaled((*ends)[0], "uniform_ms", section, kNsPerMs, 0, kLatencyMax);
  const auto high = scaled((*ends)[1], "uniform_ms", section, kNsPerMs, 0, kLatencyMax);
  if (!low || !high) return std::nullopt;
  if (*low > *high) {
    section.problem(*node, "uniform_ms", "must have the shortest first");
    return std::nullopt;
  }
  return Latency::uniform(*low, *high);
}

std::optional<Latency> pareto_of(Section& section, const toml::node& at) {
  const auto least = read_ms(section, "pareto_ms");
  if (section.find("alpha") == nullptr) {
    section.problem(at, "pareto_ms", "needs alpha beside it");
    return std::nullopt;
  }
  const auto alpha = scaled(section, "alpha", 1'000'000, kAlphaPpmMin, kAlphaPpmMax);
  if (!least || !alpha) return std::nullopt;
  return Latency::pareto(*least, static_cast<std::uint32_t>(*alpha));
}

std::optional<Latency> rate_of(Section& section) {
  // As a mean of 1 ns to kLatencyMax.
  const toml::node* node = section.find("exponential_per_ms");
  const double rate = node->value<double>().value_or(0);
  const double mean = rate > 0 ? static_cast<double>(kNsPerMs) / rate : 0;
  if (!node->is_number() || !(mean >= 1 && mean <= static_cast<double>(kLatencyMax))) {
    section.problem(*node, "exponential_per_ms",
                    "must be a number above 0: one a millisecond is 1");
    return std::nullopt;
  }
  return Latency::exponential(std::llround(mean));
}

std::optional<Latency> mixture_of(Section& section, const std::string& title, Problems& problems,
                                  int depth) {
  const toml::node* node = section.find("mixture");
  const toml::array* array = node->as_array();
  if (array == nullptr || array->empty() || !array->is_homogeneous(toml::node_type::table)) {
    section.problem(*node, "mixture", "must be a list of shapes, each with its percent");
    return std::nullopt;
  }
  if (depth >= kDepthMax) {
    section.problem(*node, "mixture", "is nested too deep");
    return std::nullopt;
  }
  std::vector<Latency::Part> parts;
  std::int64_t sum = 0;
  bool good = true;
  for (const toml::node& element : *array) {
    Section part(*element.as_table(), title + " mixture", problems);
    const auto weight = scaled(part, "percent", kBillion / 100, 1, kBillion);
    if (part.find("percent") == nullptr) part.problem(element, "percent", "is missing");
    const auto latency = latency_of(part, element, title + " mixture", problems, depth + 1);
    good = good && weight && latency;
    if (!good) continue;
    sum += *weight;
    parts.push_back({static_cast<std::uint32_t>(*weight), *latency});
  }
  if (!good) return std::nullopt;
  if (sum != kBillion) {
    std::string all = std::to_string(static_cast<double>(sum) / 1e7);
    section.problem(*node, "mixture", "has parts of " + all + " percent in all, not 100");
    return std::nullopt;
  }
  return Latency::mixture(std::move(parts));
}

std::optional<Latency> latency_of(Section& section, const toml::node& at, const std::string& title,
                                  Problems& problems, int depth) {
  static constexpr const char* kShapes[] = {"constant_ms",        "uniform_ms", "exponential_ms",
                                            "exponential_per_ms", "pareto_ms",  "mixture"};
  std::string shape;
  std::size_t shapes = 0;
  for (const char* name : kShapes) {
    if (section.find(name) == nullptr) continue;
    shape = name;
    ++shapes;
  }
  std::optional<Latency> latency;
  if (shapes != 1) {
    std::string all;
    for (const char* name : kShapes) all += (all.empty() ? "" : ", ") + std::string(name);
    problems.add(at.source(), "[" + title + "] must have one of: " + all);
  } else if (shape == "uniform_ms") {
    latency = uniform_of(section);
  } else if (shape == "pareto_ms") {
    latency = pareto_of(section, at);
  } else if (shape == "exponential_per_ms") {
    latency = rate_of(section);
  } else if (shape == "mixture") {
    latency = mixture_of(section, title, problems, depth);
  } else if (const auto time = read_ms(section, shape)) {
    latency = shape == "constant_ms" ? Latency::constant(*time) : Latency::exponential(*time);
  }
  const auto plus = read_ms(section, "plus_ms");
  section.refuse_unknown_keys();
  if (latency && plus) latency = latency->shifted(*plus);
  return latency;
}

}  // namespace

std::optional<SimTime> read_ms(Section& section, const std::string& name) {
  return scaled(section, name, kNsPerMs, 0, kLatencyMax);
}

std::optional<Latency> read_latency(Section& section, const std::string& name, Problems& problems) {
  const toml::node* node = section.find(name);
  if (node == nullptr) return std::nullopt;
  if (!node->is_table()) {
    section.problem(*node, name, "must be a latency, as { uniform_ms = [0.2, 1] }");
    return std::nullopt;
  }
  Section table(*node->as_table(), name, problems);
  return latency_of(table, *node, name, problems, 0);
}

}  // namespace quorate::sim
