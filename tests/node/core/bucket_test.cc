#include "node/core/bucket.h"

#include <gtest/gtest.h>

namespace quorate {
namespace {

TEST(Quorum, ReadsNumbersAndWords) {
  EXPECT_EQ(Quorum::parse("2")->resolve(3, 9), 2u);
  EXPECT_EQ(Quorum::parse("one")->resolve(3, 9), 1u);
  EXPECT_EQ(Quorum::parse("quorum")->resolve(3, 9), 2u);
  EXPECT_EQ(Quorum::parse("quorum")->resolve(4, 9), 3u);
  EXPECT_EQ(Quorum::parse("all")->resolve(5, 9), 5u);
  EXPECT_EQ(Quorum{}.resolve(3, 2), 2u);
}

TEST(Quorum, RefusesEverythingElseAndSaysWhatWouldBeRight) {
  for (const char* text : {"", "0", "-1", "17", "two", "2x", " 2", "ALL"}) {
    const Result<Quorum> quorum = Quorum::parse(text);
    ASSERT_FALSE(quorum) << text;
    EXPECT_NE(quorum.error().message.find("one, quorum or all"), std::string::npos);
  }
}

Bucket with(void (*change)(Bucket&)) {
  Bucket bucket;
  change(bucket);
  return bucket;
}

TEST(Bucket, RefusesWhatCannotWorkAndNamesTheMember) {
  const std::pair<Bucket, const char*> table[] = {
      {with([](Bucket& b) { b.n = 0; }), "n = 0"},
      {with([](Bucket& b) { b.n = 17; }), "n = 17"},
      {with([](Bucket& b) { b.r = 0; }), "r = 0"},
      {with([](Bucket& b) { b.r = 4; }), "r = 4"},
      {with([](Bucket& b) { b.w = 0; }), "w = 0"},
      {with([](Bucket& b) { b.w = 4; }), "w = 4"},
      {with([](Bucket& b) { b.name = ""; }), "name"},
      {with([](Bucket& b) { b.name = "a b"; }), "a b"},
      {with([](Bucket& b) { b.siblings_max = 0; }), "siblings_max"},
      {with([](Bucket& b) { b.record_bytes_max = 10; }), "record_bytes_max"},
      {with([](Bucket& b) { b.value_bytes_max = 2u << 20; }), "value_bytes_max"},
  };
  EXPECT_TRUE(Bucket{}.validate());
  for (const auto& [bucket, member] : table) {
    const Status status = bucket.validate();
    ASSERT_FALSE(status) << member;
    EXPECT_NE(status.error().message.find(member), std::string::npos) << status.error().message;
  }
}

TEST(Buckets, HashChangesWithEveryMember) {
  const std::uint64_t base = Buckets{}.hash();
  void (*const changes[])(Bucket&) = {
      [](Bucket& b) { b.n = 5; },
      [](Bucket& b) { b.r = 3; },
      [](Bucket& b) { b.w = 3; },
      [](Bucket& b) { b.sloppy = true; },
      [](Bucket& b) { b.type = BucketType::kLww; },
      [](Bucket& b) { b.read_repair = ReadRepair::kBlocking; },
      [](Bucket& b) { b.siblings_max = 7; },
      [](Bucket& b) { b.name = "other"; },
  };
  for (auto* change : changes) {
    Buckets buckets;
    ASSERT_TRUE(buckets.add(with(change)));
    EXPECT_NE(buckets.hash(), base);
  }
}

}  // namespace
}  // namespace quorate
