#include "sim/scenario/library.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "node/base/in_quotes.h"
#include "node/base/nearest_name.h"
#include "sim/scenarios/shipped_scenarios.h"

namespace quorate::sim {

namespace {

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::string text = "there is no scenario " + in_quotes(path) + " in the library, and no such " +
                       "file can be opened (" + std::strerror(errno) + ")";
    const std::string nearest = nearest_name(path, library_names());
    text += nearest.empty() ? "; 'kvsim list' tells all" : "; did you mean " + nearest + "?";
    return invalid_input(std::move(text));
  }
  std::string text(kScenarioBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) {
    return Error{ErrorCode::kIoError, path + " cannot be read: " + std::strerror(errno)};
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

const std::vector<std::string>& library_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const EmbeddedText& shipped : shipped_scenarios()) names.emplace_back(shipped.name);
    return names;
  }();
  return kNames;
}

Result<Scenario> load_scenario(const std::string& name_or_file, std::optional<std::uint64_t> seed) {
  for (const EmbeddedText& shipped : shipped_scenarios()) {
    if (shipped.name == name_or_file) {
      return read_scenario(shipped.text, std::string(shipped.name) + ".toml", seed);
    }
  }
  const Result<std::string> text = read_file(name_or_file);
  if (!text) return text.error();
  return read_scenario(*text, name_or_file, seed);
}

}  // namespace quorate::sim
