// What befell a world's disks, as far as it bears on what can be promised.
#pragma once

#include <vector>

#include "sim/faults/fault.h"

namespace quorate::sim {

struct Damage {
  bool rows_forgotten = false;    // a disk lost a row and nothing said so
  bool backups_restored = false;  // a disk went back in time
  bool stores_wiped = false;
  bool rows_corrupted = false;  // a disk holds rows that it can no longer read
};

// What this schedule may do to them.
Damage damage_of(const std::vector<Fault>& faults);

}  // namespace quorate::sim
