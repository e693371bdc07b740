#include "sim/report/timeline.h"

namespace quorate::sim {

void Timeline::watch(const Run& run) {
  run_ = &run;
  for (const Key& key : run.plan().keys) differs_.emplace(key, false);
}

void Timeline::on_row_written(SimTime time, NodeId, RunId, const Key& key, const Row*, const Row&,
                              bool stored) {
  if (!stored || run_ == nullptr || !differs_.contains(key)) return;
  set(time, key, differs(key));
}

// A disk that loses what it had not synced, or is wiped, may differ in any key.
void Timeline::on_life(SimTime time, NodeId node, LifeEvent event) {
  lives_.push_back(LifeChange{time, node, event});
  if (run_ == nullptr) return;
  for (const auto& [key, known] : differs_) set(time, key, differs(key));
}

bool Timeline::differs(const Key& key) const {
  static const Record kNothing;
  const Cluster& cluster = run_->cluster();
  const Record* first = nullptr;
  for (const NodeId node : cluster.primaries(key)) {
    const Row* row = cluster.row(node, key);
    const Record& record = row == nullptr ? kNothing : row->record;
    if (first == nullptr) {
      first = &record;
    } else if (!same_state(*first, record)) {
      return true;
    }
  }
  return false;
}

void Timeline::set(SimTime time, const Key& key, bool differ) {
  bool& known = differs_[key];
  if (known == differ) return;
  known = differ;
  differing_now_ += differ ? 1 : 0;
  differing_now_ -= differ ? 0 : 1;
  if (!differing_.empty() && differing_.back().from == time) {
    differing_.back().keys = differing_now_;
  } else {
    differing_.push_back(Differing{time, differing_now_});
  }
}

}  // namespace quorate::sim
