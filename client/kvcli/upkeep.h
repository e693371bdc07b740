// What nodes tell of hints, trees, siblings and of what they mended, for people and for programs.
#pragma once

#include <vector>

#include "client/admin.h"
#include "client/kvcli/console.h"
#include "client/kvcli/text/json.h"

namespace quorate::client::kvcli {

// A line for each primary for which a node keeps hints; nothing when there are none.
void print_hints(Console& console, const std::vector<Result<NodeView>>& views);

// A line for each node that is still building hash trees.
void print_trees(Console& console, const std::vector<Result<NodeView>>& views);

// What is dead and not reaped yet, and who holds that up.
void print_reaping(Console& console, const std::vector<Result<NodeView>>& views);

// A line for each node whose writes left a quarter of siblings_max or more.
void print_siblings_warning(Console& console, const std::vector<Result<NodeView>>& views);

// How often each way of mending did something, by node: read repair, hints, anti-entropy,
// reaping.
void print_mended(Console& console, const std::vector<Result<NodeView>>& views);

// Members hints, hints_dropped, vnodes_without_trees, anti_entropy_at_rest, remains, retired and
// reaping_held_by.
void set_upkeep(Json& json, const NodeView& view);

// The counters that print_mended shows, by their names.
Json mended_json(const NodeView& view);

}  // namespace quorate::client::kvcli
