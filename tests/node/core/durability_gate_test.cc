#include "node/core/durability_gate.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "node/base/random.h"

namespace quorate {
namespace {

const Key kA{"default", "a"};
const Key kB{"default", "b"};

HeldMessage ack(NodeId to, OpId op) {
  return HeldMessage{to, WriteReply{op, ReplicaStatus::kOk}, WriteReply{op, ReplicaStatus::kFailed},
                     false};
}

std::vector<OpId> ops(const std::vector<HeldMessage>& held) {
  std::vector<OpId> result;
  for (const HeldMessage& each : held) result.push_back(std::get<WriteReply>(each.message).op);
  return result;
}

TEST(DurabilityGate, HoldsUntilTheBatchIsDurable) {
  DurabilityGate gate;
  gate.track(1, kA);
  gate.hold(1, ack(2, 10));
  gate.track(2, kB);
  gate.hold(2, ack(2, 20));
  EXPECT_EQ(gate.pending(kA), 1u);
  EXPECT_EQ(ops(gate.release(1)), std::vector<OpId>{10});
  EXPECT_EQ(gate.pending(kA), 0u);
  EXPECT_EQ(gate.pending(kB), 2u);
  EXPECT_EQ(ops(gate.release(2)), std::vector<OpId>{20});
  EXPECT_TRUE(gate.empty());
}

TEST(DurabilityGate, AKeyStaysPendingUntilItsLastChangeIsDurable) {
  DurabilityGate gate;
  gate.track(1, kA);
  gate.track(2, kA);
  EXPECT_TRUE(gate.release(1).empty());
  EXPECT_EQ(gate.pending(kA), 2u);
  EXPECT_TRUE(gate.release(2).empty());
  EXPECT_EQ(gate.pending(kA), 0u);
}

TEST(DurabilityGate, OneSyncReleasesAllBatchesBeforeItInOrder) {
  DurabilityGate gate;
  for (BatchId batch = 1; batch <= 5; ++batch) {
    gate.track(batch, kA);
    gate.hold(batch, ack(2, batch));
  }
  EXPECT_EQ(ops(gate.release(4)), (std::vector<OpId>{1, 2, 3, 4}));
}

TEST(DurabilityGate, AFailedBatchGivesBackWhatWasHeldForItAndForAllAfterIt) {
  DurabilityGate gate;
  gate.track(1, kA);
  gate.hold(1, ack(2, 1));
  gate.track(2, kA);
  gate.hold(2, ack(2, 2));
  gate.track(3, kB);
  gate.hold(3, ack(2, 3));
  EXPECT_EQ(ops(gate.fail(2)), (std::vector<OpId>{2, 3}));
  // The earlier change of the same key is still on its way to the disk.
  EXPECT_EQ(gate.pending(kA), 1u);
  EXPECT_EQ(gate.pending(kB), 0u);
  EXPECT_EQ(ops(gate.release(1)), std::vector<OpId>{1});
  EXPECT_TRUE(gate.empty());
}

TEST(DurabilityGate, AKeyThatABatchChangesTwiceIsPendingOnce) {
  DurabilityGate gate;
  gate.track(1, kA);
  gate.track(2, kA);
  gate.track(2, kA);
  gate.track(2, kB);
  EXPECT_TRUE(gate.release(1).empty());
  EXPECT_EQ(gate.pending(kA), 2u);
  EXPECT_TRUE(gate.release(2).empty());
  EXPECT_EQ(gate.pending(kA), 0u);
  EXPECT_EQ(gate.pending(kB), 0u);
  EXPECT_TRUE(gate.empty());
}

// Against what was changed when, kept as a list.
TEST(DurabilityGate, TellsOfEachKeyItsLastChangeThatIsNeitherDurableNorLost) {
  DurabilityGate gate(11);
  std::vector<std::pair<BatchId, Key>> changes;
  Random random(3);
  BatchId batch = 0;
  BatchId durable = 0;
  for (int step = 0; step < 20'000; ++step) {
    const std::uint64_t what = random.below(10);
    if (what < 6) {
      if (what > 0) ++batch;  // else one more change of the same batch
      if (batch <= durable) batch = durable + 1;
      const Key key{"default", "k" + std::to_string(random.below(12))};
      gate.track(batch, key);
      changes.emplace_back(batch, key);
    } else if (what < 9 && durable < batch) {
      durable += random.below(batch - durable) + 1;
      EXPECT_TRUE(gate.release(durable).empty());
    } else if (durable < batch) {
      const BatchId lost = durable + random.below(batch - durable) + 1;
      EXPECT_TRUE(gate.fail(lost).empty());
      std::erase_if(changes, [&](const auto& change) { return change.first >= lost; });
      batch = lost;
    }
    for (int name = 0; name < 12; ++name) {
      const Key key{"default", "k" + std::to_string(name)};
      BatchId expected = 0;
      for (const auto& [when, changed] : changes) {
        if (changed == key && when > durable) expected = when;
      }
      ASSERT_EQ(gate.pending(key), expected) << "step " << step;
    }
    std::erase_if(changes, [&](const auto& change) { return change.first <= durable; });
  }
}

}  // namespace
}  // namespace quorate
