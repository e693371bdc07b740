// What the configuration is made of, apart from its syntax: names, hosts, limits.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "node/io/config.h"

namespace quorate {

// 1 to 64 letters, digits, '-', '_' and '.'.
bool is_plain_name(std::string_view name);

// An IPv4 or IPv6 address, or a host name as RFC 1123 has it.
bool is_host(std::string_view host);

// An address that only this machine reaches, or "localhost".
bool is_loopback_host(std::string_view host);

// `file` as seen from the directory of the file `from`.
std::string relative_to_file(const std::string& file, const std::string& from);

// strerror of errno.
std::string last_os_error();

// One key of [limits].
struct Limit {
  const char* name;
  std::int64_t low, high;
  std::function<std::int64_t()> get;
  std::function<void(std::int64_t)> set;
};

// All limits of this configuration, readable and writable in their units. REQUIRES: `config`
// outlives them.
std::vector<Limit> limits_of(ClusterConfig& config);

}  // namespace quorate
