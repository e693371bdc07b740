// Collects, while a run is played, what its history and its plan do not tell afterwards: when
// processes lived, and for how long the replicas of the keys differed.
//
// Place:      handed to a Run as a watcher, told which cluster it watches, then read by
//             run_summary.h.
// Invariants: changes nothing of the world (observer.h).
// Limits:     one entry for each change of a life, and for each change of the number of keys whose
//             replicas differ.
#pragma once

#include <map>
#include <vector>

#include "sim/report/sides.h"
#include "sim/run/run.h"
#include "sim/world/observer.h"

namespace quorate::sim {

class Timeline final : public WorldObserver {
 public:
  // From here on replicas are compared as well. REQUIRES: `run` outlives what is still played.
  void watch(const Run& run);

  void on_row_written(SimTime time, NodeId node, RunId run, const Key& key, const Row* before,
                      const Row& after, bool stored) override;
  void on_life(SimTime time, NodeId node, LifeEvent event) override;

  const std::vector<LifeChange>& lives() const { return lives_; }

  // From a moment on, so many of the plan's keys had replicas that differed, be it for as long as a
  // write needs to reach them all. Ascending in time.
  struct Differing {
    SimTime from = 0;
    std::size_t keys = 0;
  };
  const std::vector<Differing>& differing() const { return differing_; }

 private:
  bool differs(const Key& key) const;
  void set(SimTime time, const Key& key, bool differ);

  const Run* run_ = nullptr;
  std::vector<LifeChange> lives_;
  std::map<Key, bool> differs_;
  std::size_t differing_now_ = 0;
  std::vector<Differing> differing_;
};

}  // namespace quorate::sim
