#include "client/kvbench/repetition.h"

#include "client/kvcli/report.h"

namespace quorate::client::kvbench {

void Outcomes::count(const Result<Answer>& answer, bool read) {
  std::string reason;
  if (!answer) {
    ++unreachable;
    reason = error_code_name(answer.error().code);
  } else {
    switch (answer->outcome) {
      case Outcome::kOk:
        ++ok;
        return;
      case Outcome::kNotFound:
        ++not_found;
        return;
      case Outcome::kNotApplied:
        ++not_applied;
        break;
      case Outcome::kUnknown:
        ++unknown;
        break;
      case Outcome::kInvalid:
        ++invalid;
        break;
    }
    reason = read && answer->outcome == Outcome::kNotApplied ? "not read"
                                                             : outcome_name(answer->outcome);
    if (answer->reason != Reason::kNone) reason += std::string(": ") + reason_name(answer->reason);
  }
  ++reasons[reason];
  if (example.empty()) {
    example = answer ? kvcli::explain(*answer, read) : kvcli::explain(answer.error());
  }
}

void Outcomes::merge(const Outcomes& other) {
  ok += other.ok;
  not_found += other.not_found;
  not_applied += other.not_applied;
  unknown += other.unknown;
  invalid += other.invalid;
  unreachable += other.unreachable;
  siblings += other.siblings;
  for (const auto& [reason, times] : other.reasons) reasons[reason] += times;
  if (example.empty()) example = other.example;
}

}  // namespace quorate::client::kvbench
