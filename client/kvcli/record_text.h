// Records, siblings and contexts as people and programs see them: what explain and history share.
#pragma once

#include <string>
#include <vector>

#include "client/kvcli/text/json.h"
#include "client/replica_comparison.h"
#include "node/causality/record.h"

namespace quorate::client::kvcli {

// Escaped and shortened. Of an element of a set the element, of a field of a map both.
std::string value_text(const Sibling& sibling);
// ", expires 2026-01-31 14:03:22.123"; empty: never.
std::string expiry_text(const Sibling& sibling);

// Every event that it knows, by actor.
std::vector<EventRange> ranges_of(const quorate::Context& context);
std::string ranges_text(const std::vector<EventRange>& ranges);  // "nothing" without any

Json sibling_json(const Sibling& sibling);
Json ranges_json(const std::vector<EventRange>& ranges);
Json dots_json(const std::vector<Dot>& dots);
Json nodes_json(const std::vector<NodeId>& nodes);

}  // namespace quorate::client::kvcli
