#include "sim/world/sim_environment.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/sim/world/pop.h"

namespace quorate::sim {
namespace {

struct SimEnvironmentTest : ::testing::Test {
  World world{1, 3};
  SimEnvironment environment{world, 1, DiskModel{Latency::constant(from_ms(10))}, false};
  BatchId next = 0;

  SimEnvironmentTest() { environment.begin_life(1, make_run_id(1, 42)); }

  BatchId apply(const std::string& name) {
    Batch batch;
    batch.id = ++next;
    Row row;
    row.record.context.add(Dot{Actor{1, 1}, next});
    batch.rows.push_back(RowChange{0, Key{"default", name}, row});
    environment.apply(std::move(batch));
    return next;
  }
  bool has(const std::string& name) {
    const auto row = environment.store().read(0, Key{"default", name});
    return row && *row != nullptr;
  }
  // The next event, which must be the end of a sync; what it made durable, 0 when it failed.
  BatchId next_sync() {
    auto [time, event] = pop(world.queue);
    world.now = time;
    const auto& synced = std::get<DiskSynced>(event);
    return environment.take_sync(synced) == SimEnvironment::Synced::kDurable ? synced.through : 0;
  }
};

TEST_F(SimEnvironmentTest, a_batch_is_visible_at_once_and_durable_one_sync_later) {
  apply("a");
  EXPECT_TRUE(has("a"));
  EXPECT_EQ(environment.disk().unsynced(), 1u);
  EXPECT_EQ(next_sync(), 1u);
  EXPECT_EQ(world.now, from_ms(10));
  EXPECT_EQ(environment.disk().unsynced(), 0u);
}

TEST_F(SimEnvironmentTest, batches_that_come_during_a_sync_share_the_next_one) {
  apply("a");
  apply("b");
  apply("c");
  EXPECT_EQ(next_sync(), 1u);  // it had begun before b and c came
  EXPECT_EQ(environment.disk().unsynced(), 2u);
  EXPECT_EQ(next_sync(), 3u);
  EXPECT_EQ(world.now, from_ms(20));
  EXPECT_TRUE(world.queue.empty());
}

TEST_F(SimEnvironmentTest, a_power_cut_keeps_a_prefix_of_what_was_not_synced) {
  std::set<std::size_t> kept_counts;
  for (int round = 0; round < 60; ++round) {
    environment.disk().wipe();
    environment.begin_life(2 + static_cast<std::uint32_t>(round), make_run_id(1, 43));
    next = 0;
    for (const char* name : {"a", "b", "c"}) apply(name);
    environment.lose_power();
    environment.begin_life(3 + static_cast<std::uint32_t>(round), make_run_id(1, 44));
    const std::size_t kept = (has("a") ? 1u : 0u) + (has("b") ? 1u : 0u) + (has("c") ? 1u : 0u);
    EXPECT_TRUE(has("a") || kept == 0);
    EXPECT_TRUE(has("b") || kept <= 1);
    kept_counts.insert(kept);
  }
  EXPECT_EQ(kept_counts, (std::set<std::size_t>{0, 1, 2, 3}));
}

TEST_F(SimEnvironmentTest, a_sync_of_an_earlier_life_makes_nothing_durable) {
  apply("a");
  environment.lose_power();
  environment.begin_life(2, make_run_id(1, 43));
  next = 0;
  apply("b");
  EXPECT_EQ(next_sync(), 0u);  // the old one
  EXPECT_EQ(environment.disk().unsynced(), 1u);
  EXPECT_EQ(next_sync(), 1u);
}

TEST_F(SimEnvironmentTest, a_failed_batch_takes_those_after_it_along_until_it_was_reported) {
  apply("a");
  environment.disk().faults.full = true;
  const BatchId failed = apply("b");
  environment.disk().faults.full = false;
  apply("c");
  EXPECT_TRUE(has("a"));
  EXPECT_FALSE(has("b"));
  EXPECT_FALSE(has("c"));
  const auto failure = environment.take_failure();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->batch, failed);
  EXPECT_EQ(failure->error.code, ErrorCode::kNoSpace);
  EXPECT_FALSE(environment.take_failure());
  apply("d");
  EXPECT_TRUE(has("d"));
}

TEST_F(SimEnvironmentTest, no_sync_ends_while_the_disk_stalls) {
  apply("a");
  environment.set_stalled(true);
  EXPECT_EQ(next_sync(), 0u);
  EXPECT_TRUE(world.queue.empty());
  EXPECT_EQ(environment.disk().unsynced(), 1u);
  world.now = from_seconds(3);
  environment.set_stalled(false);
  EXPECT_EQ(next_sync(), 1u);
  EXPECT_EQ(world.now, from_seconds(3));
}

TEST_F(SimEnvironmentTest, on_a_limping_disk_everything_takes_longer) {
  environment.set_limp(from_ms(4));
  apply("a");
  EXPECT_EQ(next_sync(), 1u);
  EXPECT_EQ(world.now, from_ms(14));
  EXPECT_EQ(environment.take_disk_time(), from_ms(4));  // the write
  (void)has("a");
  (void)has("b");
  environment.send(2, Ping{});  // it leaves when both reads have been done
  world.network.set_node_links(LinkModel{.latency = Latency::constant(0)});
  environment.send(2, Ping{});
  EXPECT_EQ(pop(world.queue).first, from_ms(14 + 8));
  EXPECT_EQ(environment.take_disk_time(), from_ms(8));
  EXPECT_EQ(environment.take_disk_time(), 0);
}

TEST_F(SimEnvironmentTest, the_end_of_a_process_takes_nothing) {
  apply("a");
  apply("b");
  environment.begin_life(2, make_run_id(1, 43));
  EXPECT_TRUE(has("a") && has("b"));
  environment.lose_power();  // opening the store had synced it
  EXPECT_TRUE(has("a") && has("b"));
}

TEST_F(SimEnvironmentTest, in_os_mode_handed_over_is_durable_until_the_power_fails) {
  DiskModel model{Latency::constant(from_ms(10))};
  model.durability = Durability::kOs;
  model.write_back = from_seconds(5);
  environment.set_disk_model(model);
  apply("a");
  EXPECT_EQ(next_sync(), 1u);
  EXPECT_EQ(world.now, 0);
  EXPECT_EQ(environment.disk().unsynced(), 1u);
  EXPECT_EQ(next_sync(), 0u);  // the kernel writes back, of which the core is not told
  EXPECT_EQ(world.now, from_seconds(5));
  EXPECT_EQ(environment.disk().unsynced(), 0u);

  std::set<bool> survived;
  for (std::uint32_t life = 2; life < 40; ++life) {
    const std::string name = std::to_string(life);
    apply(name);
    EXPECT_EQ(next_sync(), next);
    environment.lose_power();
    while (!world.queue.empty()) (void)pop(world.queue);
    environment.begin_life(life, make_run_id(1, 43));
    next = 0;
    EXPECT_TRUE(has("a"));
    survived.insert(has(name));
  }
  EXPECT_EQ(survived, (std::set<bool>{false, true}));
}

TEST_F(SimEnvironmentTest, a_timer_that_was_moved_after_it_fired_and_before_it_was_handled_waits) {
  environment.set_timer(5, from_ms(10));
  auto [time, event] = pop(world.queue);
  environment.set_timer(5, from_ms(30));  // by what was handled before it
  EXPECT_FALSE(environment.take_timer(std::get<TimerFired>(event)));
  auto [later, moved] = pop(world.queue);
  EXPECT_EQ(later, from_ms(30));
  EXPECT_TRUE(environment.take_timer(std::get<TimerFired>(moved)));
}

TEST_F(SimEnvironmentTest, a_timer_fires_once_and_setting_it_again_moves_it) {
  environment.set_timer(5, from_ms(10));
  environment.set_timer(5, from_ms(30));
  environment.set_timer(6, from_ms(20));
  environment.cancel_timer(6);
  auto [time, event] = pop(world.queue);
  EXPECT_EQ(time, from_ms(30));
  EXPECT_TRUE(environment.take_timer(std::get<TimerFired>(event)));
  EXPECT_FALSE(environment.take_timer(std::get<TimerFired>(event)));
  EXPECT_TRUE(world.queue.empty());
}

TEST_F(SimEnvironmentTest, a_timer_of_an_earlier_life_does_not_fire) {
  environment.set_timer(5, from_ms(10));
  environment.begin_life(2, make_run_id(1, 43));
  environment.set_timer(5, from_ms(20));
  auto [time, event] = pop(world.queue);
  EXPECT_EQ(time, from_ms(10));
  EXPECT_FALSE(environment.take_timer(std::get<TimerFired>(event)));
}

TEST(WallClock, jumps_drifts_and_comes_back) {
  WallClock clock;
  EXPECT_EQ(clock.read_ms(from_seconds(2)), WallClock::kStartMs + 2'000);
  clock.jump(-500);
  EXPECT_EQ(clock.read_ms(from_seconds(2)), WallClock::kStartMs + 1'500);
  clock.set_drift(from_seconds(2), 10'000);  // one per cent fast
  EXPECT_EQ(clock.read_ms(from_seconds(12)), WallClock::kStartMs + 11'600);
  clock.repair(from_seconds(12));
  EXPECT_EQ(clock.read_ms(from_seconds(13)), WallClock::kStartMs + 13'000);
}

}  // namespace
}  // namespace quorate::sim
