// What a peer says of a vnode that this ring does not have, or of another ring, is answered with
// just that, and changes nothing.
#include <gtest/gtest.h>

#include <memory>
#include <variant>
#include <vector>

#include "node/core/core.h"
#include "tests/node/core/fake_environment.h"

namespace quorate {
namespace {

constexpr NodeId kPeer = 2;
constexpr RingVersion kThisRing = 1;
const Key kKey{"default", "key"};

// The status of the one answer to a message, whichever kind it has.
ReplicaStatus answered(FakeEnvironment& world, Core& core, Message message) {
  world.sent.clear();
  core.on_message(kPeer, std::move(message));
  EXPECT_EQ(world.sent.size(), 1u);
  if (world.sent.size() != 1) return ReplicaStatus::kOk;
  EXPECT_EQ(world.sent.front().first, kPeer);
  return std::visit(
      [](const auto& body) {
        if constexpr (requires { body.status; }) return body.status;
        ADD_FAILURE() << "not an answer with a status";
        return ReplicaStatus::kOk;
      },
      world.sent.front().second);
}

std::vector<Message> messages_that_name(RingVersion ring, VnodeId vnode) {
  std::vector<Message> messages;
  const auto add = [&](auto message) {
    message.op = 1;
    message.ring_version = ring;
    message.vnode = vnode;
    messages.emplace_back(std::move(message));
  };
  add(ReadRequest{.key = kKey});
  WriteRequest write;
  write.key = kKey;
  write.record = std::make_shared<const Record>();
  write.generation = 9;
  add(write);
  write.since.add(Dot{Actor{make_run_id(2, 1), 1}, 1});
  add(write);
  write.hint_for = 3;
  add(write);
  ScanRequest scan;
  scan.generation = 9;
  add(scan);
  add(TreeRequest{});
  add(LeavesRequest{});
  ReapRequest reap;
  reap.generation = 9;
  add(reap);
  return messages;
}

TEST(InRing, AVnodeOrARingThatIsNotOursIsAnsweredWithJustThat) {
  FakeEnvironment world;
  Core core(fake_config(), fake_ring(), world);
  core.on_start();
  const BatchId before = world.last_applied;
  struct Named {
    RingVersion ring;
    VnodeId vnode;
  };
  for (const Named named : {Named{kThisRing, 8}, Named{kThisRing, 65535}, Named{7, 0}}) {
    for (Message& message : messages_that_name(named.ring, named.vnode)) {
      const std::size_t kind = message.index();
      EXPECT_EQ(answered(world, core, std::move(message)), ReplicaStatus::kWrongRing)
          << "message " << kind << " of ring " << named.ring << ", vnode " << named.vnode;
    }
  }
  EXPECT_EQ(world.last_applied, before) << "and nothing was written";
}

}  // namespace
}  // namespace quorate
