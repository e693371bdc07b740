#include "client/engine/admin_call.h"

#include <utility>

#include "client/engine/reply_mapping.h"

namespace quorate::client {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

AdminCall::AdminCall(Engine& engine, wire::ToNode question, std::vector<std::size_t> endpoints,
                     std::int64_t deadline_ms, OnAdminAnswer on_answer)
    : engine_(engine),
      question_(std::move(question)),
      endpoints_(std::move(endpoints)),
      deadline_ms_(deadline_ms),
      on_answer_(std::move(on_answer)),
      timer_(engine.io()) {}

void AdminCall::start() {
  timer_.expires_after(milliseconds(deadline_ms_));
  timer_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
    if (!ec) self->give_up("no answer within " + std::to_string(self->deadline_ms_) + " ms");
  });
  engine_.channel(endpoints_[at_]).submit(shared_from_this(), at_);
}

void AdminCall::give_up(const std::string& why) {
  if (finished_) return;
  if (const auto connection = connection_.lock()) connection->forget(tag_);
  if (!faults_.empty()) faults_ += "; ";
  faults_ += engine_.endpoint_name(endpoints_[at_]) + ": " + why;
  finish(Error{ErrorCode::kUnreachable, faults_});
}

void AdminCall::on_connected(Slot slot, Connection& connection) {
  if (finished_ || slot != at_) return;
  sent_at_ = steady_clock::now();
  node_ = connection.identity();
  connection_ = connection.weak_from_this();
  tag_ = connection.send(question_, shared_from_this(), slot);
}

void AdminCall::on_not_sent(Slot slot, const Error& error) {
  if (!finished_ && slot == at_) ask_next(error);
}

void AdminCall::on_lost(Slot slot, const Error& error, bool) {
  if (!finished_ && slot == at_) ask_next(error);
}

void AdminCall::ask_next(const Error& error) {
  if (fault_code_ == ErrorCode::kUnreachable) fault_code_ = error.code;
  faults_ += (faults_.empty() ? "" : "; ") + error.message;
  if (at_ + 1 >= endpoints_.size()) {
    finish(Error{fault_code_, faults_});
    return;
  }
  ++at_;
  engine_.channel(endpoints_[at_]).submit(shared_from_this(), at_);
}

void AdminCall::on_answer(Slot slot, wire::ToClient& answer) {
  if (finished_ || slot != at_) return;
  const std::string& endpoint = engine_.endpoint_name(endpoints_[at_]);
  if (answer.has_error()) {
    Error error = error_from_wire(answer.error());
    error.message = endpoint + ": " + error.message;
    finish(std::move(error));
    return;
  }
  AdminAnswer result;
  result.message.Swap(&answer);
  result.node = node_;
  result.endpoint = endpoint;
  result.round_trip_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(steady_clock::now() - sent_at_).count();
  finish(std::move(result));
}

void AdminCall::finish(Result<AdminAnswer> result) {
  finished_ = true;
  timer_.cancel();
  const auto self = shared_from_this();
  const OnAdminAnswer on_answer = std::move(on_answer_);
  engine_.on_admin_call_over(*this);
  on_answer(std::move(result));
}

}  // namespace quorate::client
