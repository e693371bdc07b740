#include <algorithm>
#include <utility>

#include "sim/scenario/core_options.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/words.h"

namespace quorate::sim::scenario_file {

namespace {

constexpr std::int64_t kNodesMax = 64;

void read_core(Section& section, Reading& reading) {
  CoreOptions& core = reading.plan.cluster.core;
  for (const CoreOptionWord& word : core_option_words()) {
    std::optional<std::int64_t> value;
    switch (word.kind) {
      case CoreOptionWord::Kind::kTime:
        value = read_time(section, word.word, word.low, word.high);
        break;
      case CoreOptionWord::Kind::kNumber:
        value = section.integer(word.word, word.low, word.high);
        break;
      case CoreOptionWord::Kind::kTruth:
        if (const auto truth = section.boolean(word.word)) value = *truth ? 1 : 0;
        break;
    }
    if (value) word.set(core, *value);
  }
  section.refuse_unknown_keys();
  if (const Status valid = core.validate(); !valid) {
    reading.problems.add(section.source(), "[cluster.core] " + valid.error().message);
  }
}

// What was not given follows from the rest, so that r + w > n; as in a real cluster's
// configuration.
void read_quorums(Section& section, Reading& reading, Bucket& bucket) {
  const std::uint16_t nodes = reading.plan.cluster.nodes;
  if (const auto n = section.integer("n", 1, std::min<std::int64_t>(kReplicasMax, nodes))) {
    bucket.n = static_cast<std::uint32_t>(*n);
  }
  const auto count = [&](const char* key) -> std::optional<std::uint32_t> {
    const auto quorum = read_quorum(section, key);
    if (!quorum || quorum->kind == Quorum::Kind::kDefault) return std::nullopt;
    const std::uint32_t number = quorum->resolve(bucket.n, 0);
    if (number <= bucket.n) return number;
    section.problem(*section.find(key), key,
                    "= " + std::to_string(number) +
                        " is more than the bucket's n = " + std::to_string(bucket.n) + " replicas");
    return std::nullopt;
  };
  const auto r = count("r");
  const auto w = count("w");
  bucket.r = r ? *r : w ? bucket.n - *w + 1 : bucket.n / 2 + 1;
  bucket.w = w ? *w : bucket.n - bucket.r + 1;
}

void read_bucket(Section& section, Reading& reading, Bucket& bucket) {
  section.find("name");
  read_quorums(section, reading, bucket);
  if (const auto type = section.word("type", bucket_type_words())) {
    bucket.type = static_cast<BucketType>(*type);
  }
  bucket.sloppy = section.boolean("sloppy").value_or(bucket.sloppy);
  if (const auto repair = section.word("read_repair", read_repair_words())) {
    bucket.read_repair = static_cast<ReadRepair>(*repair);
  }
  struct Size {
    const char* key;
    std::uint32_t* member;
    std::int64_t high;
  };
  const Size sizes[] = {{"key_bytes_max", &bucket.key_bytes_max, 65536},
                        {"value_bytes_max", &bucket.value_bytes_max, 1 << 20},
                        {"record_bytes_max", &bucket.record_bytes_max, 16 << 20},
                        {"siblings_max", &bucket.siblings_max, 1000}};
  for (const Size& size : sizes) {
    if (const auto value = section.integer(size.key, 1, size.high)) {
      *size.member = static_cast<std::uint32_t>(*value);
    }
  }
  section.refuse_unknown_keys();
}

void read_buckets(Section& root, Reading& reading) {
  ClusterOptions& cluster = reading.plan.cluster;
  Bucket usual;
  usual.n = std::min<std::uint32_t>(3, cluster.nodes);
  usual.r = usual.w = usual.n / 2 + 1;
  QUORATE_CHECK(cluster.buckets.add(usual));
  for (const NamedTable& table : read_named_tables(root, "bucket", reading.problems)) {
    Bucket bucket = usual;
    bucket.name = table.name;
    Section section(table.layers, "[bucket]", reading.problems);
    read_bucket(section, reading, bucket);
    if (const Status added = cluster.buckets.add(bucket); !added) {
      reading.problems.add(section.source(), added.error().message);
    }
  }
}

}  // namespace

void read_cluster(Section& root, Reading& reading) {
  ClusterOptions& cluster = reading.plan.cluster;
  const Section::Layers layers = root.tables("cluster");
  if (!layers.empty()) {
    Section section(layers, "cluster", reading.problems);
    if (const auto nodes = section.integer("nodes", 1, kNodesMax)) {
      cluster.nodes = static_cast<std::uint16_t>(*nodes);
    }
    if (const auto vnodes = section.integer("vnodes", 1, Ring::kVnodesMax)) {
      cluster.vnodes = static_cast<std::uint32_t>(*vnodes);
      if ((*vnodes & (*vnodes - 1)) != 0) {
        section.problem(*section.find("vnodes"), "vnodes",
                        "= " + std::to_string(*vnodes) + " must be a power of two");
        cluster.vnodes = 8;
      }
    }
    if (const auto notices = section.boolean("link_notices")) cluster.link_notices = *notices;
    if (const auto codec = section.boolean("codec")) cluster.codec = *codec;
    const Section::Layers core = section.tables("core");
    if (!core.empty()) {
      Section options(core, "cluster.core", reading.problems);
      read_core(options, reading);
    }
    section.refuse_unknown_keys();
  }
  read_buckets(root, reading);
}

}  // namespace quorate::sim::scenario_file
