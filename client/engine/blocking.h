// The blocking face of an asynchronous operation.
#pragma once

#include <future>
#include <memory>
#include <utility>

#include "client/client.h"
#include "client/engine/engine.h"
#include "node/base/check.h"

namespace quorate::client {

// Starts the operation with a callback that takes a T, and waits for that T. REQUIRES: not on the
// client's own thread, which would wait for itself.
template <typename T, typename Start>
T wait_for(const Client& client, Start&& start) {
  QUORATE_CHECK_MSG(!client.engine().on_own_thread(),
                    "a blocking call in a callback of the same client would never return");
  const auto promise = std::make_shared<std::promise<T>>();
  std::future<T> future = promise->get_future();
  std::forward<Start>(start)([promise](T result) { promise->set_value(std::move(result)); });
  return future.get();
}

}  // namespace quorate::client
