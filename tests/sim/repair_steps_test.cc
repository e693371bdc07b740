// A node that dies, loses its power or stops for a while, at any step of handing over hints and of
// comparing trees: nothing is lost, and whatever is done twice does no harm.
#include <string>

#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

enum class Befalls : std::uint8_t { kCrash, kKill, kPause };

class RepairSteps : public ::testing::TestWithParam<Befalls> {
 protected:
  static constexpr int kKeys = 6;
  static constexpr NodeId kNodes = 5;

  static Key key(int i) { return key_of("k" + std::to_string(i)); }

  static ClusterOptions options() {
    ClusterOptions options = plain_options(kNodes);
    options.vnodes = 2;
    options.core.hints = options.core.anti_entropy = true;
    options.core.hints_max = 4;  // some are dropped, and leave receipts
    options.core.anti_entropy_interval_ns = from_seconds(2);
    options.core.tree_verify_interval_ns = from_seconds(2);
    options.core.rebuild_rows_page = 2;
    return options;
  }

  // Writes that two nodes miss, some of them kept by fallbacks; then the cut ends.
  static void prepare(TestCluster& cluster) {
    cluster->split({1, 2, 3}, {4, 5});
    cluster->run_for(from_seconds(3));
    for (int i = 0; i < kKeys; ++i) {
      Step write = put(key(i).name, "v" + std::to_string(i)).w(2).sloppy();
      const NodeId at = static_cast<NodeId>(1 + i % 3);
      ASSERT_EQ(cluster.call(cluster.client_at({at}), write).outcome, Outcome::kOk);
    }
    cluster->heal();
  }

  static bool equal(TestCluster& cluster) {
    std::vector<Key> keys;
    for (int i = 0; i < kKeys; ++i) keys.push_back(key(i));
    if (first_difference(*cluster, keys)) return false;
    for (int i = 0; i < kKeys; ++i) {
      const auto values = values_on(*cluster, cluster->primaries(key(i)).front(), key(i));
      if (values != std::vector<std::string>{"v" + std::to_string(i)}) return false;
    }
    return true;
  }

  static void befall(TestCluster& cluster, NodeId node, Befalls what) {
    switch (what) {
      case Befalls::kCrash:
        cluster->crash(node);
        break;
      case Befalls::kKill:
        cluster->kill(node);
        break;
      case Befalls::kPause:
        cluster->pause(node);
        break;
    }
    cluster->run_for(from_seconds(3));
    if (what == Befalls::kPause) {
      cluster->resume(node);
    } else {
      cluster->restart(node);
    }
  }
};

TEST_P(RepairSteps, nothing_is_lost_and_all_becomes_equal) {
  int tries = 0;
  for (NodeId victim = 1; victim <= kNodes; ++victim) {
    for (int step = 0;; ++step) {
      SCOPED_TRACE("node " + std::to_string(victim) + " after " + std::to_string(step) + " events");
      TestCluster cluster(options());
      ASSERT_NO_FATAL_FAILURE(prepare(cluster));
      int left = step;
      cluster->run_until_true([&] { return left-- <= 0 || equal(cluster); }, from_seconds(60));
      if (equal(cluster)) break;
      befall(cluster, victim, GetParam());
      ++tries;
      ASSERT_TRUE(cluster->run_until_true([&] { return equal(cluster); }, from_seconds(60)));
      ASSERT_NO_FATAL_FAILURE(cluster.expect_sound());
      ASSERT_TRUE(equal(cluster));
    }
  }
  EXPECT_GT(tries, 20 * kNodes);
}

std::string name_of(const ::testing::TestParamInfo<Befalls>& of) {
  switch (of.param) {
    case Befalls::kCrash:
      return "power";
    case Befalls::kKill:
      return "process";
    case Befalls::kPause:
      return "pause";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Of, RepairSteps,
                         ::testing::Values(Befalls::kCrash, Befalls::kKill, Befalls::kPause),
                         name_of);

}  // namespace
}  // namespace quorate::sim
