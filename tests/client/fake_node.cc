#include "tests/client/fake_node.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "node/base/check.h"

namespace quorate::client {
namespace {

template <typename Message>
std::string framed(const Message& message) {
  std::string out;
  append_frames(message.SerializeAsString(), out);
  return out;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// A listening socket; port 0: one that the system picks.
int listening_socket(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  QUORATE_CHECK(fd >= 0);
  const int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address = loopback(port);
  QUORATE_CHECK(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  QUORATE_CHECK(::listen(fd, 64) == 0);
  socklen_t size = sizeof address;
  QUORATE_CHECK(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port = ntohs(address.sin_port);
  return fd;
}

}  // namespace

FakeNode::Link::~Link() { ::close(fd_); }

void FakeNode::Link::send(const wire::ToClient& message) { send_bytes(framed(message)); }

void FakeNode::Link::send_bytes(const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto n = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += static_cast<std::size_t>(n);
  }
}

void FakeNode::Link::close() { ::shutdown(fd_, SHUT_RDWR); }

FakeNode::FakeNode(Handler handler, Options options)
    : handler_(std::move(handler)), options_(std::move(options)) {
  QUORATE_CHECK(::pipe2(wake_fds_, O_CLOEXEC | O_NONBLOCK) == 0);
  listen_fd_ = listening_socket(port_);
  thread_ = std::thread([this] { run(); });
}

FakeNode::~FakeNode() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake();
  thread_.join();
  if (listen_fd_ >= 0) ::close(listen_fd_);
  ::close(wake_fds_[0]);
  ::close(wake_fds_[1]);
}

void FakeNode::wake() { QUORATE_CHECK(::write(wake_fds_[1], "x", 1) == 1); }

void FakeNode::down() {
  std::unique_lock lock(mutex_);
  if (listen_fd_ < 0) return;
  ::close(listen_fd_);
  listen_fd_ = -1;
  wake();
  // The thread has let go of its connections when it says so.
  changed_.wait(lock, [this] { return peers_.empty(); });
}

void FakeNode::up() {
  {
    const std::lock_guard lock(mutex_);
    listen_fd_ = listening_socket(port_);
  }
  wake();
}

void FakeNode::set_paused(bool paused) {
  {
    const std::lock_guard lock(mutex_);
    paused_ = paused;
  }
  wake();
}

void FakeNode::set_handler(Handler handler) {
  const std::lock_guard lock(mutex_);
  handler_ = std::move(handler);
}

std::size_t FakeNode::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

std::vector<wire::ToNode> FakeNode::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool FakeNode::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10),
                           [&] { return requests_.size() >= count; });
}

void FakeNode::run() {
  while (true) {
    std::vector<pollfd> fds{{wake_fds_[0], POLLIN, 0}};
    {
      const std::lock_guard lock(mutex_);
      if (stop_) return;
      if (listen_fd_ < 0) {
        for (const Peer& peer : peers_) peer.link->close();
        peers_.clear();
        changed_.notify_all();
      }
      if (!paused_) {
        fds.push_back({listen_fd_, POLLIN, 0});
        for (const Peer& peer : peers_) fds.push_back({peer.link->fd(), POLLIN, 0});
      }
    }
    if (::poll(fds.data(), fds.size(), -1) < 0) continue;
    char drained[64];
    while (fds[0].revents != 0 && ::read(wake_fds_[0], drained, sizeof drained) > 0) {
    }
    {
      const std::lock_guard lock(mutex_);
      if (paused_ || fds.size() == 1) continue;
    }
    std::vector<std::size_t> gone;
    for (std::size_t i = 2; i < fds.size(); ++i) {
      if (fds[i].revents != 0 && !serve(peers_[i - 2])) gone.push_back(i - 2);
    }
    const std::lock_guard lock(mutex_);
    for (auto i = gone.rbegin(); i != gone.rend(); ++i) {
      peers_[*i].link->close();
      peers_.erase(peers_.begin() + static_cast<std::ptrdiff_t>(*i));
    }
    if ((fds[1].revents & POLLIN) != 0 && listen_fd_ == fds[1].fd) {
      const int fd = ::accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd >= 0) {
        peers_.emplace_back().link = std::make_shared<Link>(fd);
        ++connections_;
      }
    }
  }
}

// False when the client has closed.
bool FakeNode::serve(Peer& peer) {
  char* const to = peer.reader.prepare(64 << 10);
  const auto n = ::recv(peer.link->fd(), to, peer.reader.capacity(), 0);
  if (n <= 0) return false;
  peer.reader.commit(static_cast<std::size_t>(n));
  while (true) {
    const auto message = peer.reader.next();
    if (!message) return false;
    if (!message->has_value()) return true;
    on_message(peer, **message);
  }
}

void FakeNode::on_message(Peer& peer, std::string_view bytes) {
  if (!peer.greeted) {
    peer.greeted = true;
    switch (options_.greeting) {
      case Greeting::kWelcome: {
        wire::ToClient message;
        wire::Welcome& welcome = *message.mutable_welcome();
        welcome.set_protocol_version(kProtocolVersion);
        welcome.set_cluster(options_.cluster);
        welcome.set_node(options_.node);
        welcome.set_run(options_.node);
        peer.link->send_bytes(framed(message));
        return;
      }
      case Greeting::kNone:
        return;
      case Greeting::kRefusal: {
        wire::ToClient message;
        wire::Error& error = *message.mutable_error();
        error.set_code(static_cast<std::uint32_t>(ErrorCode::kIncompatible));
        error.set_message(options_.refusal);
        peer.link->send_bytes(framed(message));
        peer.link->close();
        return;
      }
      case Greeting::kGarbage:
        peer.link->send_bytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        return;
    }
  }
  wire::ToNode request;
  QUORATE_CHECK(request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  if (request.has_ping() && options_.answer_pings) {
    wire::ToClient pong;
    pong.set_tag(request.tag());
    pong.mutable_ping();
    peer.link->send(pong);
    return;
  }
  Handler handler;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    handler = handler_;
  }
  if (handler) handler(peer.link, request);
  changed_.notify_all();
}

Endpoint closed_endpoint() {
  std::uint16_t port = 0;
  ::close(listening_socket(port));
  return Endpoint{"127.0.0.1", port};
}

wire::ToClient ok_reply(const wire::ToNode& request) {
  wire::ToClient message;
  message.set_tag(request.tag());
  wire::ClientReply& reply = *message.mutable_reply();
  reply.set_id_high(request.request().id_high());
  reply.set_id_low(request.request().id_low());
  reply.set_run(1);
  reply.set_counter(1);
  reply.set_needed(2);
  reply.set_reached(2);
  reply.set_replicas(3);
  reply.add_answered(1);
  reply.add_answered(2);
  reply.set_coordinator(1);
  return message;
}

wire::ToClient value_reply(const wire::ToNode& request, const std::string& value,
                           const std::string& token) {
  wire::ToClient message = ok_reply(request);
  message.mutable_reply()->clear_run();
  message.mutable_reply()->clear_counter();
  wire::ReadValue& read = *message.mutable_reply()->add_values();
  read.set_value(value);
  read.set_run(1);
  read.set_counter(1);
  read.set_timestamp(1);
  message.mutable_reply()->set_token(token);
  return message;
}

wire::ToClient failed_reply(const wire::ToNode& request, Outcome outcome, Reason reason,
                            const std::string& detail) {
  wire::ToClient message;
  message.set_tag(request.tag());
  wire::ClientReply& reply = *message.mutable_reply();
  reply.set_id_high(request.request().id_high());
  reply.set_id_low(request.request().id_low());
  reply.set_outcome(static_cast<std::uint32_t>(outcome));
  reply.set_reason(static_cast<std::uint32_t>(reason));
  reply.set_detail(detail);
  return message;
}

}  // namespace quorate::client
