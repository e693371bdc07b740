#include "sim/survivors/set_experiment.h"

#include <algorithm>
#include <set>
#include <utility>

#include "node/base/check.h"
#include "sim/check/property.h"
#include "sim/workload/change_steps.h"
#include "sim/world/cluster.h"

namespace quorate::sim {

namespace {

constexpr std::uint16_t kNodes = 5;
constexpr std::uint32_t kReplicas = 3;
constexpr std::uint16_t kCutOff = 2;  // nodes 1 and 2
constexpr SimTime kHour = from_seconds(3600);
constexpr SimTime kPatience = from_seconds(5);        // with one addition
constexpr SimTime kPauseOfFailure = from_seconds(1);  // after one that failed
constexpr std::size_t kSiblingsAtEase = 4;

// Their wait after an addition that met so many siblings: 20 ms times n to the power of 1.8, less
// one. A table, because floating point decides nothing here.
SimTime pause_of_siblings(std::size_t siblings) {
  constexpr std::int64_t kPower[] = {1, 1, 3, 7, 12, 18, 25, 33, 42, 52, 63};
  const std::size_t most = std::size(kPower) - 1;
  const std::size_t n = siblings > kSiblingsAtEase ? siblings - kSiblingsAtEase : 1;
  return from_ms(20) * (kPower[std::min(n, most)] - 1);
}

ClientPolicy policy_of(NodeId node) {
  ClientPolicy policy;
  policy.endpoints = {node};
  policy.deadline = policy.attempt_timeout = kPatience;
  policy.attempts_max = 1;
  return policy;
}

ClusterOptions options_of(const SurvivorsCase& what, std::uint64_t seed) {
  ClusterOptions options;
  options.seed = seed;
  options.nodes = kNodes;
  options.vnodes = 64;
  Bucket bucket;
  bucket.type = what.type;
  bucket.n = kReplicas;
  bucket.r = bucket.w = what.quorum;
  bucket.sloppy = what.sloppy;
  QUORATE_CHECK(options.buckets.add(bucket));
  options.core.deadline_max_ns = kHour;
  return options;
}

// Lets each client add its integers.
class Adders final : public WorldObserver {
 public:
  Adders(Cluster& cluster, const SurvivorsCase& what, Key key, std::uint32_t elements)
      : cluster_(cluster), what_(what), key_(std::move(key)), elements_(elements) {
    cut_after_ = static_cast<std::uint32_t>(std::uint64_t{elements} * what.cut_percent / 100);
    for (std::uint32_t i = 0; i < kNodes; ++i) {
      cluster.add_client(policy_of(static_cast<NodeId>(i + 1)));
      adders_.push_back({.next = i});
    }
    cluster.observe(*this);
    for (std::size_t i = 0; i < adders_.size(); ++i) {
      if (i == 0 || !what.one_at_a_time) start(i);
    }
  }

  bool done() const { return ended_ == elements_; }
  const std::set<std::uint32_t>& acknowledged() const { return acknowledged_; }

  void on_operation_finished(const Operation& operation) override {
    const std::size_t i = operation.client - kFirstClientHost;
    if (i >= adders_.size()) return;
    Adder& adder = adders_[i];
    if (operation.answered_read()) {
      adder.siblings = operation.reply.values.size();
      return;  // it writes now
    }
    const bool added = operation.acknowledged();
    if (added) acknowledged_.insert(adder.current);
    ++ended_;
    adder.ready_at = cluster_.now() + (added ? pause_of_siblings(adder.siblings) : kPauseOfFailure);
    adder.siblings = 0;
    if (what_.cut_percent > 0 && ended_ == cut_after_) cut();
    if (!what_.one_at_a_time) {
      start(i);
    } else if (const auto next = longest_waiting()) {
      start(*next);
    }
  }

 private:
  struct Adder {
    std::uint32_t next = 0;
    std::uint32_t current = 0;
    std::size_t siblings = 0;  // that it read last
    SimTime ready_at = 0;
  };

  std::optional<std::size_t> longest_waiting() const {
    std::optional<std::size_t> longest;
    for (std::size_t i = 0; i < adders_.size(); ++i) {
      if (adders_[i].next >= elements_) continue;
      if (!longest || adders_[i].ready_at < adders_[*longest].ready_at) longest = i;
    }
    return longest;
  }

  void start(std::size_t i) {
    Adder& adder = adders_[i];
    if (adder.next >= elements_) return;
    adder.current = adder.next;
    adder.next += kNodes;
    ClientStep like;
    like.not_before = adder.ready_at;
    like.request.key = key_;
    like.request.value = Blob(std::to_string(adder.current));
    for (ClientStep& step : steps_of(Intent::kAdd, what_.type, like)) {
      cluster_.clients()[i]->enqueue(std::move(step));
    }
  }

  void cut() {
    std::vector<HostId> off;
    std::vector<HostId> others;
    for (const NodeId node : cluster_.node_ids()) (node <= kCutOff ? off : others).push_back(node);
    cluster_.split(off, others);
  }

  Cluster& cluster_;
  const SurvivorsCase& what_;
  const Key key_;
  const std::uint32_t elements_;
  std::uint32_t cut_after_ = 0;
  std::vector<Adder> adders_;
  std::uint32_t ended_ = 0;
  std::set<std::uint32_t> acknowledged_;
};

// What a reader of all replicas puts together.
std::set<std::uint32_t> read_all(Cluster& cluster, const Key& key) {
  ClientStep step;
  step.request.verb = Verb::kGet;
  step.request.key = key;
  step.request.r = Quorum{Quorum::Kind::kAll, 0};
  step.request.deadline_ns = kHour;
  ClientPolicy policy;
  policy.endpoints = {1};
  policy.attempt_timeout = kHour;
  const Operation& read = cluster.call(cluster.add_client(policy), step);
  QUORATE_CHECK_MSG(read.answered_read(), "the last read failed");
  std::set<std::uint32_t> elements;
  for (const ReadValue& value : read.reply.values) {
    std::set<std::string_view> texts;
    add_elements(value.field.empty() ? value.value.view() : std::string_view(value.field), texts);
    for (const std::string_view text : texts) {
      elements.insert(static_cast<std::uint32_t>(number_in(text)));
    }
  }
  return elements;
}

}  // namespace

double Survivors::loss() const {
  return acknowledged == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(acknowledged);
}

const std::vector<SurvivorsCase>& survivors_cases() {
  constexpr const char* kArticle = "InfoQ article";
  constexpr const char* kGist = "gist 5428061";
  static const std::vector<SurvivorsCase> kCases = {
      {.name = "last writer wins", .published = PublishedSurvivors{2'000, 566, 1'434, kArticle}},
      {.name = "siblings, united", .type = BucketType::kRegister, .quorum = 1},
      {.name = "set", .type = BucketType::kSet, .quorum = 1},
      {.name = "last writer wins, cut", .cut_percent = 5},
      {.name = "last writer wins, cut, one at a time",
       .one_at_a_time = true,
       .cut_percent = 5,
       .published = PublishedSurvivors{1'985, 176, 1'815, kArticle}},
      {.name = "last writer wins, cut, one at a time, r = w = 1",
       .quorum = 1,
       .one_at_a_time = true,
       .cut_percent = 5},
      {.name = "last writer wins, cut later, one at a time",
       .one_at_a_time = true,
       .cut_percent = 25,
       .published = PublishedSurvivors{1'841, 1'246, 599, kGist}},
      {.name = "last writer wins, cut later, one at a time, r = w = 1",
       .quorum = 1,
       .one_at_a_time = true,
       .cut_percent = 25},
      {.name = "last writer wins, cut, one at a time, strict",
       .sloppy = false,
       .one_at_a_time = true,
       .cut_percent = 5,
       .published = PublishedSurvivors{1'971, 170, 1'807, kArticle}},
      {.name = "siblings, united, cut",
       .type = BucketType::kRegister,
       .quorum = 1,
       .cut_percent = 5,
       .published = PublishedSurvivors{1'948, 2'000, 0, kArticle}},
      {.name = "set, cut", .type = BucketType::kSet, .quorum = 1, .cut_percent = 5},
  };
  return kCases;
}

Survivors run_survivors(const SurvivorsCase& what, const SurvivorsOptions& options) {
  Cluster cluster(options_of(what, options.seed));
  QUORATE_CHECK(cluster.run_until_settled(kHour));
  const Key key{"default", "integers-" + std::to_string(options.seed)};
  Adders adders(cluster, what, key, options.elements);
  const SimTime most = options.elements * (2 * kPatience + kPauseOfFailure);
  QUORATE_CHECK(cluster.run_until_true([&] { return adders.done(); }, most));
  cluster.heal();
  QUORATE_CHECK(cluster.run_until_settled(kHour));
  // Replicas become equal without a read, which has to find them so.
  SimTime waited = 0;
  while (first_difference(cluster, {key})) {
    cluster.run_for(from_seconds(1));
    waited += from_seconds(1);
    QUORATE_CHECK_MSG(waited < kHour, "the replicas did not become equal");
  }
  Survivors found;
  const std::set<std::uint32_t> there = read_all(cluster, key);
  const std::set<std::uint32_t>& acknowledged = adders.acknowledged();
  found.acknowledged = acknowledged.size();
  found.survivors = there.size();
  for (const std::uint32_t element : acknowledged) found.lost += there.contains(element) ? 0 : 1;
  for (const std::uint32_t element : there) {
    found.unacknowledged += acknowledged.contains(element) ? 0 : 1;
  }
  for (const NodeId node : cluster.primaries(key)) found.replicas_cut_off += node <= kCutOff;
  return found;
}

}  // namespace quorate::sim
