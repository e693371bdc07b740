// With r + w > n and strict quorums every read quorum meets every write quorum: a read that begins
// after a write was acknowledged knows of that write, and shows it or what replaced it.
//
// That needs each replica of the write quorum to have kept the write until the read asked. A disk
// that forgot a row, or went back to an older image, did not and cannot tell; so nothing is said of
// a write and a read of a key that such damage came between: not before the write began, when there
// was nothing of it to lose, nor after the read had ended. A node that lost its whole disk knows,
// and answers no read before it has rebuilt; an unreadable row is no answer before it is mended.
// What such a node gets back has every write that was acknowledged, but perhaps not one under way,
// of which its disk had been counted already: so nothing is said of writes that it befell either.
#include <algorithm>
#include <map>
#include <vector>

#include "sim/check/property.h"
#include "sim/check/reflection.h"
#include "sim/check/settled_writes.h"

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

bool forgotten_between(const Evidence& evidence, const Operation& write, const Operation& read) {
  const auto& damages = evidence.ledger.damages();
  return std::any_of(damages.begin(), damages.end(), [&](const DamageEvent& damage) {
    const bool silent =
        damage.damage == DiskDamage::kRowForgotten || damage.damage == DiskDamage::kRestored;
    const SimTime until = silent ? read.finished : write.finished;
    return damage.hits(write.request.key) && damage.time >= write.invoked && damage.time <= until;
  });
}

// It knows of the write itself, not only of what replaced it.
bool covers(const Evidence& evidence, const Operation& read, const Dot& dot) {
  if (!read.reply.token || !read.reply.token->context.contains(dot)) return false;
  return evidence.of_parts(read.request.key) || reflects(evidence, read, dot);
}

struct OfKey {
  std::vector<const Operation*> writes;  // acknowledged, in the order in which they began
  std::vector<const Operation*> reads;   // answered
};

std::optional<Violation> check_key(const Evidence& evidence, const Key& key, const OfKey& of_key) {
  const Bucket& bucket = evidence.cluster.bucket(key);
  const auto n = static_cast<std::uint32_t>(evidence.cluster.primaries(key).size());
  std::vector<Dot> dots;
  for (const Operation* write : of_key.writes) dots.push_back(write->reply.dot);
  const SettledWrites settled(evidence, key, dots);
  std::size_t begun = 0;  // reads come in the order in which they began, too
  for (const Operation* read : of_key.reads) {
    while (begun < of_key.writes.size() && of_key.writes[begun]->invoked <= read->invoked) ++begun;
    for (const std::size_t i : settled.doubtful(*read, begun)) {
      const Operation* write = of_key.writes[i];
      if (write->finished >= read->invoked || !quorums_meet(*write, *read, bucket, n)) continue;
      if (covers(evidence, *read, write->reply.dot)) continue;
      if (forgotten_between(evidence, *write, *read)) continue;
      return Violation{"quorum reads are fresh",
                       "the read misses an acknowledged write:\n  " + to_string(*write) + "\n  " +
                           to_string(*read) + "\n" + describe_event(evidence, write->reply.dot) +
                           describe_key(evidence, key)};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> quorum_reads_are_fresh(const Evidence& evidence) {
  std::map<Key, OfKey> keys;
  for (const Operation& operation : evidence.operations()) {
    OfKey& of_key = keys[operation.request.key];
    if (operation.acknowledged()) of_key.writes.push_back(&operation);
    if (operation.answered_read()) of_key.reads.push_back(&operation);
  }
  for (const auto& [key, of_key] : keys) {
    if (auto violation = check_key(evidence, key, of_key)) return violation;
  }
  return std::nullopt;
}

}  // namespace quorate::sim
