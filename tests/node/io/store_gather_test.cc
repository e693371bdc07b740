// Batches that gather and are written together: readers see no difference, and neither an error nor
// a crash takes more than what was not written.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "tests/support/fault_fs.h"
#include "tests/support/rocks_fixture.h"
#include "tests/support/store_rows.h"
#include "tests/support/temp_dir.h"

namespace quorate::testing_support {
namespace {

class StoreGather : public ::testing::Test {
 protected:
  StoreGather() : files_(std::make_shared<FaultFs>(directory_ / "attic")) {
    options_ = small_store(directory_ / "data", files_);
    options_.row_cache_bytes = 0;  // what is seen was looked for, and not only remembered
    options_.free_bytes_min = 0;
    options_.free_bytes_resume = 0;
  }

  void open() {
    writer_.reset();
    store_.reset();
    store_ = open_or_fail(options_);
    ASSERT_TRUE(store_);
    store_->gather();
    writer_.emplace(*store_);
  }

  Status put(const std::string& name, const std::string& value) {
    return writer_->put(key_of(name), row_of(value));
  }
  std::optional<Row> row(const std::string& name) const {
    return stored_row(*store_, 0, key_of(name));
  }

  TempDir directory_;
  std::shared_ptr<FaultFs> files_;
  RocksStoreOptions options_;
  std::unique_ptr<RocksStore> store_;
  std::optional<Writer> writer_;
};

TEST_F(StoreGather, OnlyWhatWasWrittenIsFoundByTheNextProcess) {
  open();
  QUORATE_ASSERT_OK(put("a", "1"));
  QUORATE_ASSERT_OK(put("b", "1"));
  QUORATE_ASSERT_OK(store_->write_gathered());
  QUORATE_ASSERT_OK(put("b", "2"));
  QUORATE_ASSERT_OK(put("c", "1"));
  open();
  EXPECT_EQ(row("a"), row_of("1"));
  EXPECT_EQ(row("b"), row_of("1"));
  EXPECT_EQ(row("c"), std::nullopt);
}

TEST_F(StoreGather, ClosingWritesWhatHasGathered) {
  open();
  QUORATE_ASSERT_OK(put("a", "1"));
  QUORATE_ASSERT_OK(store_->close());
  open();
  EXPECT_EQ(row("a"), row_of("1"));
}

TEST_F(StoreGather, OfARowThatChangesOftenTheLastIsSeen) {
  open();
  for (int round = 0; round < 20; ++round) {
    QUORATE_ASSERT_OK(put("a", std::to_string(round)));
    if (round % 3 == 0) {
      EXPECT_EQ(row("a"), row_of(std::to_string(round)));
    }
  }
  EXPECT_EQ(row("a"), row_of("19"));
  QUORATE_ASSERT_OK(writer_->remove(key_of("a")));
  EXPECT_EQ(row("a"), std::nullopt);
  QUORATE_ASSERT_OK(put("a", "again"));
  QUORATE_ASSERT_OK(writer_->remove(key_of("a")));
  QUORATE_ASSERT_OK(store_->write_gathered());
  EXPECT_EQ(row("a"), std::nullopt);
}

// What is stored apart is found in RocksDB, where the change before must be by then.
TEST_F(StoreGather, LargeRowsThatChangeTwiceKeepTheirSiblings) {
  open();
  for (std::size_t siblings = 2; siblings < 6; ++siblings) {
    const Row large = row_with_siblings(siblings, 10'000);
    QUORATE_ASSERT_OK(writer_->put(key_of("a"), large));
    QUORATE_ASSERT_OK(writer_->put(key_of("a"), row_with_siblings(siblings + 1, 10'000)));
    QUORATE_ASSERT_OK(writer_->put(key_of("a"), large));
    EXPECT_EQ(row("a"), large);
  }
}

TEST_F(StoreGather, ARefusedBatchTakesNothingElseWithIt) {
  open();
  QUORATE_ASSERT_OK(put("a", "1"));
  files_->limit_space(files_->space_used());
  while (put("b", std::string(4096, 'x')).has_value()) {
  }
  EXPECT_EQ(store_->state(), StoreState::kNoSpace);
  EXPECT_EQ(put("c", "1").error().code, ErrorCode::kNoSpace);
  EXPECT_EQ(row("c"), std::nullopt);
  EXPECT_EQ(row("a"), row_of("1"));
}

// The disk is full when what has gathered is written: it was applied, and stays so.
TEST_F(StoreGather, AFullDiskDelaysWhatHasGatheredAndLosesNothing) {
  open();
  QUORATE_ASSERT_OK(put("a", "1"));
  QUORATE_ASSERT_OK(store_->write_gathered());
  files_->limit_space(files_->space_used());
  QUORATE_ASSERT_OK(put("a", "2"));
  QUORATE_ASSERT_OK(put("b", "1"));
  QUORATE_ASSERT_OK(writer_->apply({}, {{"m", "2"}}));
  const Status written = store_->write_gathered();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kNoSpace);
  EXPECT_EQ(store_->state(), StoreState::kNoSpace);
  EXPECT_EQ(put("c", "1").error().code, ErrorCode::kNoSpace);
  EXPECT_EQ(row("a"), row_of("2"));
  EXPECT_EQ(row("b"), row_of("1"));
  const auto page = store_->scan(0, std::nullopt, 10, 1u << 20, false);
  QUORATE_ASSERT_OK(page);
  ASSERT_EQ(page->rows.size(), 2u);
  EXPECT_EQ(without_sequence(page->rows[0].second), row_of("2"));
  EXPECT_EQ(page->rows[1].first, key_of("b"));
  EXPECT_EQ(store_->read_meta("m").value(), "2");
  EXPECT_EQ(store_->scan_meta("m", "", 10, 1u << 20)->values.size(), 1u);
  files_->lift_space_limit();
  ASSERT_EQ(store_->poll_state(), StoreState::kWritable) << store_->failure().to_string();
  EXPECT_EQ(row("a"), row_of("2"));
  QUORATE_ASSERT_OK(store_->write_gathered());
  QUORATE_ASSERT_OK(store_->sync());
  open();
  EXPECT_EQ(row("a"), row_of("2"));
  EXPECT_EQ(row("b"), row_of("1"));
  EXPECT_EQ(row("c"), std::nullopt);
}

}  // namespace
}  // namespace quorate::testing_support
