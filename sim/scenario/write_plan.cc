#include <utility>

#include "node/base/check.h"
#include "sim/models/latency_text.h"
#include "sim/scenario/core_options.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/words.h"

namespace quorate::sim {

namespace {

std::string quoted_time(SimTime time) { return toml_string(time_text(time)); }

// "key = value" lines, or the inside of an inline table.
class Entries {
 public:
  Entries& add(const std::string& key, std::string value) {
    entries_.emplace_back(key, std::move(value));
    return *this;
  }
  Entries& text(const std::string& key, const std::string& value) {
    return add(key, toml_string(value));
  }
  Entries& time(const std::string& key, SimTime value) { return add(key, quoted_time(value)); }
  Entries& percent(const std::string& key, std::uint32_t ppm) {
    return text(key, percent_text(ppm));
  }
  template <typename Number>
  Entries& number(const std::string& key, Number value) {
    return add(key, std::to_string(value));
  }
  Entries& truth(const std::string& key, bool value) { return add(key, value ? "true" : "false"); }

  std::string lines() const {
    std::string out;
    for (const auto& [key, value] : entries_) out += key + " = " + value + "\n";
    return out;
  }
  std::string inline_table() const {
    std::string out;
    for (const auto& [key, value] : entries_)
      out += (out.empty() ? "{ " : ", ") + key + " = " + value;
    return out + " }";
  }

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

std::string fault_line(const Fault& fault, const std::vector<std::string>& clients) {
  Entries entries;
  entries.time("at", fault.at).text("kind", fault_word(fault.kind));
  if (is_of_link(fault.kind)) {
    entries.add("from", host_text(fault.a, clients)).add("to", host_text(fault.b, clients));
  } else {
    entries.add("node", host_text(fault.a, clients));
  }
  const FaultAmount amount = amount_of(fault.kind);
  switch (amount.kind) {
    case AmountKind::kNone:
      break;
    case AmountKind::kTime:
      entries.time(amount.word, fault.amount);
      break;
    case AmountKind::kWholeMs:
      entries.time(amount.word, fault.amount * kNsPerMs);
      break;
    case AmountKind::kPpm:
      entries.number(amount.word, fault.amount);
      break;
    case AmountKind::kPercent:
      entries.percent(amount.word, static_cast<std::uint32_t>(fault.amount));
      break;
  }
  if (names_a_key(fault.kind)) entries.text("key", key_text(fault.key));
  return entries.inline_table();
}

std::string quorum_text(const Quorum& quorum) {
  return quorum.kind == Quorum::Kind::kCount ? std::to_string(quorum.count)
                                             : toml_string(quorum.to_string());
}

std::string step_line(const ClientStep& step) {
  const ClientRequest& request = step.request;
  QUORATE_CHECK_MSG(!request.token, "a plan holds no tokens: they arise in its run");
  Entries entries;
  const char* const verbs[] = {"get", "put", "delete", "update"};
  entries.text(verbs[static_cast<std::size_t>(request.verb)], key_text(request.key));
  if (request.verb == Verb::kUpdate) {
    entries.text("change", update_words()[static_cast<std::size_t>(request.update)]);
  }
  if (!request.field.empty()) entries.text("field", request.field);
  if (request.verb == Verb::kPut || request.value.size() != 0) {
    entries.text("value", std::string(request.value.view()));
  }
  entries.text("context", context_words()[static_cast<std::size_t>(step.context)]);
  if (step.compose != Compose::kAsGiven) {
    entries.text("compose", compose_words()[static_cast<std::size_t>(step.compose)]);
  }
  if (step.after_read) entries.truth("after_read", true);
  if (step.think != 0) entries.time("think", step.think);
  if (step.not_before != 0) entries.time("at", step.not_before);
  if (step.endpoint != 0) entries.number("node", step.endpoint);
  if (request.r != Quorum{}) entries.add("r", quorum_text(request.r));
  if (request.w != Quorum{}) entries.add("w", quorum_text(request.w));
  if (request.deadline_ns != 0) entries.time("deadline", request.deadline_ns);
  if (request.read_repair) {
    entries.text("read_repair",
                 read_repair_words()[static_cast<std::size_t>(*request.read_repair)]);
  }
  if (request.sloppy) entries.truth("sloppy", *request.sloppy);
  if (request.context_none) entries.truth("context_none", true);
  if (request.expiry_ms != 0) entries.number("expiry_ms", request.expiry_ms);
  if (request.id.is_set()) entries.text("id", to_string(request.id));
  return entries.inline_table();
}

std::string array(const std::vector<std::string>& lines) {
  std::string out = "[\n";
  for (const std::string& line : lines) out += "  " + line + ",\n";
  return out + "]";
}

std::string client_text(const ClientPlan& client, const std::string& name,
                        const std::string* site) {
  const ClientPolicy& policy = client.policy;
  Entries entries;
  entries.text("name", name);
  if (site != nullptr) entries.text("site", *site);
  if (!policy.endpoints.empty()) {
    std::string nodes;
    for (const NodeId node : policy.endpoints) {
      nodes += (nodes.empty() ? "" : ", ") + std::to_string(node);
    }
    entries.add("endpoints", "[" + nodes + "]");
  }
  entries.time("deadline", policy.deadline)
      .time("attempt_timeout", policy.attempt_timeout)
      .time("retry_pause", policy.retry_pause)
      .time("answer_margin", policy.answer_margin)
      .number("attempts_max", policy.attempts_max)
      .truth("new_id_each_attempt", policy.new_id_each_attempt);
  std::vector<std::string> steps;
  for (const ClientStep& step : client.steps) steps.push_back(step_line(step));
  entries.add("steps", array(steps));
  return "[[client]]\n" + entries.lines() + "\n";
}

std::string bucket_text(const Bucket& bucket) {
  Entries entries;
  entries.text("name", bucket.name)
      .text("type", bucket_type_words()[static_cast<std::size_t>(bucket.type)])
      .number("n", bucket.n)
      .number("r", bucket.r)
      .number("w", bucket.w)
      .truth("sloppy", bucket.sloppy)
      .text("read_repair", read_repair_words()[static_cast<std::size_t>(bucket.read_repair)])
      .number("key_bytes_max", bucket.key_bytes_max)
      .number("value_bytes_max", bucket.value_bytes_max)
      .number("record_bytes_max", bucket.record_bytes_max)
      .number("siblings_max", bucket.siblings_max);
  return "[[bucket]]\n" + entries.lines() + "\n";
}

std::string links_text(const char* title, const LinkModel& links) {
  Entries entries;
  entries.add("latency", latency_text(links.latency));
  const auto leg = [&entries](const char* key, const std::optional<Latency>& latency) {
    if (latency) entries.add(key, latency_text(*latency));
  };
  leg("write", links.legs.write);
  leg("ack", links.legs.ack);
  leg("read", links.legs.read);
  leg("response", links.legs.response);
  entries.percent("loss", links.loss_ppm)
      .percent("duplicated", links.duplicate_ppm)
      .percent("reordered", links.reorder_ppm)
      .time("reorder_extra", links.reorder_extra)
      .truth("ordered", links.ordered)
      .number("bytes_per_second", links.bytes_per_second)
      .number("queue_bytes_max", links.queue_bytes_max);
  return "[" + std::string(title) + "]\n" + entries.lines() + "\n";
}

std::string cluster_text(const ClusterOptions& cluster) {
  Entries entries;
  entries.number("nodes", cluster.nodes)
      .number("vnodes", cluster.vnodes)
      .truth("link_notices", cluster.link_notices)
      .truth("codec", cluster.codec);
  Entries core;
  for (const CoreOptionWord& word : core_option_words()) {
    const std::int64_t value = word.get(cluster.core);
    switch (word.kind) {
      case CoreOptionWord::Kind::kTime:
        core.time(word.word, value);
        break;
      case CoreOptionWord::Kind::kNumber:
        core.number(word.word, value);
        break;
      case CoreOptionWord::Kind::kTruth:
        core.truth(word.word, value != 0);
        break;
    }
  }
  std::string text = "[cluster]\n" + entries.lines() + "\n[cluster.core]\n" + core.lines() + "\n";
  for (const auto& [name, bucket] : cluster.buckets.all()) text += bucket_text(bucket);
  return text;
}

std::string hosts_text(const ClusterOptions& cluster) {
  Entries disk;
  disk.add("sync", latency_text(cluster.disk.sync))
      .text("durability", durability_name(cluster.disk.durability))
      .time("write_back", cluster.disk.write_back);
  Entries processing;
  processing.time("per_input", cluster.processing.per_input)
      .time("per_byte", cluster.processing.per_byte)
      .number("inputs_max", cluster.processing.inputs_max);
  std::string text = "[disk]\n" + disk.lines() + "\n[processing]\n" + processing.lines() + "\n";
  for (std::size_t i = 0; i < cluster.clocks.size(); ++i) {
    Entries clock;
    clock.number("node", i + 1)
        .time("offset", cluster.clocks[i].offset_ms * kNsPerMs)
        .number("drift_ppm", cluster.clocks[i].drift_ppm);
    text += "[[clock]]\n" + clock.lines() + "\n";
  }
  return text;
}

std::string geography_text(const Geography& geography) {
  if (geography.sites.empty()) return {};
  std::vector<std::string> sites;
  for (const std::string& site : geography.sites) sites.push_back(toml_string(site));
  std::vector<std::string> rows;
  for (const std::vector<SimTime>& distances : geography.one_way) {
    std::string row;
    for (const SimTime time : distances) row += (row.empty() ? "[" : ", ") + quoted_time(time);
    rows.push_back(row + "]");
  }
  std::vector<std::string> nodes;
  for (const std::uint16_t site : geography.node_sites) nodes.push_back(sites[site]);
  Entries entries;
  entries.add("sites", array(sites)).add("one_way", array(rows)).add("nodes", array(nodes));
  return "[geography]\n" + entries.lines() + "\n";
}

std::string seed_text(std::uint64_t seed) {
  const std::string digits = std::to_string(seed);
  return seed > static_cast<std::uint64_t>(INT64_MAX) ? toml_string(digits) : digits;
}

}  // namespace

std::string write_plan(const RunPlan& plan) {
  std::vector<std::string> clients;
  for (std::size_t i = 0; i < plan.clients.size(); ++i) {
    clients.push_back(plan.clients[i].name.empty() ? "client-" + std::to_string(i + 1)
                                                   : plan.clients[i].name);
  }
  std::string text;
  if (!plan.faults.empty()) {
    std::vector<std::string> faults;
    for (const Fault& fault : plan.faults) faults.push_back(fault_line(fault, clients));
    text += "fault = " + array(faults) + "\n\n";
  }
  std::vector<std::string> keys;
  for (const Key& key : plan.keys) keys.push_back(toml_string(key_text(key)));
  Entries run;
  run.add("seed", seed_text(plan.cluster.seed)).time("heal_at", plan.faults_end);
  if (!keys.empty()) run.add("keys", array(keys));
  text += "[run]\n" + run.lines() + "\n" + cluster_text(plan.cluster) +
          links_text("network", plan.cluster.node_links) +
          links_text("client_network", plan.cluster.client_links) +
          links_text("healed_network", plan.healed_links) + hosts_text(plan.cluster) +
          geography_text(plan.cluster.geography);
  const Geography& geography = plan.cluster.geography;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const bool placed = i < geography.client_sites.size();
    text += client_text(plan.clients[i], clients[i],
                        placed ? &geography.sites[geography.client_sites[i]] : nullptr);
  }
  return text;
}

}  // namespace quorate::sim
