#include "tests/integration/reserved_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "node/base/check.h"

namespace quorate::integration {

ReservedPort::ReservedPort() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  QUORATE_CHECK(socket_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  QUORATE_CHECK(bind(socket_, generic, size) == 0);
  QUORATE_CHECK(getsockname(socket_, generic, &size) == 0);
  number_ = ntohs(address.sin_port);

  // Only now, so that the port was nobody's before.
  const int yes = 1;
  QUORATE_CHECK(setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0);
}

ReservedPort::~ReservedPort() {
  if (socket_ >= 0) {
    close(socket_);
  }
}

ReservedPort::ReservedPort(ReservedPort&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), number_(other.number_) {}

}  // namespace quorate::integration
