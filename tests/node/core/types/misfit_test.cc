#include "node/core/types/misfit.h"

#include <gtest/gtest.h>

namespace quorate {
namespace {

Bucket of_type(BucketType type) {
  Bucket bucket;
  bucket.name = "b";
  bucket.type = type;
  return bucket;
}

ClientRequest update(Update what, std::string field = "", std::string value = "") {
  ClientRequest request;
  request.verb = Verb::kUpdate;
  request.update = what;
  request.field = std::move(field);
  request.value = Blob(std::move(value));
  return request;
}

ClientRequest plain(Verb verb, std::string field = "") {
  ClientRequest request;
  request.verb = verb;
  request.field = std::move(field);
  return request;
}

TEST(Misfit, EachTypeTakesItsOwnUpdatesAndNoOthers) {
  const std::pair<BucketType, ClientRequest> fitting[] = {
      {BucketType::kCounter, update(Update::kCounterAdd, "", "-5")},
      {BucketType::kSet, update(Update::kSetAdd, "x")},
      {BucketType::kSet, update(Update::kSetRemove, "x")},
      {BucketType::kMap, update(Update::kMapPut, "f", "v")},
      {BucketType::kMap, update(Update::kMapPut, "f", "")},
      {BucketType::kMap, update(Update::kMapRemove, "f")},
      {BucketType::kFlag, update(Update::kFlagEnable)},
      {BucketType::kFlag, update(Update::kFlagDisable)},
  };
  for (std::size_t type = 0; type < bucket_type_names().size(); ++type) {
    for (const auto& [fits, request] : fitting) {
      const Bucket bucket = of_type(static_cast<BucketType>(type));
      EXPECT_EQ(!misfit(bucket, request), fits == bucket.type)
          << bucket_type_name(bucket.type) << ": " << update_name(request.update);
    }
  }
}

TEST(Misfit, WholeValuesArePutWhereTheBucketHoldsWholeValues) {
  EXPECT_FALSE(misfit(of_type(BucketType::kRegister), plain(Verb::kPut)));
  EXPECT_FALSE(misfit(of_type(BucketType::kLww), plain(Verb::kPut)));
  for (const BucketType type :
       {BucketType::kCounter, BucketType::kSet, BucketType::kMap, BucketType::kFlag}) {
    EXPECT_TRUE(misfit(of_type(type), plain(Verb::kPut)));
    EXPECT_FALSE(misfit(of_type(type), plain(Verb::kGet)));
    EXPECT_FALSE(misfit(of_type(type), plain(Verb::kDelete)));
  }
}

TEST(Misfit, OnlyTypesThatHaveFieldsAreAskedForOne) {
  EXPECT_FALSE(misfit(of_type(BucketType::kSet), plain(Verb::kGet, "x")));
  EXPECT_FALSE(misfit(of_type(BucketType::kMap), plain(Verb::kGet, "x")));
  EXPECT_TRUE(misfit(of_type(BucketType::kCounter), plain(Verb::kGet, "x")));
  EXPECT_TRUE(misfit(of_type(BucketType::kRegister), plain(Verb::kGet, "x")));
  EXPECT_TRUE(misfit(of_type(BucketType::kSet), plain(Verb::kDelete, "x")));
}

TEST(Misfit, RefusesWhatAnUpdateHasTooMuchOrTooLittle) {
  const std::pair<BucketType, ClientRequest> bad[] = {
      {BucketType::kCounter, update(Update::kCounterAdd, "", "five")},
      {BucketType::kCounter, update(Update::kCounterAdd, "", "")},
      {BucketType::kCounter, update(Update::kCounterAdd, "", "9223372036854775808")},
      {BucketType::kCounter, update(Update::kCounterAdd, "f", "1")},
      {BucketType::kSet, update(Update::kSetAdd, "")},
      {BucketType::kSet, update(Update::kSetAdd, "x", "v")},
      {BucketType::kMap, update(Update::kMapPut, "", "v")},
      {BucketType::kFlag, update(Update::kFlagEnable, "f")},
      {BucketType::kFlag, update(Update::kNone)},
  };
  for (const auto& [type, request] : bad) {
    EXPECT_TRUE(misfit(of_type(type), request)) << update_name(request.update);
  }
  ClientRequest expiring = update(Update::kSetAdd, "x");
  expiring.expiry_ms = 5;
  EXPECT_FALSE(misfit(of_type(BucketType::kSet), expiring));
  expiring = update(Update::kCounterAdd, "", "1");
  expiring.expiry_ms = 5;
  EXPECT_TRUE(misfit(of_type(BucketType::kCounter), expiring));
}

TEST(Misfit, SaysWhatTheTypeTakes) {
  EXPECT_EQ(*misfit(of_type(BucketType::kSet), update(Update::kCounterAdd, "", "1")),
            "bucket \"b\" is of type set: it takes get, delete and set add, set remove, not "
            "counter add");
  EXPECT_EQ(*misfit(of_type(BucketType::kRegister), update(Update::kSetAdd, "x")),
            "bucket \"b\" is of type register: it takes get, delete and put, not set add");
}

}  // namespace
}  // namespace quorate
