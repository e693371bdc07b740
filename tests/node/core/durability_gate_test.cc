#include "node/core/durability_gate.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace quorate
