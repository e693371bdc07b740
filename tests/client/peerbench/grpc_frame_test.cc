#include "client/peerbench/grpc_frame.h"

#include <gtest/gtest.h>

namespace quorate::client::peerbench {
namespace {

using namespace std::string_literals;  // NOLINT: for bytes that hold zeros

TEST(GrpcFrame, IsAMarkALengthAndTheMessage) {
  EXPECT_EQ(grpc_frame("abc"), "\0\0\0\0\3abc"s);
  EXPECT_EQ(grpc_frame(""), "\0\0\0\0\0"s);
  EXPECT_EQ(grpc_frame(std::string(258, 'x')).substr(0, 6), "\0\0\0\1\2x"s);
}

TEST(GrpcFrame, OneWholeMessageIsTakenAndNothingElse) {
  EXPECT_EQ(*grpc_message("\0\0\0\0\3abc"s), "abc");
  EXPECT_EQ(*grpc_message("\0\0\0\0\0"s), "");
  for (const std::string& body :
       {""s, "\0\0\0\0"s, "\0\0\0\0\3ab"s, "\0\0\0\0\3abcd"s, "\1\0\0\0\3abc"s,
        "\0\xff\xff\xff\xff"s, "\0\0\0\0\1a\0\0\0\0\1b"s}) {
    EXPECT_FALSE(grpc_message(body)) << testing::PrintToString(body);
  }
}

}  // namespace
}  // namespace quorate::client::peerbench
