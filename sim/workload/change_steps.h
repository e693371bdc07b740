// What a client means by a write, as the steps that it takes in a bucket of some type: one update
// where the type has it; else it reads, changes what it has read, and writes that back.
//
// Place:      scenarios say what is meant, so that one workload serves every type; experiments too.
// Not here:   what of it was lost: check/changes.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "node/core/types/bucket_type.h"
#include "sim/world/sim_client.h"

namespace quorate::sim {

enum class Intent : std::uint8_t {
  kAdd,     // an element
  kRemove,  // an element
  kCount,   // an amount
  kEdit,    // a field
};

// `like`: key, node, time and quorums; the element, amount or value as its value, the field as its
// field. Empty: the type has no such thing. What is written back goes with the token of what was
// read, and is left out where nothing could be read.
std::vector<ClientStep> steps_of(Intent intent, BucketType type, const ClientStep& like);

}  // namespace quorate::sim
