// A session: the client keeps the newest token of each key and sends it always, so that reads never
// go back behind what was read or written here, at any r, and writes replace only what was seen
// here.
//
// Place:      over a Client, which outlives it; any number of sessions over one. From any thread.
// Implements: DESIGN 2.1 (a session always sends its tokens), 2.5 (read your writes, monotonic
//             reads).
// Invariants: requests for one key run one after the other in the order in which they were asked:
//             two tokens for one key can then never compete (sealed tokens cannot be joined here).
//             tests/client/session_test.cc.
// Limits:     keys_max and token_bytes_max; past them the key that was longest not used is
//             forgotten, and with it the promise for that key.
// Not here:   resolving siblings by a function: update.h.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/answer.h"
#include "client/client.h"

namespace quorate::client {

struct SessionOptions {
  std::size_t keys_max = 65'536;
  std::size_t token_bytes_max = 64u << 20;
};

class Session {
 public:
  explicit Session(Client& client, SessionOptions options = {});
  // What waits behind another request for its key is answered with kUnreachable.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // As the client's own. With a token in `options`, or context_none, that is sent in place of the
  // session's, and the session's stays as it is (two sealed tokens cannot be joined): such a
  // request stands outside the promise. A token that the cluster no longer takes (expired, key
  // changed) fails the request and is forgotten: the promise for that key starts anew.
  void get(std::string key, RequestOptions options, OnAnswer on_answer);
  void put(std::string key, std::string value, RequestOptions options, OnAnswer on_answer);
  void del(std::string key, RequestOptions options, OnAnswer on_answer);
  // Removes only what this session has read or written: read the key before.
  void change(std::string key, Change change, RequestOptions options, OnAnswer on_answer);
  // As Client::update, from a state that covers what this session has seen. The key's other
  // requests wait until it has ended: between its read and its write nothing of this session comes
  // in.
  void update(std::string key, Resolver resolver, UpdateOptions options, OnUpdated on_updated);

  Result<Answer> get(std::string key, RequestOptions options = {});
  Result<Answer> put(std::string key, std::string value, RequestOptions options = {});
  Result<Answer> del(std::string key, RequestOptions options = {});
  Result<Answer> change(std::string key, Change change, RequestOptions options = {});
  Result<Updated> update(std::string key, Resolver resolver, UpdateOptions options = {});

  // The token kept for a key.
  std::optional<std::string> token(std::string_view bucket, std::string_view key) const;
  std::size_t keys() const;
  void forget_all();

 private:
  struct State;
  Client& client_;
  std::shared_ptr<State> state_;  // callbacks in flight hold it too
};

}  // namespace quorate::client
