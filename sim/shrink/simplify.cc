#include "sim/shrink/simplify.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

template <typename T>
bool set(T& field, const T& value) {
  if (field == value) return false;
  field = value;
  return true;
}

const Latency& plain_latency() {
  static const Latency kOneMs = Latency::constant(from_ms(1));
  return kOneMs;
}

// Each way to make a link plainer, all of them first.
std::vector<std::function<bool(LinkModel&)>> plainer_links() {
  return {
      [](LinkModel& link) {
        link = LinkModel{};
        link.latency = plain_latency();
        return true;
      },
      [](LinkModel& link) { return set(link.loss_ppm, 0u); },
      [](LinkModel& link) { return set(link.duplicate_ppm, 0u); },
      [](LinkModel& link) { return set(link.reorder_ppm, 0u); },
      [](LinkModel& link) { return set(link.reorder_extra, LinkModel{}.reorder_extra); },
      [](LinkModel& link) { return set(link.bytes_per_second, std::uint64_t{0}); },
      [](LinkModel& link) { return set(link.ordered, false); },
      [](LinkModel& link) { return set(link.latency, plain_latency()); },
      [](LinkModel& link) { return set(link.latency, Latency::constant(link.latency.max())); },
  };
}

void add_bucket_settings(const RunPlan& plan, std::vector<Simplification>& all) {
  const std::uint32_t nodes = plan.cluster.nodes;
  for (const auto& [bucket_name, bucket] : plan.cluster.buckets.all()) {
    const auto add = [&all, name = bucket_name](const std::function<void(Bucket&)>& how) {
      all.emplace_back([name, how](RunPlan& now) {
        Bucket changed = *now.cluster.buckets.find(name);
        how(changed);
        return now.cluster.buckets.add(changed).has_value();
      });
    };
    add([nodes](Bucket& now) {
      const Bucket before = now;
      now = Bucket{};
      now.name = before.name;
      now.type = before.type;
      now.n = std::min(nodes, 3u);
      now.r = now.w = now.n / 2 + 1;
    });
    add([](Bucket& now) { now.read_repair = ReadRepair::kAsync; });
    add([](Bucket& now) { now.sloppy = false; });
    add([](Bucket& now) { now.r = now.w = now.n / 2 + 1; });
  }
  all.emplace_back([](RunPlan& now) {
    Buckets used;
    for (const auto& [name, bucket] : now.cluster.buckets.all()) {
      const bool in_use =
          std::any_of(now.keys.begin(), now.keys.end(),
                      [&, own = name](const Key& key) { return key.bucket == own; });
      if (in_use) QUORATE_CHECK(used.add(bucket));
    }
    const bool fewer = used.all().size() < now.cluster.buckets.all().size();
    now.cluster.buckets = used;
    return fewer;
  });
}

// Each way to make a step plainer.
std::vector<std::function<bool(ClientStep&)>> plainer_steps() {
  return {
      [](ClientStep& step) { return set(step.request.r, Quorum{}); },
      [](ClientStep& step) { return set(step.request.w, Quorum{}); },
      [](ClientStep& step) { return set(step.request.deadline_ns, std::int64_t{0}); },
      [](ClientStep& step) {
        const bool said = step.request.read_repair.has_value();
        step.request.read_repair.reset();
        return said;
      },
      [](ClientStep& step) { return set(step.endpoint, NodeId{0}); },
      [](ClientStep& step) { return set(step.think, SimTime{0}); },
      [](ClientStep& step) {
        // The plainest of the two kinds: a put that replaces what is there, a read of a session.
        return set(step.context,
                   step.request.verb == Verb::kGet ? ContextUse::kSession : ContextUse::kBlind);
      },
  };
}

void add_client_settings(const RunPlan& plan, std::vector<Simplification>& all) {
  for (std::size_t i = 0; i < plan.clients.size(); ++i) {
    all.emplace_back([i](RunPlan& now) {
      now.clients[i].policy = ClientPolicy{};
      return true;
    });
    all.emplace_back([i](RunPlan& now) {
      ClientPolicy policy;
      policy.endpoints = now.clients[i].policy.endpoints;
      now.clients[i].policy = policy;
      return !policy.endpoints.empty();  // else it was tried just now
    });
    all.emplace_back([i](RunPlan& now) { return set(now.clients[i].policy.attempts_max, 1u); });
    for (std::size_t s = 0; s < plan.clients[i].steps.size(); ++s) {
      for (const auto& plainer : plainer_steps()) {
        all.emplace_back(
            [i, s, plainer](RunPlan& now) { return plainer(now.clients[i].steps[s]); });
      }
    }
  }
}

// Every moment of the plan that can be moved, in order.
std::vector<SimTime*> moments(RunPlan& plan) {
  std::vector<SimTime*> all;
  for (Fault& fault : plan.faults) all.push_back(&fault.at);
  for (ClientPlan& client : plan.clients) {
    for (ClientStep& step : client.steps) all.push_back(&step.not_before);
  }
  return all;
}

SimTime rounded(SimTime time, SimTime unit) { return time / unit * unit; }

constexpr SimTime kUnits[] = {from_seconds(1), from_ms(500), from_ms(100), from_ms(10), from_ms(1)};

}  // namespace

std::vector<Simplification> simpler_settings(const RunPlan& plan) {
  std::vector<Simplification> all;
  const auto add = [&all](Simplification how) { all.push_back(std::move(how)); };
  for (const auto& plainer : plainer_links()) {
    add([plainer](RunPlan& now) { return plainer(now.cluster.node_links); });
    add([plainer](RunPlan& now) { return plainer(now.cluster.client_links); });
  }
  add([](RunPlan& now) {
    return set(now.cluster.disk.sync, Latency::constant(now.cluster.disk.sync.max()));
  });
  add([](RunPlan& now) { return set(now.cluster.disk.sync, plain_latency()); });
  add([](RunPlan& now) {
    const bool had = !now.cluster.geography.sites.empty();
    now.cluster.geography = {};
    return had;
  });
  add([](RunPlan& now) {
    now.cluster.processing = {};
    return true;
  });
  add([](RunPlan& now) {
    const bool had = !now.cluster.clocks.empty();
    now.cluster.clocks.clear();
    return had;
  });
  add([](RunPlan& now) {
    now.cluster.core = CoreOptions{};
    return true;
  });
  add([](RunPlan& now) { return set(now.cluster.link_notices, true); });
  add([](RunPlan& now) { return set(now.cluster.codec, false); });
  add([](RunPlan& now) { return set(now.cluster.vnodes, 1u); });
  add_bucket_settings(plan, all);
  add_client_settings(plan, all);
  for (std::size_t i = 0; i < plan.faults.size(); ++i) {
    for (const std::int64_t unit : {from_seconds(1), from_ms(100), from_ms(1), std::int64_t{100}}) {
      add([i, unit](RunPlan& now) {
        std::int64_t& amount = now.faults[i].amount;
        return (amount >= unit || amount <= -unit) && set(amount, amount / unit * unit);
      });
    }
  }
  return all;
}

std::vector<Simplification> simpler_times(const RunPlan& plan) {
  std::vector<Simplification> all;
  // Gaps first: what comes after one moves as a whole.
  RunPlan copy = plan;
  std::set<SimTime> times;
  for (const SimTime* time : moments(copy)) times.insert(*time);
  times.insert(plan.faults_end);
  SimTime before = 0;
  for (const SimTime time : times) {
    for (const SimTime gap : {SimTime{0}, from_ms(10), from_ms(100), from_seconds(1)}) {
      const SimTime saved = time - before - gap;
      if (saved <= 0) break;
      all.emplace_back([time, saved](RunPlan& now) {
        for (SimTime* moment : moments(now)) {
          if (*moment >= time) *moment -= saved;
        }
        if (now.faults_end >= time) now.faults_end -= saved;
        return true;
      });
    }
    before = time;
  }
  for (const SimTime unit : kUnits) {
    all.emplace_back([unit](RunPlan& now) {
      bool changed = set(now.faults_end, rounded(now.faults_end + unit - 1, unit));
      for (SimTime* moment : moments(now)) {
        changed = set(*moment, rounded(*moment, unit)) || changed;
      }
      return changed;
    });
  }
  for (const SimTime unit : kUnits) {
    for (std::size_t i = 0; i < moments(copy).size(); ++i) {
      all.emplace_back([unit, i](RunPlan& now) {
        SimTime& moment = *moments(now)[i];
        return set(moment, rounded(moment, unit));
      });
    }
    all.emplace_back([unit](RunPlan& now) {
      return set(now.faults_end, rounded(now.faults_end + unit - 1, unit));
    });
  }
  return all;
}

void rename_in_order(RunPlan& plan) {
  const std::vector<Key> before = plan.keys;
  const auto renamed = [&](const Key& key) {
    const auto found = std::find(before.begin(), before.end(), key);
    return found == before.end() ? key
                                 : plan.keys[static_cast<std::size_t>(found - before.begin())];
  };
  for (std::size_t i = 0; i < plan.keys.size(); ++i) {
    plan.keys[i].name = "k" + std::to_string(i + 1);
  }
  for (Fault& fault : plan.faults) fault.key = renamed(fault.key);
  std::size_t values = 0;
  for (ClientPlan& client : plan.clients) {
    for (ClientStep& step : client.steps) {
      step.request.key = renamed(step.request.key);
      if (step.request.verb == Verb::kPut) {
        step.request.value = Blob("v" + std::to_string(++values));
      }
    }
  }
}

}  // namespace quorate::sim
