#include "client/engine/call.h"

#include <algorithm>
#include <utility>

#include "client/engine/connection.h"
#include "client/engine/engine.h"
#include "client/engine/reply_mapping.h"

namespace quorate::client {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

namespace {

// The node's answer must have time to come back before our own deadline: it says more than our
// silence.
nanoseconds margin_of(nanoseconds remaining) {
  return std::clamp<nanoseconds>(remaining / 20, nanoseconds(100'000), nanoseconds(50'000'000));
}

// A refusal that tells of the node rather than of the request. An overload is none: the others
// would be next.
bool troubled(const Answer& answer) {
  return answer.outcome == Outcome::kNotApplied &&
         (answer.reason == Reason::kQuorumUnreachable || answer.reason == Reason::kNoSpace ||
          answer.reason == Reason::kStoreFailed || answer.reason == Reason::kClockSkew ||
          answer.reason == Reason::kStopping);
}

// With less than this left, another attempt could not say anything any more.
constexpr milliseconds kWorthTrying{5};

}  // namespace

Call::Call(Engine& engine, wire::ToNode message, std::int64_t deadline_ns, OnAnswer on_answer)
    : engine_(engine),
      message_(std::move(message)),
      on_answer_(std::move(on_answer)),
      plan_(message_.request().verb() != static_cast<std::uint32_t>(Verb::kGet),
            engine.order(message_.request().bucket(), message_.request().key()),
            engine.endpoint_count(), PlanLimits{.attempts_max = engine.options().attempts_max},
            engine.budget()),
      started_(steady_clock::now()),
      deadline_(started_ + nanoseconds(deadline_ns)),
      wake_at_(deadline_),
      patience_(std::min<nanoseconds>(milliseconds(engine.options().patience_ms),
                                      nanoseconds(deadline_ns / 3))) {}

void Call::resume(std::uint32_t attempts, TimePoint first_sent) {
  sent_ = attempts;
  first_sent_ = first_sent;
}

void Call::start() { perform(plan_.start()); }

void Call::perform(Step step) {
  switch (step.kind) {
    case Step::Kind::kTry:
      begin(step.endpoint);
      return;
    case Step::Kind::kPause:
      pausing_ = true;
      pause_until_ = steady_clock::now() + nanoseconds(step.pause_ns);
      sleep_until(std::min(pause_until_, deadline_));
      return;
    case Step::Kind::kListen:
      patient_ = step.pause_ns > 0;
      patience_until_ = steady_clock::now() + nanoseconds(step.pause_ns);
      sleep_until(patient_ ? std::min(patience_until_, deadline_) : deadline_);
      return;
    case Step::Kind::kFinish:
      finish();
      return;
  }
}

void Call::begin(std::size_t endpoint) {
  const Slot slot = static_cast<Slot>(attempts_.size());
  attempts_.emplace_back().endpoint = endpoint;
  last_endpoint_ = endpoint;
  patient_ = true;
  patience_until_ = steady_clock::now() + patience_;
  sleep_until(std::min(patience_until_, deadline_));
  engine_.channel(endpoint).submit(shared_from_this(), slot);
}

void Call::on_connected(Slot slot, Connection& connection) {
  if (finished_) return;
  const TimePoint now = steady_clock::now();
  const nanoseconds remaining = deadline_ - now;
  if (remaining <= nanoseconds(0)) return;  // on_wake is about to say so
  if (sent_ == 0) first_sent_ = now;
  wire::ClientRequest& request = *message_.mutable_request();
  request.set_attempt(sent_++);
  request.set_age_ns(duration_cast<nanoseconds>(now - first_sent_).count());
  request.set_deadline_ns(std::max<std::int64_t>(1, (remaining - margin_of(remaining)).count()));
  Attempt& attempt = attempts_[slot];
  attempt.sent = true;
  attempt.connection = connection.weak_from_this();
  attempt.tag = connection.send(message_, shared_from_this(), slot);
}

void Call::on_not_sent(Slot slot, const Error& error) {
  if (finished_) return;
  attempts_[slot].open = false;
  perform(plan_.on_not_sent(attempts_[slot].endpoint, error));
}

void Call::on_answer(Slot slot, wire::ToClient& message) {
  if (finished_) return;
  Attempt& attempt = attempts_[slot];
  attempt.open = false;
  last_endpoint_ = attempt.endpoint;
  if (late(steady_clock::now())) plan_.no_more_attempts();
  if (message.has_error()) {
    perform(plan_.on_rejected(attempt.endpoint, error_from_wire(message.error())));
    return;
  }
  auto answer =
      message.has_reply()
          ? answer_from_wire(std::move(*message.mutable_reply()), message_.request())
          : Result<Answer>(Error{ErrorCode::kIncompatible, "the answer is of another kind"});
  if (!answer) {
    // A node that answers nonsense may well have taken the write.
    const Error error{answer.error().code,
                      engine_.endpoint_name(attempt.endpoint) +
                          ": the answer makes no sense: " + answer.error().message};
    perform(plan_.on_lost(attempt.endpoint, error));
    return;
  }
  if (troubled(*answer)) engine_.avoid(attempt.endpoint);
  answer->endpoint = engine_.endpoint_name(attempt.endpoint);
  perform(plan_.on_answer(attempt.endpoint, std::move(*answer)));
}

void Call::on_lost(Slot slot, const Error& error, bool sent) {
  if (finished_) return;
  Attempt& attempt = attempts_[slot];
  attempt.open = false;
  if (late(steady_clock::now())) plan_.no_more_attempts();
  if (!sent) {
    attempt.sent = false;
    --sent_;
  }
  perform(sent ? plan_.on_lost(attempt.endpoint, error)
               : plan_.on_not_sent(attempt.endpoint, error));
}

void Call::on_wake(TimePoint now) {
  if (now >= deadline_) {
    const auto waited = duration_cast<milliseconds>(deadline_ - started_).count();
    give_up(Reason::kDeadline,
            "no answer within the deadline of " + std::to_string(waited) + " ms");
    return;
  }
  if (late(now)) plan_.no_more_attempts();
  if (pausing_ && now >= pause_until_) {
    pausing_ = false;
    perform(plan_.on_pause_over());
  } else if (patient_ && now >= patience_until_) {
    patient_ = false;
    engine_.avoid(last_endpoint_);
    perform(plan_.on_silence(last_endpoint_));
  } else {
    sleep_until(std::min(
        {deadline_, pausing_ ? pause_until_ : deadline_, patient_ ? patience_until_ : deadline_}));
  }
}

void Call::give_up(Reason reason, std::string why) {
  if (finished_) return;
  std::size_t sent = 0;
  for (Attempt& attempt : attempts_) {
    if (!attempt.open || !attempt.sent) continue;
    const auto connection = attempt.connection.lock();
    // No connection any more: it told us, or is about to; what it was given may be on its way.
    if (!connection || connection->forget(attempt.tag)) ++sent;
    attempt.open = false;
  }
  const std::string asked = engine_.endpoint_name(last_endpoint_) + ": ";
  plan_.on_given_up(sent, reason, asked + why);
  finish();
}

void Call::finish() {
  finished_ = true;
  for (const Attempt& attempt : attempts_) {
    if (!attempt.open || !attempt.sent) continue;
    if (const auto connection = attempt.connection.lock()) connection->forget(attempt.tag);
  }
  Result<Answer> result = plan_.result();
  if (result) {
    result->id = RequestId{message_.request().id_high(), message_.request().id_low()};
    if (result->endpoint.empty()) result->endpoint = engine_.endpoint_name(last_endpoint_);
    result->attempts = sent_;
  }
  message_.Clear();
  const OnAnswer on_answer = std::move(on_answer_);
  engine_.on_call_over(*this);
  on_answer(std::move(result));
}

void Call::sleep_until(TimePoint when) {
  if (when == wake_at_) return;
  engine_.move_wake(*this, wake_at_, when);
  wake_at_ = when;
}

bool Call::late(TimePoint now) const { return deadline_ - now < kWorthTrying; }

}  // namespace quorate::client
