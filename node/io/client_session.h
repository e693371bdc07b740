// One client's connection: greets it, takes its requests as they come, and sends back the answers
// as they come.
//
// Place:      owned by the client server; the core knows it by its ClientId.
// Invariants: (1) the first message is a Hello, or the connection ends; (2) every request gets one
//             answer with its tag, in any order; (3) after remove() the core's replies for it go
//             nowhere.
// Limits:     client_requests_max in flight and client_out_pause_bytes unread: then it stops
//             reading. client_out_bytes_max unread: closed. Idle, slow or silent for too long:
//             closed. Shown in tests/node/io/client_session_test.cc and hostile_client_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "node/core/environment.h"
#include "node/io/connection.h"

namespace quorate::wire {
class ToClient;  // quorate.pb.h
class ToNode;
}  // namespace quorate::wire

namespace quorate {

class ClientServer;

class ClientSession final : public ConnectionHandler {
 public:
  // `server` outlives it.
  ClientSession(ClientServer& server, ClientId id, std::shared_ptr<Connection> connection,
                std::string address);
  ~ClientSession();

  void start();

  // The answer to the request that the core knows by `tag`.
  void reply(ClientTag tag, const ClientReply& reply);

  // Says why, then ends the connection and this session.
  void fail(const Error& why);

  // Ends it without a word.
  void close();

  void check(std::int64_t now_ns);

  const std::string& address() const { return address_; }
  std::size_t out_bytes() const { return connection_->out_bytes(); }
  bool quiet() const { return in_flight_ == 0 && connection_->out_bytes() == 0; }

  // ConnectionHandler
  void on_message(std::string_view message) override;
  void on_failed(const Error& why) override;
  void on_drained() override;

 private:
  // A request of the client that the core is working on.
  struct Slot {
    std::uint64_t tag = 0;
    Key key;
  };

  void on_hello(std::string_view message);
  void on_request(wire::ToNode& in);
  void on_client_request(wire::ToNode& in);
  void send_when_durable(wire::ToClient&& out);
  void refuse(std::uint64_t tag, const Error& why);
  void send_reply(std::uint64_t tag, const ClientReply& reply, const Key& key);
  void send(const wire::ToClient& out);
  void sent();
  std::uint32_t take_slot();
  void pause_or_resume();
  void end(const Error& why);

  ClientServer& server_;
  const ClientId id_;
  const std::shared_ptr<Connection> connection_;
  const std::string address_;
  std::string name_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::size_t in_flight_ = 0;
  std::int64_t since_ns_;  // the last message, or the start
  bool greeted_ = false;
  bool ended_ = false;
};

}  // namespace quorate
