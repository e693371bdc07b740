// A configuration file: refused with what is wrong and where, or valid as a whole.
#include <string_view>

#include "node/base/check.h"
#include "node/io/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quorate;
  const auto config = parse_config({reinterpret_cast<const char*>(data), size}, "cluster.toml");
  if (!config) {
    QUORATE_CHECK(config.error().message.find("cluster.toml") != std::string::npos);
    return 0;
  }
  QUORATE_CHECK(!config->name.empty());
  QUORATE_CHECK(!config->nodes.empty());
  QUORATE_CHECK(config->core.validate());
  QUORATE_CHECK(config->buckets.find("default") != nullptr);
  for (const auto& [name, bucket] : config->buckets.all()) {
    QUORATE_CHECK(bucket.validate());
    QUORATE_CHECK(bucket.n <= config->nodes.size());
  }
  for (const NodeAddress& node : config->nodes) QUORATE_CHECK(config->find(node.id) == &node);
  QUORATE_CHECK(!describe_config(*config).empty());
  return 0;
}
