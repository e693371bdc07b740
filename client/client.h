// A client of the store: many requests at once over few connections to several nodes, with
// fail-over, safe retries and one deadline a request.
//
// Place:      a program owns one Client for as long as it talks to the cluster; every method may be
//             called from any thread. Callbacks run on the client's own thread: keep them short,
//             and never call a blocking method from one (that is checked).
// Implements: DESIGN 2.5: a write carries one random request id over all its attempts.
// Contact:    the endpoints in an order of the key's own (so that one key is written through one
//             node as long as it serves, and keys spread over nodes); last those that do not
//             answer, or that just could not serve a request: a node on the small side of a cut.
// Limits:     ClientOptions; nothing else grows.
// Not here:   tokens kept for you (session.h), what an update promises (update.h), bulk writes
//             (bulk_writer.h), status and ring (admin.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/answer.h"
#include "client/endpoint.h"
#include "client/update.h"

namespace quorate::client {

class Engine;

struct ClientOptions {
  std::vector<Endpoint> endpoints{};
  std::string cluster{};         // refuse nodes of any other; empty: any
  std::string name = "quorate";  // for the nodes' logs
  std::int64_t deadline_ms = 2'000;
  std::int64_t connect_timeout_ms = 1'000;  // TCP and handshake of one connection
  // A node that has not answered for so long gets company: the request goes to another one too.
  std::int64_t patience_ms = 500;
  // A connection with requests on it from which nothing at all has come, pings included, is given
  // up.
  std::int64_t silence_max_ms = 3'000;
  std::uint32_t attempts_max = 8;  // of one request
  // Retries that cost the cluster work, as a share of requests, on top of a small reserve: a client
  // must not multiply an overload.
  std::uint32_t retries_percent = 20;
  std::uint32_t retries_reserve = 32;
  std::size_t connections_per_endpoint = 1;
  std::size_t requests_max = 16'384;           // in flight; more are refused as overloaded
  std::size_t request_bytes_max = 256u << 20;  // keys, values and tokens in flight

  // Errors: kInvalidInput naming every member that is out of bounds.
  Status validate() const;
};

class Client {
 public:
  // Connects when there is something to send. Errors: as ClientOptions::validate.
  static Result<Client> create(ClientOptions options);

  // What is in flight is answered (kUnknown or kUnreachable) before this returns.
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  void get(std::string key, RequestOptions options, OnAnswer on_answer);
  void put(std::string key, std::string value, RequestOptions options, OnAnswer on_answer);
  void del(std::string key, RequestOptions options, OnAnswer on_answer);
  // Of a part of a value (changes.h). A retry is never applied a second time: where it cannot be
  // told whether an earlier attempt was, the answer is kUnknown.
  void change(std::string key, Change change, RequestOptions options, OnAnswer on_answer);
  // Reads, resolves, writes back, again if others wrote meanwhile (update.h). The resolver is
  // called on the client's own thread.
  void update(std::string key, Resolver resolver, UpdateOptions options, OnUpdated on_updated);

  Result<Answer> get(std::string key, RequestOptions options = {});
  Result<Answer> put(std::string key, std::string value, RequestOptions options = {});
  Result<Answer> del(std::string key, RequestOptions options = {});
  Result<Answer> change(std::string key, Change change, RequestOptions options = {});
  // The resolver is called on the caller's thread.
  Result<Updated> update(std::string key, Resolver resolver, UpdateOptions options = {});

  const ClientOptions& options() const;
  Engine& engine() const { return *engine_; }  // for the library's own parts

 private:
  explicit Client(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace quorate::client
