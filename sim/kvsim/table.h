// Tables are for every part that tells people something: report/table.h.
#pragma once

#include "sim/report/table.h"  // IWYU pragma: export
