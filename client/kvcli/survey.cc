#include "client/kvcli/survey.h"

#include <utility>

#include "client/kvcli/text/escape.h"

namespace quorate::client::kvcli {

const BucketView* Survey::bucket(const std::string& name) const {
  for (const BucketView& bucket : buckets) {
    if (bucket.name == name) return &bucket;
  }
  return nullptr;
}

std::vector<NodeId> Survey::absent() const {
  std::vector<NodeId> nodes;
  for (const NodeId member : ring.members) {
    if (!endpoint_of.contains(member)) nodes.push_back(member);
  }
  return nodes;
}

std::string Survey::why_absent(const Admin& admin) const {
  std::string silent;
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (views[i]) continue;
    const std::string& message = views[i].error().message;
    const std::string name = admin.endpoint_name(i);
    silent += (silent.empty() ? "" : "; ") +
              escape(message.rfind(name, 0) == 0 ? message : name + ": " + message);
  }
  return silent.empty() ? "no endpoint was given that leads there; see --endpoints" : silent;
}

Result<Survey> survey(Admin& admin, bool meetings) {
  Survey found;
  found.views = admin.status_all(meetings);
  std::string silent;
  for (std::size_t i = 0; i < found.views.size(); ++i) {
    if (found.views[i]) {
      found.endpoint_of.emplace(found.views[i]->node, i);
      if (found.buckets.empty()) found.buckets = found.views[i]->buckets;
    } else {
      silent += (silent.empty() ? "" : "; ") + found.views[i].error().message;
    }
  }
  if (found.endpoint_of.empty()) {
    return Error{found.views.empty() ? ErrorCode::kUnreachable : found.views[0].error().code,
                 silent};
  }
  auto ring = admin.ring();
  if (!ring) return ring.error();
  found.ring = std::move(*ring);
  return found;
}

}  // namespace quorate::client::kvcli
