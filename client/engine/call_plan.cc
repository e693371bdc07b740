#include "client/engine/call_plan.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"

namespace quorate::client {
namespace {

enum class Retry { kNever, kElsewhere, kInPlace };

// Whether asking again can change what a node said.
Retry retry_after(Outcome outcome, Reason reason) {
  if (outcome != Outcome::kNotApplied && outcome != Outcome::kUnknown) return Retry::kNever;
  switch (reason) {
    case Reason::kQuorumUnreachable:  // the node may be on the small side of a cut
    case Reason::kOverloaded:
    case Reason::kNoSpace:
    case Reason::kStoreFailed:
    case Reason::kClockSkew:
    case Reason::kStopping:
    case Reason::kTokenNotCovered:
      return Retry::kElsewhere;
    case Reason::kDeadline:
      // An unknown write is best asked about where it was first taken; the node's own deadline is
      // ours, so this happens only if a link failed early.
      return outcome == Outcome::kUnknown ? Retry::kInPlace : Retry::kElsewhere;
    case Reason::kNone:
      return outcome == Outcome::kUnknown ? Retry::kInPlace : Retry::kNever;
    case Reason::kTooManySiblings:
    case Reason::kRecordTooLarge:
    case Reason::kRetryTooOld:
    case Reason::kTokenExpired:
    case Reason::kUnknownBucket:
    case Reason::kKeyEmpty:
    case Reason::kKeyTooLarge:
    case Reason::kValueTooLarge:
    case Reason::kQuorumImpossible:
    case Reason::kNotSupported:
    case Reason::kBadContext:
    case Reason::kWrongType:
    case Reason::kContextBehind:
    case Reason::kNumberTooLarge:
    case Reason::kRetryUnsure:
      return Retry::kNever;
  }
  return Retry::kNever;
}

// Which of two answers tells more; between equals, the one that reached more replicas.
int weight(const Answer& answer) {
  switch (answer.outcome) {
    case Outcome::kOk:
      return 4;
    case Outcome::kNotFound:
      return 3;
    case Outcome::kUnknown:
      return 2;
    case Outcome::kInvalid:
      return 1;
    case Outcome::kNotApplied:
      return 0;
  }
  return 0;
}

}  // namespace

CallPlan::CallPlan(bool write, std::vector<std::size_t> order, std::size_t endpoints,
                   PlanLimits limits, RetryBudget& budget)
    : write_(write),
      order_(std::move(order)),
      limits_(limits),
      budget_(budget),
      places_(endpoints) {
  QUORATE_CHECK(!order_.empty());
}

Step CallPlan::start() { return try_at(order_.front()); }

Step CallPlan::try_at(std::size_t endpoint) {
  places_[endpoint].mark = Mark::kTried;
  ++attempts_;
  ++open_;
  return Step{Step::Kind::kTry, endpoint, 0};
}

Step CallPlan::try_another(bool costs) {
  if (settled_ || no_more_ || attempts_ >= limits_.attempts_max) return settle();
  for (const std::size_t endpoint : order_) {
    if (places_[endpoint].mark != Mark::kFresh) continue;
    if (costs && !budget_.spend()) return settle();
    return try_at(endpoint);
  }
  return next_round();
}

// Every endpoint has had its turn. Only a write in doubt is worth a second round, and only where
// nobody answered at all: a retry by id may still turn "unknown" into "ok".
Step CallPlan::next_round() {
  if (open_ > 0 || !write_ || !maybe_taken_) return settle();
  bool any = false;
  for (Place& place : places_) {
    if (place.mark != Mark::kUnreachable) continue;
    place.mark = Mark::kFresh;
    any = true;
  }
  if (!any) return settle();
  const std::int64_t pause =
      std::min(limits_.pause_max_ns, limits_.pause_first_ns << std::min<std::uint32_t>(rounds_, 8));
  ++rounds_;
  return Step{Step::Kind::kPause, 0, pause};
}

Step CallPlan::settle() {
  if (!settled_ && open_ > 0) return Step{Step::Kind::kListen, 0, 0};
  settled_ = true;
  return Step{Step::Kind::kFinish, 0, 0};
}

Step CallPlan::on_not_sent(std::size_t endpoint, const Error& error) {
  --open_;
  places_[endpoint].mark = Mark::kUnreachable;
  places_[endpoint].fault = error;
  return try_another(false);
}

Step CallPlan::on_lost(std::size_t endpoint, const Error& error) {
  --open_;
  // A connection that dies takes all that was on it along, at once: the first retry of each of them
  // is free, or a window full of writes in doubt would be left so.
  const bool costs = lost_;
  lost_ = true;
  lost_why_ = error.message;
  if (write_) maybe_taken_ = true;
  places_[endpoint].mark = Mark::kUnreachable;
  if (!settled_ && !no_more_ && !places_[endpoint].retried && attempts_ < limits_.attempts_max &&
      (!costs || budget_.spend())) {
    places_[endpoint].retried = true;
    return try_at(endpoint);
  }
  return try_another(costs);
}

Step CallPlan::on_silence(std::size_t) {
  const std::uint32_t before = attempts_;
  Step step = try_another(true);
  const bool somewhere = std::any_of(order_.begin(), order_.end(), [this](std::size_t endpoint) {
    return places_[endpoint].mark == Mark::kFresh;
  });
  if (step.kind == Step::Kind::kListen && attempts_ == before && somewhere && !no_more_ &&
      attempts_ < limits_.attempts_max) {
    step.pause_ns = limits_.company_again_ns;
  }
  return step;
}

Step CallPlan::on_answer(std::size_t endpoint, Answer answer) {
  --open_;
  const Outcome outcome = answer.outcome;
  const Retry retry = retry_after(outcome, answer.reason);
  if (write_ && outcome == Outcome::kUnknown) maybe_taken_ = true;
  keep(std::move(answer));
  if (outcome == Outcome::kOk || outcome == Outcome::kNotFound) {
    settled_ = true;
    return settle();
  }
  // No retry can change it, but an attempt that is still open may yet say ok.
  if (retry == Retry::kNever) {
    no_more_ = true;
    return settle();
  }
  if (retry == Retry::kInPlace && !places_[endpoint].retried && open_ == 0 && !no_more_ &&
      attempts_ < limits_.attempts_max && budget_.spend()) {
    places_[endpoint].retried = true;
    return try_at(endpoint);
  }
  return try_another(true);
}

Step CallPlan::on_rejected(std::size_t, const Error& error) {
  --open_;
  const bool refused =
      error.code == ErrorCode::kInvalidInput || error.code == ErrorCode::kUnauthorized ||
      error.code == ErrorCode::kIncompatible || error.code == ErrorCode::kNotSupported;
  if (!refused && write_) {
    maybe_taken_ = true;
    lost_ = true;
    lost_why_ = error.message;
  }
  rejection_ = error;
  no_more_ = true;
  return settle();
}

Step CallPlan::on_pause_over() { return try_another(true); }

void CallPlan::on_given_up(std::size_t sent, Reason reason, std::string why) {
  settled_ = true;
  given_up_ = reason;
  given_up_why_ = std::move(why);
  if (sent > 0) {
    lost_ = true;
    if (write_) maybe_taken_ = true;
    if (lost_why_.empty()) lost_why_ = given_up_why_;
  }
}

void CallPlan::keep(Answer answer) {
  if (!best_ || weight(answer) > weight(*best_) ||
      (weight(answer) == weight(*best_) && answer.reached >= best_->reached)) {
    best_ = std::move(answer);
  }
}

// A write that some node may hold. What another node said of a later attempt is told too.
Answer CallPlan::unknown() const {
  Answer answer;
  if (best_) answer = *best_;
  if (best_ && best_->outcome == Outcome::kUnknown && !best_->detail.empty()) return answer;
  answer.outcome = Outcome::kUnknown;
  answer.reason = given_up_;
  answer.detail = lost_why_.empty() ? std::string() : lost_why_ + "; ";
  answer.detail +=
      "the write was sent, and no answer says whether it was applied: it may still surface. Read "
      "the "
      "key to find out before writing it again";
  if (best_ && !best_->detail.empty()) answer.detail += " (a later attempt: " + best_->detail + ")";
  return answer;
}

// Nobody took the request: every endpoint's reason, and the code of the one that tells most
// ("another cluster" over "nobody there").
Error CallPlan::unreachable() const {
  Error error{ErrorCode::kUnreachable, ""};
  for (const Place& place : places_) {
    if (!place.fault) continue;
    if (error.code == ErrorCode::kUnreachable) error.code = place.fault->code;
    error.message += (error.message.empty() ? "" : "; ") + place.fault->message;
  }
  if (!given_up_why_.empty()) {
    error.message += (error.message.empty() ? "" : "; ") + given_up_why_;
  }
  return error;
}

Result<Answer> CallPlan::result() const {
  const bool answered = best_.has_value();
  if (answered && (best_->outcome == Outcome::kOk || best_->outcome == Outcome::kNotFound))
    return *best_;
  if (maybe_taken_) return unknown();
  if (rejection_) return *rejection_;
  if (answered) return *best_;
  if (!lost_) return unreachable();
  Answer answer;  // a read that was sent and never answered
  answer.outcome = Outcome::kNotApplied;
  answer.reason = given_up_;
  answer.detail = lost_why_;
  return answer;
}

}  // namespace quorate::client
