// The links on which this node sends to its peers: one to each, dialled by this node and kept up
// for as long as it lives.
//
// Place:      owned by Node; the environment sends through it. What peers send comes in through
//             their own links (peer_server.h).
// Invariants: (1) a message leaves whole and in order, or not at all: the core tolerates loss; (2)
//             the core hears of every end and every beginning of a link; (3) a dial that fails is
//             repeated for ever, with a wait that doubles up to reconnect_max_ms, with jitter, and
//             at once when the peer itself has just been seen.
// Limits:     peer_out_bytes_max waiting for one peer. Past it the *newest* message is dropped:
//             what is queued is already encoded and may be half written, and by the time a stuck
//             peer reads again the core has given up on old and new alike.
// Not here:   whether a peer answers (core, peer_health.h).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "node/base/random.h"
#include "node/io/admin.h"
#include "node/io/chaos.h"
#include "node/io/config.h"
#include "node/io/connection.h"
#include "node/io/counters.h"
#include "node/io/node_environment.h"
#include "node/io/peer_handshake.h"
#include "node/wire/codec.h"

namespace quorate {

// What all ends of links need. Everything referred to outlives them.
struct PeerServices {
  Loop& loop;
  Counters& counters;
  NodeEnvironment& environment;
  const IoOptions& options;
  const PeerIdentity& identity;
  const MacKey& key;
  const Chaos& chaos;
};

class PeerLink final : public ConnectionHandler {
 public:
  PeerLink(PeerServices& services, NodeAddress peer, std::function<void(const Error&)> refused);

  void dial();
  void close();

  // Dials now, unless it is up or a dial that is younger than this is under way.
  void retry_now(std::int64_t patience_ms);

  void send(const Message& message, PeerEncoder& encoder);
  void check(std::int64_t now_ns);

  LinkStatus status() const;
  bool ever_up() const { return ever_up_; }
  // The last dial reached a node of another cluster or version.
  bool foreign() const { return foreign_; }
  std::size_t out_bytes() const { return connection_ ? connection_->out_bytes() : 0; }

  // ConnectionHandler
  void on_message(std::string_view message) override;
  void on_failed(const Error& why) override;

 private:
  enum class State { kWaiting, kDialling, kHello, kProof, kUp };
  using Socket = boost::asio::ip::tcp::socket;

  void resolve(std::uint64_t attempt);
  void connect(const boost::asio::ip::tcp::endpoint& endpoint, std::uint64_t attempt);
  void on_connected(Socket socket);
  void on_up();
  void end(const Error& why);
  void abandon();
  void log_failure(bool was_up, const Error& why);
  void wait_then_dial();
  bool is_current(std::uint64_t attempt) const {
    return attempt == attempt_ && state_ == State::kDialling;
  }

  PeerServices& services_;
  const NodeAddress peer_;
  const std::function<void(const Error&)> refused_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::steady_timer timer_;  // the end of a dial, or of the wait for the next
  std::shared_ptr<Socket> dialling_;
  std::shared_ptr<Connection> connection_;
  std::unique_ptr<DiallerHandshake> handshake_;
  State state_ = State::kWaiting;
  Random random_;
  std::uint64_t attempt_ = 0;
  std::int64_t dialled_ns_ = 0;
  std::int64_t wait_ms_ = 0;
  std::string last_failure_;
  std::int64_t silent_until_ns_ = 0;
  bool ever_up_ = false;
  bool foreign_ = false;
  bool closed_ = false;
};

class PeerLinks final : public PeerSender {
 public:
  // `refused`: the peers will never take this node as it is; called at most once.
  PeerLinks(PeerServices& services, const std::vector<NodeAddress>& nodes,
            std::function<void(const Error&)> refused);

  void start();
  void stop();

  void send(NodeId to, const Message& message) override;

  void retry_now(NodeId peer);
  void retry_all();

  LinkStatus status(NodeId peer) const;

  // Nothing waits to be written.
  bool quiet() const;

 private:
  void on_refused(const Error& why);
  void sweep();

  PeerServices& services_;
  const std::function<void(const Error&)> refused_;
  boost::asio::steady_timer sweep_timer_;
  PeerEncoder encoder_;
  std::map<NodeId, PeerLink> links_;
  bool told_refused_ = false;
};

}  // namespace quorate
