// The words that programs read for what happens in a run: in --json and --trace alike.
//
// Not here:   what people read, which may change from one version to the next.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "sim/faults/fault.h"
#include "sim/report/life_event_name.h"
#include "sim/report/run_summary.h"

namespace quorate::sim {

const char* standing_name(Standing standing);     // "running", "paused", "crashed", "alone"
const char* told_name(Told told);                 // "answered", "stale", "refused", "unknown"
const char* read_repair_name(ReadRepair repair);  // "async", "blocking", "off"
const char* verb_name(Verb verb);                 // "get", "put", "delete", "update"

// "1" for a node, "client 1" for a client.
std::string host_name(HostId host);

boost::json::object fault_object(const Fault& fault);

}  // namespace quorate::sim
