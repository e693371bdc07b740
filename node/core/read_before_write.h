// What a write has to read before it can be applied, and what is said when that cannot be read.
//
// Place:      Writes asks; the read itself is one of Reads.
// Implements: DESIGN 2.1 (a removal without a token reads first; a partial mutator first brings the
//             row up to its token) and 2.5 (a retry of a partial mutator that is not remembered
//             here looks for what came of it).
#pragma once

#include <string>

#include "node/core/reads.h"
#include "node/core/write_plan.h"

namespace quorate {

enum class ReadBefore : std::uint8_t {
  kNothing,
  kQuorum,  // what is to be removed is what a quorum knows
  kToken,   // the row here does not cover the client's token yet
  kRetry,   // an earlier attempt, of which the row here knows nothing, may have been applied
};

// `row`: what this node knows of the key; null: nothing.
ReadBefore read_before(const Bucket& bucket, const ClientRequest& request, const Record* row);

// Does this retry change only a part of the value? It is applied by nobody but who took its first
// attempt, for two of its events would count twice.
bool is_partial_retry(const Bucket& bucket, const ClientRequest& request);

// REQUIRES: what != kNothing.
ReadPlan plan_read(ReadBefore what, const WritePlan& plan);

// Why the write was not applied.
std::string why_not_read(ReadBefore what, const ReadResult& result);

}  // namespace quorate
