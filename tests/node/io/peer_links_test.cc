// How a node keeps up its links to peers that misbehave: one that hangs up, one that never reads.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "node/core/core.h"
#include "node/io/peer_handshake.h"
#include "tests/node/io/fake_peer.h"
#include "tests/node/io/node_harness.h"

namespace quorate::io_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Listens where node 2 would.
class FakeNode {
 public:
  explicit FakeNode(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const int small = 64 << 10;  // so that what is not read is noticed soon
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 16), 0);
  }
  ~FakeNode() { ::close(fd_); }
  FakeNode(const FakeNode&) = delete;
  FakeNode& operator=(const FakeNode&) = delete;

  // -1 when nobody came.
  int accept(milliseconds at_most) const {
    pollfd ready{fd_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(at_most.count())) <= 0) return -1;
    return ::accept(fd_, nullptr, nullptr);
  }

 private:
  const int fd_;
};

// Reads until there is one whole message.
std::string receive(int fd, FrameReader& reader) {
  while (true) {
    const auto message = reader.next();
    if (!message) return {};
    if (*message) return std::string(**message);
    char* const at = reader.prepare(4096);
    const ssize_t got = ::recv(fd, at, 4096, 0);
    if (got <= 0) return {};
    reader.commit(static_cast<std::size_t>(got));
  }
}

void send(int fd, const std::string& payload) {
  std::string frame;
  append_frames(payload, frame);
  EXPECT_EQ(::send(fd, frame.data(), frame.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(frame.size()));
}

const wire::PeerStatus& only_peer(const std::optional<wire::ToClient>& answer) {
  static const wire::PeerStatus kNobody;
  return answer && answer->status().peers_size() == 1 ? answer->status().peers(0) : kNobody;
}

TEST(PeerLink, AHangingUpPeerIsDialledWithGrowingWaits) {
  TestCluster cluster(2);
  cluster.config().io.reconnect_min_ms = 20;
  cluster.config().io.reconnect_max_ms = 400;
  const FakeNode peer(cluster.config().nodes[1].peer_port);
  ASSERT_TRUE(cluster.start(1).started());
  int dials = 0;
  const auto until = steady_clock::now() + milliseconds(2000);
  while (steady_clock::now() < until) {
    const int fd = peer.accept(milliseconds(50));
    if (fd < 0) continue;
    ++dials;
    ::close(fd);
  }
  EXPECT_GE(dials, 5);   // it does not give up
  EXPECT_LE(dials, 20);  // 20 + 40 + ... + 400 ms, each at least half of it
}

TEST(PeerLink, APeerThatNeverReadsCostsBoundedMemoryAndDelaysNobody) {
  TestCluster cluster(2);
  IoOptions& io = cluster.config().io;
  io.peer_out_bytes_max = 4 << 20;
  io.write_stall_max_ms = 1500;
  io.tcp_user_timeout_ms = 60'000;                           // our own limits are what is tested
  cluster.config().core.silence_max_ns = 60 * kNsPerSecond;  // so that the core goes on sending
  Bucket bucket;
  bucket.n = 2;
  bucket.r = bucket.w = 1;
  ASSERT_TRUE(cluster.config().buckets.add(bucket));
  const FakeNode fake(cluster.config().nodes[1].peer_port);
  ASSERT_TRUE(cluster.start(1).started());

  const int fd = fake.accept(kPatience);
  ASSERT_GE(fd, 0);
  const PeerIdentity two = identity_in(cluster, 2, make_run_id(2, 1));
  const MacKey key = peer_key_of_tests();
  AcceptorHandshake handshake(two, key);
  FrameReader reader(kHandshakeMessageBytesMax);
  const auto challenge = handshake.on_hello(receive(fd, reader), [](NodeId) { return true; });
  ASSERT_TRUE(challenge) << challenge.error().message;
  send(fd, *challenge);
  ASSERT_TRUE(handshake.on_proof(receive(fd, reader)));
  send(fd, handshake.welcome());

  RawClient client(cluster.node(1).client_port());
  ASSERT_TRUE(client.hello());
  ASSERT_TRUE(eventually([&] { return only_peer(client.call(status_request())).link_up(); }));
  // It answers one ping, so that the core believes in it, and never reads again.
  const auto first = decode_message(receive(fd, reader));
  ASSERT_TRUE(first && std::holds_alternative<Ping>(*first));
  FakePeer voice(cluster, cluster.node(1).peer_port(), two.run);
  ASSERT_EQ(voice.shake_hands(), "");
  Pong pong;
  pong.sequence = std::get<Ping>(*first).sequence;
  ASSERT_TRUE(voice.send(pong));
  ASSERT_TRUE(eventually([&] {
    return only_peer(client.call(status_request())).circuit() ==
           static_cast<std::uint32_t>(Circuit::kClosed);
  }));
  const std::size_t before = resident_bytes();
  const std::string value(512 << 10, 'v');
  const auto dropped_now = [&client] {  // some were before there was a link
    const auto status = client.call(status_request());
    return status ? counter(status->status(), "peer_messages_dropped") : 0;
  };
  const std::uint64_t dropped_before = dropped_now();
  std::uint64_t dropped = 0;
  std::uint64_t queued_most = 0;
  for (int i = 0; i < 100 && dropped == 0; ++i) {
    const auto put = client.call(put_request("k" + std::to_string(i % 4), value));
    ASSERT_TRUE(put && put->has_reply());
    const auto status = client.call(status_request());
    ASSERT_TRUE(status);
    dropped = counter(status->status(), "peer_messages_dropped") - dropped_before;
    queued_most = std::max(queued_most, only_peer(status).queued_bytes());
  }
  EXPECT_GT(dropped, 0u);
  EXPECT_GT(queued_most, 1u << 20);
  EXPECT_LT(queued_most, 16u << 20);
  EXPECT_LT(resident_bytes(), before + kSanitizerBytes + (192u << 20));
  EXPECT_TRUE(eventually([&] { return !only_peer(client.call(status_request())).link_up(); }))
      << "a peer that takes nothing is given up";
  ::close(fd);
}

}  // namespace
}  // namespace quorate::io_test
