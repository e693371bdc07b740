#include "node/io/peer_links.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "node/io/log.h"
#include "node/wire/error_codec.h"

namespace quorate {
namespace {

using boost::asio::ip::tcp;

constexpr std::chrono::milliseconds kSweepEvery{250};
constexpr std::int64_t kSeenPatienceMs = 200;  // an honest handshake is over by then
constexpr std::int64_t kLogEveryNs = 60 * kNsPerSecond;

Error unreachable(const std::string& why) { return Error{ErrorCode::kUnreachable, why}; }

}  // namespace

PeerLink::PeerLink(PeerServices& services, NodeAddress peer,
                   std::function<void(const Error&)> refused)
    : services_(services),
      peer_(std::move(peer)),
      refused_(std::move(refused)),
      resolver_(services.loop.context()),
      timer_(services.loop.context()),
      random_(random_u64_from_os()) {}

// ---------------------------------------------------------------- dialling

void PeerLink::dial() {
  if (closed_ || state_ != State::kWaiting) return;
  if (services_.chaos.cut(peer_.id)) {  // it would be swallowed
    wait_then_dial();
    return;
  }
  state_ = State::kDialling;
  dialled_ns_ = services_.loop.now_ns();
  const std::uint64_t attempt = ++attempt_;
  timer_.expires_after(std::chrono::milliseconds(services_.options.dial_max_ms));
  timer_.async_wait([this, attempt](const boost::system::error_code& error) {
    if (error || attempt != attempt_ || state_ == State::kUp || state_ == State::kWaiting) return;
    end(unreachable("no link within " + std::to_string(services_.options.dial_max_ms) + " ms"));
  });
  boost::system::error_code not_literal;
  const auto address = boost::asio::ip::make_address(peer_.host, not_literal);
  if (not_literal) {
    resolve(attempt);
  } else {
    connect(tcp::endpoint(address, peer_.peer_port), attempt);
  }
}

void PeerLink::resolve(std::uint64_t attempt) {
  resolver_.async_resolve(peer_.host, std::to_string(peer_.peer_port),
                          [this, attempt](const boost::system::error_code& error,
                                          const tcp::resolver::results_type& found) {
                            if (!is_current(attempt)) return;
                            if (error || found.empty()) {
                              end(unreachable(peer_.host + ": " + error.message()));
                            } else {
                              connect(found.begin()->endpoint(), attempt);
                            }
                          });
}

void PeerLink::connect(const tcp::endpoint& endpoint, std::uint64_t attempt) {
  dialling_ = std::make_shared<Socket>(services_.loop.context());
  dialling_->async_connect(
      endpoint, [this, attempt, socket = dialling_](const boost::system::error_code& error) {
        if (!is_current(attempt)) return;
        dialling_.reset();
        if (error) {
          end(unreachable(error.message()));
        } else {
          on_connected(std::move(*socket));
        }
      });
}

void PeerLink::on_connected(Socket socket) {
  set_tcp_options(socket, services_.options.tcp_user_timeout_ms);
  connection_ = std::make_shared<Connection>(services_.loop, services_.counters, services_.options,
                                             std::move(socket), kHandshakeMessageBytesMax);
  handshake_ = std::make_unique<DiallerHandshake>(services_.identity, services_.key, peer_.id);
  state_ = State::kHello;
  connection_->start(*this);
  connection_->send(handshake_->hello());
}

void PeerLink::on_message(std::string_view message) {
  if (services_.chaos.cut(peer_.id)) return;
  switch (state_) {
    case State::kWaiting:
    case State::kDialling:
      return;
    case State::kHello: {
      const Result<std::string> proof = handshake_->on_challenge(message);
      if (!proof) {
        // So that the other side's log says it too.
        connection_->send(encode_peer_error(proof.error()));
        std::exchange(connection_, nullptr)->finish();
        end(proof.error());
        return;
      }
      state_ = State::kProof;
      connection_->send(*proof);
      return;
    }
    case State::kProof: {
      if (Status welcome = handshake_->on_welcome(message); !welcome) {
        end(welcome.error());
      } else {
        on_up();
      }
      return;
    }
    case State::kUp: {
      const std::optional<Error> error = decode_peer_error(message);
      end(error ? *error : invalid_input("sent something on a link that only takes"));
      return;
    }
  }
}

void PeerLink::on_up() {
  state_ = State::kUp;
  timer_.cancel();
  wait_ms_ = 0;
  last_failure_.clear();
  ever_up_ = true;
  foreign_ = false;
  services_.counters.add(IoCounter::kPeerLinksUp);
  log(LogLevel::kInfo, "link to peer is up", {{"peer", peer_.id}, {"address", status().address}});
  services_.environment.link_up(peer_.id);
}

// ---------------------------------------------------------------- the end of a link, and the next

void PeerLink::on_failed(const Error& why) { end(why); }

void PeerLink::end(const Error& why) {
  const bool was_up = state_ == State::kUp;
  const bool peer_proved = handshake_ != nullptr && handshake_->peer_proved();
  foreign_ = !was_up && !peer_proved && why.code == ErrorCode::kIncompatible;
  abandon();
  if (was_up) {
    services_.counters.add(IoCounter::kPeerLinksDown);
    last_failure_.clear();
  }
  log_failure(was_up, why);
  services_.environment.link_down(peer_.id);
  wait_then_dial();
  // Another live run of this node: only a peer that has proved itself is believed.
  if (foreign_ || (peer_proved && why.code == ErrorCode::kInUse)) refused_(why);
}

// Whatever is under way, without a word to anybody.
void PeerLink::abandon() {
  state_ = State::kWaiting;
  ++attempt_;
  timer_.cancel();
  if (dialling_) {
    boost::system::error_code ignored;
    dialling_->close(ignored);
    dialling_.reset();
  }
  if (connection_) {
    connection_->close();
    connection_.reset();
  }
  handshake_.reset();
}

void PeerLink::log_failure(bool was_up, const Error& why) {
  const std::int64_t now_ns = services_.loop.now_ns();
  if (why.message == last_failure_ && now_ns < silent_until_ns_) return;
  last_failure_ = why.message;
  silent_until_ns_ = now_ns + kLogEveryNs;
  log(LogLevel::kWarn, was_up ? "link to peer is down" : "no link to peer",
      {{"peer", peer_.id}, {"address", status().address}, {"why", why.message}});
}

void PeerLink::wait_then_dial() {
  if (closed_) return;
  const IoOptions& options = services_.options;
  wait_ms_ = std::clamp(2 * wait_ms_, options.reconnect_min_ms, options.reconnect_max_ms);
  const std::int64_t jittered_ms = random_.between((wait_ms_ + 1) / 2, wait_ms_);
  timer_.expires_after(std::chrono::milliseconds(jittered_ms));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) dial();
  });
}

void PeerLink::retry_now(std::int64_t patience_ms) {
  if (state_ == State::kUp || closed_) return;
  if (state_ != State::kWaiting && services_.loop.now_ns() - dialled_ns_ < patience_ms * kNsPerMs) {
    return;
  }
  abandon();
  wait_ms_ = 0;
  dial();
}

void PeerLink::close() {
  closed_ = true;
  abandon();
  resolver_.cancel();
}

// ---------------------------------------------------------------- sending

void PeerLink::send(const Message& message, PeerEncoder& encoder) {
  if (state_ != State::kUp ||
      connection_->out_bytes() >= static_cast<std::size_t>(services_.options.peer_out_bytes_max)) {
    services_.counters.add(IoCounter::kPeerMessagesDropped);
    return;
  }
  if (services_.chaos.cut_out(peer_.id)) {
    services_.counters.add(IoCounter::kPeerMessagesCut);
    return;
  }
  services_.counters.add(IoCounter::kPeerMessagesOut);
  std::string& bytes = connection_->out();
  const std::size_t start = begin_frames(bytes);
  encoder.encode(message, bytes);
  end_frames(bytes, start);
  connection_->appended();
}

void PeerLink::check(std::int64_t now_ns) {
  // A copy: a failed check ends the link and gives its connection up.
  if (const std::shared_ptr<Connection> connection = connection_) connection->check(now_ns);
}

LinkStatus PeerLink::status() const {
  return LinkStatus{state_ == State::kUp, out_bytes(),
                    peer_.host + ":" + std::to_string(peer_.peer_port)};
}

// ---------------------------------------------------------------- all links

PeerLinks::PeerLinks(PeerServices& services, const std::vector<NodeAddress>& nodes,
                     std::function<void(const Error&)> refused)
    : services_(services), refused_(std::move(refused)), sweep_timer_(services.loop.context()) {
  for (const NodeAddress& node : nodes) {
    if (node.id == services.identity.node) continue;
    links_.try_emplace(node.id, services, node, [this](const Error& why) { on_refused(why); });
  }
}

void PeerLinks::start() {
  for (auto& [id, link] : links_) link.dial();
  sweep();
}

void PeerLinks::stop() {
  sweep_timer_.cancel();
  for (auto& [id, link] : links_) link.close();
}

void PeerLinks::send(NodeId to, const Message& message) {
  const auto found = links_.find(to);
  if (found != links_.end()) found->second.send(message, encoder_);
}

void PeerLinks::retry_now(NodeId peer) {
  const auto found = links_.find(peer);
  if (found != links_.end()) found->second.retry_now(kSeenPatienceMs);
}

void PeerLinks::retry_all() {
  for (auto& [id, link] : links_) link.retry_now(0);
}

LinkStatus PeerLinks::status(NodeId peer) const {
  const auto found = links_.find(peer);
  return found == links_.end() ? LinkStatus{} : found->second.status();
}

bool PeerLinks::quiet() const {
  return std::all_of(links_.begin(), links_.end(),
                     [](const auto& link) { return link.second.out_bytes() == 0; });
}

void PeerLinks::on_refused(const Error& why) {
  if (told_refused_) return;
  // One misdirected address must not end a node; being a stranger to every peer must.
  if (why.code != ErrorCode::kInUse &&
      !std::all_of(links_.begin(), links_.end(), [](const auto& link) {
        return link.second.foreign() && !link.second.ever_up();
      })) {
    return;
  }
  told_refused_ = true;
  refused_(why);
}

void PeerLinks::sweep() {
  const std::int64_t now_ns = services_.loop.now_ns();
  for (auto& [id, link] : links_) link.check(now_ns);
  sweep_timer_.expires_after(kSweepEvery);
  sweep_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) sweep();
  });
}

}  // namespace quorate
