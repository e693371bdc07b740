// Every world that once failed, as an explicit plan: what a seed draws changes when the swarm
// grows, a plan does not. The comment at the top of each file tells its story.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "sim/scenario/play.h"

namespace quorate::sim {
namespace {

std::set<std::string> pinned_plans() {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(QUORATE_PINNED_PLANS)) {
    if (entry.path().extension() == ".toml") files.insert(entry.path().filename().string());
  }
  return files;
}

class PinnedPlan : public testing::TestWithParam<std::string> {};

TEST_P(PinnedPlan, KeepsEveryPromise) {
  std::ostringstream text;
  text << std::ifstream(std::filesystem::path(QUORATE_PINNED_PLANS) / GetParam()).rdbuf();
  EXPECT_EQ(text.str().substr(0, 2), "# ") << "a plan without its story";
  const Result<Scenario> scenario = read_scenario(text.str(), GetParam());
  ASSERT_TRUE(scenario) << scenario.error().message;
  for (const Variant& variant : scenario->variants) {
    SCOPED_TRACE(variant.name);
    const Performance performance = play(*scenario, variant);
    for (const Violation& violation : performance.unexpected) {
      ADD_FAILURE() << violation.property << ": " << violation.witness;
    }
    for (const Expectation& expectation : performance.summary.expectations) {
      EXPECT_TRUE(expectation.met) << expectation.text << "; " << expectation.detail;
    }
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& file) {
  std::string name = std::filesystem::path(file.param).stem().string();
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, PinnedPlan, testing::ValuesIn(pinned_plans()), test_name);

}  // namespace
}  // namespace quorate::sim
