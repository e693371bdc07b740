// Random contexts, records and rows that are well-formed, though no history need have led to them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "node/base/random.h"
#include "node/causality/record.h"
#include "node/causality/row.h"

namespace quorate::testing_support {

// Now small, now huge: every length of a varint occurs.
inline std::uint64_t random_magnitude(Random& random, std::uint64_t max) {
  const std::uint64_t bits = random.below(65);
  const std::uint64_t value = bits == 0 ? 0 : random.next() >> (64 - bits);
  return value <= max ? value : value % (max + 1);
}

inline Actor random_actor(Random& random) {
  // Few runs, so that runs have several epochs.
  const RunId run =
      make_run_id(static_cast<NodeId>(1 + random.below(3)), random.below(2) * 0xabcdef123456);
  const std::uint64_t epoch =
      random.chance(1, 8) ? random_magnitude(random, UINT32_MAX - 1) : random.below(4);
  return Actor{run, static_cast<std::uint32_t>(1 + epoch)};
}

inline std::uint64_t random_counter(Random& random) {
  return 1 + (random.chance(1, 4) ? random_magnitude(random, kCounterMax - 1) : random.below(8));
}

inline Dot random_dot(Random& random) { return Dot{random_actor(random), random_counter(random)}; }

inline std::string random_bytes(Random& random, std::uint64_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random.below(256));
  return bytes;
}

inline Context random_context(Random& random) {
  std::vector<Context::Entry> entries;
  std::vector<Dot> lone_dots;
  for (std::uint64_t i = random.below(6); i > 0; --i) {
    entries.push_back({random_actor(random), random_counter(random)});
  }
  for (std::uint64_t i = random.below(6); i > 0; --i) lone_dots.push_back(random_dot(random));
  return Context::from_parts(std::move(entries), std::move(lone_dots));
}

inline Sibling random_sibling(Random& random, const Dot& dot) {
  Sibling sibling;
  sibling.dot = dot;
  sibling.kind = random.chance(1, 4) ? SiblingKind::kDeleted : SiblingKind::kValue;
  if (random.chance(1, 3)) sibling.field = random_bytes(random, random.below(20));
  sibling.timestamp = Timestamp{random_magnitude(random, UINT64_MAX)};
  if (random.chance(1, 3)) sibling.expiry_ms = static_cast<std::int64_t>(random.next());
  sibling.value = Blob(random_bytes(random, random.below(40)));
  return sibling;
}

inline AppliedRequests random_applied(Random& random) {
  std::vector<AppliedRequest> entries;
  for (std::uint64_t i = random.below(5); i > 0; --i) {
    entries.push_back(AppliedRequest{RequestId{random.next(), random_magnitude(random, UINT64_MAX)},
                                     random_dot(random),
                                     Timestamp{random_magnitude(random, UINT64_MAX)}});
  }
  return AppliedRequests::from_parts(std::move(entries),
                                     Timestamp{random_magnitude(random, UINT32_MAX)});
}

inline Record random_record(Random& random) {
  Record record;
  std::vector<Dot> dots;
  record.context = random_context(random);
  for (std::uint64_t i = random.below(5); i > 0; --i) dots.push_back(random_dot(random));
  std::sort(dots.begin(), dots.end());
  dots.erase(std::unique(dots.begin(), dots.end()), dots.end());
  for (const Dot& dot : dots) {
    record.context.add(dot);
    record.siblings.push_back(random_sibling(random, dot));
  }
  record.applied = random_applied(random);
  return record;
}

inline Row random_row(Random& random) {
  Row row;
  row.record = random_record(random);
  if (random.chance(1, 2)) row.mark = Mark{random_actor(random), random_counter(random)};
  row.sequence = random_magnitude(random, UINT64_MAX);
  return row;
}

}  // namespace quorate::testing_support
