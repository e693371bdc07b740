#include "sim/kvsim/check_command.h"

#include <cstdio>

#include "sim/kvsim/check_report.h"
#include "sim/kvsim/input.h"
#include "sim/kvsim/table.h"
#include "sim/linear/edn.h"
#include "sim/linear/judge.h"

namespace quorate::sim {
namespace {

ExitCode exit_code(linear::Verdict verdict) {
  switch (verdict) {
    case linear::Verdict::kLinearizable:
      return ExitCode::kHeld;
    case linear::Verdict::kNotLinearizable:
      return ExitCode::kViolated;
    case linear::Verdict::kUndecided:
      return ExitCode::kUndecided;
  }
  return ExitCode::kUsage;
}

ExitCode refuse(const Error& error) {
  std::fprintf(stderr, "kvsim check: %s\n", printable(error.message).c_str());
  return ExitCode::kUsage;
}

}  // namespace

ExitCode run_check(const CheckSettings& settings) {
  const Result<Input> input = Input::read(settings.file);
  if (!input) return refuse(input.error());
  const Result<linear::History> history = linear::read_edn(
      input->text(), {.model = settings.model, .initial = settings.initial, .name = input->name()});
  if (!history) return refuse(history.error());
  const linear::Judgement judgement = judge(*history, {.steps_max = settings.steps_max});
  const CheckReport report{settings, *history, judgement};
  const std::string text = settings.json ? check_json(report) : check_text(report);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return exit_code(judgement.verdict);
}

}  // namespace quorate::sim
