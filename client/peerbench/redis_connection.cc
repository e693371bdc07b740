#include "client/peerbench/redis_connection.h"

#include <utility>

namespace quorate::client::peerbench {
namespace {

std::string wait_command(std::int64_t wait_ms) {
  std::string command;
  append_command(command, {"WAIT", "1", std::to_string(wait_ms)});
  return command;
}

Answer failure(Outcome outcome, Reason reason, std::string detail) {
  Answer answer;
  answer.outcome = outcome;
  answer.reason = reason;
  answer.detail = std::move(detail);
  return answer;
}

}  // namespace

RedisConnection::RedisConnection(std::shared_ptr<Stream> stream, std::int64_t wait_ms,
                                 std::vector<RedisConnection*>& idle)
    : stream_(std::move(stream)), wait_command_(wait_command(wait_ms)), idle_(idle) {
  idle_.push_back(this);
  stream_->start(*this);
}

void RedisConnection::refuse(OnAnswer& on_answer) const {
  on_answer(Error{ErrorCode::kUnreachable,
                  stream_->endpoint().to_string() + ": the connection was lost"});
}

void RedisConnection::set(std::string_view key, std::string_view value, OnAnswer on_answer) {
  if (stream_->closed()) {
    refuse(on_answer);
    return;
  }
  append_command(sets_, {"SET", key, value});
  collected_.push_back(Put{std::move(on_answer), {}});
  if (batch_.empty()) stream_->wake();
}

void RedisConnection::get(std::string_view key, OnAnswer on_answer) {
  if (stream_->closed()) {
    refuse(on_answer);
    return;
  }
  append_command(gets_, {"GET", key});
  ++gets_collected_;
  gets_waiting_.push_back(std::move(on_answer));
  stream_->wake();
}

void RedisConnection::fill(std::string& out) {
  out.append(gets_);
  gets_.clear();
  expected_.insert(expected_.end(), gets_collected_, Expected::kGet);
  gets_collected_ = 0;
  if (!batch_.empty() || collected_.empty()) return;
  out.append(sets_);
  out.append(wait_command_);
  sets_.clear();
  expected_.insert(expected_.end(), collected_.size(), Expected::kSet);
  expected_.push_back(Expected::kWait);
  batch_.swap(collected_);
  sets_answered_ = 0;
}

Status RedisConnection::on_bytes(std::string_view bytes) {
  reader_.add(bytes);
  while (true) {
    const auto reply = reader_.next();
    if (!reply) return reply.error();
    if (!reply->has_value()) return {};
    if (const Status taken = on_reply(**reply); !taken) return taken;
  }
}

Status RedisConnection::on_reply(const RespReply& reply) {
  if (expected_.empty()) return Error{ErrorCode::kIncompatible, "an answer to no request"};
  const Expected expected = expected_.front();
  expected_.pop_front();
  switch (expected) {
    case Expected::kSet:
      if (reply.kind != RespReply::Kind::kText || reply.text != "OK") {
        batch_[sets_answered_].refused = reply.text.empty() ? "no OK" : std::string(reply.text);
      }
      ++sets_answered_;
      return {};
    case Expected::kWait:
      end_batch(reply);
      return {};
    case Expected::kGet:
      break;
  }
  const OnAnswer on_answer = std::move(gets_waiting_.front());
  gets_waiting_.pop_front();
  Answer answer;
  switch (reply.kind) {
    case RespReply::Kind::kBulk:
      answer.outcome = Outcome::kOk;
      answer.values.emplace_back();
      answer.values.back().value = Blob(std::string(reply.text));
      break;
    case RespReply::Kind::kNull:
      answer.outcome = Outcome::kNotFound;
      break;
    default:
      answer =
          failure(Outcome::kNotApplied, Reason::kStoreFailed, "GET: " + std::string(reply.text));
      break;
  }
  on_answer(std::move(answer));
  return {};
}

void RedisConnection::end_batch(const RespReply& wait) {
  std::vector<Put> batch;
  batch.swap(batch_);
  if (collected_.empty()) {
    idle_.push_back(this);
  } else {
    stream_->wake();
  }
  const bool replicated = wait.kind == RespReply::Kind::kNumber && wait.number >= 1;
  for (Put& put : batch) {
    Answer answer;
    if (!put.refused.empty()) {
      answer = failure(Outcome::kNotApplied, Reason::kStoreFailed, "SET: " + put.refused);
    } else if (!replicated) {
      answer = failure(Outcome::kUnknown, Reason::kDeadline, "WAIT: no replica has it in time");
    } else {
      answer.outcome = Outcome::kOk;
    }
    put.on_answer(std::move(answer));
  }
}

void RedisConnection::on_closed(const Error& error) {
  expected_.clear();
  std::vector<Put> puts;
  puts.swap(batch_);
  for (Put& put : collected_) puts.push_back(std::move(put));
  collected_.clear();
  std::deque<OnAnswer> gets;
  gets.swap(gets_waiting_);
  for (Put& put : puts) {
    put.on_answer(failure(Outcome::kUnknown, Reason::kDeadline, error.message));
  }
  for (OnAnswer& on_answer : gets) on_answer(Result<Answer>(error));
}

}  // namespace quorate::client::peerbench
