// Histories of clients of an atomic register, drawn from a seed: linearizable, unless reads are
// told to go wrong.
#pragma once

#include <cstdint>

#include "node/base/random.h"
#include "sim/linear/history.h"

namespace quorate::sim::linear {

struct SampleOptions {
  Model model = Model::kRegister;
  std::uint32_t clients = 4;
  std::uint32_t operations = 100;
  std::uint32_t keys = 1;
  std::uint32_t values = 0;  // written values are drawn from so many; 0: each is written once

  // Percentages of the operations; the rest writes (register), or puts.
  std::uint32_t reads = 50;
  std::uint32_t changes = 0;  // cas, or append

  std::uint32_t open = 0;   // percent that never end; half of them take effect, some much later
  std::uint32_t fail = 0;   // percent that fail
  std::uint32_t slow = 0;   // percent that take fifty times as long as the others
  std::uint32_t stale = 0;  // reads in 10,000 that answer what the key held before its last writes:
  std::uint32_t stale_writes = 5;  // up to so many of them
};

History sample_history(Random& random, const SampleOptions& options);

}  // namespace quorate::sim::linear
