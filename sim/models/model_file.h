// Network models as TOML files; every problem is told with its line and column.
//
//   summary = "one line"                     source = "where the figures are from"
//   [links]                                  what every packet between nodes takes:
//   latency = LATENCY                        any that has no own of
//   write, ack, read, response = LATENCY     the four legs (sim/world/leg.h)
//   [sites]                                  optional: places apart from one another
//   names = ["a", "b"]
//   one_way_ms = 75                          between any two of them, or
//   [sites.round_trip_ms]                    for every two; half of it each way
//   a-b = 150
//
// Not here:   what a LATENCY is: latency_toml.h.
#pragma once

#include <string>
#include <string_view>

#include "sim/models/network_model.h"

namespace quorate::sim {

// `path` is for the messages.
Result<NetworkModel> parse_model(std::string_view text, const std::string& path, std::string name);

}  // namespace quorate::sim
