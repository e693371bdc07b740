// The seed of a random test: fixed, so that a run repeats; printed, so that a failure does; changed
// with QUORATE_TEST_SEED, to search further.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace quorate::testing_support {

inline std::uint64_t test_seed() {
  std::uint64_t seed = 20'240'229;
  if (const char* given = std::getenv("QUORATE_TEST_SEED")) seed = std::strtoull(given, nullptr, 0);
  std::printf("seed: QUORATE_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  ::testing::Test::RecordProperty("seed", std::to_string(seed));
  return seed;
}

}  // namespace quorate::testing_support
