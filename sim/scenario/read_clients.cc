#include <algorithm>
#include <utility>

#include "sim/scenario/read_workload.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/words.h"
#include "sim/workload/change_steps.h"

namespace quorate::sim::scenario_file {

namespace {

constexpr SimTime kHour = 3600 * kNsPerSecond;
constexpr std::int64_t kAttemptsMax = 64;  // as the client's tags allow

RequestDefaults over(const RequestDefaults& top, const RequestDefaults& base) {
  RequestDefaults both = top;
  if (!both.r) both.r = base.r;
  if (!both.w) both.w = base.w;
  if (!both.context) both.context = base.context;
  if (!both.read_repair) both.read_repair = base.read_repair;
  if (!both.sloppy) both.sloppy = base.sloppy;
  if (!both.deadline) both.deadline = base.deadline;
  return both;
}

void apply(const RequestDefaults& defaults, ClientStep& step) {
  step.context = defaults.context.value_or(ContextUse::kBlind);
  ClientRequest& request = step.request;
  request.r = defaults.r.value_or(Quorum{});
  request.w = defaults.w.value_or(Quorum{});
  request.read_repair = defaults.read_repair;
  request.sloppy = defaults.sloppy;
  request.deadline_ns = defaults.deadline.value_or(0);
}

void check_quorum(Section& section, const char* key, const Quorum& quorum, const Key& of,
                  const Reading& reading) {
  const Bucket* bucket = reading.plan.cluster.buckets.find(of.bucket);
  if (bucket == nullptr || quorum.kind != Quorum::Kind::kCount || quorum.count <= bucket->n) return;
  reading.problems.add(section.source_of(key),
                       std::string(key) + " = " + quorum.to_string() + " is more than the n = " +
                           std::to_string(bucket->n) + " replicas of " + in_quotes(key_text(of)));
}

class StepReader {
 public:
  StepReader(Reading& reading, const ClientPolicy& policy, const RequestDefaults& defaults)
      : reading_(reading), policy_(policy), defaults_(defaults) {}

  // One step, or those that the bucket's type makes of a change.
  std::vector<ClientStep> read(const toml::table& table) {
    Section section(table, "step", reading_.problems);
    ClientStep step;
    apply(over(read_requests(section, reading_), defaults_), step);
    const auto intent = read_verb(section, step.request);
    if (const auto think = read_time(section, "think", 0, kHour)) step.think = *think;
    if (const auto at = read_time(section, "at", 0, kHour)) step.not_before = *at;
    if (const auto expiry = section.integer("expiry_ms", 0, INT64_MAX)) {
      step.request.expiry_ms = *expiry;
    }
    if (const auto none = section.boolean("context_none")) step.request.context_none = *none;
    if (const auto after = section.boolean("after_read")) step.after_read = *after;
    if (const auto compose = section.word("compose", compose_words())) {
      step.compose = static_cast<Compose>(*compose);
      if (step.request.verb != Verb::kPut) {
        section.problem(*section.find("compose"), "compose", "is for a put");
      }
    }
    read_id(section, step.request);
    read_endpoint(section, step);
    section.refuse_unknown_keys();
    check_quorum(section, "r", step.request.r, step.request.key, reading_);
    check_quorum(section, "w", step.request.w, step.request.key, reading_);
    return intent ? read_change_of(*intent, section, step) : std::vector<ClientStep>{step};
  }

 private:
  // What is meant, of a step that does not say how it is done.
  std::optional<Intent> read_verb(Section& section, ClientRequest& request) {
    struct Word {
      const char* word;
      Verb verb;
      std::optional<Intent> intent{};
    };
    static constexpr Word kWords[] = {
        {"get", Verb::kGet},
        {"put", Verb::kPut},
        {"delete", Verb::kDelete},
        {"update", Verb::kUpdate},
        {"add", Verb::kPut, Intent::kAdd},
        {"remove", Verb::kPut, Intent::kRemove},
        {"count", Verb::kPut, Intent::kCount},
        {"edit", Verb::kPut, Intent::kEdit},
    };
    int verbs = 0;
    std::optional<Intent> intent;
    for (const Word& word : kWords) {
      if (section.find(word.word) == nullptr) continue;
      ++verbs;
      request.verb = word.verb;
      intent = word.intent;
      if (const auto key = read_key(section, word.word, reading_)) request.key = *key;
    }
    if (verbs != 1) {
      reading_.problems.add(section.source(),
                            "a step is one of get, put, delete, update, add, remove, count and "
                            "edit");
    }
    read_change(section, request);
    const auto value = section.string("value");
    if (value) request.value = Blob(*value);
    if (value && request.verb != Verb::kPut && request.verb != Verb::kUpdate) {
      section.problem(*section.find("value"), "value", "is for a put or an update");
    } else if (!value && request.verb == Verb::kPut && section.find("value") == nullptr) {
      reading_.problems.add(section.source(),
                            intent ? "a change needs a value" : "a put needs a value");
    }
    const Bucket* bucket = reading_.plan.cluster.buckets.find(request.key.bucket);
    if (bucket != nullptr && request.value.size() > bucket->value_bytes_max) {
      section.problem(*section.find("value"), "value",
                      "has more than the bucket's value_bytes_max = " +
                          std::to_string(bucket->value_bytes_max) + " bytes");
    }
    return intent;
  }

  std::vector<ClientStep> read_change_of(Intent intent, Section& section, const ClientStep& like) {
    if ((intent == Intent::kEdit) == like.request.field.empty()) {
      reading_.problems.add(section.source(), "an edit, and no other change, has a field");
    }
    if (like.compose != Compose::kAsGiven || like.after_read) {
      reading_.problems.add(section.source(), "compose and after_read are for a put");
    }
    const Bucket* bucket = reading_.plan.cluster.buckets.find(like.request.key.bucket);
    if (bucket == nullptr) return {};
    std::vector<ClientStep> steps = steps_of(intent, bucket->type, like);
    if (steps.empty()) {
      reading_.problems.add(section.source(), std::string("a ") + bucket_type_name(bucket->type) +
                                                  " has no such change");
    }
    return steps;
  }

  // Whether it fits the bucket's type is the cluster's to say.
  void read_change(Section& section, ClientRequest& request) {
    const auto change = section.word("change", update_words());
    if (change) request.update = static_cast<Update>(*change);
    if ((request.verb == Verb::kUpdate) != (section.find("change") != nullptr)) {
      reading_.problems.add(section.source(), "an update, and nothing else, has a change");
    }
    if (const auto field = section.string("field")) request.field = *field;
  }

  void read_id(Section& section, ClientRequest& request) {
    const auto text = section.string("id");
    if (!text) return;
    const auto half = [&](std::size_t at) -> std::optional<std::uint64_t> {
      std::uint64_t number = 0;
      for (std::size_t i = at; i < at + 16; ++i) {
        const char c = (*text)[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return std::nullopt;
        number = number * 16 + static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
      }
      return number;
    };
    if (text->size() == 32) {
      const auto high = half(0);
      const auto low = half(16);
      if (high && low) {
        request.id = RequestId{*high, *low};
        return;
      }
    }
    section.problem(*section.find("id"), "id", "must be 32 hexadecimal digits in lower case");
  }

  void read_endpoint(Section& section, ClientStep& step) {
    const toml::node* at = section.find("node");
    if (at == nullptr) return;
    const auto node = node_at(*at, "node", section, reading_);
    if (!node) return;
    const auto& known = policy_.endpoints;
    if (known.empty() || std::find(known.begin(), known.end(), *node) != known.end()) {
      step.endpoint = *node;
    } else {
      section.problem(*at, "node",
                      "= " + std::to_string(*node) + " is none of the client's endpoints");
    }
  }

  Reading& reading_;
  const ClientPolicy& policy_;
  const RequestDefaults& defaults_;
};

void read_policy(Section& section, const Reading& reading, ClientPolicy& policy) {
  for (const NodeId node : read_nodes(section, "endpoints", reading)) {
    if (std::find(policy.endpoints.begin(), policy.endpoints.end(), node) !=
        policy.endpoints.end()) {
      section.problem(*section.find("endpoints"), "endpoints",
                      "names node " + std::to_string(node) + " twice");
      return;
    }
    policy.endpoints.push_back(node);
  }
  if (const auto time = read_time(section, "attempt_timeout", 1, kHour)) {
    policy.attempt_timeout = *time;
  }
  if (const auto time = read_time(section, "retry_pause", 0, kHour)) policy.retry_pause = *time;
  if (const auto time = read_time(section, "answer_margin", 0, kHour)) policy.answer_margin = *time;
  if (const auto naive = section.boolean("new_id_each_attempt")) {
    policy.new_id_each_attempt = *naive;
  }
  if (const auto count = section.integer("attempts_max", 1, kAttemptsMax)) {
    policy.attempts_max = static_cast<std::uint32_t>(*count);
  }
}

// Of the client that comes next.
void read_site(Section& section, Reading& reading) {
  const auto name = section.string("site");
  Geography& geography = reading.plan.cluster.geography;
  const auto site = name ? find_site(geography, *name) : std::nullopt;
  if (name && !site) {
    section.problem(*section.find("site"), "site",
                    "= " + in_quotes(*name) + " is no site of this network");
  }
  if (!geography.sites.empty()) geography.client_sites.push_back(site.value_or(0));
}

void read_steps(Section& section, Reading& reading, const RequestDefaults& defaults,
                ClientPlan& client) {
  const toml::node* node = section.find("steps");
  if (node == nullptr) return;
  const toml::array* steps = node->as_array();
  if (steps == nullptr || (!steps->empty() && !steps->is_homogeneous(toml::node_type::table))) {
    section.problem(*node, "steps",
                    "must be an array of { get = ... }, { put = ..., value = ... }");
    return;
  }
  StepReader reader(reading, client.policy, defaults);
  for (const toml::node& step : *steps) {
    for (ClientStep& read : reader.read(*step.as_table())) {
      client.steps.push_back(std::move(read));
    }
  }
}

void read_client(const NamedTable& table, const RequestDefaults& for_all, Reading& reading) {
  Section section(table.layers, "[client]", reading.problems);
  section.find("name");
  ClientPlan client;
  client.name = table.name;
  const RequestDefaults own = read_requests(section, reading);
  read_policy(section, reading, client.policy);
  read_site(section, reading);
  RequestDefaults defaults = over(own, for_all);
  // The policy's, so that only steps with one of their own carry any.
  if (defaults.deadline) client.policy.deadline = *defaults.deadline;
  defaults.deadline.reset();
  read_steps(section, reading, defaults, client);
  ClientStep like;
  apply(defaults, like);
  read_workload(section, reading, like, client);
  section.refuse_unknown_keys();
  reading.plan.clients.push_back(std::move(client));
}

}  // namespace

RequestDefaults read_requests(Section& section, const Reading& reading) {
  RequestDefaults defaults;
  defaults.r = read_quorum(section, "r");
  defaults.w = read_quorum(section, "w");
  if (const auto word = section.word("context", context_words())) {
    defaults.context = static_cast<ContextUse>(*word);
  }
  if (const auto word = section.word("read_repair", read_repair_words())) {
    defaults.read_repair = static_cast<ReadRepair>(*word);
  }
  defaults.sloppy = section.boolean("sloppy");
  defaults.deadline = read_time(section, "deadline", 1, reading.plan.cluster.core.deadline_max_ns);
  return defaults;
}

void read_clients(Section& root, Reading& reading) {
  RequestDefaults for_all;
  const Section::Layers layers = root.tables("requests");
  if (!layers.empty()) {
    Section section(layers, "requests", reading.problems);
    for_all = read_requests(section, reading);
    section.refuse_unknown_keys();
  }
  const std::vector<NamedTable> tables = read_named_tables(root, "client", reading.problems);
  for (const NamedTable& table : tables) {
    reading.clients.push_back(table.name);
    read_client(table, for_all, reading);
  }
}

}  // namespace quorate::sim::scenario_file
