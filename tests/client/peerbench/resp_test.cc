// Redis's protocol: golden bytes, cut anywhere, and what is none.
#include "client/peerbench/resp.h"

#include <gtest/gtest.h>

namespace quorate::client::peerbench {
namespace {

std::string show(const RespReply& reply) {
  switch (reply.kind) {
    case RespReply::Kind::kText:
      return "text " + std::string(reply.text);
    case RespReply::Kind::kError:
      return "error " + std::string(reply.text);
    case RespReply::Kind::kNumber:
      return std::to_string(reply.number);
    case RespReply::Kind::kBulk:
      return "'" + std::string(reply.text) + "'";
    case RespReply::Kind::kNull:
      return "null";
    case RespReply::Kind::kArray:
      break;
  }
  std::string all = "[";
  for (const RespReply& element : reply.elements) all += show(element) + " ";
  return all + "]";
}

// All replies of a stream that arrives in pieces of `piece` bytes; ends with "!" at an error.
std::string read_all(const std::string& bytes, std::size_t piece) {
  RespReader reader;
  std::string all;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader.add(std::string_view(bytes).substr(at, piece));
    while (true) {
      const auto reply = reader.next();
      if (!reply) return all + "!";
      if (!reply->has_value()) break;
      all += show(**reply) + ";";
    }
  }
  return all;
}

TEST(Resp, CommandsAreArraysOfBulkStrings) {
  std::string out;
  append_command(out, {"SET", "k", std::string_view("a\r\n\0", 4)});
  EXPECT_EQ(out, std::string("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\n\0\r\n", 30));
}

TEST(Resp, RepliesAreReadHoweverTheyWereCut) {
  const std::string bytes =
      "+OK\r\n-ERR no\r\n:-12\r\n$3\r\na\r\n\r\n$-1\r\n$0\r\n\r\n*-1\r\n*0\r\n"
      "*3\r\n:1\r\n$1\r\nx\r\n*1\r\n+y\r\n+\r\n";
  const std::string expected =
      "text OK;error ERR no;-12;'a\r\n';null;'';null;[];[1 'x' [text y ] ];text ;";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    EXPECT_EQ(read_all(bytes, piece), expected) << piece;
  }
}

TEST(Resp, WhatIsIncompleteWaits) {
  for (const char* bytes : {"", "+O", "+OK\r", "$5\r\nabc", "$3\r\nabc\r", "*2\r\n:1\r\n", ":"}) {
    EXPECT_EQ(read_all(bytes, 1), "") << bytes;
  }
}

TEST(Resp, WhatIsNoReplyIsAnError) {
  for (const char* bytes : {"HTTP/1.1 400\r\n", ":\r\n", ":1x\r\n", "$-2\r\n", "$3\r\nabcd\r\n",
                            "*-2\r\n", "$99999999999\r\n", "$9999999999999999999999999999",
                            "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"}) {
    EXPECT_EQ(read_all(bytes, 1), "!") << bytes;
  }
}

TEST(Resp, ALineThatNeverEndsIsGivenUp) {
  RespReader reader;
  reader.add("+" + std::string(RespReader::kReplyBytesMax, 'x'));
  EXPECT_FALSE(reader.next());
}

}  // namespace
}  // namespace quorate::client::peerbench
