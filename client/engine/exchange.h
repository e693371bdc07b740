// Something that waits for a node's answer: the engine's calls, as a connection and its channel see
// them.
//
// Place:      implemented by Call and AdminCall; everything happens on the client's own thread. A
//             slot is the waiting party's number for one of its attempts.
#pragma once

#include <cstdint>

#include "node/base/status.h"

namespace quorate::wire {
class ToClient;
}

namespace quorate::client {

class Connection;

using Slot = std::uint32_t;

class Exchange {
 public:
  virtual ~Exchange() = default;

  // The connection stands: send now (or not, if it is no longer wanted).
  virtual void on_connected(Slot slot, Connection& connection) = 0;
  // There will be no connection for this slot; nothing was sent.
  virtual void on_not_sent(Slot slot, const Error& error) = 0;
  // The answer to what was sent for this slot; it may be taken apart.
  virtual void on_answer(Slot slot, wire::ToClient& answer) = 0;
  // The connection died. `sent` false: the request had not left this process.
  virtual void on_lost(Slot slot, const Error& error, bool sent) = 0;
};

}  // namespace quorate::client
