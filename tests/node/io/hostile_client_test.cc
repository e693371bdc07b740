// What a hostile or broken client gets: an error, an end, and nobody else notices.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <vector>

#include "node/base/random.h"
#include "tests/node/io/node_harness.h"
#include "tests/support/test_seed.h"

namespace quorate::io_test {
namespace {

using std::chrono::milliseconds;

class HostileClientTest : public ::testing::Test {
 protected:
  HostileClientTest() : cluster_(1) {
    IoOptions& io = cluster_.config().io;
    io.handshake_max_ms = 300;
    io.frame_max_ms = 300;
    io.write_stall_max_ms = 400;
    io.linger_max_ms = 300;
  }

  void start() {
    ASSERT_TRUE(cluster_.start(1).started()) << cluster_.node(1).start().error.message;
    bystander_ = std::make_unique<RawClient>(port());
    ASSERT_TRUE(bystander_->hello());
  }
  std::uint16_t port() { return cluster_.node(1).client_port(); }

  // Whoever was there before is still served.
  void expect_unharmed() {
    const auto put = bystander_->call(put_request("k", "v"));
    ASSERT_TRUE(put && put->has_reply());
    EXPECT_EQ(put->reply().outcome(), 0u) << put->DebugString();
  }

  TestCluster cluster_;
  std::unique_ptr<RawClient> bystander_;
};

std::string header(std::uint32_t length, std::uint32_t checksum = 0, unsigned char flags = 0) {
  std::string bytes;
  for (const std::uint32_t part : {length, checksum}) {
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>((part >> (8 * i)) & 0xff);
  }
  return bytes + static_cast<char>(flags);
}

TEST_F(HostileClientTest, BytesThatAreNoFrameEndTheConnectionWithAnErrorFrame) {
  start();
  const std::vector<std::string> openings = {
      "GET /kv/city:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "*1\r\n$4\r\nPING\r\n",
      header(0xffffffff),
      header(0x80000000),
      header(static_cast<std::uint32_t>(kFrameBytesMax) + 1),
      header(5, 12345) + "hello",    // a wrong checksum
      header(5, 0, 0xfe) + "hello",  // unknown flags
      std::string(100, '\xff'),
      header(0, 0) + std::string(9, 'x'),  // an empty frame with a wrong checksum
  };
  for (const std::string& bytes : openings) {
    RawClient raw(port());
    ASSERT_TRUE(raw.send_bytes(bytes));
    EXPECT_TRUE(raw.error()) << bytes;
    EXPECT_TRUE(raw.closed_by_peer()) << bytes;
  }
  expect_unharmed();
}

TEST_F(HostileClientTest, AFrameThatIsNoHelloEndsTheConnection) {
  start();
  for (const std::string& payload : {std::string("\xff\xff\xff\xff"), std::string(),
                                     std::string(5000, '\0'), ping_request().SerializeAsString()}) {
    RawClient raw(port());
    ASSERT_TRUE(raw.send_frame(payload));
    EXPECT_TRUE(raw.error());
    EXPECT_TRUE(raw.closed_by_peer());
  }
  expect_unharmed();
}

TEST_F(HostileClientTest, GarbageAfterTheGreetingEndsThatConnectionOnly) {
  start();
  RawClient raw(port());
  ASSERT_TRUE(raw.hello());
  ASSERT_TRUE(raw.send_frame("\x0a\xff\xff\xff\xff\x0f"));  // a length of 4 GiB inside Protobuf
  const auto error = raw.error();
  ASSERT_TRUE(error);
  EXPECT_TRUE(raw.closed_by_peer());
  expect_unharmed();
}

// FAULTS I2: a megabyte of empty sub-messages would take 27 MiB parsed.
TEST_F(HostileClientTest, AMessageThatWouldParseIntoMuchMoreMemoryIsRefused) {
  start();
  RawClient raw(port());
  ASSERT_TRUE(raw.hello());
  std::string unknown;
  while (unknown.size() < 1'000'000) unknown += "\xf8\x07\x01";  // an unknown field, over and over
  const std::size_t before = resident_bytes();
  ASSERT_TRUE(raw.send_frame(unknown));
  EXPECT_TRUE(raw.error());
  EXPECT_LT(resident_bytes(), before + kSanitizerBytes + (64u << 20));
  expect_unharmed();
}

TEST_F(HostileClientTest, AMessageLargerThanAnyRequestIsRefused) {
  start();
  RawClient raw(port());
  ASSERT_TRUE(raw.hello());
  // As the writer itself chunks a message that is too large for a client's.
  std::string frames;
  append_frames(std::string(9 << 20, 'm'), frames);
  raw.send_bytes(frames);  // may fail: the node hangs up early
  EXPECT_TRUE(raw.error());
  expect_unharmed();
}

TEST_F(HostileClientTest, SilenceBeforeTheGreetingEndsAtTheHandshakeDeadline) {
  start();
  RawClient raw(port());
  const auto error = raw.error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), static_cast<std::uint32_t>(ErrorCode::kTimeout));
  EXPECT_TRUE(raw.closed_by_peer());
  expect_unharmed();
}

TEST_F(HostileClientTest, HalfAFrameThenSilenceEndsAtTheFrameDeadline) {
  start();
  RawClient raw(port());
  ASSERT_TRUE(raw.hello());
  std::string frame;
  append_frames(put_request("k", std::string(1000, 'v')).SerializeAsString(), frame);
  ASSERT_TRUE(raw.send_bytes(frame.substr(0, frame.size() / 2)));
  const auto error = raw.error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(), "a message did not arrive within 300 ms");
  expect_unharmed();
}

TEST_F(HostileClientTest, ADribbleOfSingleBytesEndsAtTheFrameDeadlineToo) {
  start();
  RawClient raw(port());
  ASSERT_TRUE(raw.hello());
  std::string frame;
  append_frames(put_request("k", std::string(100'000, 'v')).SerializeAsString(), frame);
  std::size_t sent = 0;
  const bool ended = eventually([&] {
    return !raw.send_bytes(std::string_view(frame).substr(sent++, 1)) ||
           raw.error(milliseconds(1)).has_value();
  });
  EXPECT_TRUE(ended);
  EXPECT_LT(sent, 10'000u);
  expect_unharmed();
}

TEST_F(HostileClientTest, AClientThatNeverReadsIsClosedAndCostsBoundedMemory) {
  cluster_.config().io.client_out_bytes_max = 8 << 20;
  cluster_.config().io.client_out_pause_bytes = 1 << 20;
  start();
  ASSERT_TRUE(bystander_->call(put_request("large", std::string(1 << 20, 'v'))));
  const std::size_t before = resident_bytes();
  RawClient raw(port());
  ASSERT_TRUE(raw.hello());
  std::string requests;
  for (std::uint64_t tag = 1; tag <= 2000; ++tag) {  // two gigabytes, if anybody kept them
    wire::ToNode get = get_request("large");
    get.set_tag(tag);
    append_frames(get.SerializeAsString(), requests);
  }
  ASSERT_TRUE(raw.send_bytes(requests));
  const bool closed = eventually([&] {
    const auto status = bystander_->call(status_request());
    return status && status->status().clients() == 1;
  });
  EXPECT_TRUE(closed);
  // The cap, what one turn may add to it, and the allocator's slack.
  EXPECT_LT(resident_bytes(), before + kSanitizerBytes + (160u << 20));
  expect_unharmed();
}

TEST_F(HostileClientTest, AClientThatReadsSlowlyButReadsGetsEverything) {
  cluster_.config().io.client_out_pause_bytes = 64 << 10;
  cluster_.config().io.client_requests_max = 16;
  start();
  ASSERT_TRUE(bystander_->call(put_request("large", std::string(100'000, 'v'))));
  RawClient raw(port());
  ASSERT_TRUE(raw.hello());
  std::string requests;
  constexpr std::uint64_t kRequests = 200;
  for (std::uint64_t tag = 1; tag <= kRequests; ++tag) {
    wire::ToNode get = get_request("large");
    get.set_tag(tag);
    append_frames(get.SerializeAsString(), requests);
  }
  ASSERT_TRUE(raw.send_bytes(requests));
  for (std::uint64_t i = 0; i < kRequests; ++i) {
    const auto frame = raw.receive();
    ASSERT_TRUE(frame) << i;
    wire::ToClient answer;
    ASSERT_TRUE(answer.ParseFromString(*frame));
    ASSERT_EQ(answer.reply().values_size(), 1) << answer.DebugString();
    EXPECT_EQ(answer.reply().values(0).value().size(), 100'000u);
  }
}

TEST_F(HostileClientTest, AnIdleClientIsClosedOneThatAsksNowAndThenIsNot) {
  cluster_.config().io.client_idle_max_ms = 700;
  ASSERT_TRUE(cluster_.start(1).started());
  RawClient idle(port());
  ASSERT_TRUE(idle.hello());
  RawClient busy(port());
  ASSERT_TRUE(busy.hello());
  const bool closed = eventually([&] {
    EXPECT_TRUE(busy.call(ping_request()));
    return idle.error(milliseconds(20)).has_value();
  });
  EXPECT_TRUE(closed);
  EXPECT_TRUE(busy.call(ping_request()));
}

TEST_F(HostileClientTest, ConnectionsThatAreResetAtOnceLeaveNothingBehind) {
  start();
  for (int i = 0; i < 300; ++i) {
    RawClient raw(port());
    linger reset{1, 0};
    ::setsockopt(raw.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    if (i % 3 == 0) raw.send_bytes("x");
    if (i % 3 == 1) {
      ASSERT_TRUE(raw.hello());
    }
  }
  EXPECT_TRUE(eventually([&] {
    const auto status = bystander_->call(status_request());
    return status && status->status().clients() == 1;
  }));
  expect_unharmed();
}

// Random bytes, and honest conversations with random damage.
TEST_F(HostileClientTest, RandomDamageNeverHarmsAnybodyElse) {
  start();
  const std::uint64_t seed = testing_support::test_seed();
  Random random = Random::stream(seed, "damage");
  wire::Hello hello;
  hello.set_protocol_version(kProtocolVersion);
  for (int round = 0; round < 200; ++round) {
    std::string bytes;
    append_frames(hello.SerializeAsString(), bytes);
    for (int i = 0; i < 5; ++i) {
      append_frames(put_request("x", std::string(random.below(300), 'v')).SerializeAsString(),
                    bytes);
    }
    const std::uint64_t hits = 1 + random.below(4);
    for (std::uint64_t hit = 0; hit < hits; ++hit) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    if (random.chance(1, 4)) bytes.resize(random.below(bytes.size()));
    RawClient raw(port());
    ASSERT_TRUE(raw.connected());
    raw.send_bytes(bytes);
  }
  expect_unharmed();
}

}  // namespace
}  // namespace quorate::io_test
