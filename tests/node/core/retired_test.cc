#include "node/core/retired.h"

#include <gtest/gtest.h>

#include <memory>

#include "node/base/random.h"
#include "sim/world/memory_store.h"
#include "tests/node/core/builders.h"

namespace quorate {
namespace {

class RetiredTest : public ::testing::Test {
 protected:
  RetiredTest() {
    Bucket lww;
    lww.name = "lww";
    lww.type = BucketType::kLww;
    EXPECT_TRUE(buckets_.add(lww));
  }
  void apply(Batch batch) {
    batch.id = ++last_;
    ASSERT_TRUE(disk_.apply(batch));
  }
  static RowPtr row_of(Record record) {
    Row row;
    row.record = std::move(record);
    return std::make_shared<const Row>(std::move(row));
  }

  Buckets buckets_;
  sim::MemoryStore disk_;
  BatchId last_ = 0;
  Retired retired_{buckets_};
};

TEST_F(RetiredTest, ItsIndexIsWhatTheStoreLists) {
  Random random(1);
  for (int round = 0; round < 500; ++round) {
    const auto vnode = static_cast<VnodeId>(random.below(3) * 300);
    const Key key{random.chance(1, 2) ? "default" : "lww",
                  std::string(1 + random.below(3), static_cast<char>(random.below(256)))};
    Batch batch;
    if (random.chance(1, 3)) {
      retired_.remove({vnode, key}, batch);
    } else {
      retired_.add({vnode, key}, {1 + random.below(9), static_cast<std::int64_t>(round)}, batch);
    }
    apply(std::move(batch));
    Retired loaded(buckets_);
    ASSERT_TRUE(loaded.load(disk_));
    ASSERT_EQ(loaded.all().size(), retired_.all().size());
    auto mine = retired_.all().begin();
    for (const auto& [id, entry] : loaded.all()) {
      EXPECT_EQ(id, mine->first);
      EXPECT_EQ(entry.generation, mine->second.generation);
      EXPECT_EQ(entry.since_ms, mine->second.since_ms);
      ++mine;
    }
    for (const VnodeId each : std::vector<VnodeId>{0, 300, 600}) {
      EXPECT_EQ(loaded.newest(each), retired_.newest(each));
    }
  }
}

TEST_F(RetiredTest, ATombstoneShowsNothingAndAValueOnlyWhatKeepsIt) {
  const Key key{"default", "k"};
  const RowPtr tombstone = row_of(record(context({dot(1, 1), dot(2, 1)}), {}));
  const RowPtr value =
      row_of(record(context({dot(1, 1), dot(2, 1)}), {sibling(dot(2, 1), "lives")}));
  EXPECT_EQ(retired_.shown(0, key, tombstone)->context, tombstone->record.context);
  Batch batch;
  retired_.add({0, key}, {1, 1}, batch);
  EXPECT_EQ(retired_.shown(0, key, tombstone), nullptr);
  EXPECT_EQ(retired_.shown(0, key, value)->context, context({dot(2, 1)}));
  EXPECT_EQ(retired_.shown(0, key, value)->siblings, value->record.siblings);
  EXPECT_EQ(retired_.shown(1, key, tombstone)->context, tombstone->record.context)
      << "another vnode";
  EXPECT_EQ(retired_.shown(0, key, nullptr), nullptr);
}

TEST_F(RetiredTest, KnowsWhatHasRemains) {
  const Key plain{"default", "k"};
  const Key by_time{"lww", "k"};
  EXPECT_TRUE(retired_.has_remains(plain, record(context({dot(1, 1)}), {})));
  EXPECT_FALSE(retired_.has_remains(
      plain, record(context({dot(1, 1), dot(1, 2)}), {sibling(dot(1, 2), "v")})));
  EXPECT_TRUE(retired_.has_remains(
      plain, record(context({dot(1, 1), dot(2, 1)}), {sibling(dot(1, 1), "v")})));
  EXPECT_FALSE(retired_.has_remains(
      plain,
      record(context({dot(1, 1), dot(2, 1)}), {sibling(dot(1, 1), "v"), sibling(dot(2, 1), "w")})));
  Sibling deleted = sibling(dot(1, 1), "");
  deleted.kind = SiblingKind::kDeleted;
  EXPECT_TRUE(retired_.has_remains(by_time, record(context({dot(1, 1)}), {deleted})));
  EXPECT_TRUE(retired_.reaped(by_time, record(context({dot(1, 1)}), {deleted})).context.empty());
  // What has lost by time goes too, unless its actor lives on.
  const Record two = record(context({dot(1, 1), dot(2, 1)}),
                            {sibling(dot(1, 1), "old", 1), sibling(dot(2, 1), "new", 2)});
  EXPECT_TRUE(retired_.has_remains(by_time, two));
  EXPECT_EQ(retired_.reaped(by_time, two).siblings.size(), 1u);
  EXPECT_EQ(retired_.reaped(by_time, two).context, context({dot(2, 1)}));
}

TEST_F(RetiredTest, NamesGiveBackWhatTheyWereMadeOf) {
  const Key key{"default", std::string("a\0b/", 4)};
  const auto parsed = parse_retired_name(retired_name(4095, key));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->first, 4095);
  EXPECT_EQ(parsed->second, key);
  EXPECT_FALSE(parse_retired_name("retired/"));
  EXPECT_FALSE(parse_retired_name("hint/xxxxxxxx"));
}

}  // namespace
}  // namespace quorate
