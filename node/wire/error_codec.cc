#include "node/wire/error_codec.h"

#include "node/wire/quorate.pb.h"

namespace quorate {
namespace {

constexpr std::size_t kErrorTextBytesMax = 1024;
constexpr auto kErrorCodeLast = static_cast<std::uint32_t>(ErrorCode::kNotSupported);

}  // namespace

void to_wire(const Error& error, wire::Error& out) {
  out.set_code(static_cast<std::uint32_t>(error.code));
  out.set_message(error.message.empty() ? std::string(error_code_name(error.code))
                                        : error.message.substr(0, kErrorTextBytesMax));
}

Error error_from_wire(const wire::Error& in) {
  return Error{
      in.code() <= kErrorCodeLast ? static_cast<ErrorCode>(in.code()) : ErrorCode::kIoError,
      in.message().substr(0, kErrorTextBytesMax)};
}

std::string encode_client_error(const Error& error) {
  wire::ToClient out;
  to_wire(error, *out.mutable_error());
  return out.SerializeAsString();
}

std::string encode_peer_error(const Error& error) {
  wire::PeerHandshake out;
  to_wire(error, *out.mutable_error());
  return out.SerializeAsString();
}

}  // namespace quorate
