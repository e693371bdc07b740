#include "node/wire/secret.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "node/causality/byte_io.h"

namespace quorate {
namespace {

constexpr std::size_t kSecretBytesMin = 32;
constexpr std::size_t kSecretBytesMax = 4096;

struct FreeContext {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeContext>;

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

MacContext keyed_context(std::string_view key) {
  EVP_MAC* hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  QUORATE_CHECK_MSG(hmac != nullptr, "OpenSSL has no HMAC");
  MacContext context(EVP_MAC_CTX_new(hmac));
  EVP_MAC_free(hmac);
  QUORATE_CHECK(context != nullptr);
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  QUORATE_CHECK(EVP_MAC_init(context.get(), as_bytes(key), key.size(), params) == 1);
  return context;
}

// Without a key, init begins again with the one that the context has: that spares the key schedule
// for each message, and a new context.
Mac mac_with(EVP_MAC_CTX* keyed, std::string_view message) {
  QUORATE_CHECK(EVP_MAC_init(keyed, nullptr, 0, nullptr) == 1);
  Mac mac{};
  std::size_t length = 0;
  QUORATE_CHECK(EVP_MAC_update(keyed, as_bytes(message), message.size()) == 1);
  QUORATE_CHECK(EVP_MAC_final(keyed, mac.data(), &length, mac.size()) == 1);
  QUORATE_CHECK(length == mac.size());
  return mac;
}

// Parts with their lengths, so that no two lists of parts give the same bytes.
void append_side(const HandshakeSide& side, std::string& out) {
  append_fixed64(side.protocol_version, out);
  append_bytes(side.cluster, out);
  append_fixed64(side.node, out);
  append_fixed64(side.run, out);
  append_bytes(side.nonce, out);
}

Error io_error(const std::string& path, const char* what) {
  return Error{ErrorCode::kIoError,
               "secret file '" + path + "': " + what + ": " + std::strerror(errno)};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

struct MacKey::State {
  MacContext keyed;
};

MacKey::MacKey(std::string_view secret, std::string_view purpose)
    : state_(std::make_unique<State>()) {
  // Each purpose has a key of its own, so that a proof made for one can never serve for another.
  const Mac derived =
      mac_with(keyed_context(secret).get(), "quorate key for: " + std::string(purpose));
  state_->keyed = keyed_context(
      std::string_view(reinterpret_cast<const char*>(derived.data()), derived.size()));
}

MacKey::~MacKey() = default;
MacKey::MacKey(MacKey&&) noexcept = default;
MacKey& MacKey::operator=(MacKey&&) noexcept = default;

Mac MacKey::mac(std::string_view message) const { return mac_with(state_->keyed.get(), message); }

bool equal_macs(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_nonce() {
  std::string nonce(32, '\0');
  QUORATE_CHECK_MSG(RAND_bytes(reinterpret_cast<unsigned char*>(nonce.data()), 32) == 1,
                    "the operating system gives no random bytes");
  return nonce;
}

std::uint64_t random_u64_from_os() {
  std::uint64_t value = 0;
  QUORATE_CHECK_MSG(RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof value) == 1,
                    "the operating system gives no random bytes");
  return value;
}

Result<std::string> load_secret(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return io_error(path, "cannot open");
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return io_error(path, "cannot stat");
  if (!S_ISREG(info.st_mode)) return invalid_input("secret file '" + path + "' is not a file");
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return invalid_input("secret file '" + path + "' is open to group or others; run: chmod 600 " +
                         path);
  }

  std::string secret(kSecretBytesMax + 2, '\0');
  std::size_t length = 0;
  while (length < secret.size()) {
    const ssize_t got = ::read(file.get(), secret.data() + length, secret.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error(path, "cannot read");
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  secret.resize(length);
  if (!secret.empty() && secret.back() == '\n') secret.pop_back();
  if (secret.size() < kSecretBytesMin) {
    return invalid_input("secret file '" + path + "' holds " + std::to_string(secret.size()) +
                         " bytes, at least " + std::to_string(kSecretBytesMin) +
                         " are needed; make one with: (umask 077; openssl rand -hex 32 > " + path +
                         ")");
  }
  if (secret.size() > kSecretBytesMax) {
    return invalid_input("secret file '" + path + "' is larger than " +
                         std::to_string(kSecretBytesMax) + " bytes");
  }
  return secret;
}

Mac handshake_proof(const MacKey& key, std::string_view role, const HandshakeSide& dialler,
                    const HandshakeSide& acceptor) {
  std::string message;
  append_bytes(role, message);
  append_side(dialler, message);
  append_side(acceptor, message);
  return key.mac(message);
}

}  // namespace quorate
