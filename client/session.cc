#include "client/session.h"

#include <deque>
#include <list>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "client/engine/blocking.h"
#include "client/engine/update_run.h"

namespace quorate::client {
namespace {

// Bucket and key as one string: the length keeps ("a", "bc") and ("ab", "c") apart.
std::string name_of(std::string_view bucket, std::string_view key) {
  return std::to_string(bucket.size()) + ":" + std::string(bucket) + std::string(key);
}

}  // namespace

struct Session::State : std::enable_shared_from_this<State> {
  struct Request {
    Verb verb = Verb::kGet;
    std::string key;
    Change change;
    RequestOptions options;
    OnAnswer on_answer;
    std::function<void(Status)> on_turn = nullptr;  // in place of all that: leave() ends its turn
  };
  struct Kept {
    std::string token;
    std::list<std::string>::iterator use;
  };

  State(Client& owner, SessionOptions bounds) : client(owner), options(bounds) {}

  void ask(Request request) {
    const std::string name = name_of(request.options.bucket, request.key);
    {
      const std::lock_guard lock(mutex);
      auto [queue, first] = running.try_emplace(name);
      if (!first) {
        queue->second.push_back(std::move(request));
        return;
      }
    }
    send(name, std::move(request));
  }

  // Until leave() no other request for the key is sent. An error: the session was closed.
  void enter(const std::string& bucket, const std::string& key,
             std::function<void(Status)> on_turn) {
    Request request;
    request.key = key;
    request.options.bucket = bucket;
    request.on_turn = std::move(on_turn);
    ask(std::move(request));
  }

  void leave(const std::string& name, bool of_session, const Result<Updated>& updated) {
    {
      const std::lock_guard lock(mutex);
      if (of_session) learn(name, updated);
    }
    go_on(name);
  }

  // The session's token, unless the request has one; false: it has another one.
  bool use_token(const std::string& name, std::string& token) {
    const std::lock_guard lock(mutex);
    const auto found = tokens.find(name);
    if (!token.empty()) return found == tokens.end() || found->second.token == token;
    if (found != tokens.end()) token = found->second.token;
    return true;
  }

  void send(const std::string& name, Request request) {
    if (request.on_turn) {
      request.on_turn({});
      return;
    }
    bool of_session = true;
    {
      const std::lock_guard lock(mutex);
      const auto found = tokens.find(name);
      if (!request.options.token.empty() || request.options.context_none) {
        of_session = found == tokens.end() || found->second.token == request.options.token;
      } else if (found != tokens.end()) {
        request.options.token = found->second.token;
      }
    }
    auto done = [self = shared_from_this(), name, of_session, verb = request.verb,
                 key = request.key, bucket = request.options.bucket,
                 on_answer = std::move(request.on_answer)](const Result<Answer>& answer) {
      if (of_session && verb != Verb::kGet && answer && answer->ok() && answer->token.empty()) {
        self->read_token(name, key, bucket);
      } else {
        self->on_answer(name, of_session, answer);
      }
      on_answer(answer);
    };
    if (request.verb == Verb::kGet) {
      client.get(std::move(request.key), std::move(request.options), std::move(done));
    } else if (request.verb == Verb::kPut) {
      client.put(std::move(request.key), std::move(request.change.value),
                 std::move(request.options), std::move(done));
    } else if (request.verb == Verb::kUpdate) {
      client.change(std::move(request.key), std::move(request.change), std::move(request.options),
                    std::move(done));
    } else {
      client.del(std::move(request.key), std::move(request.options), std::move(done));
    }
  }

  // A retry may be acknowledged without a token (papers/decisions/0005): a quorum read has one that
  // covers it. Until then the key's next request waits.
  void read_token(const std::string& name, const std::string& key, const std::string& bucket) {
    RequestOptions read;
    read.bucket = bucket;
    read.r = Quorum{Quorum::Kind::kQuorum, 0};
    client.get(key, read, [self = shared_from_this(), name](const Result<Answer>& answer) {
      self->on_answer(name, true, answer);
    });
  }

  // Keeps the token, then lets the key's next request go.
  void on_answer(const std::string& name, bool of_session, const Result<Answer>& answer) {
    {
      const std::lock_guard lock(mutex);
      if (of_session) learn(name, answer);
    }
    go_on(name);
  }

  void go_on(const std::string& name) {
    std::optional<Request> next;
    std::deque<Request> dropped;
    {
      const std::lock_guard lock(mutex);
      const auto queue = running.find(name);
      if (closed) dropped = std::move(queue->second);
      if (closed || queue->second.empty()) {
        running.erase(queue);
      } else {
        next = std::move(queue->second.front());
        queue->second.pop_front();
      }
    }
    if (next) send(name, std::move(*next));
    for (const Request& request : dropped) {
      const Error closed_error{ErrorCode::kUnreachable, "the session was closed"};
      request.on_turn ? request.on_turn(closed_error) : request.on_answer(closed_error);
    }
  }

  void learn(const std::string& name, const Result<Answer>& answer) {
    if (answer && (answer->ok() || answer->outcome == Outcome::kNotFound)) {
      if (!answer->token.empty()) keep(name, answer->token);
    } else if (refuses_token(answer)) {
      forget(name);
    }
  }

  // What its reads showed stays seen, however it ended.
  void learn(const std::string& name, const Result<Updated>& updated) {
    if (!updated) {
      learn(name, Result<Answer>(updated.error()));
    } else if (refuses_token(updated->answer)) {
      forget(name);
    } else if (!updated->answer.token.empty()) {
      keep(name, updated->answer.token);
    }
  }

  static bool refuses_token(const Result<Answer>& answer) {
    if (!answer) return answer.error().code == ErrorCode::kUnauthorized;
    return answer->reason == Reason::kTokenExpired || answer->reason == Reason::kBadContext;
  }

  void keep(const std::string& name, const std::string& token) {
    forget(name);
    uses.push_front(name);
    tokens.emplace(name, Kept{token, uses.begin()});
    token_bytes += token.size() + name.size();
    while (tokens.size() > options.keys_max || token_bytes > options.token_bytes_max) {
      forget(std::string(uses.back()));
    }
  }

  void forget(const std::string& name) {
    const auto found = tokens.find(name);
    if (found == tokens.end()) return;
    token_bytes -= found->second.token.size() + name.size();
    uses.erase(found->second.use);
    tokens.erase(found);
  }

  Client& client;
  const SessionOptions options;
  mutable std::mutex mutex;
  bool closed = false;
  std::unordered_map<std::string, Kept> tokens;
  std::list<std::string> uses;  // names, the last used first
  std::size_t token_bytes = 0;
  // Keys with a request out, and what waits behind it.
  std::unordered_map<std::string, std::deque<Request>> running;
};

Session::Session(Client& client, SessionOptions options)
    : client_(client), state_(std::make_shared<State>(client, options)) {}

Session::~Session() {
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
}

void Session::get(std::string key, RequestOptions options, OnAnswer on_answer) {
  state_->ask({Verb::kGet, std::move(key), {}, std::move(options), std::move(on_answer)});
}

void Session::put(std::string key, std::string value, RequestOptions options, OnAnswer on_answer) {
  state_->ask({Verb::kPut,
               std::move(key),
               {Update::kNone, "", std::move(value)},
               std::move(options),
               std::move(on_answer)});
}

void Session::del(std::string key, RequestOptions options, OnAnswer on_answer) {
  state_->ask({Verb::kDelete, std::move(key), {}, std::move(options), std::move(on_answer)});
}

void Session::change(std::string key, Change change, RequestOptions options, OnAnswer on_answer) {
  state_->ask(
      {Verb::kUpdate, std::move(key), std::move(change), std::move(options), std::move(on_answer)});
}

void Session::update(std::string key, Resolver resolver, UpdateOptions options,
                     OnUpdated on_updated) {
  const std::string bucket = options.request.bucket;
  const std::string entered = key;
  state_->enter(bucket, entered,
                [state = state_, key = std::move(key), resolver = std::move(resolver),
                 options = std::move(options),
                 on_updated = std::move(on_updated)](const Status& turn) mutable {
                  if (!turn) {
                    on_updated(turn.error());
                    return;
                  }
                  const std::string name = name_of(options.request.bucket, key);
                  const bool of_session = state->use_token(name, options.request.token);
                  start_update(state->client.engine(), std::move(key), std::move(resolver),
                               std::move(options),
                               [state, name, of_session, on_updated](Result<Updated> updated) {
                                 state->leave(name, of_session, updated);
                                 on_updated(std::move(updated));
                               });
                });
}

Result<Answer> Session::get(std::string key, RequestOptions options) {
  return wait_for<Result<Answer>>(
      client_, [&](OnAnswer done) { get(std::move(key), std::move(options), std::move(done)); });
}

Result<Answer> Session::put(std::string key, std::string value, RequestOptions options) {
  return wait_for<Result<Answer>>(client_, [&](OnAnswer done) {
    put(std::move(key), std::move(value), std::move(options), std::move(done));
  });
}

Result<Answer> Session::del(std::string key, RequestOptions options) {
  return wait_for<Result<Answer>>(
      client_, [&](OnAnswer done) { del(std::move(key), std::move(options), std::move(done)); });
}

Result<Answer> Session::change(std::string key, Change what, RequestOptions options) {
  return wait_for<Result<Answer>>(client_, [&](OnAnswer done) {
    change(std::move(key), std::move(what), std::move(options), std::move(done));
  });
}

Result<Updated> Session::update(std::string key, Resolver resolver, UpdateOptions options) {
  const Status turn = wait_for<Status>(client_, [&](std::function<void(Status)> done) {
    state_->enter(options.request.bucket, key, std::move(done));
  });
  if (!turn) return turn.error();
  const std::string name = name_of(options.request.bucket, key);
  const bool of_session = state_->use_token(name, options.request.token);
  auto updated = run_update(client_, key, std::move(resolver), std::move(options));
  state_->leave(name, of_session, updated);
  return updated;
}

std::optional<std::string> Session::token(std::string_view bucket, std::string_view key) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->tokens.find(name_of(bucket, key));
  if (found == state_->tokens.end()) return std::nullopt;
  return found->second.token;
}

std::size_t Session::keys() const {
  const std::lock_guard lock(state_->mutex);
  return state_->tokens.size();
}

void Session::forget_all() {
  const std::lock_guard lock(state_->mutex);
  state_->tokens.clear();
  state_->uses.clear();
  state_->token_bytes = 0;
}

}  // namespace quorate::client
