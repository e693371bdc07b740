// Who is where: what a command that asks each node by itself wants to know first.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/admin.h"

namespace quorate::client::kvcli {

struct Survey {
  std::vector<Result<NodeView>> views;        // by endpoint
  std::map<NodeId, std::size_t> endpoint_of;  // of those that answer
  RingView ring;
  std::vector<BucketView> buckets;

  const BucketView* bucket(const std::string& name) const;
  // Members of the ring that cannot be asked.
  std::vector<NodeId> absent() const;
  // Why they cannot be asked, as the end of a sentence: what the endpoints that do not answer said,
  // or that none leads there.
  std::string why_absent(const Admin& admin) const;
};

// Errors: as the question to the last endpoint, when nobody answers.
Result<Survey> survey(Admin& admin, bool meetings = false);

}  // namespace quorate::client::kvcli
