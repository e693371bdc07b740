#include "client/client.h"

#include <utility>

#include "client/engine/blocking.h"
#include "client/engine/engine.h"
#include "client/engine/update_run.h"

namespace quorate::client {

Status ClientOptions::validate() const {
  std::string problems;
  const auto require = [&problems](bool holds, const std::string& what) {
    if (!holds) problems += (problems.empty() ? "" : "; ") + what;
  };
  constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
  require(!endpoints.empty(), "endpoints: none is given; give at least one host:port");
  require(deadline_ms >= 1 && deadline_ms <= kDayMs, "deadline_ms must be from 1 to 86400000");
  require(connect_timeout_ms >= 1 && connect_timeout_ms <= kDayMs,
          "connect_timeout_ms must be from 1 to 86400000");
  require(patience_ms >= 1, "patience_ms must be at least 1");
  require(silence_max_ms >= 500, "silence_max_ms must be at least 500");
  require(attempts_max >= 1 && attempts_max <= 1000, "attempts_max must be from 1 to 1000");
  require(retries_percent <= 1000, "retries_percent must be at most 1000");
  require(retries_reserve <= 1'000'000, "retries_reserve must be at most 1000000");
  require(connections_per_endpoint >= 1 && connections_per_endpoint <= 1024,
          "connections_per_endpoint must be from 1 to 1024");
  require(requests_max >= 1, "requests_max must be at least 1");
  require(request_bytes_max >= 4096, "request_bytes_max must be at least 4096");
  if (!problems.empty()) return invalid_input("client options: " + problems);
  return {};
}

Result<Client> Client::create(ClientOptions options) {
  if (const Status valid = options.validate(); !valid) return valid.error();
  return Client(std::make_unique<Engine>(std::move(options)));
}

Client::Client(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

const ClientOptions& Client::options() const { return engine_->options(); }

void Client::get(std::string key, RequestOptions options, OnAnswer on_answer) {
  engine_->submit(Verb::kGet, std::move(key), {}, std::move(options), std::move(on_answer));
}

void Client::put(std::string key, std::string value, RequestOptions options, OnAnswer on_answer) {
  engine_->submit(Verb::kPut, std::move(key), {Update::kNone, "", std::move(value)},
                  std::move(options), std::move(on_answer));
}

void Client::del(std::string key, RequestOptions options, OnAnswer on_answer) {
  engine_->submit(Verb::kDelete, std::move(key), {}, std::move(options), std::move(on_answer));
}

void Client::change(std::string key, Change change, RequestOptions options, OnAnswer on_answer) {
  engine_->submit(Verb::kUpdate, std::move(key), std::move(change), std::move(options),
                  std::move(on_answer));
}

void Client::update(std::string key, Resolver resolver, UpdateOptions options,
                    OnUpdated on_updated) {
  start_update(*engine_, std::move(key), std::move(resolver), std::move(options),
               std::move(on_updated));
}

Result<Answer> Client::get(std::string key, RequestOptions options) {
  return wait_for<Result<Answer>>(
      *this, [&](OnAnswer done) { get(std::move(key), std::move(options), std::move(done)); });
}

Result<Answer> Client::put(std::string key, std::string value, RequestOptions options) {
  return wait_for<Result<Answer>>(*this, [&](OnAnswer done) {
    put(std::move(key), std::move(value), std::move(options), std::move(done));
  });
}

Result<Answer> Client::del(std::string key, RequestOptions options) {
  return wait_for<Result<Answer>>(
      *this, [&](OnAnswer done) { del(std::move(key), std::move(options), std::move(done)); });
}

Result<Answer> Client::change(std::string key, Change what, RequestOptions options) {
  return wait_for<Result<Answer>>(*this, [&](OnAnswer done) {
    change(std::move(key), std::move(what), std::move(options), std::move(done));
  });
}

Result<Updated> Client::update(std::string key, Resolver resolver, UpdateOptions options) {
  return run_update(*this, key, std::move(resolver), std::move(options));
}

}  // namespace quorate::client
