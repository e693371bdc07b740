#include "node/io/out_queue.h"

#include <gtest/gtest.h>

#include <string>

#include "node/base/random.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

void append(OutQueue& queue, const std::string& bytes) {
  queue.tail() += bytes;
  queue.appended();
}

std::string first(OutQueue& queue, std::size_t at_most) {
  iovec buffers[OutQueue::kBuffersMax];
  const int count = queue.buffers(buffers);
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    bytes.append(static_cast<const char*>(buffers[i].iov_base), buffers[i].iov_len);
  }
  return bytes.substr(0, at_most);
}

TEST(OutQueue, GivesBackWhatWasAppendedInOrder) {
  OutQueue queue;
  EXPECT_TRUE(queue.empty());
  append(queue, "abc");
  append(queue, "def");
  EXPECT_EQ(queue.size(), 6u);
  EXPECT_EQ(first(queue, 100), "abcdef");
  queue.consume(4);
  EXPECT_EQ(first(queue, 100), "ef");
  append(queue, "g");
  EXPECT_EQ(first(queue, 100), "efg");
  queue.consume(3);
  EXPECT_TRUE(queue.empty());
}

TEST(OutQueue, BytesGivenToTheKernelDoNotMoveWhenMoreIsAppended) {
  OutQueue queue;
  append(queue, "early");
  iovec buffers[OutQueue::kBuffersMax];
  ASSERT_EQ(queue.buffers(buffers), 1);
  const char* const given = static_cast<const char*>(buffers[0].iov_base);
  for (int i = 0; i < 1000; ++i) append(queue, std::string(1000, 'x'));
  EXPECT_EQ(std::string(given, 5), "early");
  iovec again[OutQueue::kBuffersMax];
  ASSERT_GE(queue.buffers(again), 1);
  EXPECT_EQ(static_cast<const char*>(again[0].iov_base), given);
}

TEST(OutQueue, ClearsToNothing) {
  OutQueue queue;
  append(queue, "abc");
  queue.clear();
  EXPECT_TRUE(queue.empty());
  append(queue, "d");
  EXPECT_EQ(first(queue, 100), "d");
}

TEST(OutQueue, AgreesWithAPlainString) {
  const std::uint64_t seed = testing_support::test_seed();
  Random random = Random::stream(seed, "out queue");
  OutQueue queue;
  std::string model;
  for (int step = 0; step < 4'000; ++step) {
    if (random.chance(1, 2)) {
      const std::string bytes(random.below(random.chance(1, 50) ? 300'000 : 300),
                              static_cast<char>('a' + step % 26));
      append(queue, bytes);
      model += bytes;
    } else if (!model.empty()) {
      const std::string head = first(queue, random.below(5000));
      ASSERT_EQ(head, model.substr(0, head.size())) << "seed " << seed;
      queue.consume(head.size());
      model.erase(0, head.size());
    }
    ASSERT_EQ(queue.size(), model.size()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace quorate
