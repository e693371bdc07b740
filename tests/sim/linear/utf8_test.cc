#include "sim/linear/utf8.h"

#include <gtest/gtest.h>

namespace quorate::sim::linear {
namespace {

const std::string kShown = "\xef\xbf\xbd";

TEST(AsUtf8, LeavesWellFormedTextAlone) {
  for (const char* text :
       {"", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf"}) {
    EXPECT_EQ(as_utf8(text), text);
  }
}

TEST(AsUtf8, ReplacesEachByteThatIsInNoCharacter) {
  EXPECT_EQ(as_utf8("a\xff"
                    "b"),
            "a" + kShown + "b");
  EXPECT_EQ(as_utf8("\xc3"), kShown);  // cut short
  EXPECT_EQ(as_utf8("\xe2\x82z"), kShown + kShown + "z");
  EXPECT_EQ(as_utf8("\xc0\xaf"), kShown + kShown);               // a longer spelling of /
  EXPECT_EQ(as_utf8("\xe0\x80\xaf"), kShown + kShown + kShown);  // an even longer one
  EXPECT_EQ(as_utf8("\xed\xa0\x80"), kShown + kShown + kShown);  // half of a pair
  EXPECT_EQ(as_utf8("\xf4\x90\x80\x80"), kShown + kShown + kShown + kShown);  // past the last
}

}  // namespace
}  // namespace quorate::sim::linear
