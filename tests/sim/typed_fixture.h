// Clusters with a bucket of each data type, and the steps that change one.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/sim_fixture.h"

namespace quorate::sim {

// "field=value" of all that a reader sees, sorted.
using Shown = std::multiset<std::string>;

// A bucket of each type, named after it; reads mend nothing.
inline ClusterOptions typed_options(std::uint16_t nodes = 3) {
  ClusterOptions options = plain_options(nodes);
  for (std::size_t type = 0; type < bucket_type_names().size(); ++type) {
    Bucket bucket = *options.buckets.find("default");
    bucket.type = static_cast<BucketType>(type);
    bucket.name = bucket_type_names()[type];
    bucket.read_repair = ReadRepair::kOff;
    EXPECT_TRUE(options.buckets.add(bucket).has_value());
  }
  return options;
}

inline Step update(const std::string& bucket, Update what, std::string field = "",
                   std::string value = "") {
  Step step;
  step.request.verb = Verb::kUpdate;
  step.request.update = what;
  step.request.key = key_of("k", bucket);
  step.request.field = std::move(field);
  step.request.value = Blob(std::move(value));
  return step;
}

inline Shown shown(const std::vector<ReadValue>& values) {
  Shown shown;
  for (const ReadValue& value : values) {
    shown.insert(value.field + "=" + std::string(value.value.view()));
  }
  return shown;
}

}  // namespace quorate::sim
