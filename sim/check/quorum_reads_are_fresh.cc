// With r + w > n and strict quorums every read quorum meets every write quorum: a read that begins
// after a write was acknowledged knows of that write, and shows it or what replaced it.
//
// Says nothing of worlds where a disk forgot without being able to notice.
#include <algorithm>
#include <map>
#include <vector>

#include "sim/check/property.h"

namespace quorate::sim {

namespace {

bool strict(const Operation& operation, const Bucket& bucket) {
  return !operation.request.sloppy.value_or(bucket.sloppy);
}

bool quorums_meet(const Operation& write, const Operation& read, const Bucket& bucket,
                  std::uint32_t n) {
  if (!strict(write, bucket) || !strict(read, bucket)) return false;
  const std::uint32_t w = write.request.w.resolve(n, bucket.w);
  const std::uint32_t r = read.request.r.resolve(n, bucket.r);
  return r + w > n;
}

bool shows(const Evidence& evidence, const Operation& read, const Operation& write) {
  const Dot& dot = write.reply.dot;
  if (!read.reply.token || !read.reply.token->context.contains(dot)) return false;
  const auto& values = read.reply.values;
  const bool shown = std::any_of(values.begin(), values.end(), [&](const ReadValue& value) {
    return evidence.ledger.same_write(value.dot, dot);
  });
  return shown || write.request.verb == Verb::kDelete ||
         evidence.supersession.replaced_by(dot, read.reply.token->context).has_value();
}

}  // namespace

std::optional<Violation> quorum_reads_are_fresh(const Evidence& evidence) {
  if (evidence.damage.rows_forgotten || evidence.damage.backups_restored) return std::nullopt;
  std::map<Key, std::vector<const Operation*>> writes;
  for (const Operation& operation : evidence.operations()) {
    if (operation.acknowledged()) writes[operation.request.key].push_back(&operation);
  }
  for (const Operation& read : evidence.operations()) {
    if (!read.answered_read()) continue;
    const Key& key = read.request.key;
    const Bucket& bucket = evidence.cluster.bucket(key);
    const auto n = static_cast<std::uint32_t>(evidence.cluster.primaries(key).size());
    for (const Operation* write : writes[key]) {
      if (write->finished >= read.invoked || !quorums_meet(*write, read, bucket, n)) continue;
      if (shows(evidence, read, *write)) continue;
      return Violation{"quorum reads are fresh",
                       "the read misses an acknowledged write:\n  " + to_string(*write) + "\n  " +
                           to_string(read) + "\n" + describe_event(evidence, write->reply.dot) +
                           describe_key(evidence, key)};
    }
  }
  return std::nullopt;
}

}  // namespace quorate::sim
