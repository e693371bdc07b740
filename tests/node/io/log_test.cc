#include "node/io/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace quorate {
namespace {

TEST(Log, WritesPlainValuesBare) {
  EXPECT_EQ(format_log_record(LogLevel::kInfo, "ready",
                              {{"node", 1}, {"client", "127.0.0.1:7101"}, {"chaos", false}}),
            "level=info msg=ready node=1 client=127.0.0.1:7101 chaos=false");
}

TEST(Log, QuotesWhatIsNotPlain) {
  EXPECT_EQ(format_log_record(LogLevel::kWarn, "peer does not answer", {{"why", ""}}),
            "level=warn msg=\"peer does not answer\" why=\"\"");
  EXPECT_EQ(format_log_record(LogLevel::kWarn, "x", {{"key", "a=b \"c\" \\"}}),
            "level=warn msg=x key=\"a=b \\\"c\\\" \\\\\"");
}

TEST(Log, ForgedLinesAndEscapeSequencesStayInsideTheirValue) {
  EXPECT_EQ(format_log_record(LogLevel::kError, "x", {{"key", "a\nlevel=info msg=ready"}}),
            "level=error msg=x key=\"a\\nlevel=info msg=ready\"");
  EXPECT_EQ(format_log_record(LogLevel::kError, "x", {{"key", "\x1b[2J\r\x07"}}),
            "level=error msg=x key=\"\\x1b[2J\\x0d\\x07\"");
  EXPECT_EQ(format_log_record(LogLevel::kError, "x",
                              {{"key",
                                "\xc2\x9b"
                                "31m"}}),
            "level=error msg=x key=\"\\xc2\\x9b31m\"");
}

TEST(Log, EveryByteIsWrittenAsPrintableAsciiOnOneLine) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::string record = format_log_record(LogLevel::kInfo, all, {{"value", all}});
  EXPECT_TRUE(
      std::all_of(record.begin(), record.end(), [](char c) { return c >= 0x20 && c <= 0x7e; }));
}

TEST(Log, CutsLongValuesAndSaysHowLongTheyWere) {
  const std::string record =
      format_log_record(LogLevel::kInfo, "x", {{"value", std::string(5000, 'v')}});
  EXPECT_LT(record.size(), kLogValueBytesMax + 64);
  EXPECT_NE(record.find("(of 5000 bytes)"), std::string::npos);
}

TEST(Log, KnowsItsLevels) {
  EXPECT_EQ(*parse_log_level("debug"), LogLevel::kDebug);
  EXPECT_EQ(*parse_log_level("off"), LogLevel::kOff);
  EXPECT_FALSE(parse_log_level("loud").has_value());
}

}  // namespace
}  // namespace quorate
