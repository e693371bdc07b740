#include "node/base/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <utility>

namespace quorate {
namespace {

Result<std::string> name_of(int number) {
  if (number < 0) return invalid_input("a negative number");
  return std::string("number ") + std::to_string(number);
}

TEST(ResultTest, HoldsAValueOrAnError) {
  const Result<std::string> value = name_of(3);
  ASSERT_TRUE(value);
  EXPECT_TRUE(value.has_value());
  EXPECT_EQ(*value, "number 3");
  EXPECT_EQ(value->size(), 8u);

  const Result<std::string> error = name_of(-1);
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(error.error().to_string(), "invalid input: a negative number");
}

TEST(ResultTest, LetsAValueBeMovedOut) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> moved = *std::move(result);
  EXPECT_EQ(*moved, 5);
  Result<std::string> text = name_of(1);
  text->append("!");
  EXPECT_EQ(std::move(text).value(), "number 1!");
}

TEST(StatusTest, IsDoneOrAnError) {
  const Status done;
  EXPECT_TRUE(done);
  done.value();
  const Status failed = Error{ErrorCode::kNoSpace, "the disk under /data is full"};
  EXPECT_FALSE(failed);
  EXPECT_EQ(failed.error().to_string(), "no space: the disk under /data is full");
}

TEST(ErrorCodeTest, EveryCodeHasANameOfItsOwn) {
  const ErrorCode codes[] = {ErrorCode::kInvalidInput, ErrorCode::kCorruption,
                             ErrorCode::kIoError,      ErrorCode::kNoSpace,
                             ErrorCode::kInUse,        ErrorCode::kIncompatible,
                             ErrorCode::kUnauthorized, ErrorCode::kUnreachable,
                             ErrorCode::kTimeout,      ErrorCode::kNotSupported};
  std::set<std::string> names;
  for (const ErrorCode code : codes) names.insert(error_code_name(code));
  EXPECT_EQ(names.size(), std::size(codes));
  EXPECT_EQ(names.count("unknown error code"), 0u);
}

TEST(ResultDeathTest, AskingForWhatIsNotThereIsABug) {
  const Result<std::string> value = name_of(1);
  const Result<std::string> error = name_of(-1);
  EXPECT_DEATH((void)value.error(), "check failed");
  EXPECT_DEATH((void)*error, "check failed");
  const Status done;
  const Status failed = invalid_input("no");
  EXPECT_DEATH((void)done.error(), "check failed");
  EXPECT_DEATH(failed.value(), "check failed");
}

}  // namespace
}  // namespace quorate
