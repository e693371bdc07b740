// A node that says what a test tells it to: frames and Protobuf on loopback, on a port that the
// system picks.
//
// One thread reads requests and hands each to the handler; a handler, or the test's own thread
// later, answers through the Link that the request came in on.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "client/endpoint.h"
#include "node/core/messages.h"
#include "node/wire/frame.h"
#include "node/wire/quorate.pb.h"

namespace quorate::client {

class FakeNode {
 public:
  // One client's connection, as the node sees it. From any thread.
  class Link {
   public:
    explicit Link(int fd) : fd_(fd) {}
    ~Link();
    void send(const wire::ToClient& message);
    void send_bytes(const std::string& bytes);
    void close();  // the client sees the end of the stream
    int fd() const { return fd_; }

   private:
    const int fd_;
    std::mutex mutex_;
  };
  using LinkPtr = std::shared_ptr<Link>;
  using Handler = std::function<void(const LinkPtr&, const wire::ToNode&)>;

  enum class Greeting { kWelcome, kNone, kRefusal, kGarbage };

  struct Options {
    std::uint32_t node = 1;
    std::string cluster = "test";
    Greeting greeting = Greeting::kWelcome;
    std::string refusal = "this node takes no clients";
    bool answer_pings = true;  // as a node does, without asking the handler
  };

  explicit FakeNode(Handler handler, Options options);
  explicit FakeNode(Handler handler) : FakeNode(std::move(handler), Options{}) {}
  ~FakeNode();

  Endpoint endpoint() const { return Endpoint{"127.0.0.1", port_}; }

  // Stops listening and ends every connection; connections are refused until up() listens on the
  // same port.
  void down();
  void up();

  // As SIGSTOP does: the kernel takes connections and bytes, and nobody reads them until resume().
  void pause() { set_paused(true); }
  void resume() { set_paused(false); }

  void set_handler(Handler handler);

  std::size_t connections() const;             // ever accepted
  std::vector<wire::ToNode> requests() const;  // all but pings that it answered itself
  // Waits until so many requests have come; false after ten seconds.
  bool wait_for_requests(std::size_t count) const;

 private:
  struct Peer {
    LinkPtr link;
    FrameReader reader{kClientMessageBytesMax};
    bool greeted = false;
  };

  void listen();
  void set_paused(bool paused);
  void run();
  bool serve(Peer& peer);
  void on_message(Peer& peer, std::string_view bytes);
  void wake();

  Handler handler_;
  const Options options_;
  std::uint16_t port_ = 0;
  int listen_fd_ = -1;
  int wake_fds_[2] = {-1, -1};
  bool stop_ = false;
  bool paused_ = false;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::size_t connections_ = 0;
  std::vector<wire::ToNode> requests_;
  std::vector<Peer> peers_;  // of the node's thread
  std::thread thread_;
};

// An endpoint where nobody listens.
Endpoint closed_endpoint();

// Replies as a node would make them.
wire::ToClient ok_reply(const wire::ToNode& request);
wire::ToClient value_reply(const wire::ToNode& request, const std::string& value,
                           const std::string& token = "");
wire::ToClient failed_reply(const wire::ToNode& request, Outcome outcome, Reason reason,
                            const std::string& detail);

}  // namespace quorate::client
