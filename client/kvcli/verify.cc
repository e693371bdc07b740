// verify: compares the replicas of many keys, page by page, and changes nothing.
//
// All primaries of a vnode are listed side by side in the order of their keys, so memory is bounded
// by a page of each. What differs is looked at again a moment later: a write on its way to all
// replicas is no difference.
#include <algorithm>
#include <chrono>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "client/admin.h"
#include "client/kvcli/commands.h"
#include "client/kvcli/key_rows.h"
#include "client/kvcli/progress.h"
#include "client/kvcli/report.h"
#include "client/kvcli/survey.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/replica_comparison.h"

namespace quorate::client::kvcli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kRowsPerPage = 1000;
constexpr std::size_t kSuspectsMax = 256;  // then they are looked at again
constexpr std::chrono::milliseconds kSecondLookAfter{300};

// "node 2: older, lacks n1.5f3a91c04b7e/1:4-7"
std::string standing_text(const ReplicaStanding& one) {
  std::string text = "node " + std::to_string(one.node) + " " + standing_name(one.standing);
  if (one.lacks.empty() || one.standing == Standing::kUnreadable) return text;
  text += " (lacks ";
  for (std::size_t i = 0; i < one.lacks.size(); ++i) {
    text += (i > 0 ? ", " : "") + to_string(one.lacks[i]);
  }
  return text + (one.lacks_more ? ", ...)" : ")");
}

// The rows of one node, in order, a page at a time.
class RowStream {
 public:
  RowStream(Admin& admin, std::size_t endpoint, NodeId node, const KeyRange& range)
      : admin_(admin), endpoint_(endpoint), node_(node), range_(range) {}

  NodeId node() const { return node_; }

  // The row at which it stands; null at the end. Errors: the node does not answer.
  Result<const std::pair<Key, HeldView>*> front() {
    while (at_ == page_.entries.size()) {
      if (page_.done) return nullptr;
      auto next =
          admin_.digest(endpoint_, range_, started_ ? &page_.through : nullptr, kRowsPerPage);
      if (!next) return next.error();
      page_ = std::move(*next);
      started_ = true;
      at_ = 0;
    }
    return &page_.entries[at_];
  }
  void pop() { ++at_; }

 private:
  Admin& admin_;
  const std::size_t endpoint_;
  const NodeId node_;
  const KeyRange& range_;
  DigestPage page_;
  std::size_t at_ = 0;
  bool started_ = false;
};

class Verify {
 public:
  Verify(Context& context, const Invocation& invocation, Admin& admin, Survey found)
      : console_(context.console),
        invocation_(invocation),
        admin_(admin),
        found_(std::move(found)),
        progress_(context.console, !invocation.json && !invocation.quiet,
                  invocation.vnode ? 1 : found_.ring.vnodes.size(), {"keys", "differ"}) {
    for (const BucketView& bucket : found_.buckets) n_max_ = std::max(n_max_, bucket.n);
    if (!invocation.every_bucket) n_max_ = found_.bucket(invocation.request.bucket)->n;
  }

  ExitCode run() {
    const std::size_t vnodes = found_.ring.vnodes.size();
    for (std::size_t v = invocation_.vnode.value_or(0); v < vnodes; ++v) {
      compare_vnode(static_cast<VnodeId>(v));
      ++vnodes_done_;
      progress_.show(vnodes_done_, keys_, differ_);
      if (!console_.flush()) return ExitCode::kBadUsage;
      if (invocation_.vnode) break;
    }
    look_again();
    return finish();
  }

 private:
  struct Suspect {
    VnodeId vnode = 0;
    Key key;
    std::vector<Replica> seen;
  };

  void compare_vnode(VnodeId vnode) {
    KeyRange range{vnode, invocation_.every_bucket ? "" : invocation_.request.bucket,
                   invocation_.prefix};
    const auto& nodes = found_.ring.vnodes[vnode];
    const std::size_t places = std::min<std::size_t>(n_max_, nodes.size());
    std::list<RowStream> streams;
    bool whole = true;
    for (std::size_t place = 0; place < places; ++place) {
      const auto at = found_.endpoint_of.find(nodes[place]);
      if (at == found_.endpoint_of.end()) {
        absent_.insert(nodes[place]);
        whole = false;
      } else {
        streams.emplace_back(admin_, at->second, nodes[place], range);
      }
    }
    while (true) {
      std::map<NodeId, const std::pair<Key, HeldView>*> fronts;
      const Key* least = nullptr;
      for (auto stream = streams.begin(); stream != streams.end();) {
        const auto front = stream->front();
        if (!front) {
          // Whom it cannot ask any more it goes on without; the keys so far were compared.
          lose(stream->node(), front.error());
          whole = false;
          stream = streams.erase(stream);
          continue;
        }
        fronts[stream->node()] = *front;
        if (*front != nullptr && (least == nullptr || (*front)->first < *least)) {
          least = &(*front)->first;
        }
        ++stream;
      }
      if (least == nullptr) break;
      compare_key(vnode, *least, fronts);
      const Key key = *least;
      for (RowStream& stream : streams) {
        const auto* front = fronts.at(stream.node());
        if (front != nullptr && front->first == key) stream.pop();
      }
      progress_.show(vnodes_done_, keys_, differ_);
    }
    if (!whole) ++vnodes_in_part_;
  }

  void lose(NodeId node, const Error& why) {
    absent_.insert(node);
    lost_[node] = why.message;
    found_.endpoint_of.erase(node);
  }

  void compare_key(VnodeId vnode, const Key& key,
                   const std::map<NodeId, const std::pair<Key, HeldView>*>& fronts) {
    const BucketView* bucket = found_.bucket(key.bucket);
    if (bucket == nullptr) return;  // that the configuration names no more
    std::vector<Replica> replicas;
    const auto& nodes = found_.ring.vnodes[vnode];
    bool held = false;
    for (std::size_t place = 0; place < std::min<std::size_t>(bucket->n, nodes.size()); ++place) {
      const auto front = fronts.find(nodes[place]);
      Replica replica;
      replica.node = nodes[place];
      replica.asked = front != fronts.end();
      if (replica.asked && front->second != nullptr && front->second->first == key) {
        replica = replica_of(nodes[place], front->second->second);
        held = true;
      }
      replicas.push_back(std::move(replica));
    }
    if (!held) return;  // somebody has a row of it who is no primary of its bucket
    ++keys_;
    if (compare_replicas(replicas).equal()) return;
    suspected_at_ = Clock::now();
    suspects_.push_back(Suspect{vnode, key, std::move(replicas)});
    if (suspects_.size() >= kSuspectsMax) look_again();
  }

  void look_again() {
    if (suspects_.empty()) return;
    std::this_thread::sleep_until(suspected_at_ + kSecondLookAfter);
    for (Suspect& suspect : std::exchange(suspects_, {})) {
      std::vector<Replica> now;
      for (const Replica& before : suspect.seen) {
        Replica replica;
        replica.node = before.node;
        replica.asked = false;
        if (const auto at = found_.endpoint_of.find(before.node); at != found_.endpoint_of.end()) {
          const auto row = admin_.row(at->second, suspect.key, true);
          if (row) {
            replica = replica_of(before.node, row->row);
          } else {
            lose(before.node, row.error());
          }
        }
        now.push_back(std::move(replica));
      }
      if (still_differs(suspect.seen, now)) {
        print(suspect, compare_replicas(now));
      } else if (!compare_replicas(now).complete() && compare_replicas(suspect.seen).complete()) {
        ++undecided_;
      } else {
        ++passing_;
      }
      progress_.show(vnodes_done_, keys_, differ_);
    }
  }

  void print(const Suspect& suspect, const ReplicaComparison& comparison) {
    ++differ_;
    for (const ReplicaStanding& one : comparison.standings) {
      if (one.standing != Standing::kWhole && one.standing != Standing::kNotAsked)
        ++by_standing_[one.standing];
    }
    if (invocation_.json) {
      Json nodes = Json::array();
      for (const ReplicaStanding& one : comparison.standings) {
        Json lacks = Json::array();
        for (const EventRange& range : one.lacks) lacks.add(to_string(range));
        nodes.add(Json::object()
                      .set("node", std::uint32_t{one.node})
                      .set("state", standing_name(one.standing))
                      .set("lacks", std::move(lacks))
                      .set("lacks_more", one.lacks_more));
      }
      Json json = Json::object().set_bytes("key", suspect.key.name);
      json.set("bucket", suspect.key.bucket).set("vnode", std::uint32_t{suspect.vnode});
      console_.json(json.set("nodes", std::move(nodes)));
      return;
    }
    if (invocation_.quiet) return;
    progress_.clear();
    std::string text;
    for (const ReplicaStanding& one : comparison.standings) {
      text += (text.empty() ? "" : "; ") + standing_text(one);
    }
    const std::string bucket =
        suspect.key.bucket == "default" ? "" : escape(suspect.key.bucket) + "/";
    console_.out(bucket + escape(suspect.key.name) + ": vnode " + std::to_string(suspect.vnode) +
                 ": " + text + "\n");
  }

  ExitCode finish() {
    progress_.clear();
    const bool complete = absent_.empty() && undecided_ == 0;
    const ExitCode code = differ_ > 0 ? ExitCode::kNotFound
                          : !complete ? ExitCode::kNotApplied
                                      : ExitCode::kDone;
    if (invocation_.json) {
      Json absent = Json::array();
      for (const NodeId node : absent_) absent.add(std::uint32_t{node});
      console_.json(Json::object()
                        .set("keys", keys_)
                        .set("differ", differ_)
                        .set("vnodes", vnodes_done_)
                        .set("vnodes_in_part", vnodes_in_part_)
                        .set("complete", complete)
                        .set("not_asked", std::move(absent)));
      return code;
    }
    if (!invocation_.quiet) console_.out(summary() + "\n");
    if (!absent_.empty()) {
      std::string why;
      for (const auto& [node, message] : lost_) why += (why.empty() ? "" : "; ") + escape(message);
      const std::vector<NodeId> nodes{absent_.begin(), absent_.end()};
      console_.error("kvcli verify: " + named_nodes_text(nodes) + " could not be asked: " +
                     (why.empty() ? found_.why_absent(admin_) : why) + "\n");
    }
    for (const auto& view : found_.views) {
      if (!view || view->vnodes_rebuilding == 0 || differ_ == 0) continue;
      console_.error("kvcli verify: node " + std::to_string(view->node) + " is rebuilding " +
                     count_text(view->vnodes_rebuilding) +
                     " vnodes: what it lacks of them is on its way\n");
    }
    return code;
  }

  std::string summary() const {
    std::string text = count_text(keys_) + (keys_ == 1 ? " key" : " keys") + " of " +
                       count_text(vnodes_done_) + (vnodes_done_ == 1 ? " vnode: " : " vnodes: ");
    if (differ_ == 0) {
      text += absent_.empty() ? "all replicas are equal" : "all replicas that were asked are equal";
    } else {
      text += count_text(differ_) + (differ_ == 1 ? " differs (" : " differ (");
      bool first = true;
      for (const auto& [standing, count] : by_standing_) {
        text += (first ? "" : ", ") + count_text(count) + " " + standing_name(standing);
        first = false;
      }
      text += "); kvcli explain KEY tells why, kvcli repair mends";
    }
    if (passing_ > 0) {
      text += "; " + count_text(passing_) + " differed for a moment, while " +
              (passing_ == 1 ? "it was" : "they were") + " written or mended";
    }
    return text;
  }

  Console& console_;
  const Invocation& invocation_;
  Admin& admin_;
  Survey found_;
  Progress progress_;
  std::uint32_t n_max_ = 0;
  std::vector<Suspect> suspects_;
  Clock::time_point suspected_at_;  // when the last of them was seen
  std::set<NodeId> absent_;
  std::map<NodeId, std::string> lost_;  // those that stopped answering, and how
  std::map<Standing, std::uint64_t> by_standing_;
  std::uint64_t keys_ = 0;
  std::uint64_t differ_ = 0;
  std::uint64_t passing_ = 0;
  std::uint64_t undecided_ = 0;
  std::uint64_t vnodes_done_ = 0;
  std::uint64_t vnodes_in_part_ = 0;
};

}  // namespace

ExitCode run_verify(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  Admin admin(*(*link)->client, invocation.request.deadline_ms);
  auto found = survey(admin);
  if (!found) return report(context.console, invocation, found.error());
  const auto wrong = [&](std::string what) {
    return report(context.console, invocation, invalid_input(std::move(what)));
  };
  if (!invocation.every_bucket && found->bucket(invocation.request.bucket) == nullptr) {
    std::string names;
    for (const BucketView& bucket : found->buckets)
      names += (names.empty() ? "" : ", ") + bucket.name;
    return wrong("there is no bucket \"" + invocation.request.bucket + "\"; there are: " + names);
  }
  if (invocation.vnode && *invocation.vnode >= found->ring.vnodes.size()) {
    return wrong("there is no vnode " + std::to_string(*invocation.vnode) + ": the ring has " +
                 std::to_string(found->ring.vnodes.size()));
  }
  return Verify(context, invocation, admin, std::move(*found)).run();
}

}  // namespace quorate::client::kvcli
