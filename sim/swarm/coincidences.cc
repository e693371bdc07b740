#include "sim/swarm/coincidences.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "node/base/random.h"
#include "sim/faults/shapes.h"
#include "sim/workload/workload.h"

namespace quorate::sim {

namespace {

constexpr SimTime kAcquainted = from_seconds(1);  // till then peers hear marks of one another

bool loses_store(FaultKind kind) {
  return kind == FaultKind::kWipe || kind == FaultKind::kRestore || kind == FaultKind::kForgetRow ||
         kind == FaultKind::kCorruptRow;
}

class Coincidences {
 public:
  explicit Coincidences(RunPlan& plan)
      : plan_(plan),
        random_(Random::stream(plan.cluster.seed, "swarm coincidences")),
        nodes_(all_hosts(plan.cluster.nodes)),
        victim_(whose_store()) {}

  void draw(Losses allowed) {
    const bool storm = random_.chance(1, 4);
    const bool sides_change = random_.chance(1, 4);
    const bool store_lost = random_.chance(2, 3);
    const bool lonely_row = random_.chance(1, 5);
    const bool crowd = random_.chance(1, 4);
    if (storm && allowed.power) power_fails_again_and_again();
    if (sides_change) change_sides(allowed.stores && store_lost);
    if (lonely_row && allowed.stores) lonely_row_goes_bad();
    if (crowd) full_nodes_hear_everything_twice();
    std::stable_sort(plan_.faults.begin(), plan_.faults.end(),
                     [](const Fault& a, const Fault& b) { return a.at < b.at; });
  }

 private:
  // Everywhere at once, while disks are slow: what somebody was told before it was durable is then
  // gone from all disks. Where clients try once, nobody brings it again.
  void power_fails_again_and_again() {
    const SimTime slowest = random_.chance(1, 2) ? from_ms(30) : from_ms(300);
    plan_.cluster.disk.sync = Latency::uniform(0, slowest);
    const std::uint64_t failures = 4 + random_.below(12);
    for (std::uint64_t i = 0; i < failures; ++i) {
      Window window;
      window.begin = random_.between(from_ms(100), plan_.faults_end);
      window.end =
          std::min(window.begin + random_.between(from_ms(1), from_ms(60)), plan_.faults_end);
      add(of_hosts(FaultKind::kCrash, nodes_, window));
    }
    if (random_.chance(1, 2)) return;
    for (ClientPlan& client : plan_.clients) client.policy.attempts_max = 1;
  }

  // 1. One node of a key is away: the victim and a third acknowledge writes. 2. It is back, the
  // third is away, and a client comes over from there, with tokens of what nobody here has seen.
  // Perhaps the victim's disk is lost in that moment: it cannot be rebuilt, and no two nodes that
  // see one another know what was acknowledged.
  void change_sides(bool store_lost) {
    const Key key = plan_.keys[random_.below(plan_.keys.size())];
    Hosts others = others_than({victim_}, primaries_of(plan_.cluster, key));
    if (others.empty() || plan_.faults_end < kAcquainted + from_ms(500)) return;
    if (random_.chance(1, 2)) std::reverse(others.begin(), others.end());
    const HostId from = others.front();
    const HostId to = others.size() > 1 ? others[1] : victim_;
    Window before;
    before.begin = random_.between(kAcquainted, plan_.faults_end - from_ms(500));
    before.end = std::min(before.begin + random_.between(from_ms(100), from_seconds(2)),
                          plan_.faults_end - from_ms(100));
    Window after;
    after.begin = before.end;
    after.end =
        std::min(after.begin + random_.between(from_ms(100), from_seconds(3)), plan_.faults_end);
    if (to != victim_) add(during(around(to, nodes_), before));
    add(during(around(from, nodes_), after));
    if (store_lost) plan_.faults.push_back(Fault{after.begin, FaultKind::kWipe, victim_, 0, 0, {}});

    ClientPlan stays;
    ClientPlan comes_over;
    stays.policy.endpoints = {node_of_host(from)};
    comes_over.policy.endpoints = {node_of_host(from), node_of_host(to)};
    for (int i = 1; i <= 2; ++i) {
      stays.steps.push_back(put(key, "stays-" + std::to_string(i), ContextUse::kNone, before));
    }
    const ContextUse context = random_.chance(1, 2) ? ContextUse::kSession : ContextUse::kNone;
    comes_over.steps.push_back(put(key, "comes-1", context, before));
    comes_over.steps.back().endpoint = node_of_host(from);
    ClientStep second = put(key, "comes-2", ContextUse::kSession, after);
    if (random_.chance(1, 2)) {
      second.request.verb = Verb::kGet;
      second.request.update = Update::kNone;
      second.request.field.clear();
      second.request.value = Blob();
      second.context = ContextUse::kBlind;
    }
    second.endpoint = node_of_host(to);
    comes_over.steps.push_back(std::move(second));
    plan_.clients.push_back(std::move(stays));
    plan_.clients.push_back(std::move(comes_over));
  }

  ClientStep put(const Key& key, const std::string& value, ContextUse context, Window when) {
    ClientStep step;
    step.not_before = random_.between(when.begin, when.end);
    step.context = context;
    step.request.key = key;
    const DataType& type = data_type(plan_.cluster.buckets.find(key.bucket)->type);
    if (type.is_partial()) {
      draw_update(type, value, random_, step.request);
    } else {
      step.request.verb = Verb::kPut;
      step.request.value = Blob(value);
    }
    return step;
  }

  // A write that reaches one disk only, for its coordinator is cut off and gives up, and that row
  // goes bad before anybody has read it: no other node ever hears of the key.
  void lonely_row_goes_bad() {
    const std::optional<Key> key = key_of_victim();
    if (!key || plan_.faults_end < kAcquainted + from_ms(500)) return;
    const SimTime cut = random_.between(kAcquainted, plan_.faults_end - from_ms(500));
    const SimTime mend =
        std::min(cut + random_.between(from_ms(300), from_seconds(2)), plan_.faults_end);
    const SimTime asked = cut + random_.between(0, from_ms(50));
    const SimTime bad_by = std::min(mend + from_ms(100), plan_.faults_end);
    add(during(around(victim_, nodes_), {cut, mend}));
    plan_.faults.push_back(Fault{random_.between(asked + from_ms(200), bad_by),
                                 FaultKind::kCorruptRow, victim_, 0, 0, *key});
    ClientPlan client;
    client.policy.endpoints = {node_of_host(victim_)};
    client.policy.attempts_max = 1;
    client.steps.push_back(put(*key, "lonely", ContextUse::kBlind, {asked, asked}));
    client.steps.back().request.deadline_ns = random_.between(from_ms(50), from_ms(250));
    plan_.clients.push_back(std::move(client));
    plan_.keys.push_back(*key);
  }

  // A node that is full with a write that another handed to it hears of that write once more.
  void full_nodes_hear_everything_twice() {
    if (plan_.cluster.nodes <= plan_.cluster.buckets.find("default")->n) return;
    plan_.cluster.core.requests_max = 1 + random_.below(3);
    plan_.cluster.node_links.duplicate_ppm = 500'000;
  }

  void add(const std::vector<Fault>& faults) {
    plan_.faults.insert(plan_.faults.end(), faults.begin(), faults.end());
  }

  HostId whose_store() {
    const HostId any = static_cast<HostId>(1 + random_.below(plan_.cluster.nodes));
    for (const Fault& fault : plan_.faults) {
      if (loses_store(fault.kind)) return fault.a;
    }
    return any;
  }

  // A key that nobody else uses, and that the victim holds.
  std::optional<Key> key_of_victim() const {
    for (int i = 1; i <= 16; ++i) {
      Key key{"default", "lonely" + std::to_string(i)};
      const Hosts primaries = primaries_of(plan_.cluster, key);
      if (std::find(primaries.begin(), primaries.end(), victim_) != primaries.end()) return key;
    }
    return std::nullopt;
  }

  RunPlan& plan_;
  Random random_;
  const Hosts nodes_;
  const HostId victim_;
};

}  // namespace

void draw_coincidences(RunPlan& plan, Losses allowed) { Coincidences(plan).draw(allowed); }

}  // namespace quorate::sim
