// An interrupt from the terminal (^C) as a question, while this lives.
#pragma once

#include <csignal>

namespace quorate::sim {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();  // as it was before
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool happened() const;

 private:
  struct sigaction before_ = {};
};

}  // namespace quorate::sim
