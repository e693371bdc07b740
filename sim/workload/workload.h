// What the clients of a run will ask, drawn beforehand as plain values.
//
// Invariants: every put writes a value of its own ("c2-17": client 2, step 17), so that a value
//             names its write. What is changed part by part has few elements and fields, so that
//             clients meet in them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "node/base/random.h"
#include "node/core/bucket.h"
#include "node/core/types/data_type.h"
#include "sim/world/sim_client.h"

namespace quorate::sim {

struct ClientPlan {
  std::string name;  // for people; may be empty
  ClientPolicy policy;
  std::vector<ClientStep> steps;
};

struct WorkloadOptions {
  std::uint16_t nodes = 3;
  std::size_t clients = 2;
  std::size_t steps_max = 40;  // of each client
  std::vector<Key> keys;
  const Buckets* buckets = nullptr;  // of the keys
  std::uint32_t n_min = 1;           // the smallest n of the buckets in use
  std::uint32_t w_min = 1;           // no write asks for fewer
  SimTime duration = 0;              // steps are spread over about so long
};

// Makes the request, whose key is set, one of the updates that the type takes. `value`: where the
// update takes any.
void draw_update(const DataType& type, const std::string& value, Random& random,
                 ClientRequest& request);

std::vector<ClientPlan> draw_workload(const WorkloadOptions& options, Random& random);

}  // namespace quorate::sim
