// Histories written down in a test.
#pragma once

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "sim/linear/edn.h"

namespace quorate::sim::linear {

// REQUIRES: the text is a history.
inline History history_of(Model model, std::string_view text) {
  Result<History> history = read_edn(text, {.model = model, .initial = {}, .name = "history"});
  if (!history) ADD_FAILURE() << history.error().to_string();
  return history ? std::move(history).value() : History{};
}

// The same in one line an event: "0 invoke write 1", "0 ok write 1", "1 ok read nil".
inline History short_history(Model model, std::string_view text) {
  std::string edn;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t first = line.find_first_not_of(' ');
    if (first == std::string::npos) continue;
    line = line.substr(first);
    const std::size_t type = line.find(' ');
    const std::size_t f = line.find(' ', type + 1);
    const std::size_t value = line.find(' ', f + 1);
    edn += "{:process " + line.substr(0, type) + " :type :" + line.substr(type + 1, f - type - 1) +
           " :f :" + line.substr(f + 1, value - f - 1) + " :value " +
           (value == std::string::npos ? "nil" : line.substr(value + 1)) +
           (model == Model::kKeyValue ? " :key \"k\"}\n" : "}\n");
  }
  return history_of(model, edn);
}

inline std::vector<OperationId> all_of(const History& history) {
  std::vector<OperationId> operations(history.operations.size());
  std::iota(operations.begin(), operations.end(), OperationId{0});
  return operations;
}

}  // namespace quorate::sim::linear
