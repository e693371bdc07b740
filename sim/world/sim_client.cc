#include "sim/world/sim_client.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

// A tag names operation and attempt, so that a late answer finds its attempt.
constexpr std::uint64_t kAttemptsPerTag = 64;

Attempt::State state_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
    case Outcome::kNotFound:
      return Attempt::State::kOk;
    case Outcome::kNotApplied:
      return Attempt::State::kNotApplied;
    case Outcome::kUnknown:
      return Attempt::State::kUnknown;
    case Outcome::kInvalid:
      return Attempt::State::kInvalid;
  }
  return Attempt::State::kUnknown;
}

// Would another try, perhaps elsewhere, end differently?
bool worth_retrying(Reason reason) {
  switch (reason) {
    case Reason::kQuorumUnreachable:
    case Reason::kDeadline:
    case Reason::kTokenNotCovered:
    case Reason::kOverloaded:
    case Reason::kNoSpace:
    case Reason::kStoreFailed:
    case Reason::kClockSkew:
    case Reason::kStopping:
      return true;
    case Reason::kNone:
    case Reason::kTooManySiblings:
    case Reason::kRecordTooLarge:
    case Reason::kRetryTooOld:
    case Reason::kTokenExpired:
    case Reason::kBadContext:
    case Reason::kWrongType:
    case Reason::kContextBehind:
    case Reason::kNumberTooLarge:
    case Reason::kRetryUnsure:
    case Reason::kUnknownBucket:
    case Reason::kKeyEmpty:
    case Reason::kKeyTooLarge:
    case Reason::kValueTooLarge:
    case Reason::kQuorumImpossible:
    case Reason::kNotSupported:
      return false;
  }
  return false;
}

}  // namespace

SimClient::SimClient(World& world, History& history, HostId host, ClientPolicy policy)
    : world_(world),
      history_(history),
      host_(host),
      policy_(std::move(policy)),
      ids_(Random::stream(world.seed, "request ids of client " + std::to_string(host))) {
  QUORATE_CHECK(!policy_.endpoints.empty());
  QUORATE_CHECK(policy_.attempts_max >= 1 && policy_.attempts_max <= kAttemptsPerTag);
}

EventQueue::Handle SimClient::wake(SimTime at, Alarm alarm) {
  return world_.queue.push(at, ClientAlarm{host_, static_cast<std::uint64_t>(alarm)});
}

std::optional<Token> SimClient::session_token(const Key& key) const {
  const auto found = known_.find(key);
  if (found == known_.end() || !found->second.session) return std::nullopt;
  return found->second.session->token;
}

void SimClient::enqueue(ClientStep step) {
  steps_.push_back(std::move(step));
  begin_next();
}

void SimClient::begin_next() {
  // An observer of a finished operation may have enqueued the next step already.
  if (current_ || thinking_ || steps_.empty()) return;
  thinking_ = true;
  wake(std::max(world_.now + steps_.front().think, steps_.front().not_before), Alarm::kThink);
}

void SimClient::begin(ClientStep step) {
  Operation operation;
  ClientRequest& request = step.request;
  if (request.deadline_ns == 0) request.deadline_ns = policy_.deadline;
  if (request.verb != Verb::kGet && !request.id.is_set()) {
    request.id = RequestId{ids_.next(), ids_.next() | 1};
  }
  const Known& known = known_[request.key];
  if (step.compose != Compose::kAsGiven) {
    operation.compose = step.compose;
    operation.own = request.value;
    request.value = composed(step.compose, known.read, request.value);
  }
  if (step.context == ContextUse::kSession || step.context == ContextUse::kStale) {
    const auto& kept = step.context == ContextUse::kStale ? known.first : known.session;
    if (kept) {
      request.token = kept->token;
      operation.token_from = kept->from;
    }
  }
  request.context_none = request.context_none || step.context == ContextUse::kNone;
  if (step.endpoint != 0) {
    const auto at = std::find(policy_.endpoints.begin(), policy_.endpoints.end(), step.endpoint);
    QUORATE_CHECK(at != policy_.endpoints.end());
    endpoint_ = static_cast<std::size_t>(at - policy_.endpoints.begin());
  }

  operation.client = host_;
  operation.context = step.context;
  operation.request = std::move(request);
  operation.invoked = world_.now;
  last_refusal_ = ClientReply{};
  current_ = history_.add(std::move(operation)).index;
  last_operation_ = current_;
  deadline_alarm_ = wake(world_.now + history_[*current_].request.deadline_ns, Alarm::kDeadline);
  send_attempt();
}

void SimClient::send_attempt() {
  Operation& operation = history_.at(*current_);
  const NodeId endpoint = policy_.endpoints[endpoint_];
  ClientRequest request = operation.request;
  const SimTime age = world_.now - operation.invoked;
  if (policy_.new_id_each_attempt && operation.is_write() && !operation.attempts.empty()) {
    request.id = RequestId{ids_.next(), ids_.next() | 1};
    history_.name_again(operation, request.id);
  } else {
    request.attempt = static_cast<std::uint32_t>(operation.attempts.size());
    request.age_ns = age;
  }
  const SimTime left = operation.request.deadline_ns - age;
  request.deadline_ns = left > 2 * policy_.answer_margin ? left - policy_.answer_margin : left;
  const ClientTag tag = operation.index * kAttemptsPerTag + operation.attempts.size();
  operation.attempts.push_back(Attempt{endpoint, world_.now, Attempt::State::kPending, {}});
  attempt_alarm_ = wake(world_.now + policy_.attempt_timeout, Alarm::kAttempt);
  world_.network.send(world_.now, host_, endpoint, ClientCall{tag, std::move(request)});
}

void SimClient::on_answer(ClientTag tag, ClientReply reply) {
  if (!current_ || tag / kAttemptsPerTag != *current_) return;  // decided already
  Operation& operation = history_.at(*current_);
  const auto number = static_cast<std::size_t>(tag % kAttemptsPerTag);
  Attempt& attempt = operation.attempts[number];
  attempt.state = state_of(reply.outcome);
  attempt.reason = reply.reason;
  if (attempt.state == Attempt::State::kOk) {
    const Outcome outcome = reply.outcome;
    const Reason reason = reply.reason;
    finish(outcome, reason, std::move(reply));
    return;
  }
  last_refusal_ = std::move(reply);
  if (number + 1 != operation.attempts.size() || retrying_) return;  // a later one is under way
  world_.queue.cancel(attempt_alarm_);
  retry_or_wait();
}

void SimClient::retry_or_wait() {
  Operation& operation = history_.at(*current_);
  const Attempt& last = operation.attempts.back();
  const bool pointless = last.state != Attempt::State::kPending && !worth_retrying(last.reason);
  if (pointless || operation.attempts.size() >= policy_.attempts_max) {
    // Answers to earlier attempts may still come; without any there is nothing to wait for.
    const bool waiting = std::any_of(
        operation.attempts.begin(), operation.attempts.end(),
        [](const Attempt& attempt) { return attempt.state == Attempt::State::kPending; });
    if (!waiting) give_up();
    return;
  }
  endpoint_ = (endpoint_ + 1) % policy_.endpoints.size();
  const auto tries = static_cast<SimTime>(operation.attempts.size());
  retrying_ = true;
  retry_alarm_ = wake(world_.now + policy_.retry_pause * tries, Alarm::kRetry);
}

void SimClient::on_alarm(std::uint64_t alarm) {
  switch (static_cast<Alarm>(alarm)) {
    case Alarm::kThink: {
      thinking_ = false;
      if (steps_.empty()) return;  // dropped meanwhile
      ClientStep step = std::move(steps_.front());
      steps_.pop_front();
      const bool has_read = last_operation_ && history_[*last_operation_].answered_read();
      if (step.after_read && !has_read) {
        begin_next();
        return;
      }
      begin(std::move(step));
      return;
    }
    case Alarm::kAttempt:
      retry_or_wait();
      return;
    case Alarm::kRetry:
      retrying_ = false;
      send_attempt();
      return;
    case Alarm::kDeadline:
      give_up();
      return;
  }
}

// No attempt succeeded: what is the strongest thing that can be said?
void SimClient::give_up() {
  const Operation& operation = history_[*current_];
  Outcome outcome = Outcome::kInvalid;
  for (const Attempt& attempt : operation.attempts) {
    const bool may_have_happened =
        attempt.state == Attempt::State::kPending || attempt.state == Attempt::State::kUnknown;
    if (may_have_happened && operation.is_write()) {
      outcome = Outcome::kUnknown;
      break;
    }
    if (attempt.state != Attempt::State::kInvalid) outcome = Outcome::kNotApplied;
  }
  const Reason reason =
      last_refusal_.reason == Reason::kNone ? Reason::kDeadline : last_refusal_.reason;
  finish(outcome, reason, last_refusal_);
}

void SimClient::finish(Outcome outcome, Reason reason, ClientReply reply) {
  world_.queue.cancel(attempt_alarm_);
  world_.queue.cancel(retry_alarm_);
  world_.queue.cancel(deadline_alarm_);
  Operation& operation = history_.at(*current_);
  operation.finished = world_.now;
  operation.outcome = outcome;
  operation.reason = reason;
  operation.reply = std::move(reply);
  current_.reset();
  retrying_ = false;
  remember_answer(operation);
  world_.hash.add(operation.index);
  world_.hash.add(static_cast<std::uint64_t>(outcome));
  for (WorldObserver* observer : world_.observers) observer->on_operation_finished(operation);
  begin_next();
}

void SimClient::remember_answer(const Operation& operation) {
  if (operation.outcome != Outcome::kOk && operation.outcome != Outcome::kNotFound) return;
  Known& known = known_[operation.request.key];
  if (operation.answered_read()) {
    known.read.clear();
    for (const ReadValue& value : operation.reply.values) known.read.push_back(value.value);
  }
  const std::optional<Token>& token = operation.reply.token;
  if (!token) return;
  if (!known.first) known.first = KnownToken{*token, operation.index};
  if (operation.context == ContextUse::kSession) {
    known.session = KnownToken{*token, operation.index};
  }
}

}  // namespace quorate::sim
