// Real nodes in the test's own process, on loopback, and a client that sends whatever bytes a test
// wants.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "node/io/node.h"
#include "node/wire/frame.h"
#include "node/wire/quorate.pb.h"
#include "tests/integration/reserved_port.h"
#include "tests/support/temp_dir.h"

namespace quorate::io_test {

inline constexpr std::chrono::milliseconds kPatience{10'000};

// Whether `condition` came true in time; asked every few milliseconds.
bool eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds at_most = kPatience);

// One node on a thread of its own, stopped with the test.
class RunningNode {
 public:
  explicit RunningNode(NodeSettings settings);
  ~RunningNode();

  // What went wrong, if it did not start.
  const NodeStart& start() const { return start_; }
  bool started() const { return start_.node != nullptr; }
  std::uint16_t client_port() const { return start_.node->client_port(); }
  std::uint16_t peer_port() const { return start_.node->peer_port(); }

  void request_stop() { start_.node->request_stop(); }
  // Until it has ended; nothing if it has not in time.
  std::optional<ExitCode> wait(std::chrono::milliseconds at_most = kPatience);

 private:
  NodeStart start_;
  std::thread thread_;
  std::shared_ptr<std::optional<ExitCode>> exit_;
  std::shared_ptr<std::mutex> mutex_;
};

// The configuration of a cluster on ports that nobody else gets, and directories that go with the
// test.
class TestCluster {
 public:
  explicit TestCluster(int nodes, const std::string& name = "test");
  ~TestCluster();

  ClusterConfig& config() { return config_; }  // change it before a node starts
  const ClusterConfig& config() const { return config_; }
  NodeSettings settings(NodeId node) const;
  std::string directory() const { return directory_.path(); }

  RunningNode& start(NodeId node) { return start(settings(node)); }
  RunningNode& start(NodeSettings settings);
  void start_all();
  RunningNode& node(NodeId node) { return *nodes_.at(node - 1u); }
  void stop(NodeId node);

  // Until each has its links to and its circuits closed with all others that run.
  bool await_whole();

 private:
  testing_support::TempDir directory_;
  std::vector<integration::ReservedPort> ports_;
  ClusterConfig config_;
  std::vector<std::unique_ptr<RunningNode>> nodes_;
};

// A socket that speaks frames, or anything else. Every wait has a deadline.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&& other) noexcept;

  bool connected() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  // False when the other side no longer takes them.
  bool send_bytes(std::string_view bytes);
  bool send_frame(std::string_view payload);
  bool send_message(const google::protobuf::Message& message);

  // The next message; nothing when the connection ends or the time does.
  std::optional<std::string> receive(std::chrono::milliseconds at_most = kPatience);
  // Whether the other side ended it in time; skips messages.
  bool closed_by_peer(std::chrono::milliseconds at_most = kPatience);

  // The usual greeting; nothing when it is refused.
  std::optional<wire::Welcome> hello();
  // Sends it under a tag of its own and returns the answer with that tag; others are dropped.
  std::optional<wire::ToClient> call(wire::ToNode request);
  // The last error frame of a connection, alone or in a ToClient.
  std::optional<wire::Error> error(std::chrono::milliseconds at_most = kPatience);

 private:
  int fd_ = -1;
  FrameReader reader_{kReplyMessageBytesMax};
  std::uint64_t next_tag_ = 1'000'000;
};

wire::ToNode put_request(const std::string& key, const std::string& value);
wire::ToNode get_request(const std::string& key);
wire::ToNode status_request();
wire::ToNode ping_request();
wire::ToNode chaos_request(const std::vector<NodeId>& in, const std::vector<NodeId>& out);

std::uint64_t counter(const wire::StatusReply& status, std::string_view name);

// Resident memory of this process.
std::size_t resident_bytes();

// What a sanitizer keeps of freed memory; nothing without one.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::size_t kSanitizerBytes = 512u << 20;
#else
inline constexpr std::size_t kSanitizerBytes = 0;
#endif

}  // namespace quorate::io_test
