// What the driver asks: our client, or another store's.
//
// Place:      the driver calls it on the loop of io(), which another thread runs, and is answered
//             there. One interface for all stores, so that load, clock and counting are the same.
// Invariants: every request is answered once, also when a connection is lost: Drive ends with the
//             last answer. An answer may come before the call returns.
// Words:      Answer's own. kOk and kNotFound are done; anything else is a failure.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>

#include "client/answer.h"
#include "client/client.h"

namespace quorate::client::kvbench {

class Target {
 public:
  virtual ~Target() = default;

  virtual boost::asio::io_context& io() = 0;

  virtual void get(std::string key, OnAnswer on_answer) = 0;
  // `token`: of an answer to a get; empty: whatever is there is replaced.
  virtual void put(std::string key, std::string value, std::string token, OnAnswer on_answer) = 0;
  virtual void change(std::string key, Change change, OnAnswer on_answer) = 0;
};

// Quorate, by the client library; the loop is the library's own.
class ClientTarget final : public Target {
 public:
  // `client` outlives it. `request`: of every operation, but for the token.
  ClientTarget(Client& client, const RequestOptions& request)
      : client_(client), request_(request) {}

  boost::asio::io_context& io() override;
  void get(std::string key, OnAnswer on_answer) override;
  void put(std::string key, std::string value, std::string token, OnAnswer on_answer) override;
  void change(std::string key, Change change, OnAnswer on_answer) override;

 private:
  Client& client_;
  const RequestOptions& request_;
};

}  // namespace quorate::client::kvbench
