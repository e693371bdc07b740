#include "sim/scenario/library.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "node/base/in_quotes.h"
#include "node/base/nearest_name.h"
#include "sim/scenarios/shipped_scenarios.h"

namespace quorate::sim {

namespace {

// However it was written: "Split-Brain", "scenarios/split-brain.toml".
std::string nearest_scenario(std::string name) {
  name.erase(0, name.rfind('/') + 1);
  if (name.ends_with(".toml")) name.resize(name.size() - std::strlen(".toml"));
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_' || c == ' ') c = '-';
  }
  return nearest_name(name, library_names());
}

Result<std::string> read_all(std::istream& file, const std::string& path) {
  std::string text(kScenarioBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) {
    return Error{ErrorCode::kIoError, path + " cannot be read: " + std::strerror(errno)};
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (file) return read_all(file, path);
  std::string text = "there is no scenario " + in_quotes(path) + " in the library, and no such " +
                     "file can be opened (" + std::strerror(errno) + ")";
  const std::string nearest = nearest_scenario(path);
  text += nearest.empty() ? "; 'kvsim list' tells all" : "; did you mean " + nearest + "?";
  return invalid_input(std::move(text));
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
  const bool standard = name_or_file == "-";
  const std::string name = standard ? "standard input" : name_or_file;
  const Result<std::string> text = standard ? read_all(std::cin, name) : read_file(name_or_file);
  if (!text) return text.error();
  return read_scenario(*text, name, seed);
}

}  // namespace quorate::sim
