// Group commit: who is told what, when, and after how many syncs.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "node/io/log_syncer.h"

namespace quorate {
namespace {

// A store whose syncs the test lets through one by one, and that can fail.
class GatedStore final : public Store {
 public:
  Result<RowPtr> read(VnodeId, const Key&) const override { return RowPtr(); }
  Result<ScanPage> scan(VnodeId, const std::optional<Key>&, std::uint32_t, std::uint32_t,
                        bool) const override {
    return ScanPage{};
  }
  Result<std::optional<std::string>> read_meta(std::string_view) const override {
    return std::optional<std::string>();
  }
  Result<MetaPage> scan_meta(std::string_view, std::string_view, std::uint32_t,
                             std::uint32_t) const override {
    return MetaPage{};
  }
  std::uint64_t high_water() const override { return 0; }
  Status apply(const Batch&) override { return {}; }

  Status sync() override {
    std::unique_lock lock(mutex_);
    ++begun_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return allowed_ > 0; });
    --allowed_;
    if (failures_left_ > 0) {
      --failures_left_;
      return Error{failure_, "the disk said so"};
    }
    return {};
  }

  void allow(int syncs) {
    const std::lock_guard lock(mutex_);
    allowed_ += syncs;
    changed_.notify_all();
  }
  void fail_next(ErrorCode code, int times) {
    const std::lock_guard lock(mutex_);
    failure_ = code;
    failures_left_ = times;
  }
  // False: it did not come to that within ten seconds.
  bool wait_until_begun(int syncs) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return begun_ >= syncs; });
  }
  int begun() {
    const std::lock_guard lock(mutex_);
    return begun_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int begun_ = 0;
  int allowed_ = 0;
  int failures_left_ = 0;
  ErrorCode failure_ = ErrorCode::kIoError;
};

// What the syncer told, in order.
class News {
 public:
  LogSyncer::Done listener() {
    return [this](Result<BatchId> news) {
      const std::lock_guard lock(mutex_);
      told_.push_back(news ? "durable " + std::to_string(*news) : news.error().to_string());
      changed_.notify_all();
    };
  }
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return told_.size() >= count; });
    return told_;
  }
  std::vector<std::string> so_far() { return wait_for(0); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> told_;
};

using Told = std::vector<std::string>;

TEST(LogSyncer, TellsOnlyAfterTheSync) {
  GatedStore store;
  News news;
  LogSyncer syncer(store, Durability::kFsync, news.listener());
  syncer.note_applied(1);
  ASSERT_TRUE(store.wait_until_begun(1));
  EXPECT_EQ(news.so_far(), Told{});
  store.allow(1);
  EXPECT_EQ(news.wait_for(1), Told{"durable 1"});
}

TEST(LogSyncer, OneSyncCoversAllThatCameWhileTheLastOneRan) {
  GatedStore store;
  News news;
  LogSyncer syncer(store, Durability::kFsync, news.listener());
  syncer.note_applied(1);
  ASSERT_TRUE(store.wait_until_begun(1));
  for (BatchId batch = 2; batch <= 1000; ++batch) syncer.note_applied(batch);
  store.allow(2);
  EXPECT_EQ(news.wait_for(2), (Told{"durable 1", "durable 1000"}));
  EXPECT_EQ(store.begun(), 2);
}

TEST(LogSyncer, WithNothingToDoDoesNotSync) {
  GatedStore store;
  News news;
  {
    LogSyncer syncer(store, Durability::kFsync, news.listener());
    syncer.stop();
  }
  EXPECT_EQ(store.begun(), 0);
  EXPECT_EQ(news.so_far(), Told{});
}

TEST(LogSyncer, StopMakesDurableWhatWasNoted) {
  GatedStore store;
  News news;
  store.allow(10);
  LogSyncer syncer(store, Durability::kFsync, news.listener());
  syncer.note_applied(7);
  syncer.stop();
  EXPECT_EQ(news.so_far().back(), "durable 7");
  syncer.stop();  // again: nothing happens
  EXPECT_EQ(news.so_far().back(), "durable 7");
}

TEST(LogSyncer, TellsAFailureOnceAndThenNothing) {
  GatedStore store;
  News news;
  store.fail_next(ErrorCode::kIoError, 1);
  store.allow(10);
  LogSyncer syncer(store, Durability::kFsync, news.listener());
  syncer.note_applied(1);
  EXPECT_EQ(news.wait_for(1), Told{"input/output error: the disk said so"});
  syncer.note_applied(2);
  syncer.stop();
  EXPECT_EQ(news.so_far().size(), 1u);
  EXPECT_EQ(store.begun(), 1);
}

TEST(LogSyncer, OnAFullDiskTriesAgainUntilThereIsRoom) {
  GatedStore store;
  News news;
  store.fail_next(ErrorCode::kNoSpace, 3);
  store.allow(10);
  LogSyncer syncer(store, Durability::kFsync, news.listener());
  syncer.note_applied(1);
  EXPECT_EQ(news.wait_for(1), Told{"durable 1"});
  EXPECT_EQ(store.begun(), 4);
}

TEST(LogSyncer, StopsOnADiskThatStaysFull) {
  GatedStore store;
  News news;
  store.fail_next(ErrorCode::kNoSpace, 1'000'000);
  store.allow(1'000'000);
  LogSyncer syncer(store, Durability::kFsync, news.listener());
  syncer.note_applied(1);
  ASSERT_TRUE(store.wait_until_begun(1));
  syncer.stop();
  EXPECT_EQ(news.so_far(), Told{});
}

TEST(LogSyncer, InOsModeTellsAtOnceAndNeverSyncs) {
  GatedStore store;
  News news;
  LogSyncer syncer(store, Durability::kOs, news.listener());
  syncer.note_applied(1);
  EXPECT_EQ(news.so_far(), Told{"durable 1"});
  syncer.note_applied(2);
  syncer.stop();
  EXPECT_EQ(news.so_far(), (Told{"durable 1", "durable 2"}));
  EXPECT_EQ(store.begun(), 0);
}

}  // namespace
}  // namespace quorate
