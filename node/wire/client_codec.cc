#include "node/wire/client_codec.h"

#include <algorithm>
#include <string>

#include "node/wire/codec.h"
#include "node/wire/quorate.pb.h"

namespace quorate {
namespace {

constexpr auto kVerbLast = static_cast<std::uint32_t>(Verb::kUpdate);
constexpr auto kOutcomeLast = static_cast<std::uint32_t>(Outcome::kInvalid);
constexpr auto kReasonLast = static_cast<std::uint32_t>(Reason::kRetryUnsure);
constexpr auto kUpdateNumberLast = static_cast<std::uint32_t>(kUpdateLast);
constexpr auto kQuorumKindLast = static_cast<std::uint32_t>(Quorum::Kind::kAll);
constexpr auto kReadRepairLast = static_cast<std::uint32_t>(ReadRepair::kOff);

// The first field that is out of bounds, if there is one.
class Checks {
 public:
  explicit Checks(const char* message) : message_(message) {}

  void at_most(const char* field, std::uint64_t value, std::uint64_t max) {
    if (value > max) fail(field, std::to_string(value) + ", at most " + std::to_string(max));
  }
  void bytes_at_most(const char* field, std::size_t size, std::size_t max) {
    if (size > max) {
      fail(field, std::to_string(size) + " bytes, at most " + std::to_string(max));
    }
  }
  void not_negative(const char* field, std::int64_t value) {
    if (value < 0) fail(field, std::to_string(value) + ", negative");
  }
  void fail(const char* field, const std::string& what) {
    if (!failed_) error_ = invalid_input(std::string(message_) + "." + field + ": " + what);
    failed_ = true;
  }

  bool failed() const { return failed_; }
  Error take() { return std::move(error_); }

 private:
  const char* message_;
  bool failed_ = false;
  Error error_;
};

void check(const wire::ClientRequest& in, Checks& checks) {
  checks.at_most("verb", in.verb(), kVerbLast);
  checks.bytes_at_most("bucket", in.bucket().size(), kBucketNameBytesMax);
  checks.bytes_at_most("key", in.key().size(), kWireKeyBytesMax);
  checks.not_negative("expiry_ms", in.expiry_ms());
  if (in.expiry_ms() > kWireExpiryMsMax) checks.fail("expiry_ms", "past the year 10889");
  checks.at_most("r.kind", in.r().kind(), kQuorumKindLast);
  checks.at_most("w.kind", in.w().kind(), kQuorumKindLast);
  checks.at_most("update", in.update(), kUpdateNumberLast);
  checks.at_most("sloppy", in.sloppy(), 2);
  checks.at_most("read_repair", in.read_repair(), kReadRepairLast + 1);
  checks.not_negative("deadline_ns", in.deadline_ns());
  checks.not_negative("age_ns", in.age_ns());
}

// Only a count has a number.
Quorum quorum_from_wire(const wire::Quorum& in) {
  const auto kind = static_cast<Quorum::Kind>(in.kind());
  return Quorum{kind, kind == Quorum::Kind::kCount ? in.count() : 0};
}

void check(const wire::ClientReply& in, Checks& checks) {
  checks.at_most("outcome", in.outcome(), kOutcomeLast);
  checks.at_most("reason", in.reason(), kReasonLast);
  checks.bytes_at_most("detail", in.detail().size(), kDetailBytesMax);
  checks.at_most("coordinator", in.coordinator(), UINT16_MAX);
  checks.at_most("answered count", static_cast<std::uint64_t>(in.answered_size()),
                 Ring::kMembersMax);
  for (const std::uint32_t node : in.answered()) checks.at_most("answered", node, UINT16_MAX);
}

void set_dot(ReadValue& out, const wire::ReadValue& in) {
  out.dot = Dot{Actor{in.run(), in.epoch()}, in.counter()};
}

}  // namespace

Result<ClientRequest> request_from_wire(wire::ClientRequest&& in) {
  Checks checks("client_request");
  check(in, checks);
  if (checks.failed()) return checks.take();

  ClientRequest out;
  out.id = RequestId{in.id_high(), in.id_low()};
  out.verb = static_cast<Verb>(in.verb());
  out.key.bucket = std::move(*in.mutable_bucket());
  out.key.name = std::move(*in.mutable_key());
  out.update = static_cast<Update>(in.update());
  out.field = std::move(*in.mutable_field());
  out.value = Blob(std::move(*in.mutable_value()));
  out.expiry_ms = in.expiry_ms();
  out.context_none = in.context_none();
  out.r = quorum_from_wire(in.r());
  out.w = quorum_from_wire(in.w());
  if (in.sloppy() != 0) out.sloppy = in.sloppy() == 2;
  if (in.read_repair() != 0) out.read_repair = static_cast<ReadRepair>(in.read_repair() - 1);
  out.deadline_ns = std::min(in.deadline_ns(), kWireDeadlineNsMax);
  out.attempt = in.attempt();
  out.age_ns = std::min(in.age_ns(), kWireAgeNsMax);
  return out;
}

Result<ClientReply> reply_from_wire(wire::ClientReply&& in) {
  Checks checks("client_reply");
  check(in, checks);
  if (checks.failed()) return checks.take();

  ClientReply out;
  out.id = RequestId{in.id_high(), in.id_low()};
  out.outcome = static_cast<Outcome>(in.outcome());
  out.reason = static_cast<Reason>(in.reason());
  out.detail = std::move(*in.mutable_detail());
  out.values.reserve(static_cast<std::size_t>(in.values_size()));
  for (wire::ReadValue& value : *in.mutable_values()) {
    ReadValue& read = out.values.emplace_back();
    read.value = Blob(std::move(*value.mutable_value()));
    set_dot(read, value);
    read.timestamp = Timestamp{value.timestamp()};
    read.expiry_ms = value.expiry_ms();
    read.field = std::move(*value.mutable_field());
  }
  out.dot = Dot{Actor{in.run(), in.epoch()}, in.counter()};
  out.needed = in.needed();
  out.reached = in.reached();
  out.replicas = in.replicas();
  for (const std::uint32_t node : in.answered()) out.answered.push_back(static_cast<NodeId>(node));
  out.coordinator = static_cast<NodeId>(in.coordinator());
  return out;
}

Result<ClientRequest> from_wire(wire::ClientRequest request, const TokenSeal& seal) {
  const std::string sealed = std::move(*request.mutable_token());
  Result<ClientRequest> out = request_from_wire(std::move(request));
  if (!out || sealed.empty()) return out;
  Result<Token> token = seal.open(sealed, out->key);
  if (!token) return Error{ErrorCode::kUnauthorized, token.error().message};
  out->token = std::move(*token);
  return out;
}

}  // namespace quorate
