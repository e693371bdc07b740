// The file that remembers how much was durable.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>

#include "node/base/random.h"
#include "node/io/high_water_file.h"
#include "tests/support/fault_fs.h"
#include "tests/support/store_rows.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_seed.h"

namespace quorate::testing_support {
namespace {

class HighWater : public ::testing::Test {
 protected:
  void SetUp() override { QUORATE_ASSERT_OK(HighWaterFile::create(files_, path_)); }

  HighWaterFile open() {
    auto file = HighWaterFile::open(files_, path_);
    EXPECT_TRUE(file) << file.error().to_string();
    return *std::move(file);
  }

  void damage(std::size_t offset) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    const char byte = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(static_cast<char>(byte ^ 0x10));
  }

  TempDir directory_;
  FaultFs files_{directory_ / "attic"};
  const std::string path_ = directory_ / "HIGH_WATER";
};

TEST_F(HighWater, StartsAtZeroAndRemembersTheLargest) {
  {
    HighWaterFile file = open();
    EXPECT_EQ(file.number(), 0u);
    for (const std::uint64_t number : {1u, 5u, 3u, 900u, 900u, 2u}) {
      QUORATE_ASSERT_OK(file.note(number));
    }
    EXPECT_EQ(file.number(), 900u);
  }
  EXPECT_EQ(open().number(), 900u);
}

TEST_F(HighWater, WithOneSlotDamagedIsTheNumberBefore) {
  for (const std::size_t slot : {0u, 512u}) {
    for (std::size_t byte = 0; byte < 24; ++byte) {
      QUORATE_ASSERT_OK(HighWaterFile::create(files_, path_));
      QUORATE_ASSERT_OK(open().note(41));
      QUORATE_ASSERT_OK(open().note(42));
      damage(slot + byte);
      HighWaterFile file = open();
      EXPECT_TRUE(file.number() == 41 || file.number() == 42);
      // The next number goes into the damaged slot, and all is well again.
      QUORATE_ASSERT_OK(file.note(43));
      EXPECT_EQ(open().number(), 43u);
    }
  }
}

TEST_F(HighWater, DamagedOrMissingIsAnError) {
  damage(3);
  damage(512 + 20);
  EXPECT_EQ(HighWaterFile::open(files_, path_).error().code, ErrorCode::kCorruption);
  std::ofstream(path_, std::ios::trunc).close();
  EXPECT_EQ(HighWaterFile::open(files_, path_).error().code, ErrorCode::kCorruption);
  EXPECT_EQ(HighWaterFile::open(files_, directory_ / "none").error().code, ErrorCode::kCorruption);
}

TEST_F(HighWater, AfterAPowerCutIsNeitherBelowWhatWasFlushedNorAboveWhatWasNoted) {
  Random random(test_seed());
  std::uint64_t flushed = 0;
  std::uint64_t noted = 0;
  for (int round = 0; round < 300; ++round) {
    {
      HighWaterFile file = open();
      ASSERT_GE(file.number(), flushed);
      ASSERT_LE(file.number(), noted);
      noted = file.number();
      for (std::uint64_t i = random.below(6); i > 0; --i) {
        QUORATE_ASSERT_OK(file.note(++noted));
        if (!random.chance(1, 4)) continue;
        QUORATE_ASSERT_OK(file.flush());
        flushed = noted;
      }
      files_.cut_power();
    }
    files_.lose_unsynced(random);
  }
}

}  // namespace
}  // namespace quorate::testing_support
