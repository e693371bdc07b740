// Steps of a client that a scenario leaves to the seed: [client.workload].
//
// Place:      read_clients.cc, after the client's own steps.
#pragma once

#include "sim/scenario/reader.h"

namespace quorate::sim::scenario_file {

// Draws them with the options of `like`. Nothing when the client has no workload.
void read_workload(Section& client_section, const Reading& reading, const ClientStep& like,
                   ClientPlan& client);

}  // namespace quorate::sim::scenario_file
