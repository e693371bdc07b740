#include "node/io/scrubber.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>

namespace quorate {
namespace {

TEST(Scrubber, ChecksAgainAndAgainAndTellsWhatItFinds) {
  int passes = 0;
  std::promise<std::string> found;
  bool told = false;
  {
    Scrubber scrubber(
        1,
        [&passes] {
          return ++passes < 3 ? Status() : Error{ErrorCode::kCorruption, "block 7"};
        },
        [&](const Error& why) {
          if (!std::exchange(told, true)) found.set_value(why.message);
        });
    EXPECT_EQ(found.get_future().get(), "block 7");
  }
  EXPECT_GE(passes, 3);
}

TEST(Scrubber, NeverChecksWhenToldSoAndEndsAtOnce) {
  const auto verify = []() -> Status {
    ADD_FAILURE() << "must not run";
    return {};
  };
  Scrubber never(0, verify, [](const Error&) {});
  Scrubber seldom(3'600'000, verify, [](const Error&) {});
}

}  // namespace
}  // namespace quorate
