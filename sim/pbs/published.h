// What the paper printed, to stand beside ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace quorate::sim {

// One line of table 4: 99.9th percentiles and the time after which 99.9 % of reads are fresh, in
// ms.
struct PublishedCell {
  std::string_view model;
  std::uint32_t r;
  std::uint32_t w;
  double read_ms;
  double write_ms;
  double wait_ms;
};

// Null where table 4 has none.
const PublishedCell* published_cell(std::string_view model, std::uint32_t r, std::uint32_t w);

// The probability that a read is fresh at once, R = W = 1, as the text of section 5.6 says it.
std::optional<double> published_fresh_at_once(std::string_view model);

}  // namespace quorate::sim
