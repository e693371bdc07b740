#include "node/wire/token_seal.h"

#include "node/causality/byte_io.h"
#include "node/causality/codec.h"

namespace quorate {
namespace {

constexpr std::uint8_t kTokenVersion = 1;
constexpr std::size_t kTokenHeaderBytes = 1 + 8 + 8 + 8;

// What is authenticated: the token's own bytes, and where it belongs.
Mac token_mac(const MacKey& key, std::string_view body, std::string_view cluster,
              const Key& where) {
  std::string message;
  message.reserve(body.size() + cluster.size() + where.bucket.size() + where.name.size() + 32);
  append_bytes(body, message);
  append_bytes(cluster, message);
  append_bytes(where.bucket, message);
  append_bytes(where.name, message);
  return key.mac(message);
}

std::string_view truncated(const Mac& mac) {
  return std::string_view(reinterpret_cast<const char*>(mac.data()), kTokenMacBytes);
}

// Names the secret and tells nothing of it.
std::uint64_t key_id(const std::string& secret) {
  const Mac mac = MacKey(secret, "token id").mac("");
  return ByteReader(truncated(mac), "key id").fixed64();
}

Error unauthorized(const char* why) {
  return Error{
      ErrorCode::kUnauthorized,
      std::string("the token ") + why + "; read the key again and use the token of that answer"};
}

}  // namespace

TokenSeal::TokenSeal(std::string cluster, const std::vector<std::string>& secrets)
    : cluster_(std::move(cluster)) {
  QUORATE_CHECK_MSG(!secrets.empty(), "tokens need a secret");
  for (const std::string& secret : secrets) {
    keys_.push_back(SealKey{key_id(secret), MacKey(secret, "token")});
  }
}

Result<std::string> TokenSeal::seal(const Token& token, const Key& key) const {
  const SealKey& sealer = keys_.front();
  std::string out;
  append_byte(kTokenVersion, out);
  append_fixed64(sealer.id, out);
  append_fixed64(token.timestamp.packed, out);
  append_fixed64(static_cast<std::uint64_t>(token.minted_at_ms), out);
  append_context(token.context, out);
  if (out.size() + kTokenMacBytes > kTokenBytesMax) {
    return invalid_input("the key's context has " + std::to_string(out.size() - kTokenHeaderBytes) +
                         " bytes: too many for a token of at most " +
                         std::to_string(kTokenBytesMax));
  }
  const Mac mac = token_mac(sealer.key, out, cluster_, key);
  out.append(truncated(mac));
  return out;
}

Result<Token> TokenSeal::open(std::string_view sealed, const Key& key) const {
  if (sealed.size() < kTokenHeaderBytes + kTokenMacBytes) {
    return invalid_input("the token is too short to be one");
  }
  if (sealed.size() > kTokenBytesMax) return invalid_input("the token is too long to be one");
  const std::string_view body = sealed.substr(0, sealed.size() - kTokenMacBytes);
  const std::string_view mac = sealed.substr(body.size());
  ByteReader header(body.substr(0, kTokenHeaderBytes), "token");
  if (header.byte() != kTokenVersion) {
    return invalid_input("the token is of an unknown version, or no token at all");
  }
  const std::uint64_t id = header.fixed64();

  bool known = false;
  bool authentic = false;
  for (const SealKey& candidate : keys_) {
    if (candidate.id != id) continue;
    known = true;
    const Mac expected = token_mac(candidate.key, body, cluster_, key);
    authentic = authentic || equal_macs(mac, truncated(expected));
  }
  if (!known)
    return unauthorized(
        "the token was sealed with a key that this cluster does not use (any more)");
  if (!authentic) return unauthorized("the token was not given out by this cluster for this key");

  Result<Context> context = decode_context(body.substr(kTokenHeaderBytes));
  if (!context) return invalid_input("the token's context: " + context.error().message);
  Token token;
  token.context = std::move(*context);
  token.timestamp = Timestamp{header.fixed64()};
  token.minted_at_ms = static_cast<std::int64_t>(header.fixed64());
  return token;
}

}  // namespace quorate
