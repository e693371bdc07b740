// A node that dies, loses its power, stops for a while, or comes back with an old disk or none, at
// any moment of reaping: what is dead goes in the end and stays away, and what lives stays.
#include <string>

#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

enum class Befalls : std::uint8_t { kCrash, kKill, kPause, kWipe, kRestore };

class ReapingSteps : public ::testing::TestWithParam<Befalls> {
 protected:
  static constexpr int kKeys = 4;
  static constexpr SimTime kStep = from_ms(17);

  static Key key(int i) { return key_of("k" + std::to_string(i)); }

  static ClusterOptions options() {
    ClusterOptions options = plain_options();
    options.vnodes = 2;
    options.core.hints = options.core.anti_entropy = options.core.reaping = true;
    options.core.anti_entropy_interval_ns = from_ms(300);
    options.core.tree_verify_interval_ns = from_seconds(2);
    options.core.reap_interval_ns = from_ms(100);
    options.core.token_life_ms = options.core.retry_window_ms = 1'000;
    options.core.clock_skew_max_ms = 0;
    options.core.rebuild_rows_page = 2;
    return options;
  }

  // The even keys are deleted, the odd ones written by two nodes in turn: entries of the first are
  // dead.
  static MemoryStore::Image prepare(TestCluster& cluster, NodeId victim) {
    SimClient& one = cluster.client_at({1});
    SimClient& two = cluster.client_at({2});
    for (int i = 0; i < kKeys; ++i) {
      EXPECT_TRUE(cluster.call(one, put(key(i).name, "old").w(3)).acknowledged());
    }
    MemoryStore::Image image = cluster->backup(victim);
    for (int i = 0; i < kKeys; ++i) {
      const Step step = i % 2 == 0 ? del(key(i).name) : put(key(i).name, "new");
      EXPECT_TRUE(cluster.call(two, step).acknowledged());
    }
    return image;
  }

  static bool reaped(TestCluster& cluster) {
    for (int i = 0; i < kKeys; ++i) {
      for (const NodeId node : cluster->node_ids()) {
        const Row* row = cluster->row(node, key(i));
        if (i % 2 == 0) {
          if (row != nullptr) return false;
        } else if (row == nullptr || row->record.context.entries().size() != 1 ||
                   values_on(*cluster, node, key(i)) != std::vector<std::string>{"new"}) {
          return false;
        }
      }
    }
    return true;
  }

  // For whoever reads a failure.
  static std::string standing(TestCluster& cluster) {
    std::string text;
    for (const NodeId node : cluster->node_ids()) {
      const CoreStatus status = cluster->node(node).core().status();
      text += "node " + std::to_string(node) + ": " + std::to_string(status.remains) +
              " with remains, " + std::to_string(status.retired) + " retired, " +
              std::to_string(status.vnodes_rebuilding) + " vnodes rebuilding\n";
      for (const auto& [vnode, hold] : status.reaping_held_by) {
        text += "  vnode " + std::to_string(vnode) + " held by node " + std::to_string(hold.node) +
                ": " + reap_hold_name(hold.hold) + "\n";
      }
      for (int i = 0; i < kKeys; ++i) {
        const Row* row = cluster->row(node, key(i));
        text += "  " + key(i).name + " " +
                (row == nullptr ? "no row" : to_string(row->record.context)) + "\n";
      }
    }
    return text;
  }

  static void befall(TestCluster& cluster, NodeId node, Befalls what,
                     const MemoryStore::Image& image) {
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
      case Befalls::kWipe:
        cluster->wipe(node);
        return;
      case Befalls::kRestore:
        cluster->restore(node, image);
        return;
    }
    cluster->run_for(from_seconds(2));
    if (what == Befalls::kPause) {
      cluster->resume(node);
    } else {
      cluster->restart(node);
    }
  }
};

TEST_P(ReapingSteps, what_is_dead_goes_and_what_lives_stays) {
  int tries = 0;
  for (NodeId victim = 1; victim <= 3; ++victim) {
    for (SimTime after = 0;; after += kStep) {
      SCOPED_TRACE("node " + std::to_string(victim) + " after " + time_to_string(after));
      TestCluster cluster(options());
      const MemoryStore::Image image = prepare(cluster, victim);
      cluster->run_for(after);
      if (reaped(cluster)) break;
      befall(cluster, victim, GetParam(), image);
      ++tries;
      ASSERT_TRUE(cluster->run_until_true([&] { return reaped(cluster); }, from_seconds(60)))
          << standing(cluster);
      ASSERT_NO_FATAL_FAILURE(cluster.expect_sound());
      ASSERT_TRUE(reaped(cluster));
    }
  }
  EXPECT_GT(tries, 3 * 50);
}

std::string name_of(const ::testing::TestParamInfo<Befalls>& of) {
  switch (of.param) {
    case Befalls::kCrash:
      return "power";
    case Befalls::kKill:
      return "process";
    case Befalls::kPause:
      return "pause";
    case Befalls::kWipe:
      return "wipe";
    case Befalls::kRestore:
      return "backup";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Of, ReapingSteps,
                         ::testing::Values(Befalls::kCrash, Befalls::kKill, Befalls::kPause,
                                           Befalls::kWipe, Befalls::kRestore),
                         name_of);

}  // namespace
}  // namespace quorate::sim
