// Against what is measured: the nodes, how durable their acknowledgements are, the bucket, and
// which processes of this machine they are.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "client/admin.h"
#include "client/kvbench/options.h"

namespace quorate::client::kvbench {

struct Survey {
  std::string cluster;
  std::vector<NodeView> nodes;      // that answer
  std::vector<std::string> silent;  // why the others do not
  BucketView bucket;
  std::uint32_t r = 0;  // as asked, else as the bucket has it
  std::uint32_t w = 0;
  std::string durability;             // "fsync", "os", "mixed"
  std::vector<pid_t> processes;       // whose CPU time is counted
  std::string why_not_all_processes;  // of the nodes; empty: they all are known, or were given
};

// Errors: as Admin::status when no node answers; kInvalidInput for a bucket that is not there, or a
// process that was named and is not.
Result<Survey> survey(Client& client, const Options& options);

}  // namespace quorate::client::kvbench
