// repair: has replicas compared now, waits until they are equal, and tells how they stand.
#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

#include "client/admin.h"
#include "client/kvcli/commands.h"
#include "client/kvcli/progress.h"
#include "client/kvcli/report.h"
#include "client/kvcli/survey.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/text/table.h"
#include "client/kvcli/upkeep.h"
#include "client/pair_meetings.h"

namespace quorate::client::kvcli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBetweenLooks{100};

std::string pair_text(NodeId low, NodeId high) {
  return std::to_string(low) + " and " + std::to_string(high);
}

std::string ago_text(std::int64_t ms) { return ms < 0 ? "not yet" : duration_text(ms) + " ago"; }

std::vector<const NodeView*> answering(const std::vector<Result<NodeView>>& views) {
  std::vector<const NodeView*> nodes;
  for (const auto& view : views) {
    if (view) nodes.push_back(&*view);
  }
  return nodes;
}

Json node_list(const std::vector<NodeId>& nodes) {
  Json list = Json::array();
  for (const NodeId node : nodes) list.add(std::uint32_t{node});
  return list;
}

// ---------------------------------------------------------------- --status

// All vnodes of two nodes together.
struct NodePair {
  std::uint64_t replicas = 0;
  std::uint64_t met = 0;
  std::uint64_t waiting = 0;
  std::uint64_t differed = 0;
  std::int64_t newest_ms = -1;
  std::int64_t oldest_ms = -1;
  bool known = true;
};

std::map<std::pair<NodeId, NodeId>, NodePair> by_nodes(const std::vector<PairMeeting>& pairs) {
  std::map<std::pair<NodeId, NodeId>, NodePair> nodes;
  for (const PairMeeting& pair : pairs) {
    NodePair& sum = nodes[{pair.low, pair.high}];
    ++sum.replicas;
    sum.known = sum.known && pair.known;
    if (pair.hurried) ++sum.waiting;
    if (pair.since_ms < 0) continue;
    ++sum.met;
    sum.differed += pair.differed;
    sum.newest_ms = sum.newest_ms < 0 ? pair.since_ms : std::min(sum.newest_ms, pair.since_ms);
    sum.oldest_ms = std::max(sum.oldest_ms, pair.since_ms);
  }
  return nodes;
}

void print_pairs(Console& console, const std::vector<PairMeeting>& pairs) {
  Table table({"NODES", "REPLICAS", "MET", "LAST MET", "LONGEST AGO", "DIFFERED", "WAITING"});
  for (const std::size_t column : {1u, 2u, 5u, 6u}) table.right_align(column);
  for (const auto& [nodes, sum] : by_nodes(pairs)) {
    table.add({pair_text(nodes.first, nodes.second), count_text(sum.replicas), count_text(sum.met),
               sum.known
                   ? Cell(ago_text(sum.newest_ms))
                   : Cell("node " + std::to_string(nodes.first) + " does not answer", Style::kBad),
               ago_text(sum.oldest_ms),
               Cell(count_text(sum.differed), sum.differed > 0 ? Style::kWarning : Style::kPlain),
               count_text(sum.waiting)});
  }
  console.table(table);
}

void print_vnodes(Console& console, const std::vector<PairMeeting>& pairs) {
  Table table({"VNODE", "N", "NODES", "LAST MET", "DIFFERED", ""});
  for (const std::size_t column : {0u, 1u, 4u}) table.right_align(column);
  for (const PairMeeting& pair : pairs) {
    table.add({std::to_string(pair.vnode), std::to_string(pair.n), pair_text(pair.low, pair.high),
               ago_text(pair.since_ms),
               Cell(count_text(pair.differed), pair.differed > 0 ? Style::kWarning : Style::kPlain),
               !pair.known    ? "node " + std::to_string(pair.low) + " does not answer"
               : pair.hurried ? "about to"
                              : ""});
  }
  console.table(table);
}

Json status_json(const Admin& admin, const Survey& found, const std::vector<PairMeeting>& pairs,
                 bool vnodes) {
  Json list = Json::array();
  for (const auto& [nodes, sum] : by_nodes(pairs)) {
    list.add(Json::object()
                 .set("nodes", node_list({nodes.first, nodes.second}))
                 .set("known", sum.known)
                 .set("replicas", sum.replicas)
                 .set("met", sum.met)
                 .set("newest_ms", sum.newest_ms)
                 .set("oldest_ms", sum.oldest_ms)
                 .set("differed", sum.differed)
                 .set("waiting", sum.waiting));
  }
  Json json = Json::object().set("pairs", std::move(list));
  if (vnodes) {
    Json each = Json::array();
    for (const PairMeeting& pair : pairs) {
      each.add(Json::object()
                   .set("vnode", std::uint32_t{pair.vnode})
                   .set("n", pair.n)
                   .set("nodes", node_list({pair.low, pair.high}))
                   .set("known", pair.known)
                   .set("since_ms", pair.since_ms)
                   .set("differed", pair.differed)
                   .set("hurried", pair.hurried));
    }
    json.set("vnodes", std::move(each));
  }
  Json nodes = Json::array();
  for (std::size_t i = 0; i < found.views.size(); ++i) {
    Json node = Json::object().set("endpoint", admin.endpoint_name(i));
    node.set("answers", found.views[i].has_value());
    if (found.views[i]) {
      node.set("node", std::uint32_t{found.views[i]->node});
      set_upkeep(node, *found.views[i]);
      node.set("mended", mended_json(*found.views[i]));
    } else {
      node.set("error", found.views[i].error().message);
    }
    nodes.add(std::move(node));
  }
  return std::move(json.set("nodes", std::move(nodes)));
}

ExitCode show_status(Context& context, const Invocation& invocation, const Admin& admin,
                     const Survey& found) {
  Console& console = context.console;
  const auto pairs =
      pair_meetings(found.ring, found.buckets, answering(found.views), invocation.vnode);
  const std::vector<NodeId> absent = found.absent();
  if (invocation.json) {
    console.json(status_json(admin, found, pairs, invocation.vnodes));
  } else {
    if (invocation.vnodes) {
      print_vnodes(console, pairs);
    } else {
      print_pairs(console, pairs);
    }
    print_trees(console, found.views);
    print_reaping(console, found.views);
    print_hints(console, found.views);
    print_mended(console, found.views);
    if (!absent.empty()) {
      console.error("kvcli repair: " + named_nodes_text(absent) +
                    " could not be asked: " + found.why_absent(admin) + "\n");
    }
  }
  return absent.empty() ? ExitCode::kDone : ExitCode::kNotApplied;
}

// ---------------------------------------------------------------- asking, and waiting

class Repair {
 public:
  Repair(Context& context, const Invocation& invocation, Admin& admin, Survey found)
      : console_(context.console),
        invocation_(invocation),
        admin_(admin),
        found_(std::move(found)),
        progress_(context.console, invocation.wait && !invocation.json && !invocation.quiet,
                  pairs().size(), {"pairs have met", "keys differed"}) {}

  ExitCode run() {
    if (const Status asked = ask_newcomers(); !asked) {
      return report(console_, invocation_, asked.error());
    }
    return invocation_.wait ? wait() : finish_asking();
  }

 private:
  using PairKey = std::tuple<VnodeId, std::uint32_t, NodeId, NodeId>;

  static PairKey key_of(const PairMeeting& pair) {
    return {pair.vnode, pair.n, pair.low, pair.high};
  }

  std::vector<PairMeeting> pairs() const {
    return pair_meetings(found_.ring, found_.buckets, answering(found_.views), invocation_.vnode);
  }

  // Asks every node that answers and has not been asked yet. Errors: a node will not do it.
  Status ask_newcomers() {
    for (std::size_t i = 0; i < found_.views.size(); ++i) {
      if (!found_.views[i] || asked_.contains(found_.views[i]->node)) continue;
      const NodeId node = found_.views[i]->node;
      const Status asked = admin_.repair(i, invocation_.vnode);
      if (!asked && asked.error().code == ErrorCode::kUnreachable) continue;
      if (!asked) return asked;
      asked_.insert(node);
      fresh_.insert(node);
      for (const PairMeeting& pair : pairs()) {
        if (pair.low == node) pending_.insert(key_of(pair));
      }
    }
    return {};
  }

  std::vector<NodeId> not_asked() const {
    std::vector<NodeId> nodes;
    for (const NodeId member : found_.ring.members) {
      if (!asked_.contains(member)) nodes.push_back(member);
    }
    return nodes;
  }

  ExitCode finish_asking() {
    const std::vector<NodeId> missed = not_asked();
    if (invocation_.json) {
      console_.json(Json::object()
                        .set("asked", node_list({asked_.begin(), asked_.end()}))
                        .set("not_asked", node_list(missed)));
    } else {
      if (!invocation_.quiet && !asked_.empty()) {
        console_.out(
            named_nodes_text({asked_.begin(), asked_.end()}) +
            (asked_.size() == 1 ? " compares its replicas now" : " compare their replicas now") +
            "; kvcli repair --status shows how far they are\n");
      }
      if (!missed.empty()) {
        console_.error("kvcli repair: " + named_nodes_text(missed) +
                       " could not be asked: " + found_.why_absent(admin_) + "\n");
      }
    }
    return missed.empty() ? ExitCode::kDone : ExitCode::kNotApplied;
  }

  ExitCode wait() {
    const auto until = started_ + std::chrono::milliseconds(invocation_.timeout_ms);
    while (true) {
      fresh_.clear();
      found_.views = admin_.status_all(true);
      found_.endpoint_of.clear();
      for (std::size_t i = 0; i < found_.views.size(); ++i) {
        if (found_.views[i]) found_.endpoint_of.emplace(found_.views[i]->node, i);
      }
      if (const Status asked = ask_newcomers(); !asked) {
        progress_.clear();
        return report(console_, invocation_, asked.error());
      }
      const std::vector<PairMeeting> now = pairs();
      const std::size_t met = look(now);
      progress_.show(met, met, differed_);
      if (met == now.size()) return finish(now, true);
      if (Clock::now() >= until || out_of_reach(now)) return finish(now, false);
      std::this_thread::sleep_for(kBetweenLooks);
    }
  }

  // Every endpoint answers, and still nobody tells of some pair: waiting would not help.
  bool out_of_reach(const std::vector<PairMeeting>& now) const {
    return std::all_of(found_.views.begin(), found_.views.end(),
                       [](const auto& view) { return view.has_value(); }) &&
           std::any_of(now.begin(), now.end(), [this](const PairMeeting& pair) {
             return !found_.endpoint_of.contains(pair.low);
           });
  }

  bool has_met(const PairMeeting& pair) const {
    return pair.known && !pair.hurried && pair.since_ms >= 0 && asked_.contains(pair.low) &&
           !fresh_.contains(pair.low);
  }

  // How many are settled. A pair that found something different is to meet again: only when it
  // finds nothing more is the mending known to have worked.
  std::size_t look(const std::vector<PairMeeting>& now) {
    std::size_t settled = 0;
    std::set<std::pair<NodeId, VnodeId>> again;
    for (const PairMeeting& pair : now) {
      if (!has_met(pair)) continue;
      if (pending_.erase(key_of(pair)) > 0) differed_ += pair.differed;
      if (pair.settled()) {
        ++settled;
      } else {
        again.emplace(pair.low, pair.vnode);
      }
    }
    for (const auto& [node, vnode] : again) {
      // Who does not answer any more is asked again at the next look.
      if (!admin_.repair(found_.endpoint_of.at(node), vnode)) continue;
      for (const PairMeeting& pair : now) {
        if (pair.low == node && pair.vnode == vnode) pending_.insert(key_of(pair));
      }
    }
    return settled;
  }

  // Of two nodes the first calls: what keeps it from that.
  std::string not_heard(NodeId low, NodeId high) const {
    for (const NodeView* node : answering(found_.views)) {
      if (node->node != low) continue;
      for (const PeerView& peer : node->peers) {
        if (peer.node != high || peer.circuit == "closed") continue;
        return ", for node " + std::to_string(high) + " does not answer node " +
               std::to_string(low);
      }
    }
    return {};
  }

  // Why not all have met, as far as the nodes tell.
  std::string obstacles(const std::vector<PairMeeting>& now) const {
    std::string text;
    const auto add = [&text](const std::string& more) { text += "\n  " + more; };
    const std::vector<NodeId> absent = found_.absent();
    if (!absent.empty()) {
      add(named_nodes_text(absent) + " cannot be asked: " + found_.why_absent(admin_));
    }
    for (const NodeView* node : answering(found_.views)) {
      const std::string name = "node " + std::to_string(node->node);
      if (node->vnodes_without_trees > 0) {
        add(name + " is building the hash trees of " + count_text(node->vnodes_without_trees) +
            " vnodes");
      }
      if (node->vnodes_rebuilding > 0) {
        add(name + " is rebuilding " + count_text(node->vnodes_rebuilding) + " vnodes");
      }
      if (node->store != "writable") add(name + " cannot write: " + escape(node->store));
    }
    std::map<std::pair<NodeId, NodeId>, std::uint64_t> left;
    bool differed = false;
    for (const PairMeeting& pair : now) {
      if (has_met(pair) && pair.settled()) continue;
      ++left[{pair.low, pair.high}];
      differed = differed || pair.differed > 0;
    }
    if (differed) {
      add("what differed was to be compared once more: there is much of it, or it cannot be "
          "mended, "
          "or writes go on");
    }
    for (const auto& [nodes, count] : left) {
      add("nodes " + pair_text(nodes.first, nodes.second) + ": " + count_text(count) +
          (count == 1 ? " pair is" : " pairs are") + " left" +
          not_heard(nodes.first, nodes.second));
    }
    return text;
  }

  ExitCode finish(const std::vector<PairMeeting>& now, bool complete) {
    progress_.clear();
    std::uint64_t settled = 0;
    for (const PairMeeting& pair : now) {
      if (has_met(pair) && pair.settled()) ++settled;
    }
    const auto elapsed_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_).count();
    if (invocation_.json) {
      console_.json(Json::object()
                        .set("complete", complete)
                        .set("asked", node_list({asked_.begin(), asked_.end()}))
                        .set("not_asked", node_list(not_asked()))
                        .set("pairs", std::uint64_t{now.size()})
                        .set("settled", settled)
                        .set("keys_differed", differed_)
                        .set("elapsed_ms", std::int64_t{elapsed_ms}));
    } else if (complete && !invocation_.quiet) {
      console_.out("all " + count_text(now.size()) + " pairs of replicas have met, and nothing " +
                   "differs" + (differed_ > 0 ? " any more" : "") + "; " +
                   (differed_ == 0
                        ? "nothing had to be mended"
                        : count_text(differed_) +
                              (differed_ == 1 ? " differing key was" : " differing keys were") +
                              " found by the way and mended") +
                   "\n");
    } else if (!complete) {
      console_.error("kvcli repair: " +
                     (out_of_reach(now)
                          ? std::string("not every node can be asked, so only ")
                          : "after " + duration_text(invocation_.timeout_ms) + " only ") +
                     count_text(settled) + " of " + count_text(now.size()) +
                     " pairs of replicas have met and found nothing different" + obstacles(now) +
                     "\nWhat was asked for goes on" +
                     (out_of_reach(now) ? ".\n" : "; --timeout waits longer.\n"));
    }
    return complete ? ExitCode::kDone : ExitCode::kNotApplied;
  }

  Console& console_;
  const Invocation& invocation_;
  Admin& admin_;
  Survey found_;
  Progress progress_;
  const Clock::time_point started_ = Clock::now();
  std::set<NodeId> asked_;
  std::set<NodeId> fresh_;  // asked since the last look: what they said before says nothing
  std::set<PairKey> pending_;
  std::uint64_t differed_ = 0;
};

}  // namespace

ExitCode run_repair(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  Admin admin(*(*link)->client, invocation.request.deadline_ms);
  auto found = survey(admin, true);
  if (!found) return report(context.console, invocation, found.error());
  if (invocation.vnode && *invocation.vnode >= found->ring.vnodes.size()) {
    return report(context.console, invocation,
                  invalid_input("there is no vnode " + std::to_string(*invocation.vnode) +
                                ": the ring has " + std::to_string(found->ring.vnodes.size())));
  }
  if (invocation.show_status) return show_status(context, invocation, admin, *found);
  return Repair(context, invocation, admin, std::move(*found)).run();
}

}  // namespace quorate::client::kvcli
