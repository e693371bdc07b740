#include "node/wire/token_seal.h"

#include <gtest/gtest.h>

#include "node/base/random.h"
#include "node/causality/codec.h"
#include "tests/node/causality/random_values.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

const std::string kSecret(32, 's');
const std::string kNewSecret(32, 'n');
const Key kKey{"default", "city:1"};

Token some_token() {
  Token token;
  token.context.add(Dot{Actor{make_run_id(1, 77), 1}, 1});
  token.context.add(Dot{Actor{make_run_id(2, 78), 3}, 9});
  token.timestamp = Timestamp::from_wall_ms(1'700'000'000'000);
  token.minted_at_ms = 1'700'000'000'123;
  return token;
}

class TokenSealTest : public ::testing::Test {
 protected:
  TokenSeal seal_{"dev", {kSecret}};
  std::string sealed_ = *seal_.seal(some_token(), kKey);

  void expect_refused(const std::string& sealed, const Key& key, ErrorCode code, const char* what) {
    const auto token = seal_.open(sealed, key);
    ASSERT_FALSE(token) << what;
    EXPECT_EQ(token.error().code, code) << what << ": " << token.error().to_string();
  }
};

TEST_F(TokenSealTest, OpensWhatItSealed) {
  const auto opened = seal_.open(sealed_, kKey);
  ASSERT_TRUE(opened) << opened.error().to_string();
  EXPECT_EQ(*opened, some_token());
}

TEST_F(TokenSealTest, OpensWhatAnotherNodeWithTheSameSecretSealed) {
  const TokenSeal other("dev", {kSecret});
  EXPECT_EQ(*other.open(sealed_, kKey), some_token());
}

TEST_F(TokenSealTest, KeepsEveryTokenThereCanBe) {
  Random random(testing_support::test_seed());
  for (int i = 0; i < 2000; ++i) {
    Token token;
    token.context = testing_support::random_context(random);
    token.timestamp = Timestamp{testing_support::random_magnitude(random, UINT64_MAX)};
    token.minted_at_ms = static_cast<std::int64_t>(random.next());
    const Key key{testing_support::random_bytes(random, random.below(65)),
                  testing_support::random_bytes(random, random.below(100))};
    const auto sealed = seal_.seal(token, key);
    ASSERT_TRUE(sealed);
    ASSERT_EQ(*seal_.open(*sealed, key), token);
  }
}

// Any mutation of a token's bytes leaves the store unchanged, because it never gets past
// here.
TEST_F(TokenSealTest, RefusesEverySingleBitFlip) {
  for (std::size_t bit = 0; bit < 8 * sealed_.size(); ++bit) {
    std::string bad = sealed_;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(seal_.open(bad, kKey)) << "bit " << bit;
  }
}

TEST_F(TokenSealTest, RefusesATokenThatIsCutOrExtended) {
  for (std::size_t size = 0; size < sealed_.size(); ++size) {
    ASSERT_FALSE(seal_.open(std::string_view(sealed_).substr(0, size), kKey)) << size;
    ASSERT_FALSE(seal_.open(std::string_view(sealed_).substr(sealed_.size() - size), kKey)) << size;
  }
  for (int byte = 0; byte < 256; ++byte) {
    const std::string extra(1, static_cast<char>(byte));
    ASSERT_FALSE(seal_.open(sealed_ + extra, kKey));
    ASSERT_FALSE(seal_.open(extra + sealed_, kKey));
  }
}

TEST_F(TokenSealTest, RefusesATokenMovedElsewhere) {
  expect_refused(sealed_, Key{"default", "city:2"}, ErrorCode::kUnauthorized, "another key");
  expect_refused(sealed_, Key{"other", "city:1"}, ErrorCode::kUnauthorized, "another bucket");
  expect_refused(sealed_, Key{"defaultc", "ity:1"}, ErrorCode::kUnauthorized, "a moved boundary");
  expect_refused(sealed_, Key{"", "defaultcity:1"}, ErrorCode::kUnauthorized, "no bucket");
  expect_refused(sealed_, Key{"default", ""}, ErrorCode::kUnauthorized, "no key");
}

TEST_F(TokenSealTest, RefusesATokenOfAnotherCluster) {
  expect_refused(*TokenSeal("lab", {kSecret}).seal(some_token(), kKey), kKey,
                 ErrorCode::kUnauthorized, "same secret, another name");
  expect_refused(*TokenSeal("dev", {kNewSecret}).seal(some_token(), kKey), kKey,
                 ErrorCode::kUnauthorized, "same name, another secret");
}

TEST_F(TokenSealTest, RefusesATokenThatAClientMadeUp) {
  // The right shape and key id, an invented context, and no key to authenticate it with.
  std::string forged = sealed_.substr(0, 1 + 8 + 8 + 8);
  const Actor actor{make_run_id(1, 77), 1};
  append_context(Context::from_parts({{actor, kCounterMax}}, {}), forged);
  for (const char filler : {'\0', '\xff'}) {
    expect_refused(forged + std::string(kTokenMacBytes, filler), kKey, ErrorCode::kUnauthorized,
                   "an invented code");
  }
  expect_refused(forged + sealed_.substr(sealed_.size() - kTokenMacBytes), kKey,
                 ErrorCode::kUnauthorized, "the code of another token");
}

TEST_F(TokenSealTest, RefusesWhatIsNoToken) {
  expect_refused("", kKey, ErrorCode::kInvalidInput, "empty");
  expect_refused("hello", kKey, ErrorCode::kInvalidInput, "text");
  expect_refused(std::string(100, '\0'), kKey, ErrorCode::kInvalidInput, "version 0");
  expect_refused(std::string(100, '\2'), kKey, ErrorCode::kInvalidInput, "version 2");
  expect_refused(sealed_ + std::string(kTokenBytesMax, 'x'), kKey, ErrorCode::kInvalidInput,
                 "too long");
}

TEST_F(TokenSealTest, TellsTheNextStep) {
  EXPECT_NE(seal_.open(sealed_, Key{"default", "x"}).error().message.find("read the key again"),
            std::string::npos);
  EXPECT_NE(
      TokenSeal("dev", {kNewSecret}).open(sealed_, kKey).error().message.find("read the key again"),
      std::string::npos);
}

TEST_F(TokenSealTest, RotationOpensOldTokensUntilTheOldSecretIsRetired) {
  const TokenSeal during("dev", {kNewSecret, kSecret});
  EXPECT_EQ(*during.open(sealed_, kKey), some_token());

  const std::string fresh = *during.seal(some_token(), kKey);
  EXPECT_FALSE(seal_.open(fresh, kKey)) << "the first secret seals";
  const TokenSeal after("dev", {kNewSecret});
  EXPECT_EQ(*after.open(fresh, kKey), some_token());

  const auto retired = after.open(sealed_, kKey);
  ASSERT_FALSE(retired);
  EXPECT_EQ(retired.error().code, ErrorCode::kUnauthorized);
}

TEST_F(TokenSealTest, RefusesToSealAContextThatDoesNotFit) {
  Token token;
  for (std::uint64_t run = 1; run < 3000; ++run) token.context.add(Dot{Actor{run, 1}, 1});
  const auto sealed = seal_.seal(token, kKey);
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(sealed.error().message.find(std::to_string(kTokenBytesMax)), std::string::npos);
}

TEST_F(TokenSealTest, SealsContextsUpToItsLimit) {
  Token token;
  std::string longest;
  for (std::uint64_t run = 1;; ++run) {
    token.context.add(Dot{Actor{run, 1}, 1});
    const auto sealed = seal_.seal(token, kKey);
    if (!sealed) break;
    longest = *sealed;
  }
  EXPECT_LE(longest.size(), kTokenBytesMax);
  EXPECT_GT(longest.size(), kTokenBytesMax - 32);
  EXPECT_TRUE(seal_.open(longest, kKey));
}

}  // namespace
}  // namespace quorate
