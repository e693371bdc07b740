// Writes every key of a workload once, so many at a time.
#pragma once

#include "client/kvbench/loader.h"
#include "client/kvbench/options.h"
#include "client/kvbench/target.h"

namespace quorate::client::peerbench {

// Waits for the end. What failed is not tried again; after the first failure nothing new starts.
kvbench::Loaded load(kvbench::Target& target, const kvbench::Options& options);

}  // namespace quorate::client::peerbench
