// Accepts the links of peers, believes them only when they have proved themselves, and gives what
// they send to the core.
//
// Place:      owned by Node.
// Invariants: (1) of each peer at most one link delivers; (2) a second live run of a node is
//             refused while the first is heard, and takes its place once that is closed or silent
//             for peer_silence_max_ms; (3) nothing reaches the core from a link that has not been
//             welcomed. Shown in tests/node/io/peer_server_test.cc.
// Limits:     handshakes_max connections that have not proved themselves: past it the *oldest* of
//             them is closed, since an honest handshake takes milliseconds and a hostile one lasts.
//             Refusals are logged at most once a second.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "node/io/connection.h"
#include "node/io/listener.h"
#include "node/io/peer_links.h"

namespace quorate {

class PeerServer;

// One accepted connection.
class AcceptedPeer final : public ConnectionHandler {
 public:
  enum class State { kHello, kProof, kWaiting, kUp };

  AcceptedPeer(PeerServer& server, std::uint64_t id, std::shared_ptr<Connection> connection,
               std::string address);
  ~AcceptedPeer();

  void start() { connection_->start(*this); }
  void welcome();
  void wait();
  // Says why, then ends it.
  void fail(const Error& why);
  void check(std::int64_t now_ns);

  State state() const { return state_; }
  std::uint64_t id() const { return id_; }
  NodeId peer() const { return handshake_.peer(); }
  RunId run() const { return handshake_.peer_run(); }
  const std::string& address() const { return address_; }
  std::int64_t heard_ns() const { return heard_ns_; }
  std::int64_t since_ns() const { return since_ns_; }

  // ConnectionHandler
  void on_message(std::string_view message) override;
  void on_failed(const Error& why) override { fail(why); }

 private:
  void on_peer_message(std::string_view message);

  PeerServer& server_;
  const std::uint64_t id_;
  const std::shared_ptr<Connection> connection_;
  const std::string address_;
  AcceptorHandshake handshake_;
  State state_ = State::kHello;
  std::int64_t since_ns_;      // it is in this state
  std::int64_t heard_ns_ = 0;  // the last message that reached the core
  bool ended_ = false;
};

class PeerServer {
 public:
  // `is_member`: in the configuration. `seen`: a peer has been welcomed, so it can be dialled.
  PeerServer(PeerServices& services, std::unique_ptr<Listener> listener,
             std::function<bool(NodeId)> is_member, std::function<void(NodeId)> seen);
  ~PeerServer();

  void start();
  void stop();

  // Ends what a cut has left half greeted, so that it is tried anew.
  void drop_handshakes();

  std::uint16_t port() const { return listener_->port(); }
  std::string endpoint() const { return listener_->endpoint(); }

  // ---- for its connections
  PeerServices& services() { return services_; }
  const std::function<bool(NodeId)>& is_member() const { return is_member_; }
  void admit(AcceptedPeer& peer);
  void remove(AcceptedPeer& peer, const Error& why);

 private:
  void on_accepted(Listener::Socket socket, const std::string& address);
  AcceptedPeer* established(NodeId peer);
  bool alive(const AcceptedPeer& peer, std::int64_t now_ns) const;
  void welcome(AcceptedPeer& peer);
  void recheck(AcceptedPeer& waiting, std::int64_t now_ns);
  void make_room();
  void sweep();

  PeerServices& services_;
  std::unique_ptr<Listener> listener_;
  const std::function<bool(NodeId)> is_member_;
  const std::function<void(NodeId)> seen_;
  boost::asio::steady_timer sweep_timer_;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::unique_ptr<AcceptedPeer>> accepted_;  // oldest first
  std::map<NodeId, std::uint64_t> established_;
  std::int64_t silent_until_ns_ = 0;
};

}  // namespace quorate
