#include "client/kvcli/upkeep.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "client/kvcli/text/human.h"
#include "client/kvcli/text/table.h"

namespace quorate::client::kvcli {
namespace {

struct Mender {
  const char* counter;  // as the node calls it
  const char* way;
  const char* what;
};

constexpr Mender kMenders[] = {
    {"read_stale", "read repair", "answers that lacked something"},
    {"repair_sent", "read repair", "records sent to who lacked them"},
    {"restore_sent", "read repair", "records sent in place of unreadable rows"},
    {"hint_delivered", "hints", "handed over"},
    {"hint_spare", "hints", "offered to another primary, which has them"},
    {"hint_dropped", "hints", "dropped"},
    {"trees_differed", "anti-entropy", "trees that differed"},
    {"key_synced", "anti-entropy", "keys read from all primaries"},
    {"tree_lied", "anti-entropy", "trees made anew: they did not equal their rows"},
    {"meeting_given_up", "anti-entropy", "meetings given up"},
    {"rebuild_vnode_done", "rebuild", "vnodes copied from peers"},
    {"expired", "expiry", "keys rid of values whose time was over"},
    {"retired", "reaping", "rows whose dead parts all replicas held"},
    {"reaped", "reaping", "rows rid of them"},
    {"begun_anew", "reaping", "vnodes dropped, for they were of an old backup"},
};

std::uint64_t counter(const NodeView& view, const char* name) {
  for (const auto& [counted, value] : view.counters) {
    if (counted == name) return value;
  }
  return 0;
}

}  // namespace

void print_hints(Console& console, const std::vector<Result<NodeView>>& views) {
  const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  for (const Result<NodeView>& view : views) {
    if (!view) continue;
    const std::string node = "node " + std::to_string(view->node);
    for (const HintsView& kept : view->hints) {
      console.out(node + " keeps " + count_text(kept.count) +
                  (kept.count == 1 ? " hint (" : " hints (") + size_text(kept.bytes) +
                  ") for node " + std::to_string(kept.primary) + ", the oldest " +
                  duration_text(std::max<std::int64_t>(0, now_ms - kept.oldest_ms)) + " old" +
                  (kept.sole == 0 ? std::string()
                                  : "; " + count_text(kept.sole) + " of them no primary has yet") +
                  "\n");
    }
    if (view->hints_dropped > 0) {
      console.out(node + " has dropped " + count_text(view->hints_dropped) +
                  " hints for want of room or for their age\n");
    }
  }
}

void print_siblings_warning(Console& console, const std::vector<Result<NodeView>>& views) {
  for (const Result<NodeView>& view : views) {
    if (!view) continue;
    const std::uint64_t writes = counter(*view, "siblings_many");
    if (writes == 0) continue;
    console.out("node " + std::to_string(view->node) + " has taken " + count_text(writes) +
                (writes == 1 ? " write that" : " writes that") +
                " left a quarter of siblings_max or more; at siblings_max they are refused. kvcli "
                "resolve KEY\n");
  }
}

void print_trees(Console& console, const std::vector<Result<NodeView>>& views) {
  for (const Result<NodeView>& view : views) {
    if (!view || view->vnodes_without_trees == 0) continue;
    console.out("node " + std::to_string(view->node) + " is building the hash trees of " +
                count_text(view->vnodes_without_trees) +
                (view->vnodes_without_trees == 1 ? " vnode" : " vnodes") +
                ", and compares them with nobody until then\n");
  }
}

void print_reaping(Console& console, const std::vector<Result<NodeView>>& views) {
  // Every primary has them: those of one node tell about the others', too.
  std::uint64_t remains = 0;
  std::uint64_t retired = 0;
  for (const Result<NodeView>& view : views) {
    if (!view) continue;
    remains = std::max(remains, view->remains);
    retired = std::max(retired, view->retired);
  }
  const auto rows = [](std::uint64_t count) {
    return count_text(count) + (count == 1 ? " row" : " rows");
  };
  if (remains > 0) {
    console.out("tombstones and the like: " + rows(remains) +
                " of a node until all replicas hold the same\n");
  }
  if (retired > 0) {
    console.out("tombstones and the like: " + rows(retired) +
                " of a node until tokens that name them have ended\n");
  }
  for (const Result<NodeView>& view : views) {
    if (!view) continue;
    for (const ReapingHoldView& hold : view->reaping_held_by) {
      console.out("  node " + std::to_string(hold.node) + " " + hold.why + ": " +
                  count_text(hold.vnodes) + (hold.vnodes == 1 ? " vnode" : " vnodes") +
                  " of node " + std::to_string(view->node) + " cannot go on\n");
    }
  }
}

void print_mended(Console& console, const std::vector<Result<NodeView>>& views) {
  std::vector<std::string> header{"BY", "SINCE ITS START"};
  for (const Result<NodeView>& view : views) {
    if (view) header.push_back("NODE " + std::to_string(view->node));
  }
  Table table(header);
  for (std::size_t column = 2; column < header.size(); ++column) table.right_align(column);
  for (const Mender& mender : kMenders) {
    std::vector<Cell> row{mender.way, mender.what};
    for (const Result<NodeView>& view : views) {
      if (view) row.emplace_back(count_text(counter(*view, mender.counter)));
    }
    table.add(std::move(row));
  }
  console.table(table);
}

void set_upkeep(Json& json, const NodeView& view) {
  Json hints = Json::array();
  for (const HintsView& kept : view.hints) {
    hints.add(Json::object()
                  .set("primary", std::uint32_t{kept.primary})
                  .set("count", kept.count)
                  .set("bytes", kept.bytes)
                  .set("sole", kept.sole)
                  .set("oldest_ms", kept.oldest_ms));
  }
  json.set("hints", std::move(hints)).set("hints_dropped", view.hints_dropped);
  json.set("vnodes_without_trees", view.vnodes_without_trees);
  json.set("anti_entropy_at_rest", view.anti_entropy_at_rest);
  Json holds = Json::array();
  for (const ReapingHoldView& hold : view.reaping_held_by) {
    holds.add(Json::object()
                  .set("node", std::uint32_t{hold.node})
                  .set("why", hold.why)
                  .set("vnodes", hold.vnodes));
  }
  json.set("remains", view.remains)
      .set("retired", view.retired)
      .set("reaping_held_by", std::move(holds));
}

Json mended_json(const NodeView& view) {
  Json json = Json::object();
  for (const Mender& mender : kMenders) json.set(mender.counter, counter(view, mender.counter));
  return json;
}

}  // namespace quorate::client::kvcli
