// What anti-entropy exchanges to find and mend d keys that differ, of so many that two nodes hold.
//
//     sim_anti_entropy_bench [KEYS [VALUE_BYTES]]
//
// A million keys of 100 bytes unless said; d = 0, 1, 100, 10,000 and all. Everything is counted:
// what two nodes sent one another from the moment in which their link was mended until their
// replicas were equal and every pair had met, less the pings. papers/benchmarks/anti-entropy.md has
// what was measured.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "node/base/check.h"
#include "sim/check/property.h"
#include "sim/world/cluster.h"

namespace {

using namespace quorate;       // NOLINT(google-build-using-namespace): a program of one file
using namespace quorate::sim;  // NOLINT(google-build-using-namespace)

constexpr SimTime kHour = from_seconds(3'600);

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

ClusterOptions two_nodes() {
  ClusterOptions options;
  options.nodes = 2;
  options.vnodes = 64;
  options.node_links.latency = Latency::constant(from_us(100));
  options.core.hints = false;
  options.core.anti_entropy_interval_ns = kHour;
  options.core.tree_verify_interval_ns = 100 * kHour;
  Bucket bucket;
  bucket.n = bucket.w = 2;
  bucket.r = 1;
  bucket.read_repair = ReadRepair::kOff;
  QUORATE_CHECK(options.buckets.add(bucket));
  return options;
}

class Bench {
 public:
  Bench(std::uint64_t keys, std::size_t value_bytes)
      : value_(value_bytes, 'v'), cluster_(two_nodes()) {
    for (std::uint64_t i = 0; i < keys; ++i) {
      keys_.push_back(Key{"default", "key-" + std::to_string(i)});
    }
    ClientPolicy policy;
    policy.endpoints = {1};
    writer_ = &cluster_.add_client(policy);
    QUORATE_CHECK(cluster_.run_until_settled(from_seconds(10)));
    write(keys, Quorum::of(2));
  }

  void measure(std::uint64_t differing) {
    cluster_.cut_both(1, 2);
    cluster_.run_for(from_seconds(3));
    write(differing, Quorum::of(1));
    cluster_.run_for(from_seconds(3));
    const NetworkCounts before = cluster_.network_counts();
    const double begun = cpu_seconds();
    const SimTime mended = cluster_.now();
    cluster_.heal();
    // Pings find each other, every vnode is compared, and then once more what differed.
    do {
      cluster_.run_for(from_ms(250));
    } while (!at_rest());
    const SimTime took = cluster_.now() - mended;
    const double cpu = cpu_seconds() - begun;
    QUORATE_CHECK_MSG(!first_difference(cluster_, keys_), "the replicas are not equal");
    const NetworkCounts after = cluster_.network_counts();
    const std::uint64_t pings = pings_in(took);
    const std::uint64_t messages = after.delivered - before.delivered - pings;
    const std::uint64_t bytes = after.bytes - before.bytes - pings * kPingBytes;
    std::printf("%10llu  %10llu  %13llu  %10.0f  %8.2f s  %7.2f s\n",
                static_cast<unsigned long long>(differing),
                static_cast<unsigned long long>(messages), static_cast<unsigned long long>(bytes),
                differing == 0 ? 0.0 : static_cast<double>(bytes) / static_cast<double>(differing),
                static_cast<double>(took) / 1e9, cpu);
  }

 private:
  static constexpr std::uint64_t kPingBytes = 48;

  // Two nodes, each a ping and its answer at every interval.
  std::uint64_t pings_in(SimTime time) const {
    return 4 * static_cast<std::uint64_t>(time / cluster_.options().core.ping_interval_ns);
  }

  // Keys spread over all vnodes and leaves, the first `count` of one order.
  void write(std::uint64_t count, Quorum w) {
    constexpr std::uint64_t kAtOnce = 10'000;
    for (std::uint64_t done = 0; done < count;) {
      for (const std::uint64_t end = std::min(count, done + kAtOnce); done < end; ++done) {
        ClientStep step;
        step.request.verb = Verb::kPut;
        step.request.key = keys_[done];
        step.request.value = Blob(value_);
        step.request.w = w;
        step.context = ContextUse::kBlind;
        writer_->enqueue(std::move(step));
      }
      while (!writer_->idle()) cluster_.run_for(from_ms(20));
    }
  }

  bool at_rest() {
    for (const NodeId node : cluster_.node_ids()) {
      const CoreStatus status = cluster_.node(node).core().status();
      if (!status.anti_entropy_at_rest) return false;
      for (const PeerStatus& peer : status.peers) {
        if (peer.circuit != Circuit::kClosed) return false;
      }
    }
    return true;
  }

  std::vector<Key> keys_;
  const std::string value_;
  Cluster cluster_;
  SimClient* writer_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int position, std::uint64_t otherwise) {
    return argc > position ? std::strtoull(argv[position], nullptr, 10) : otherwise;
  };
  const std::uint64_t keys = number(1, 1'000'000);
  Bench bench(keys, number(2, 100));
  std::printf("%llu keys on two nodes\n", static_cast<unsigned long long>(keys));
  std::printf("%10s  %10s  %13s  %10s  %10s  %9s\n", "differing", "messages", "bytes", "per key",
              "took", "CPU");
  for (const std::uint64_t differing :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{100}, std::uint64_t{10'000}, keys}) {
    if (differing <= keys) bench.measure(differing);
  }
}
