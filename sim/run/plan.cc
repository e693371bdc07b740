#include "sim/run/plan.h"

namespace quorate::sim {

namespace {

std::string describe_hosts(const ClusterOptions& cluster) {
  std::string text = "  durable means " + std::string(durability_name(cluster.disk.durability)) +
                     ", a sync takes " + to_string(cluster.disk.sync);
  const ProcessingModel& processing = cluster.processing;
  if (processing.takes_time()) {
    text += "; an input takes " + std::to_string(processing.per_input) + " ns and " +
            std::to_string(processing.per_byte) + " ns a byte";
  }
  for (std::size_t i = 0; i < cluster.clocks.size(); ++i) {
    text += "; the clock of node " + std::to_string(i + 1) + " is off by " +
            std::to_string(cluster.clocks[i].offset_ms) + " ms and runs at " +
            std::to_string(cluster.clocks[i].drift_ppm) + " ppm";
  }
  return text + "\n";
}

}  // namespace

std::string describe(const RunPlan& plan) {
  const ClusterOptions& cluster = plan.cluster;
  std::string text = "seed " + std::to_string(cluster.seed) + ": " + std::to_string(cluster.nodes) +
                     " nodes, " + std::to_string(cluster.vnodes) + " vnodes, loss " +
                     std::to_string(cluster.node_links.loss_ppm) + " ppm, duplicates " +
                     std::to_string(cluster.node_links.duplicate_ppm) + " ppm, latency " +
                     to_string(cluster.node_links.latency) + to_string(cluster.node_links.legs) +
                     "\n";
  const Geography& geography = cluster.geography;
  for (std::size_t i = 0; i < geography.node_sites.size(); ++i) {
    text += "  node " + std::to_string(i + 1) + " at " + geography.sites[geography.node_sites[i]] +
            "\n";
  }
  text += describe_hosts(cluster);
  for (const auto& [name, bucket] : cluster.buckets.all()) {
    text += "  bucket " + name + ": n=" + std::to_string(bucket.n) +
            " r=" + std::to_string(bucket.r) + " w=" + std::to_string(bucket.w) + "\n";
  }
  for (std::size_t i = 0; i < plan.clients.size(); ++i) {
    text += "  client " + std::to_string(i + 1) + ": " +
            std::to_string(plan.clients[i].steps.size()) + " steps\n";
  }
  for (const Fault& fault : plan.faults) text += "  " + to_string(fault) + "\n";
  text += "  healed at " + time_to_string(plan.faults_end) + "\n";
  return text;
}

}  // namespace quorate::sim
