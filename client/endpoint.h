// Where a node listens for clients: "host:port", "[v6]:port".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/status.h"

namespace quorate::client {

struct Endpoint {
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 0;

  // As parse_endpoint takes it.
  std::string to_string() const;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// Errors: kInvalidInput with what is wrong and how it is written right.
Result<Endpoint> parse_endpoint(std::string_view text);

// A list with commas between; spaces round an entry are dropped, an endpoint named twice counts
// once. Errors: kInvalidInput naming every bad entry, or that the list is empty.
Result<std::vector<Endpoint>> parse_endpoints(std::string_view list);

}  // namespace quorate::client
