#include "client/kvbench/workload.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

namespace quorate::client::kvbench {
namespace {

TEST(Zipf, TheSumOfTheSharesIsTheOneThatYcsbCarries) {
  // com.yahoo.ycsb.generator.ScrambledZipfianGenerator.ZETAN, of 10^10 items.
  EXPECT_NEAR(zipf_zeta(10'000'000'000), 26.46902820178302, 1e-8);
  double sum = 0;
  for (std::uint64_t k = 1; k <= 300'000; ++k) sum += std::pow(static_cast<double>(k), -kZipfTheta);
  EXPECT_NEAR(zipf_zeta(300'000), sum, 1e-9);
}

TEST(Zipf, RanksComeAsOftenAsTheLawSays) {
  constexpr std::uint64_t kItems = 1'000;
  constexpr int kDraws = 400'000;
  const Zipf zipf(kItems);
  Random random(1);
  std::map<std::uint64_t, int> seen;
  for (int i = 0; i < kDraws; ++i) {
    const std::uint64_t rank = zipf.next(random);
    ASSERT_LT(rank, kItems);
    ++seen[rank];
  }
  // The two first ranks are exact, the others those of a continuous approximation (Gray et al.).
  const double zeta = zipf_zeta(kItems);
  EXPECT_NEAR(seen[0] * 1.0 / kDraws, 1 / zeta, 0.005);
  EXPECT_NEAR(seen[1] * 1.0 / kDraws, std::pow(2, -kZipfTheta) / zeta, 0.005);
  int first_hundred = 0;
  for (std::uint64_t rank = 0; rank < 100; ++rank) first_hundred += seen[rank];
  EXPECT_NEAR(first_hundred * 1.0 / kDraws, zipf_zeta(100) / zeta, 0.03);
}

TEST(Zipf, OfAFewItemsAreAllReached) {
  for (const std::uint64_t items : {1u, 2u, 3u}) {
    const Zipf zipf(items);
    Random random(2);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 2'000; ++i) seen.insert(zipf.next(random));
    EXPECT_EQ(seen.size(), items);
    EXPECT_EQ(*seen.rbegin(), items - 1);
  }
}

TEST(Zipf, GrownIsAsIfItHadBeenSoFromTheStart) {
  Zipf grown(10);
  grown.grow(11);
  grown.grow(50'000);
  const Zipf fresh(50'000);
  Random one(3);
  Random other(3);
  for (int i = 0; i < 10'000; ++i) {
    const auto a = static_cast<double>(grown.next(one));
    const auto b = static_cast<double>(fresh.next(other));
    EXPECT_NEAR(a, b, 1 + b * 1e-6);
  }
}

TEST(Zipf, ScrambledLiesAnywhereAndIsAsSkewedForAnyNumberOfKeys) {
  for (const std::uint64_t keys : {1'000u, 1'000'000u}) {
    const ScrambledZipf zipf(keys);
    Random random(4);
    std::map<std::uint64_t, int> seen;
    constexpr int kDraws = 200'000;
    for (int i = 0; i < kDraws; ++i) ++seen[zipf.next(random)];
    int most = 0;
    std::uint64_t popular = 0;
    for (const auto& [key, times] : seen) {
      ASSERT_LT(key, keys);
      if (times > most) popular = key;
      most = std::max(most, times);
    }
    // The first of 10^10 ranks has 1 / 26.5 of all; others may fall on the same key.
    EXPECT_GE(most, kDraws * 0.037);
    EXPECT_LE(most, kDraws * 0.045);
    EXPECT_NE(popular, 0u);
  }
}

TEST(Values, OfAKeyAreAlwaysTheSame) {
  const Values values(100, 3);
  EXPECT_EQ(values.of_key(7).size(), 100u);
  EXPECT_EQ(values.of_key(7), values.of_key(7));
  EXPECT_NE(values.of_key(7), values.of_key(8));
  EXPECT_TRUE(Values(0, 3).of_key(7).empty());
}

std::map<OperationKind, int> kinds(const Mix& mix, int draws) {
  Workload workload(mix, mix.distribution, 1'000, 5);
  std::map<OperationKind, int> seen;
  for (int i = 0; i < draws; ++i) ++seen[workload.next().kind];
  return seen;
}

TEST(Workload, EachMixHasTheSharesThatItSays) {
  constexpr int kDraws = 50'000;
  for (const Mix& mix : all_mixes()) {
    auto seen = kinds(mix, kDraws);
    unsigned all = 0;
    for (std::size_t kind = 0; kind < kOperationKinds; ++kind) {
      all += mix.percent[kind];
      EXPECT_NEAR(seen[static_cast<OperationKind>(kind)], kDraws / 100 * mix.percent[kind],
                  kDraws / 100)
          << mix.name << " " << operation_name(static_cast<OperationKind>(kind));
    }
    EXPECT_EQ(all, 100u) << mix.name;
  }
}

TEST(Workload, YcsbLettersAreFoundEitherWayAndEIsNot) {
  EXPECT_STREQ(find_mix("a")->name, "A");
  EXPECT_STREQ(find_mix("F")->name, "F");
  EXPECT_EQ(find_mix("E"), nullptr);
  EXPECT_EQ(find_mix("AB"), nullptr);
}

TEST(Workload, DReadsTheLatestAndNothingBeforeItsInsertHasEnded) {
  const Mix& d = *find_mix("D");
  Workload workload(d, d.distribution, 1'000, 6);
  std::vector<std::uint64_t> inserts;
  const auto highest_read = [&] {
    std::uint64_t highest = 0;
    for (int i = 0; i < 20'000; ++i) {
      const Operation operation = workload.next();
      if (operation.kind == OperationKind::kInsert) {
        inserts.push_back(operation.key);
      } else {
        highest = std::max(highest, operation.key);
      }
    }
    return highest;
  };
  EXPECT_EQ(highest_read(), 999u);
  ASSERT_GE(inserts.size(), 3u);
  EXPECT_EQ(inserts[0], 1'000u);
  EXPECT_EQ(inserts[1], 1'001u);
  workload.inserted(inserts[2]);
  workload.inserted(inserts[1]);
  EXPECT_EQ(highest_read(), 999u) << "the first is still under way";
  workload.inserted(inserts[0]);
  EXPECT_EQ(highest_read(), 1'002u);
}

TEST(Workload, UniformKeysAreAllAskedFor) {
  Workload workload(*find_mix("get"), Distribution::kUniform, 100, 7);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 5'000; ++i) seen.insert(workload.next().key);
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(*seen.rbegin(), 99u);
}

TEST(Workload, KeysAreEquallyLongAndValuesDiffer) {
  EXPECT_EQ(key_name(42), "bench:000000000042");
  EXPECT_EQ(key_name(999'999'999).size(), key_name(0).size());
  Values values(100, 8);
  const std::string first = values.next();
  EXPECT_EQ(first.size(), 100u);
  EXPECT_NE(first, values.next());
  EXPECT_EQ(Values(Values::kBytesMax, 9).next().size(), Values::kBytesMax);
  EXPECT_EQ(Values(0, 9).next(), "");
}

}  // namespace
}  // namespace quorate::client::kvbench
