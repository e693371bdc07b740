// How times, shares and choices are written in a scenario file, both ways and exactly: what is
// written and read again is the same number.
//
// Not here:   the file itself: read_scenario.cc, write_plan.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/core/bucket.h"
#include "sim/faults/fault.h"
#include "sim/world/compose.h"
#include "sim/world/history.h"
#include "sim/world/sim_time.h"

namespace quorate::sim {

// "250ms", "1.5s", "-20us": a decimal and ns, us, ms, s, min or h. Nothing when the text is
// anything else, or no whole number of nanoseconds.
std::optional<SimTime> parse_time(std::string_view text);
std::string time_text(SimTime time);

// "5%", "0.1%", with at most 4 decimals: in parts of a million.
std::optional<std::uint32_t> parse_percent(std::string_view text);
std::string percent_text(std::uint32_t ppm);

// "k1" of bucket default, "lww/k1" of another.
Key parse_key(std::string_view text);
std::string key_text(const Key& key);

// In TOML's double quotes.
std::string toml_string(std::string_view text);

// Words for each value of an enumeration, at its number.
const std::vector<std::string>& context_words();
const std::vector<std::string>& read_repair_words();
const std::vector<std::string>& bucket_type_words();
const std::vector<std::string>& update_words();  // of quorate::Update
const std::vector<std::string>& durability_words();
const std::vector<std::string>& compose_words();

// The names of hosts: nodes by number, clients by name, in the order of their hosts.
std::string host_text(HostId host, const std::vector<std::string>& clients);

// The word for a kind of fault: its name, with hyphens.
std::string fault_word(FaultKind kind);

// What the amount of a fault is, and what it is called.
enum class AmountKind : std::uint8_t { kNone, kTime, kWholeMs, kPpm, kPercent };
struct FaultAmount {
  AmountKind kind = AmountKind::kNone;
  const char* word = "";
};
FaultAmount amount_of(FaultKind kind);

// Says which row it befalls.
bool names_a_key(FaultKind kind);

}  // namespace quorate::sim
