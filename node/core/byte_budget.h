// A number of bytes that several requests share, each taking what it keeps in memory.
//
// Place:      Writes and Forwards have one each, for what is not answered yet.
// Limits:     the bytes given. Who comes when there is no room is refused; only one that is alone
//             gets more than there is, or else a record larger than the bound could never be
//             written, not even to make it smaller.
#pragma once

#include <cstddef>

namespace quorate {

class ByteBudget {
 public:
  explicit ByteBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  bool has_room(std::size_t bytes) const {
    return taken_ == 0 || (taken_ <= bytes_max_ && bytes <= bytes_max_ - taken_);
  }
  // REQUIRES: has_room(bytes).
  void take(std::size_t bytes) { taken_ += bytes; }
  // REQUIRES: as much was taken before.
  void give_back(std::size_t bytes) { taken_ -= bytes; }

  std::size_t taken() const { return taken_; }

 private:
  const std::size_t bytes_max_;
  std::size_t taken_ = 0;
};

}  // namespace quorate
