#include "node/io/exit_watchdog.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "node/io/log.h"

namespace quorate {
namespace {

TEST(ExitWatchdogDeathTest, EndsAProcessWhoseEndHangs) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(
      {
        set_log_level(LogLevel::kOff);
        ExitWatchdog watchdog;
        watchdog.arm(20, ExitCode::kStoreFailed);
        while (true) ::pause();
      },
      ::testing::ExitedWithCode(5), "");
}

TEST(ExitWatchdog, LeavesAnEndThatComesInTimeAlone) {
  ExitWatchdog watchdog;
  watchdog.arm(60'000, ExitCode::kStoreFailed);
  watchdog.disarm();
  ExitWatchdog never_disarmed;
  never_disarmed.arm(60'000, ExitCode::kStoreFailed);
}

}  // namespace
}  // namespace quorate
