#include "client/kvcli/text/human.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace quorate::client::kvcli {
namespace {

std::string printed(const char* format, double number, const char* unit) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, number, unit);
  return text.data();
}

std::string time_text(std::int64_t ms, bool utc) {
  const std::time_t seconds = static_cast<std::time_t>(ms >= 0 ? ms / 1000 : (ms - 999) / 1000);
  const int rest = static_cast<int>(ms - static_cast<std::int64_t>(seconds) * 1000);
  std::tm parts{};
  if ((utc ? ::gmtime_r(&seconds, &parts) : ::localtime_r(&seconds, &parts)) == nullptr) return "?";
  std::array<char, 64> day{};
  std::strftime(day.data(), day.size(), utc ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &parts);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%s.%03d%s", day.data(), rest, utc ? "Z" : "");
  return text.data();
}

}  // namespace

Result<std::int64_t> parse_duration_ms(std::string_view text, std::int64_t days_max) {
  const Error bad =
      invalid_input("\"" + std::string(text) +
                    "\" is not a duration; write a number with its unit: 500ms, 2s, 1m");
  const auto unit_at = text.find_first_not_of("0123456789.");
  if (unit_at == std::string_view::npos || unit_at == 0) return bad;
  const std::string_view unit = text.substr(unit_at);
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + unit_at, number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + unit_at) return bad;
  if (unit == "s") {
    number *= 1000;
  } else if (unit == "m" || unit == "min") {
    number *= 60'000;
  } else if (unit == "h") {
    number *= 3'600'000;
  } else if (unit == "d") {
    number *= 86'400'000;
  } else if (unit != "ms") {
    return bad;
  }
  if (!(number >= 1) || number > 86'400'000.0 * static_cast<double>(days_max)) {
    return invalid_input("\"" + std::string(text) + "\" is out of range; from 1ms to " +
                         std::to_string(days_max) + "d");
  }
  return static_cast<std::int64_t>(number);
}

std::string duration_text(std::int64_t ms) {
  const std::int64_t s = ms / 1000;
  const auto two = [](std::int64_t a, const char* ua, std::int64_t b, const char* ub) {
    std::string text = std::to_string(a) + ua;
    if (b != 0) text += " " + std::to_string(b) + ub;
    return text;
  };
  if (ms < 1000) return std::to_string(ms) + " ms";
  if (s < 60) return std::to_string(s) + " s";
  if (s < 3600) return two(s / 60, " min", s % 60, " s");
  if (s < 86'400) return two(s / 3600, " h", s % 3600 / 60, " min");
  return two(s / 86'400, " d", s % 86'400 / 3600, " h");
}

std::string latency_text(std::int64_t ns) {
  return printed("%.2f%s", static_cast<double>(ns) / 1e6, " ms");
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  double number = static_cast<double>(bytes);
  constexpr const char* kUnits[] = {" KiB", " MiB", " GiB", " TiB"};
  std::size_t unit = 0;
  number /= 1024;
  while (number >= 1024 && unit < 3) {
    number /= 1024;
    ++unit;
  }
  return printed("%.1f%s", number, kUnits[unit]);
}

std::string count_text(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

std::string local_time_text(std::int64_t ms) { return time_text(ms, false); }
std::string utc_time_text(std::int64_t ms) { return time_text(ms, true); }

std::string nodes_text(std::vector<NodeId> nodes) {
  if (nodes.empty()) return "none";
  std::sort(nodes.begin(), nodes.end());
  std::string text;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i > 0) text += i + 1 == nodes.size() ? " and " : ", ";
    text += std::to_string(nodes[i]);
  }
  return text;
}

std::string named_nodes_text(const std::vector<NodeId>& nodes) {
  return (nodes.size() == 1 ? "node " : "nodes ") + nodes_text(nodes);
}

Result<std::vector<NodeId>> parse_nodes(std::string_view text) {
  std::vector<NodeId> nodes;
  while (true) {
    const auto comma = text.find(',');
    const std::string_view one = text.substr(0, comma);
    unsigned id = 0;
    const auto parsed = std::from_chars(one.data(), one.data() + one.size(), id);
    if (parsed.ec != std::errc() || parsed.ptr != one.data() + one.size() || id == 0 ||
        id > 65535) {
      return invalid_input(
          "\"" + std::string(one) +
          "\" is not a node; node ids are numbers from 1 to 65535, with commas between: 2,3");
    }
    if (std::find(nodes.begin(), nodes.end(), id) == nodes.end()) {
      nodes.push_back(static_cast<NodeId>(id));
    }
    if (comma == std::string_view::npos) return nodes;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace quorate::client::kvcli
