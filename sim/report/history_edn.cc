#include "sim/check/linear_history.h"
#include "sim/linear/edn.h"
#include "sim/report/run_report.h"

namespace quorate::sim {

std::string history_edn(const Run& run) {
  return linear::write_edn(linear_history(run.evidence()).history);
}

}  // namespace quorate::sim
