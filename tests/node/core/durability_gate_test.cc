#include "node/core/durability_gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/base/random.h"

namespace quorate {
namespace {

const Key kA{"default", "a"};
const Key kB{"default", "b"};

HeldMessage message(NodeId to, OpId op) {
  return HeldMessage{to, Pong{.sequence = op}, std::nullopt, false};
}

OpId op_of(const Message& message) {
  if (const auto* pong = std::get_if<Pong>(&message)) return pong->sequence;
  return std::get<WriteReply>(message).op;
}

std::vector<OpId> release(DurabilityGate& gate, BatchId batch) {
  std::vector<OpId> ops;
  gate.release(batch, [&](NodeId to, const Message& message) {
    EXPECT_EQ(to, 2u);
    if (const auto* reply = std::get_if<WriteReply>(&message)) {
      EXPECT_EQ(reply->status, ReplicaStatus::kOk);
    }
    ops.push_back(op_of(message));
  });
  return ops;
}

std::vector<OpId> ops(const std::vector<HeldMessage>& held) {
  std::vector<OpId> result;
  for (const HeldMessage& each : held) result.push_back(op_of(each.message));
  return result;
}

TEST(DurabilityGate, HoldsUntilTheBatchIsDurable) {
  DurabilityGate gate;
  gate.track(1, kA);
  gate.hold_ack(1, 2, 10);
  gate.track(2, kB);
  gate.hold_ack(2, 2, 20);
  EXPECT_EQ(gate.pending(kA), 1u);
  EXPECT_EQ(release(gate, 1), std::vector<OpId>{10});
  EXPECT_EQ(gate.pending(kA), 0u);
  EXPECT_EQ(gate.pending(kB), 2u);
  EXPECT_EQ(release(gate, 2), std::vector<OpId>{20});
  EXPECT_TRUE(gate.empty());
}

TEST(DurabilityGate, AKeyStaysPendingUntilItsLastChangeIsDurable) {
  DurabilityGate gate;
  gate.track(1, kA);
  gate.track(2, kA);
  EXPECT_TRUE(release(gate, 1).empty());
  EXPECT_EQ(gate.pending(kA), 2u);
  EXPECT_TRUE(release(gate, 2).empty());
  EXPECT_EQ(gate.pending(kA), 0u);
}

TEST(DurabilityGate, OneSyncReleasesAllBatchesBeforeItInOrder) {
  DurabilityGate gate;
  for (BatchId batch = 1; batch <= 5; ++batch) {
    gate.track(batch, kA);
    gate.hold_ack(batch, 2, batch);
  }
  EXPECT_EQ(release(gate, 4), (std::vector<OpId>{1, 2, 3, 4}));
}

TEST(DurabilityGate, AFailedBatchGivesBackWhatWasHeldForItAndForAllAfterIt) {
  DurabilityGate gate;
  gate.track(1, kA);
  gate.hold_ack(1, 2, 1);
  gate.track(2, kA);
  gate.hold_ack(2, 2, 2);
  gate.track(3, kB);
  gate.hold_ack(3, 2, 3);
  EXPECT_EQ(ops(gate.fail(2)), (std::vector<OpId>{2, 3}));
  // The earlier change of the same key is still on its way to the disk.
  EXPECT_EQ(gate.pending(kA), 1u);
  EXPECT_EQ(gate.pending(kB), 0u);
  EXPECT_EQ(release(gate, 1), std::vector<OpId>{1});
  EXPECT_TRUE(gate.empty());
}

TEST(DurabilityGate, AKeyThatABatchChangesTwiceIsPendingOnce) {
  DurabilityGate gate;
  gate.track(1, kA);
  gate.track(2, kA);
  gate.track(2, kA);
  gate.track(2, kB);
  EXPECT_TRUE(release(gate, 1).empty());
  EXPECT_EQ(gate.pending(kA), 2u);
  EXPECT_TRUE(release(gate, 2).empty());
  EXPECT_EQ(gate.pending(kA), 0u);
  EXPECT_EQ(gate.pending(kB), 0u);
  EXPECT_TRUE(gate.empty());
}

TEST(DurabilityGate, AcknowledgementsOfALostBatchBecomeRefusals) {
  DurabilityGate gate;
  gate.hold_ack(1, 2, 10);
  const std::vector<HeldMessage> failed = gate.fail(1);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].to, 2u);
  EXPECT_FALSE(failed[0].redo);
  const auto& reply = std::get<WriteReply>(failed[0].if_failed.value());
  EXPECT_EQ(reply.op, 10u);
  EXPECT_EQ(reply.status, ReplicaStatus::kFailed);
}

// Against a list that is sorted when it is asked.
TEST(DurabilityGate, GivesWhatItHeldInTheOrderOfBatchesAndThenOfHold) {
  DurabilityGate gate;
  std::vector<std::pair<BatchId, OpId>> held;
  Random random(5);
  BatchId newest = 1;
  BatchId durable = 0;
  const auto take = [&](const auto& wanted) {
    std::stable_sort(held.begin(), held.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<OpId> taken;
    for (const auto& [batch, op] : held) {
      if (wanted(batch)) taken.push_back(op);
    }
    std::erase_if(held, [&](const auto& one) { return wanted(one.first); });
    return taken;
  };
  for (OpId op = 1; op <= 20'000; ++op) {
    newest += random.below(2);
    if (newest <= durable) newest = durable + 1;
    // Mostly for what was changed last, as acknowledgements are.
    const BatchId batch =
        random.chance(1, 4) ? durable + 1 + random.below(newest - durable) : newest;
    if (random.chance(1, 3)) {
      gate.hold(batch, message(2, op));
    } else {
      gate.hold_ack(batch, 2, op);
    }
    held.emplace_back(batch, op);
    if (random.chance(1, 10)) {
      durable += random.below(newest - durable) + 1;
      ASSERT_EQ(release(gate, durable), take([&](BatchId of) { return of <= durable; }));
    } else if (random.chance(1, 100)) {
      const BatchId lost = durable + random.below(newest - durable) + 1;
      ASSERT_EQ(ops(gate.fail(lost)), take([&](BatchId of) { return of >= lost; }));
    }
  }
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
      EXPECT_TRUE(release(gate, durable).empty());
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
