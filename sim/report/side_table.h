// The sides of each cut beside one another: what was asked there, what was answered, how late, how
// stale.
#pragma once

#include <string>

#include "sim/report/run_report.h"

namespace quorate::sim {

// As many tables below one another as the width asks for. Rows that say nothing anywhere are left
// out.
std::string side_tables(const RunSummary& summary, const RunReportOptions& options);

}  // namespace quorate::sim
