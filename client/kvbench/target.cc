#include "client/kvbench/target.h"

#include <utility>

#include "client/changes.h"
#include "client/engine/engine.h"

namespace quorate::client::kvbench {

boost::asio::io_context& ClientTarget::io() { return client_.engine().io(); }

void ClientTarget::get(std::string key, OnAnswer on_answer) {
  client_.get(std::move(key), request_, std::move(on_answer));
}

void ClientTarget::put(std::string key, std::string value, std::string token, OnAnswer on_answer) {
  RequestOptions request = request_;
  if (!token.empty()) request.token = std::move(token);
  client_.put(std::move(key), std::move(value), std::move(request), std::move(on_answer));
}

void ClientTarget::change(std::string key, Change change, OnAnswer on_answer) {
  client_.change(std::move(key), std::move(change), request_, std::move(on_answer));
}

}  // namespace quorate::client::kvbench
