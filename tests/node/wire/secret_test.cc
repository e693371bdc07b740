#include "node/wire/secret.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

namespace quorate {
namespace {

std::string hex(const Mac& mac) {
  std::string out;
  for (const unsigned char byte : mac) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

std::string_view view(const Mac& mac) {
  return std::string_view(reinterpret_cast<const char*>(mac.data()), mac.size());
}

class SecretFile : public ::testing::Test {
 protected:
  SecretFile() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "quorate-secret-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~SecretFile() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name = "secret") const { return directory_ / name; }

  std::string write(const std::string& content, ::mode_t mode = 0600) const {
    std::ofstream(path(), std::ios::binary) << content;
    EXPECT_EQ(::chmod(path().c_str(), mode), 0);
    return path();
  }

  std::filesystem::path directory_;
};

const std::string kGood = "0123456789abcdef0123456789abcdef";

TEST_F(SecretFile, IsReadWithoutItsLastNewline) {
  EXPECT_EQ(*load_secret(write(kGood)), kGood);
  EXPECT_EQ(*load_secret(write(kGood + "\n")), kGood);
  EXPECT_EQ(*load_secret(write(kGood + "\n\n")), kGood + "\n");
  const std::string binary("\0\n\xff", 3);
  EXPECT_EQ(*load_secret(write(binary + kGood)), binary + kGood);
  EXPECT_EQ(load_secret(write(std::string(4096, 's') + "\n"))->size(), 4096u);
}

TEST_F(SecretFile, IsRefusedWhenOthersCouldReadOrChangeIt) {
  for (const ::mode_t mode : {0644u, 0640u, 0604u, 0620u, 0602u, 0610u, 0601u, 0777u}) {
    const auto secret = load_secret(write(kGood, mode));
    ASSERT_FALSE(secret) << std::oct << mode;
    EXPECT_EQ(secret.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(secret.error().message.find("chmod 600 " + path()), std::string::npos)
        << secret.error().message;
  }
  EXPECT_TRUE(load_secret(write(kGood, 0400)));
}

TEST_F(SecretFile, IsRefusedWhenTooShortOrTooLong) {
  for (const std::size_t size : {0u, 1u, 31u, 4097u, 10'000u}) {
    const auto secret = load_secret(write(std::string(size, 's') + "\n"));
    ASSERT_FALSE(secret) << size;
    EXPECT_EQ(secret.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(secret.error().message.find(path()), std::string::npos);
  }
}

TEST_F(SecretFile, IsRefusedWhenItIsNoFileOrMissing) {
  EXPECT_EQ(load_secret(path("missing")).error().code, ErrorCode::kIoError);
  EXPECT_EQ(load_secret(path("missing") + "/deeper").error().code, ErrorCode::kIoError);
  EXPECT_EQ(load_secret(directory_.string()).error().code, ErrorCode::kInvalidInput);
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(load_secret(path("pipe")).error().code, ErrorCode::kInvalidInput);
}

TEST(MacKey, IsHmacSha256OverAKeyDerivedForThePurpose) {
  // Computed by an independent implementation (Python's hmac module).
  EXPECT_EQ(hex(MacKey(kGood, "token").mac("message")),
            "3c62b00fc203a576d9c60b9b9666b75ab08151a9a6b0e0b073e13379ac57ce1f");
  EXPECT_EQ(hex(MacKey(kGood, "peer").mac("message")),
            "9a4575bccb75428fbd6b4970a6ced7cf3c54a09878c05a18b77856981bbcf2ad");
}

TEST(MacKey, GivesTheSameMacEachTime) {
  const MacKey key(kGood, "token");
  const Mac first = key.mac("one");
  EXPECT_NE(hex(key.mac("two")), hex(first));
  EXPECT_EQ(hex(key.mac("one")), hex(first));
}

TEST(EqualMacs, ComparesLengthAndContents) {
  EXPECT_TRUE(equal_macs("", ""));
  EXPECT_TRUE(equal_macs("abcd", "abcd"));
  EXPECT_FALSE(equal_macs("abcd", "abce"));
  EXPECT_FALSE(equal_macs("abcd", "Abcd"));
  EXPECT_FALSE(equal_macs("abcd", "abc"));
  EXPECT_FALSE(equal_macs("", "a"));
}

TEST(RandomBytes, DoNotRepeat) {
  std::set<std::string> nonces;
  std::set<std::uint64_t> draws;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(random_nonce().size(), 32u);
    nonces.insert(random_nonce());
    draws.insert(random_u64_from_os());
  }
  EXPECT_EQ(nonces.size(), 1000u);
  EXPECT_EQ(draws.size(), 1000u);
}

class Handshake : public ::testing::Test {
 protected:
  MacKey key_{kGood, "peer"};
  HandshakeSide dialler_{1, "dev", 1, 0x1111, std::string(32, 'd')};
  HandshakeSide acceptor_{1, "dev", 2, 0x2222, std::string(32, 'a')};
};

TEST_F(Handshake, ProofIsTheSameOnBothSides) {
  const MacKey other_side(kGood, "peer");
  EXPECT_TRUE(equal_macs(view(handshake_proof(key_, "dial", dialler_, acceptor_)),
                         view(handshake_proof(other_side, "dial", dialler_, acceptor_))));
}

TEST_F(Handshake, RolesCannotBeExchanged) {
  const std::string dial = hex(handshake_proof(key_, "dial", dialler_, acceptor_));
  // A node must not be able to answer a challenge by reflecting it.
  EXPECT_NE(hex(handshake_proof(key_, "accept", dialler_, acceptor_)), dial);
  EXPECT_NE(hex(handshake_proof(key_, "dial", acceptor_, dialler_)), dial);
  EXPECT_NE(hex(handshake_proof(key_, "accept", acceptor_, dialler_)), dial);
}

TEST_F(Handshake, ProofDependsOnEveryPartOfBothSides) {
  std::set<std::string> proofs = {hex(handshake_proof(key_, "dial", dialler_, acceptor_))};
  const auto changed = [&](HandshakeSide& side) {
    const HandshakeSide before = side;
    const auto add = [&] {
      proofs.insert(hex(handshake_proof(key_, "dial", dialler_, acceptor_)));
      side = before;
    };
    side.protocol_version = 2, add();
    side.cluster = "lab", add();
    side.node = 9, add();
    side.run = 0x9999, add();
    side.nonce = std::string(32, 'x'), add();  // a recorded proof is of no use under a new nonce
    side.cluster = "de", side.nonce = "v" + before.nonce, add();
  };
  changed(dialler_);
  changed(acceptor_);
  proofs.insert(hex(handshake_proof(MacKey("another secret of the same length", "peer"), "dial",
                                    dialler_, acceptor_)));
  proofs.insert(hex(handshake_proof(MacKey(kGood, "token"), "dial", dialler_, acceptor_)));
  EXPECT_EQ(proofs.size(), 1u + 2 * 6 + 2);
}

}  // namespace
}  // namespace quorate
