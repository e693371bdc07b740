// The end of a test under load: what the cluster now says of every key, against what clients were
// told.
#pragma once

#include "tests/integration/cluster_process.h"
#include "tests/integration/history.h"
#include "tests/integration/load.h"

namespace quorate::integration {

// Reads every key of the history from all replicas, then again from each alone, and expects that
// the history agrees, that all replicas then say the same (the first read repaired them), and that
// the load had nothing to complain of. REQUIRES: the load has stopped; all nodes are up and see one
// another.
void expect_agreement(const ClusterProcess& cluster, const Load& load, const History& history);

}  // namespace quorate::integration
