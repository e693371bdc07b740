// Accepts clients and knows them by id.
//
// Place:      owned by Node; the environment hands it the core's replies.
// Limits:     clients_max connections, clients_per_address_max of one address: more are told so and
//             closed. Unread replies over all clients: clients_out_bytes_max; past it the client
//             with most of them is closed. A flood is logged at most once a second.
// Not here:   what one client says (client_session.h).
#pragma once

#include <google/protobuf/arena.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "node/io/admin.h"
#include "node/io/client_session.h"
#include "node/io/counters.h"
#include "node/io/listener.h"
#include "node/io/node_environment.h"
#include "node/wire/token_seal.h"

namespace quorate {

// Memory for the messages of one call, given back at its end without a heap call each.
class ArenaScope {
 public:
  explicit ArenaScope(google::protobuf::Arena& arena) : arena_(arena) {}
  ~ArenaScope() { arena_.Reset(); }
  ArenaScope(const ArenaScope&) = delete;
  ArenaScope& operator=(const ArenaScope&) = delete;

  template <typename Message>
  Message* make() {
    return google::protobuf::Arena::CreateMessage<Message>(&arena_);
  }

 private:
  google::protobuf::Arena& arena_;
};

class ClientServer final : public ClientReplier {
 public:
  struct Identity {
    std::string cluster;
    NodeId node = 0;
    RunId run = 0;
    RingVersion ring_version = 0;
  };
  struct Services {
    Loop& loop;
    Counters& counters;
    NodeEnvironment& environment;
    const TokenSeal& seal;
    const IoOptions& options;
    Identity identity;
  };

  // All that `services` refers to outlives it.
  ClientServer(Services services, std::unique_ptr<Listener> listener);
  ~ClientServer();

  // Begins to accept. `admin` outlives it.
  void start(Admin& admin);

  // Accepts nobody any more; who is connected stays.
  void stop_accepting();

  // Closes every connection, without a word.
  void close_all();

  // No client waits for anything.
  bool quiet() const;

  std::size_t clients() const { return sessions_.size(); }
  std::uint16_t port() const { return listener_->port(); }
  std::string endpoint() const { return listener_->endpoint(); }

  void reply(ClientId client, ClientTag tag, const ClientReply& reply) override;

  // ---- for sessions
  Loop& loop() { return services_.loop; }
  Counters& counters() { return services_.counters; }
  NodeEnvironment& environment() { return services_.environment; }
  const TokenSeal& seal() const { return services_.seal; }
  const IoOptions& options() const { return services_.options; }
  const Identity& identity() const { return services_.identity; }
  Admin& admin() { return *admin_; }
  google::protobuf::Arena& arena() { return arena_; }

  ClientSession* find(ClientId id);
  void on_queued(ClientId id, const ClientSession& session);
  void remove(ClientId id);

 private:
  static constexpr std::size_t kArenaBytes = 32u << 10;

  void on_accepted(Listener::Socket socket, const std::string& address);
  void turn_away(Listener::Socket socket, const std::string& address, const std::string& why);
  void close_soon(ClientId id, const char* why);
  void sweep();

  Services services_;
  std::unique_ptr<Listener> listener_;
  Admin* admin_ = nullptr;
  boost::asio::steady_timer sweep_timer_;
  std::unique_ptr<char[]> arena_block_;
  google::protobuf::Arena arena_;  // for one incoming message at a time
  ClientId next_id_ = 1;
  std::shared_ptr<std::int64_t> out_bytes_;  // unread replies of all connections
  std::int64_t silent_until_ns_ = 0;
  std::map<std::string, std::int64_t> per_address_;
  boost::unordered_flat_map<ClientId, std::unique_ptr<ClientSession>> sessions_;
};

}  // namespace quorate
