#include "node/core/read_before_write.h"

#include "node/core/types/data_type.h"

namespace quorate {

bool is_partial_retry(const Bucket& bucket, const ClientRequest& request) {
  return request.attempt > 0 && data_type(bucket.type).is_partial();
}

ReadBefore read_before(const Bucket& bucket, const ClientRequest& request, const Record* row) {
  const DataType& type = data_type(bucket.type);
  if (is_partial_retry(bucket, request)) return ReadBefore::kRetry;
  if (request.token) {
    static const Context kNone;
    const Context& known = row == nullptr ? kNone : row->context;
    const bool covered = !type.is_partial() || known.descends(request.token->context);
    return covered ? ReadBefore::kNothing : ReadBefore::kToken;
  }
  if (only_removes(type, request) && !request.context_none) return ReadBefore::kQuorum;
  return ReadBefore::kNothing;
}

ReadPlan plan_read(ReadBefore what, const WritePlan& plan) {
  ReadPlan read;
  read.purpose = ReadPlan::Purpose::kBeforeWrite;
  read.key = plan.request.key;
  read.vnode = plan.vnode;
  read.bucket = plan.bucket;
  read.sets = plan.sets;
  // Whoever covers the token will do, however few they are.
  const std::uint32_t needed = what == ReadBefore::kToken ? 1 : plan.read_needed;
  for (ReplicaSet& set : read.sets) set.needed = needed;
  if (what == ReadBefore::kToken) read.token = plan.request.token;
  read.sloppy = plan.sloppy;
  read.deadline_at_ns = plan.deadline_at_ns;
  return read;
}

std::string why_not_read(ReadBefore what, const ReadResult& result) {
  if (what == ReadBefore::kToken) {
    return "the coordinator's row must first catch up with the context of this write, and of the "
           "replicas that answered (" +
           node_list(result.answered) + ") none has; nothing was changed";
  }
  return "a delete or a removal without a context reads first, and only " +
         std::to_string(result.reached) + " of r=" + std::to_string(result.needed) +
         " replicas answered; nothing was removed";
}

}  // namespace quorate
