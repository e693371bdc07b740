// What kvsim prints of runs.
//
//     Timeline timeline;
//     Run run(plan, {&timeline});
//     timeline.watch(run);
//     run.play();
//     const RunSummary summary = summarize(run, timeline, {.name = "split-brain", .replay =
//     "..."}); std::fputs(report_text(summary, {.colour = true, .width = 120}).c_str(), stdout);
//
// Place:      kvsim run. What a summary says and where it comes from: run_summary.h.
// Invariants: no line of a text is wider than asked for, from kReportWidthMin on
//             (tests/sim/report/run_report_test.cc); the fields of the JSON are those of
//             papers/kvsim-json.md (tests/sim/report/run_json_test.cc).
#pragma once

#include <string>
#include <vector>

#include "sim/report/run_summary.h"

namespace quorate::sim {

inline constexpr unsigned kReportWidthMin = 60;
inline constexpr unsigned kReportWidthDefault = 80;

struct RunReportOptions {
  bool colour = false;
  unsigned width = kReportWidthDefault;  // columns of the terminal
};

// For a person: timelines, a table with a column for each side of each cut, what came after
// healing, what held, what was given up; last the trace hash and the line that replays it.
std::string report_text(const RunSummary& summary, const RunReportOptions& options);

// Several runs of one scenario side by side: timelines of what the clients were told, and a column
// for each.
std::string comparison_text(const std::vector<RunSummary>& summaries,
                            const RunReportOptions& options);

// Grows when a field changes its meaning or goes; a new field leaves it.
inline constexpr int kRunJsonVersion = 1;

// One line for each run; papers/kvsim-json.md says what is in it.
std::string report_json(const RunSummary& summary);

// What the clients saw, as kvsim check reads it. REQUIRES: played.
std::string history_edn(const Run& run);

// The timelines as a picture that stands alone.
std::string report_svg(const RunSummary& summary);

// As reports show it: 16 hexadecimal digits.
std::string hash_text(std::uint64_t hash);

// What a terminal has, or kReportWidthDefault for everything else.
unsigned terminal_width(int descriptor);

}  // namespace quorate::sim
