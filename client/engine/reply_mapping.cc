#include "client/engine/reply_mapping.h"

#include <algorithm>
#include <utility>

#include "node/wire/client_codec.h"
#include "node/wire/quorate.pb.h"

namespace quorate::client {
namespace {

void quorum_into_wire(const Quorum& quorum, wire::Quorum& out) {
  out.set_kind(static_cast<std::uint32_t>(quorum.kind));
  out.set_count(quorum.count);
}

}  // namespace

void request_into_wire(Verb verb, RequestId id, std::string key, Change change,
                       RequestOptions options, wire::ToNode& out) {
  wire::ClientRequest& request = *out.mutable_request();
  request.set_id_high(id.high);
  request.set_id_low(id.low);
  request.set_verb(static_cast<std::uint32_t>(verb));
  request.set_bucket(std::move(options.bucket));
  request.set_key(std::move(key));
  request.set_update(static_cast<std::uint32_t>(change.update));
  request.set_field(verb == Verb::kGet ? std::move(options.field) : std::move(change.field));
  request.set_value(std::move(change.value));
  request.set_expiry_ms(options.expiry_ms);
  request.set_token(std::move(options.token));
  request.set_context_none(options.context_none);
  if (options.r.kind != Quorum::Kind::kDefault) quorum_into_wire(options.r, *request.mutable_r());
  if (options.w.kind != Quorum::Kind::kDefault) quorum_into_wire(options.w, *request.mutable_w());
  if (options.sloppy) request.set_sloppy(*options.sloppy ? 2 : 1);
  if (options.read_repair) {
    request.set_read_repair(1 + static_cast<std::uint32_t>(*options.read_repair));
  }
}

Result<Answer> answer_from_wire(wire::ClientReply&& wire_reply,
                                const wire::ClientRequest& request) {
  std::string token = std::move(*wire_reply.mutable_token());
  auto reply = reply_from_wire(std::move(wire_reply));
  if (!reply) return reply.error();
  const RequestId asked{request.id_high(), request.id_low()};
  if (reply->id.is_set() && reply->id != asked) {
    return invalid_input("it is about another request");
  }
  const bool write = request.verb() != static_cast<std::uint32_t>(Verb::kGet);
  if ((write && reply->outcome == Outcome::kNotFound) ||
      (!write && reply->outcome == Outcome::kUnknown)) {
    return invalid_input(std::string("\"") + outcome_name(reply->outcome) +
                         "\" does not answer a " + (write ? "write" : "read"));
  }
  Answer answer;
  answer.outcome = reply->outcome;
  answer.reason = reply->reason;
  answer.detail = std::move(reply->detail);
  answer.values = std::move(reply->values);
  // Of each field the oldest first, the same order on every read: people number siblings by it.
  std::sort(answer.values.begin(), answer.values.end(), [](const ReadValue& a, const ReadValue& b) {
    if (a.field != b.field) return a.field < b.field;
    return a.timestamp != b.timestamp ? a.timestamp < b.timestamp : a.dot < b.dot;
  });
  answer.token = std::move(token);
  answer.id = asked;
  answer.dot = reply->dot;
  answer.needed = reply->needed;
  answer.reached = reply->reached;
  answer.replicas = reply->replicas;
  answer.answered = std::move(reply->answered);
  answer.coordinator = reply->coordinator;
  return answer;
}

Error error_from_wire(const wire::Error& error) {
  const bool known = error.code() <= static_cast<std::uint32_t>(ErrorCode::kNotSupported);
  return Error{known ? static_cast<ErrorCode>(error.code()) : ErrorCode::kIncompatible,
               error.message()};
}

}  // namespace quorate::client
