#include "client/kvbench/survey.h"

#include <utility>

#include "client/kvbench/processes.h"
#include "client/kvcli/text/escape.h"

namespace quorate::client::kvbench {
namespace {

bool is_here(const Endpoint& endpoint) {
  return endpoint.host == "localhost" || endpoint.host == "::1" ||
         endpoint.host.rfind("127.", 0) == 0;
}

// The nodes name their processes themselves; a number means something only on their own machine.
void find_processes(Survey& survey, const std::vector<Endpoint>& endpoints) {
  for (const NodeView& node : survey.nodes) {
    const auto pid = static_cast<pid_t>(node.pid);
    bool here = false;
    for (const Endpoint& endpoint : endpoints) {
      here = here || (endpoint.to_string() == node.endpoint && is_here(endpoint));
    }
    if (here && process_name(pid) == "kvnode") {
      survey.processes.push_back(pid);
    } else {
      survey.why_not_all_processes +=
          (survey.why_not_all_processes.empty() ? "" : ", ") + node.endpoint;
    }
  }
  if (survey.why_not_all_processes.empty() && survey.silent.empty()) return;
  survey.processes.clear();
  survey.why_not_all_processes =
      survey.why_not_all_processes.empty()
          ? "not every node answers"
          : "no process of this machine is known for " + survey.why_not_all_processes;
}

Status find_bucket(Survey& survey, const RequestOptions& request) {
  std::string names;
  for (const BucketView& bucket : survey.nodes.front().buckets) {
    names += (names.empty() ? "" : ", ") + bucket.name;
    if (bucket.name == request.bucket) survey.bucket = bucket;
  }
  if (survey.bucket.name.empty()) {
    return invalid_input("there is no bucket \"" + kvcli::escape(request.bucket) +
                         "\"; the cluster has " + names);
  }
  survey.r = request.r.resolve(survey.bucket.n, survey.bucket.r);
  survey.w = request.w.resolve(survey.bucket.n, survey.bucket.w);
  return {};
}

}  // namespace

Result<Survey> survey(Client& client, const Options& options) {
  Survey found;
  ErrorCode code = ErrorCode::kUnreachable;
  std::string problems;
  for (auto& view : Admin(client).status_all()) {
    if (view) {
      found.nodes.push_back(std::move(*view));
      continue;
    }
    code = view.error().code;
    problems += (problems.empty() ? "" : "; ") + view.error().message;
    found.silent.push_back(view.error().message);
  }
  if (found.nodes.empty()) return Error{code, problems};
  found.cluster = found.nodes.front().cluster;
  found.durability = found.nodes.front().durability;
  for (const NodeView& node : found.nodes) {
    if (node.durability != found.durability) found.durability = "mixed";
  }
  if (const Status bucket = find_bucket(found, options.request); !bucket) return bucket.error();
  if (options.server_pids.empty()) {
    find_processes(found, options.endpoints);
    return found;
  }
  found.processes = options.server_pids;
  if (const auto usage = usage_of(found.processes); !usage) {
    return invalid_input("--server-pid: " + usage.error().message);
  }
  return found;
}

}  // namespace quorate::client::kvbench
