// Times, durations and sizes as people write and read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/status.h"
#include "node/causality/dot.h"

namespace quorate::client::kvcli {

// "500ms", "2s", "1.5s", "1m", "6h", "30d": to milliseconds, at least 1. Errors: kInvalidInput.
Result<std::int64_t> parse_duration_ms(std::string_view text, std::int64_t days_max = 1);

std::string duration_text(
    std::int64_t ms);  // "350 ms", "12 s", "3 min 20 s", "2 h 5 min", "4 d 3 h"
std::string latency_text(std::int64_t ns);                // "0.31 ms"
std::string size_text(std::uint64_t bytes);               // "812 B", "3.4 MiB"
std::string count_text(std::uint64_t count);              // "1,234,567"
std::string local_time_text(std::int64_t ms_since_1970);  // "2026-01-31 14:03:22.123"
std::string utc_time_text(std::int64_t ms_since_1970);    // "2026-01-31T13:03:22.123Z"

// "1, 2 and 3", in order; "none".
std::string nodes_text(std::vector<NodeId> nodes);

// "node 1"; "nodes 1, 2 and 3".
std::string named_nodes_text(const std::vector<NodeId>& nodes);

// "1,2,3". Errors: kInvalidInput.
Result<std::vector<NodeId>> parse_nodes(std::string_view text);

}  // namespace quorate::client::kvcli
