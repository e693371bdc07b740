#include "node/core/blocking_repair.h"

#include <algorithm>
#include <utility>

namespace quorate {

namespace {

bool contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

BlockingRepair::BlockingRepair(const ReadQuorum& read)
    : record_(read.merged()), holders_(read.sets()), lacking_(read.repairs()) {
  for (const std::vector<NodeId>& answered : {read.answered(), read.rebuilding()}) {
    for (NodeId node : answered) {
      if (!contains(lacking_, node)) holders_.add_ack(node);
    }
  }
  for (NodeId node : read.unreadable()) holders_.add_refusal(node);
  for (NodeId node : read.unreachable()) holders_.add_unreachable(node);
}

void BlockingRepair::add_answer(NodeId from, const RecordPtr& answer) {
  if (answer != nullptr && answer->context.descends(record_->context)) {
    holders_.add_ack(from);
  } else if (!contains(taken_, from) && !contains(lacking_, from)) {
    lacking_.push_back(from);
  }
}

std::vector<NodeId> BlockingRepair::take_lacking() {
  taken_.insert(taken_.end(), lacking_.begin(), lacking_.end());
  return std::exchange(lacking_, {});
}

}  // namespace quorate
