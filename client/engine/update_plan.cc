#include "client/engine/update_plan.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"

namespace quorate::client {
namespace {

using Kind = UpdateStep::Kind;

// The key has changed since it was read, or its token is of no more use: reading it again helps.
bool is_behind(const Answer& answer) {
  return answer.outcome == Outcome::kNotApplied &&
         (answer.reason == Reason::kTooManySiblings || answer.reason == Reason::kContextBehind ||
          answer.reason == Reason::kTokenExpired);
}

// No retry can tell any more what became of the write.
bool is_past_telling(const Answer& answer) {
  return answer.reason == Reason::kRetryTooOld || answer.reason == Reason::kRetryUnsure;
}

}  // namespace

UpdatePlan::UpdatePlan(Resolver resolver, UpdateOptions options)
    : resolver_(std::move(resolver)),
      options_(std::move(options)),
      token_(options_.request.token),
      result_(Updated{}) {
  QUORATE_CHECK(resolver_ != nullptr);
}

UpdateStep UpdatePlan::start() {
  if (options_.request.context_none) {
    return refuse("an update replaces what it has read, so it cannot go without a context");
  }
  if (options_.tries_max == 0) return refuse("tries_max must be at least 1");
  return read(Phase::kReading);
}

UpdateStep UpdatePlan::read(Phase phase) {
  phase_ = phase;
  UpdateStep step;
  step.kind = Kind::kRead;
  step.options = options_.request;
  step.options.token = token_;
  // A retry may be acknowledged without a token; a quorum has what was acknowledged.
  if (phase == Phase::kChecking && token_.empty()) {
    step.options.r = Quorum{Quorum::Kind::kQuorum, 0};
  }
  return step;
}

UpdateStep UpdatePlan::on_read(Result<Answer> answer) {
  const bool read = answer && (answer->ok() || answer->outcome == Outcome::kNotFound);
  if (!read) {
    // What was acknowledged stays so, though nobody could say what stands beside it.
    if (updated_.wrote) return finish();
    if (answer) return end_with(std::move(*answer));
    phase_ = Phase::kOver;
    result_ = answer.error();
    return UpdateStep{};
  }
  token_ = answer->token;
  if (!updated_.wrote) return resolve(*answer);
  updated_.checked = true;
  updated_.answer.values = answer->values;
  if (answer->values.size() <= 1) return finish();
  return phase_ == Phase::kChecking ? try_again() : resolve(*answer);
}

UpdateStep UpdatePlan::resolve(const Answer& found) {
  updated_.before = found.values;
  auto resolution = resolver_(found.values);
  if (!resolution) return refuse(resolution.error().message);
  if (leaves_it_as_it_is(*resolution, found)) {
    if (updated_.wrote) return finish();
    return end_with(found);
  }
  if (found.token.empty()) return refuse("the node gave no token with its answer");
  return write(std::move(*resolution), found);
}

bool UpdatePlan::leaves_it_as_it_is(const Resolution& resolution, const Answer& found) const {
  switch (resolution.kind) {
    case Resolution::Kind::kLeave:
      return true;
    case Resolution::Kind::kDelete:
      return found.values.empty();
    case Resolution::Kind::kWrite:
      break;
  }
  return found.values.size() == 1 && found.values[0].value.view() == resolution.value &&
         found.values[0].expiry_ms == resolution.expiry_ms.value_or(options_.request.expiry_ms);
}

UpdateStep UpdatePlan::write(Resolution resolution, const Answer& found) {
  phase_ = Phase::kWriting;
  ++updated_.tries;
  UpdateStep step;
  step.kind = Kind::kWrite;
  step.options = options_.request;
  step.options.token = found.token;
  step.options.field.clear();
  step.options.expiry_ms = resolution.expiry_ms.value_or(options_.request.expiry_ms);
  const bool removes = resolution.kind == Resolution::Kind::kDelete;
  if (removes) step.options.expiry_ms = 0;
  const std::string& field = options_.request.field;
  if (field.empty()) {
    step.verb = removes ? Verb::kDelete : Verb::kPut;
    step.change.value = std::move(resolution.value);
  } else {
    step.verb = Verb::kUpdate;
    step.change = {removes ? Update::kMapRemove : Update::kMapPut, field,
                   std::move(resolution.value)};
  }
  last_write_ = step;
  return step;
}

UpdateStep UpdatePlan::on_write(Result<Answer> answer) {
  const bool doubted = last_write_.attempts > 0;
  if (answer && answer->ok()) {
    updated_.wrote = true;
    updated_.answer = std::move(*answer);
    token_ = updated_.answer.token;
    last_write_.attempts = 0;
    return read(Phase::kChecking);
  }
  if (answer && answer->outcome == Outcome::kUnknown) return on_doubtful(std::move(*answer));
  // Of a write in doubt, unknown absorbs whatever a later attempt was told.
  if (doubted) {
    Answer unknown = updated_.answer;
    if (answer && !answer->detail.empty())
      unknown.detail += " (a later attempt: " + answer->detail + ")";
    return on_doubtful(std::move(unknown));
  }
  if (answer && is_behind(*answer) && updated_.tries < options_.tries_max) return try_again();
  if (updated_.wrote) {
    updated_.answer.detail = answer ? answer->detail : answer.error().message;
    return finish();
  }
  if (answer) return end_with(std::move(*answer));
  phase_ = Phase::kOver;
  result_ = answer.error();
  return UpdateStep{};
}

UpdateStep UpdatePlan::on_doubtful(Answer answer) {
  last_write_.id = answer.id;
  last_write_.attempts = std::max({answer.attempts, last_write_.attempts, 1u});
  const bool past = is_past_telling(answer);
  updated_.answer = std::move(answer);
  updated_.answer.values = updated_.before;
  if (past || updated_.tries >= options_.tries_max) return finish();
  return pause(Phase::kDoubting);
}

UpdateStep UpdatePlan::write_again() {
  phase_ = Phase::kWriting;
  ++updated_.tries;
  UpdateStep step = last_write_;
  step.kind = Kind::kWriteAgain;
  return step;
}

UpdateStep UpdatePlan::try_again() {
  if (updated_.tries >= options_.tries_max) return finish();
  return pause(Phase::kPausing);
}

UpdateStep UpdatePlan::pause(Phase next) {
  phase_ = next;
  UpdateStep step;
  step.kind = Kind::kPause;
  const std::int64_t pause_ms = std::min(
      options_.pause_max_ms, options_.pause_first_ms << std::min<std::uint32_t>(pauses_, 16));
  step.pause_ns = std::max<std::int64_t>(pause_ms, 0) * 1'000'000;
  ++pauses_;
  return step;
}

UpdateStep UpdatePlan::on_pause_over() {
  QUORATE_CHECK(phase_ == Phase::kPausing || phase_ == Phase::kDoubting);
  return phase_ == Phase::kDoubting ? write_again() : read(Phase::kReading);
}

UpdateStep UpdatePlan::end_with(Answer answer) {
  updated_.answer = std::move(answer);
  return finish();
}

UpdateStep UpdatePlan::refuse(std::string why) {
  if (!updated_.wrote) {
    updated_.answer.outcome = Outcome::kInvalid;
    updated_.answer.values = updated_.before;
  }
  updated_.answer.detail = std::move(why);
  return finish();
}

UpdateStep UpdatePlan::finish() {
  phase_ = Phase::kOver;
  updated_.answer.token = token_;
  result_ = std::move(updated_);
  return UpdateStep{};
}

Result<Updated> UpdatePlan::result() const {
  QUORATE_CHECK(phase_ == Phase::kOver);
  return result_;
}

}  // namespace quorate::client
