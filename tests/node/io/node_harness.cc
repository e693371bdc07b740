#include "tests/node/io/node_harness.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <utility>

#include "node/base/check.h"
#include "node/io/log.h"
#include "node/wire/parse.h"
#include "node/wire/secret.h"

namespace quorate::io_test {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool eventually(const std::function<bool()>& condition, milliseconds at_most) {
  const auto deadline = steady_clock::now() + at_most;
  while (!condition()) {
    if (steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

// ---------------------------------------------------------------- nodes

RunningNode::RunningNode(NodeSettings settings)
    : start_(Node::start(std::move(settings))),
      exit_(std::make_shared<std::optional<ExitCode>>()),
      mutex_(std::make_shared<std::mutex>()) {
  if (!started()) return;
  thread_ = std::thread([node = start_.node.get(), exit = exit_, mutex = mutex_] {
    const ExitCode code = node->run();
    const std::lock_guard<std::mutex> lock(*mutex);
    *exit = code;
  });
}

RunningNode::~RunningNode() {
  if (!started()) return;
  request_stop();
  thread_.join();
}

std::optional<ExitCode> RunningNode::wait(milliseconds at_most) {
  eventually(
      [this] {
        const std::lock_guard<std::mutex> lock(*mutex_);
        return exit_->has_value();
      },
      at_most);
  const std::lock_guard<std::mutex> lock(*mutex_);
  return *exit_;
}

TestCluster::TestCluster(int nodes, const std::string& name) {
  set_log_level(LogLevel::kError);
  config_.name = name;
  for (int i = 1; i <= nodes; ++i) {
    ports_.emplace_back();
    ports_.emplace_back();
    config_.nodes.push_back(NodeAddress{static_cast<NodeId>(i), "127.0.0.1",
                                        ports_[ports_.size() - 2].number(),
                                        ports_.back().number()});
  }
  Bucket bucket;
  bucket.n = static_cast<std::uint32_t>(std::min(nodes, 3));
  bucket.r = bucket.n / 2 + 1;
  bucket.w = bucket.n - bucket.r + 1;
  QUORATE_CHECK(config_.buckets.add(bucket).has_value());
  config_.secret_path = directory_ / "secret";
  std::ofstream(config_.secret_path) << std::string(40, 's');
  QUORATE_CHECK(::chmod(config_.secret_path.c_str(), 0600) == 0);
  nodes_.resize(static_cast<std::size_t>(nodes));
}

TestCluster::~TestCluster() {
  for (auto& node : nodes_) {
    if (node && node->started()) node->request_stop();
  }
}

NodeSettings TestCluster::settings(NodeId node) const {
  NodeSettings settings;
  settings.config = config_;
  settings.node = node;
  settings.data_directory = directory_ / ("node-" + std::to_string(node));
  settings.version = "test";
  settings.chaos = true;
  return settings;
}

RunningNode& TestCluster::start(NodeSettings settings) {
  const std::size_t place = settings.node - 1u;
  nodes_.at(place) = std::make_unique<RunningNode>(std::move(settings));
  return *nodes_.at(place);
}

void TestCluster::start_all() {
  for (const NodeAddress& node : config_.nodes) {
    QUORATE_CHECK_MSG(start(node.id).started(), this->node(node.id).start().error.message.c_str());
  }
}

void TestCluster::stop(NodeId node) { nodes_.at(node - 1u).reset(); }

bool TestCluster::await_whole() {
  return eventually([this] {
    for (const auto& running : nodes_) {
      if (!running || !running->started()) continue;
      RawClient client(running->client_port());
      if (!client.hello()) return false;
      const auto answer = client.call(status_request());
      if (!answer) return false;
      for (const wire::PeerStatus& peer : answer->status().peers()) {
        const auto& other = nodes_.at(peer.node() - 1u);
        if (!other || !other->started()) continue;
        if (peer.circuit() != 0 || !peer.link_up()) return false;
      }
    }
    return true;
  });
}

// ---------------------------------------------------------------- the raw client

RawClient::RawClient(std::uint16_t port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  QUORATE_CHECK(fd_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd_);
    fd_ = -1;
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      reader_(std::move(other.reader_)),
      next_tag_(other.next_tag_) {}

RawClient& RawClient::operator=(RawClient&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(reader_, other.reader_);
  std::swap(next_tag_, other.next_tag_);
  return *this;
}

bool RawClient::send_bytes(std::string_view bytes) {
  const auto deadline = steady_clock::now() + kPatience;
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno != EAGAIN || steady_clock::now() >= deadline) return false;
    pollfd ready{fd_, POLLOUT, 0};
    ::poll(&ready, 1, 100);
  }
  return true;
}

bool RawClient::send_frame(std::string_view payload) {
  std::string frame;
  append_frames(payload, frame);
  return send_bytes(frame);
}

bool RawClient::send_message(const google::protobuf::Message& message) {
  return send_frame(message.SerializeAsString());
}

std::optional<std::string> RawClient::receive(milliseconds at_most) {
  const auto deadline = steady_clock::now() + at_most;
  while (true) {
    auto message = reader_.next();
    if (!message) return std::nullopt;
    if (*message) return std::string(**message);
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    pollfd ready{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) {
      return std::nullopt;
    }
    char* const at = reader_.prepare(64 << 10);
    const ssize_t got = ::recv(fd_, at, 64 << 10, 0);
    if (got <= 0) return std::nullopt;
    reader_.commit(static_cast<std::size_t>(got));
  }
}

bool RawClient::closed_by_peer(milliseconds at_most) {
  const auto deadline = steady_clock::now() + at_most;
  char dropped[4096];
  while (true) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    pollfd ready{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) return false;
    if (::recv(fd_, dropped, sizeof dropped, 0) <= 0) return true;
  }
}

std::optional<wire::Welcome> RawClient::hello() {
  wire::Hello hello;
  hello.set_protocol_version(kProtocolVersion);
  hello.set_client("test");
  if (fd_ < 0 || !send_message(hello)) return std::nullopt;
  const auto answer = receive();
  wire::ToClient message;
  if (!answer || !parse_message(*answer, message) || !message.has_welcome()) return std::nullopt;
  return message.welcome();
}

std::optional<wire::ToClient> RawClient::call(wire::ToNode request) {
  request.set_tag(next_tag_++);
  if (!send_message(request)) return std::nullopt;
  while (const auto bytes = receive()) {
    wire::ToClient answer;
    if (!parse_message(*bytes, answer)) return std::nullopt;
    if (answer.tag() == request.tag()) return answer;
  }
  return std::nullopt;
}

std::optional<wire::Error> RawClient::error(milliseconds at_most) {
  const auto deadline = steady_clock::now() + at_most;
  while (true) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    const auto bytes = receive(left);
    if (!bytes) return std::nullopt;
    wire::ToClient wrapped;
    if (parse_message(*bytes, wrapped) && wrapped.has_error()) return wrapped.error();
    wire::PeerHandshake of_peer;
    if (parse_message(*bytes, of_peer) && of_peer.has_error()) return of_peer.error();
  }
}

// ---------------------------------------------------------------- requests

namespace {

wire::ClientRequest& request_in(wire::ToNode& message, Verb verb, const std::string& key) {
  wire::ClientRequest& request = *message.mutable_request();
  request.set_id_high(random_u64_from_os());
  request.set_id_low(random_u64_from_os());
  request.set_verb(static_cast<std::uint32_t>(verb));
  request.set_bucket("default");
  request.set_key(key);
  return request;
}

}  // namespace

wire::ToNode put_request(const std::string& key, const std::string& value) {
  wire::ToNode message;
  request_in(message, Verb::kPut, key).set_value(value);
  return message;
}

wire::ToNode get_request(const std::string& key) {
  wire::ToNode message;
  request_in(message, Verb::kGet, key);
  return message;
}

wire::ToNode status_request() {
  wire::ToNode message;
  message.mutable_status();
  return message;
}

wire::ToNode ping_request() {
  wire::ToNode message;
  message.mutable_ping();
  return message;
}

wire::ToNode chaos_request(const std::vector<NodeId>& in, const std::vector<NodeId>& out) {
  wire::ToNode message;
  message.mutable_chaos();
  for (const NodeId node : in) message.mutable_chaos()->add_cut_in(node);
  for (const NodeId node : out) message.mutable_chaos()->add_cut_out(node);
  return message;
}

std::uint64_t counter(const wire::StatusReply& status, std::string_view name) {
  for (const wire::Counter& entry : status.counters()) {
    if (entry.name() == name) return entry.value();
  }
  return 0;
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace quorate::io_test
