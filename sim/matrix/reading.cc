#include "sim/matrix/reading.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace quorate::sim {

namespace {

struct Standing {
  bool fresh = false;
  bool everywhere = false;
};

Standing standing_of(const MatrixCell& cell) {
  Standing standing{cell.together().stale.none(), true};
  for (const GroupCell& group : cell.groups) {
    if (!nearly_all(group.reads) || !nearly_all(group.writes)) standing.everywhere = false;
  }
  return standing;
}

std::string names(const std::vector<const MatrixCell*>& cells) {
  std::string text;
  for (const MatrixCell* cell : cells) {
    text += (text.empty() ? "" : ", ") + ("r" + std::to_string(cell->configuration.r)) + "w" +
            std::to_string(cell->configuration.w) + (cell->configuration.sloppy ? " sloppy" : "");
  }
  return text;
}

std::string lost_by(const GroupCell& group) {
  const bool reads = nearly_all(group.reads);
  const bool writes = nearly_all(group.writes);
  if (reads && writes) return "";
  const auto part = [](const Share& share, const char* what) {
    return (share.none() ? std::string() : std::string("some ")) + what;
  };
  if (reads) return part(group.writes, "writes");
  if (writes) return part(group.reads, "reads");
  if (group.reads.none() && group.writes.none()) return "reads and writes";
  return part(group.reads, "reads") + " and " + part(group.writes, "writes");
}

}  // namespace

bool nearly_all(const Share& share) {
  return (share.of - share.count) * 1000 <= share.of * kMissedPerMille;
}

std::string given_up(const MatrixBlock& block, const MatrixCell& cell) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
  };
  std::vector<std::string> losses;
  bool alike = true;
  for (const GroupCell& group : cell.groups) {
    losses.push_back(lost_by(group));
    alike = alike && losses.back() == losses.front();
  }
  if (alike) {
    if (!losses.front().empty()) add(losses.front() + " everywhere");
  } else {
    for (std::size_t i = 0; i < losses.size(); ++i) {
      if (!losses[i].empty()) add(block.groups[i].name + ": " + losses[i]);
    }
  }
  if (!cell.together().stale.none()) add("freshness");
  return text.empty() ? "nothing" : text;
}

std::string reading(const MatrixBlock& block) {
  std::vector<const MatrixCell*> both;
  std::vector<const MatrixCell*> fresh;
  std::vector<const MatrixCell*> everywhere;
  std::vector<const MatrixCell*> neither;
  bool overlapping_stale = false;
  for (const MatrixCell& cell : block.cells) {
    const Standing standing = standing_of(cell);
    overlapping_stale = overlapping_stale || (cell.configuration.overlapping() && !standing.fresh);
    (standing.fresh ? (standing.everywhere ? both : fresh)
                    : (standing.everywhere ? everywhere : neither))
        .push_back(&cell);
  }
  std::string text;
  if (both.empty()) {
    text = "No configuration answered everywhere and stayed fresh";
  } else if (both.size() == block.cells.size()) {
    text = "Every configuration answered everywhere and stayed fresh";
  } else {
    text = names(both) + " answered everywhere and stayed fresh";
  }
  if (!fresh.empty()) text += "; fresh, but not everywhere: " + names(fresh);
  if (!everywhere.empty()) text += "; everywhere, but stale at times: " + names(everywhere);
  if (!neither.empty()) text += "; neither: " + names(neither);
  text += overlapping_stale ? ". A configuration with r+w > n read stale values: that must not be."
                            : ". With r+w > n no read was stale";
  if (overlapping_stale) return text;
  const bool any_sloppy =
      std::any_of(block.cells.begin(), block.cells.end(),
                  [](const MatrixCell& cell) { return cell.configuration.sloppy; });
  return text + (any_sloppy ? ", but for sloppy quorums, which promise none of it." : ".");
}

}  // namespace quorate::sim
