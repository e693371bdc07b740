// Rows for tests of stores: small ones by a word, and random ones with everything in them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/base/random.h"
#include "node/causality/row.h"
#include "node/core/store.h"

namespace quorate::testing_support {

inline Key key_of(std::string name, std::string bucket = "default") {
  return Key{std::move(bucket), std::move(name)};
}

inline Sibling sibling_of(const Dot& dot, std::string value) {
  Sibling sibling;
  sibling.dot = dot;
  sibling.timestamp = Timestamp{dot.counter << 16};
  sibling.value = Blob(std::move(value));
  return sibling;
}

// One value, written by run 1's `counter`-th event.
inline Row row_of(std::string value, std::uint64_t counter = 1) {
  Row row;
  const Dot dot{Actor{1, 1}, counter};
  row.record.context.add(dot);
  row.record.siblings.push_back(sibling_of(dot, std::move(value)));
  row.mark = Mark{dot.actor, dot.counter};
  return row;
}

// So many siblings of so many bytes, concurrent: each of a run of its own.
inline Row row_with_siblings(std::size_t count, std::size_t bytes_each, RunId first_run = 1) {
  Row row;
  for (std::size_t i = 0; i < count; ++i) {
    const Dot dot{Actor{first_run + i, 1}, 1};
    row.record.context.add(dot);
    std::string value(bytes_each, static_cast<char>('a' + (first_run + i) % 26));
    row.record.siblings.push_back(sibling_of(dot, std::move(value)));
  }
  return row;
}

inline std::string random_bytes(Random& random, std::size_t size_max) {
  std::string bytes(random.below(size_max + 1), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.next() & 0xff);
  return bytes;
}

// A row with 0 to 4 siblings of any content, sometimes together too large to be kept in one piece.
inline Row random_row(Random& random) {
  Row row;
  const std::size_t size_max = random.chance(1, 8) ? 12'000 : 40;
  const std::uint64_t count = random.below(5);
  for (std::uint64_t i = 0; i < count; ++i) {
    // No dot is drawn twice: a dot names its value for ever, and a store may rely on that.
    const Dot dot{Actor{1 + i, static_cast<std::uint32_t>(1 + random.below(3))},
                  1 + random.below(kCounterMax)};
    row.record.context.add(dot);
    Sibling sibling = sibling_of(dot, random_bytes(random, size_max));
    sibling.kind = random.chance(1, 5) ? SiblingKind::kDeleted : SiblingKind::kValue;
    sibling.field = random_bytes(random, 3);
    sibling.expiry_ms = random.chance(1, 3) ? random.between(-5, 5'000'000'000) : 0;
    row.record.siblings.push_back(std::move(sibling));
  }
  if (count == 0 || random.chance(1, 3)) row.record.context.add({Actor{9, 1}, 4});  // a lone dot
  if (random.chance(1, 3)) {
    AppliedRequest applied;
    applied.id = RequestId{random.next(), random.next()};
    applied.dot = Dot{Actor{2, 1}, 1};
    applied.timestamp = Timestamp{1u << 20};
    row.record.applied.add(applied, kRetryWindowDefaultMs);
  }
  if (random.chance(1, 2)) row.mark = Mark{Actor{1, 1}, 1 + random.below(100)};
  return row;
}

inline Row without_sequence(Row row) {
  row.sequence = 0;
  return row;
}

// What a store holds under a key, as the caller gave it: without the store's own sequence number.
inline std::optional<Row> stored_row(const StoreReader& store, VnodeId vnode, const Key& key) {
  auto found = store.read(vnode, key);
  if (!found) {
    ADD_FAILURE() << found.error().to_string();
    return std::nullopt;
  }
  if (!*found) return std::nullopt;
  return without_sequence(**found);
}

// Numbers batches and applies them.
class Writer {
 public:
  explicit Writer(Store& store) : store_(&store) {}

  Status apply(std::vector<RowChange> rows, std::map<std::string, std::string> meta = {}) {
    Batch batch;
    batch.id = ++last_;
    batch.rows = std::move(rows);
    batch.meta = std::move(meta);
    return store_->apply(batch);
  }
  Status put(const Key& key, Row row, VnodeId vnode = 0) {
    return apply({{vnode, key, std::move(row)}});
  }
  Status remove(const Key& key, VnodeId vnode = 0) { return apply({{vnode, key, std::nullopt}}); }

  BatchId last() const { return last_; }

 private:
  Store* store_;
  BatchId last_ = 0;
};

}  // namespace quorate::testing_support

// A Status or Result that must be good; says why if it is not.
#define QUORATE_EXPECT_OK(expression)                                  \
  do {                                                                 \
    const auto& quorate_outcome = (expression);                        \
    EXPECT_TRUE(quorate_outcome.has_value())                           \
        << #expression << ": " << quorate_outcome.error().to_string(); \
  } while (false)
#define QUORATE_ASSERT_OK(expression)                                  \
  do {                                                                 \
    const auto& quorate_outcome = (expression);                        \
    ASSERT_TRUE(quorate_outcome.has_value())                           \
        << #expression << ": " << quorate_outcome.error().to_string(); \
  } while (false)
