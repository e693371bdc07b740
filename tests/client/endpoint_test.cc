#include "client/endpoint.h"

#include <gtest/gtest.h>

namespace quorate::client {
namespace {

TEST(Endpoint, TakesHostAndPort) {
  const struct {
    const char* text;
    Endpoint endpoint;
  } kCases[] = {
      {"127.0.0.1:7101", {"127.0.0.1", 7101}},
      {"localhost:1", {"localhost", 1}},
      {"node-1.example.org:65535", {"node-1.example.org", 65535}},
      {"[::1]:7101", {"::1", 7101}},
  };
  for (const auto& c : kCases) {
    const auto endpoint = parse_endpoint(c.text);
    ASSERT_TRUE(endpoint) << c.text << ": " << endpoint.error().message;
    EXPECT_EQ(*endpoint, c.endpoint);
    EXPECT_EQ(endpoint->to_string(), c.text);
  }
}

TEST(Endpoint, SaysWhatIsWrongAndHowItIsWrittenRight) {
  const struct {
    const char* text;
    const char* says;
  } kCases[] = {
      {"", "host:port"},
      {"localhost", "write localhost:7101"},
      {"localhost:", "from 1 to 65535"},
      {"localhost:0", "from 1 to 65535"},
      {"localhost:65536", "from 1 to 65535"},
      {"localhost:71o1", "from 1 to 65535"},
      {"localhost:-1", "from 1 to 65535"},
      {"localhost:99999999999999999999", "from 1 to 65535"},
      {":7101", "write 127.0.0.1:7101"},
      {"::1:7101", "brackets"},
      {"[::1]", "no port after the bracket"},
      {"[::1", "no closing bracket"},
      {"[]:7101", "no IPv6 address"},
      {"[local]:7101", "no IPv6 address"},
      {"http://localhost:7101", "more than one colon"},
      {"local host:7101", "no host name has"},
      {"localhost:7101/x", "from 1 to 65535"},
  };
  for (const auto& c : kCases) {
    const auto endpoint = parse_endpoint(c.text);
    ASSERT_FALSE(endpoint) << c.text;
    EXPECT_EQ(endpoint.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(endpoint.error().message.find(c.says), std::string::npos)
        << c.text << ": " << endpoint.error().message;
  }
}

TEST(Endpoint, ListsDropSpacesAndRepeats) {
  const auto endpoints = parse_endpoints(" a:1, b:2 ,a:1");
  ASSERT_TRUE(endpoints) << endpoints.error().message;
  ASSERT_EQ(endpoints->size(), 2u);
  EXPECT_EQ((*endpoints)[0].to_string(), "a:1");
  EXPECT_EQ((*endpoints)[1].to_string(), "b:2");
}

TEST(Endpoint, AListReportsEveryBadEntryAtOnce) {
  const auto endpoints = parse_endpoints("a:1,b,,c:0");
  ASSERT_FALSE(endpoints);
  const std::string& message = endpoints.error().message;
  EXPECT_NE(message.find("\"b\""), std::string::npos) << message;
  EXPECT_NE(message.find("empty"), std::string::npos) << message;
  EXPECT_NE(message.find("\"c:0\""), std::string::npos) << message;
  EXPECT_FALSE(parse_endpoints("  "));
}

}  // namespace
}  // namespace quorate::client
