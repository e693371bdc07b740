// A free port of this machine's loopback that stays ours for the test, also while the node that
// listens on it is dead.
//
// It is chosen by the kernel (bind to port 0) and kept by a socket that is bound and does not
// listen: another socket with SO_REUSEADDR, which every listener here sets, may listen on it;
// nobody else is given it, neither by bind nor as the near end of a connection; and who connects
// while nobody listens is refused.
#pragma once

#include <cstdint>

namespace quorate::integration {

class ReservedPort {
 public:
  ReservedPort();
  ~ReservedPort();
  ReservedPort(ReservedPort&& other) noexcept;
  ReservedPort& operator=(ReservedPort&&) = delete;

  std::uint16_t number() const { return number_; }

 private:
  int socket_ = -1;
  std::uint16_t number_ = 0;
};

}  // namespace quorate::integration
