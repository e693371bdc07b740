#include "node/io/peer_server.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "node/io/log.h"
#include "node/wire/error_codec.h"

namespace quorate {
namespace {

constexpr std::chrono::milliseconds kSweepEvery{100};

}  // namespace

// ---------------------------------------------------------------- one connection

AcceptedPeer::AcceptedPeer(PeerServer& server, std::uint64_t id,
                           std::shared_ptr<Connection> connection, std::string address)
    : server_(server),
      id_(id),
      connection_(std::move(connection)),
      address_(std::move(address)),
      handshake_(server.services().identity, server.services().key),
      since_ns_(server.services().loop.now_ns()) {}

AcceptedPeer::~AcceptedPeer() {
  if (!ended_) connection_->close();
}

void AcceptedPeer::on_message(std::string_view message) {
  switch (state_) {
    case State::kHello: {
      const Result<std::string> challenge = handshake_.on_hello(message, server_.is_member());
      if (!challenge) {
        fail(challenge.error());
        return;
      }
      state_ = State::kProof;
      if (!server_.services().chaos.cut(peer())) connection_->send(*challenge);
      return;
    }
    case State::kProof: {
      if (server_.services().chaos.cut(peer())) return;
      if (Status proved = handshake_.on_proof(message); !proved) {
        fail(proved.error());
      } else {
        server_.admit(*this);
      }
      return;
    }
    case State::kWaiting:
      fail(invalid_input("sent more before its handshake was answered"));
      return;
    case State::kUp:
      on_peer_message(message);
      return;
  }
}

void AcceptedPeer::on_peer_message(std::string_view message) {
  PeerServices& services = server_.services();
  if (services.chaos.cut_in(peer())) {
    services.counters.add(IoCounter::kPeerMessagesCut);
    return;
  }
  Result<Message> decoded = decode_message(message);
  if (!decoded) {
    fail(decoded.error());
    return;
  }
  heard_ns_ = services.loop.now_ns();
  services.counters.add(IoCounter::kPeerMessagesIn);
  services.environment.message(peer(), *std::move(decoded));
}

void AcceptedPeer::welcome() {
  state_ = State::kUp;
  since_ns_ = heard_ns_ = server_.services().loop.now_ns();
  connection_->set_message_bytes_max(kPeerMessageBytesMax);
  connection_->send(handshake_.welcome());
}

void AcceptedPeer::wait() {
  state_ = State::kWaiting;
  since_ns_ = server_.services().loop.now_ns();
}

void AcceptedPeer::fail(const Error& why) {
  if (ended_) return;
  ended_ = true;
  if (why.code == ErrorCode::kUnreachable) {
    connection_->close();
  } else {
    connection_->send(encode_peer_error(why));
    connection_->finish();
  }
  server_.remove(*this, why);
}

void AcceptedPeer::check(std::int64_t now_ns) {
  const std::int64_t handshake_max_ms = server_.services().options.handshake_max_ms;
  if (state_ != State::kUp && now_ns - since_ns_ > handshake_max_ms * kNsPerMs) {
    fail(Error{ErrorCode::kTimeout,
               "no complete handshake within " + std::to_string(handshake_max_ms) + " ms"});
    return;
  }
  connection_->check(now_ns);
}

// ---------------------------------------------------------------- all of them

PeerServer::PeerServer(PeerServices& services, std::unique_ptr<Listener> listener,
                       std::function<bool(NodeId)> is_member, std::function<void(NodeId)> seen)
    : services_(services),
      listener_(std::move(listener)),
      is_member_(std::move(is_member)),
      seen_(std::move(seen)),
      sweep_timer_(services.loop.context()) {}

PeerServer::~PeerServer() = default;

void PeerServer::start() {
  listener_->start([this](Listener::Socket socket, const std::string& address) {
    on_accepted(std::move(socket), address);
  });
  sweep();
}

void PeerServer::stop() {
  listener_->stop();
  sweep_timer_.cancel();
  established_.clear();
  accepted_.clear();
}

void PeerServer::drop_handshakes() {
  std::vector<AcceptedPeer*> half;
  for (const auto& [id, peer] : accepted_) {
    if (peer->state() == AcceptedPeer::State::kProof) half.push_back(peer.get());
  }
  for (AcceptedPeer* peer : half) {
    peer->fail(Error{ErrorCode::kUnreachable, "its links were cut or healed meanwhile"});
  }
}

void PeerServer::on_accepted(Listener::Socket socket, const std::string& address) {
  make_room();
  set_tcp_options(socket, services_.options.tcp_user_timeout_ms);
  auto connection =
      std::make_shared<Connection>(services_.loop, services_.counters, services_.options,
                                   std::move(socket), kHandshakeMessageBytesMax);
  const std::uint64_t id = next_id_++;
  auto peer = std::make_unique<AcceptedPeer>(*this, id, std::move(connection), address);
  AcceptedPeer& started = *peer;
  accepted_.emplace(id, std::move(peer));
  started.start();
}

void PeerServer::make_room() {
  AcceptedPeer* oldest = nullptr;
  std::int64_t handshakes = 0;
  for (const auto& [id, peer] : accepted_) {
    if (peer->state() != AcceptedPeer::State::kHello &&
        peer->state() != AcceptedPeer::State::kProof) {
      continue;
    }
    ++handshakes;
    if (oldest == nullptr) oldest = peer.get();
  }
  if (handshakes >= services_.options.handshakes_max) {
    oldest->fail(Error{ErrorCode::kUnreachable, "too many handshakes at once"});
  }
}

AcceptedPeer* PeerServer::established(NodeId peer) {
  const auto found = established_.find(peer);
  return found == established_.end() ? nullptr : accepted_.at(found->second).get();
}

bool PeerServer::alive(const AcceptedPeer& peer, std::int64_t now_ns) const {
  return now_ns - peer.heard_ns() <= services_.options.peer_silence_max_ms * kNsPerMs;
}

void PeerServer::admit(AcceptedPeer& peer) {
  const AcceptedPeer* const other = established(peer.peer());
  if (other != nullptr && other->run() != peer.run() && alive(*other, services_.loop.now_ns())) {
    // Either that run has just died, and this one is its successor, or they both live: the next
    // moments tell.
    peer.wait();
    return;
  }
  welcome(peer);
}

void PeerServer::welcome(AcceptedPeer& peer) {
  if (AcceptedPeer* other = established(peer.peer())) {
    other->fail(Error{ErrorCode::kUnreachable, "replaced by a newer connection"});
  }
  established_[peer.peer()] = peer.id();
  peer.welcome();
  log(LogLevel::kInfo, "peer connected",
      {{"peer", peer.peer()}, {"run", run_name(peer.run())}, {"address", peer.address()}});
  seen_(peer.peer());
}

// REQUIRES: `waiting` is in that state.
void PeerServer::recheck(AcceptedPeer& waiting, std::int64_t now_ns) {
  const AcceptedPeer* const other = established(waiting.peer());
  if (other == nullptr || !alive(*other, now_ns)) {
    welcome(waiting);
    return;
  }
  // It has been silent for less than that in all this time: it is alive.
  if (now_ns - waiting.since_ns() <= services_.options.peer_silence_max_ms * kNsPerMs) return;
  waiting.fail(Error{ErrorCode::kInUse,
                     "node " + std::to_string(waiting.peer()) +
                         " is already running: two processes must not be one node. The other's "
                         "connection comes from " +
                         other->address()});
}

void PeerServer::remove(AcceptedPeer& peer, const Error& why) {
  const NodeId node = peer.peer();
  const auto current = established_.find(node);
  const bool was_established = current != established_.end() && current->second == peer.id();
  if (was_established) established_.erase(current);
  const std::int64_t now_ns = services_.loop.now_ns();
  if (was_established) {
    log(LogLevel::kInfo, "peer disconnected", {{"peer", node}, {"why", why.message}});
  } else {
    services_.counters.add(IoCounter::kPeerHandshakesRefused);
    if (now_ns >= silent_until_ns_) {
      silent_until_ns_ = now_ns + kNsPerSecond;
      log(LogLevel::kWarn, "connection to the peer port ended without a welcome",
          {{"address", peer.address()}, {"peer", node}, {"why", why.message}});
    }
  }
  const auto found = accepted_.find(peer.id());
  // It may be at work further down the stack.
  boost::asio::post(services_.loop.context(),
                    [gone = std::shared_ptr<AcceptedPeer>(std::move(found->second))] {});
  accepted_.erase(found);
}

void PeerServer::sweep() {
  const std::int64_t now_ns = services_.loop.now_ns();
  std::vector<std::uint64_t> ids;
  for (const auto& [id, peer] : accepted_) ids.push_back(id);
  for (const std::uint64_t id : ids) {
    auto found = accepted_.find(id);
    if (found != accepted_.end() && found->second->state() == AcceptedPeer::State::kWaiting) {
      recheck(*found->second, now_ns);
      found = accepted_.find(id);
    }
    if (found != accepted_.end()) found->second->check(now_ns);
  }
  sweep_timer_.expires_after(kSweepEvery);
  sweep_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) sweep();
  });
}

}  // namespace quorate
