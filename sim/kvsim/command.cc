#include "sim/kvsim/command.h"

#include <charconv>
#include <cstdio>
#include <sstream>

#include "sim/linear/utf8.h"
#include "sim/report/table.h"

namespace quorate::sim {

std::optional<std::uint64_t> whole_number(const std::string& text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || parsed != end) return std::nullopt;
  return number;
}

ExitCode refuse(const std::string& command, const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) {
    std::fprintf(stderr, "%s: %s\n", command.c_str(), linear::as_utf8(printable(problem)).c_str());
  }
  return ExitCode::kUsage;
}

ExitCode refuse_lines(const std::string& command, const std::string& problems) {
  std::vector<std::string> lines;
  std::string line;
  for (std::istringstream text(problems); std::getline(text, line);) lines.push_back(line);
  return refuse(command, lines);
}

}  // namespace quorate::sim
