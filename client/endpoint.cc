#include "client/endpoint.h"

#include <algorithm>
#include <charconv>

namespace quorate::client {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Error bad(std::string_view text, const std::string& why) {
  return invalid_input("\"" + std::string(text) + "\" is not an endpoint: " + why);
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

bool is_v6_char(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' ||
         c == '.' || c == '%';
}

}  // namespace

std::string Endpoint::to_string() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  if (text.empty())
    return invalid_input("an endpoint is empty; write host:port, e.g. 127.0.0.1:7101");
  std::string_view host;
  std::string_view port;
  if (text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return bad(text, "no closing bracket; write [::1]:7101");
    host = text.substr(1, close - 1);
    if (host.empty() || !std::all_of(host.begin(), host.end(), is_v6_char)) {
      return bad(text, "no IPv6 address between the brackets; write [::1]:7101");
    }
    if (close + 1 >= text.size() || text[close + 1] != ':') {
      return bad(text, "no port after the bracket; write [::1]:7101");
    }
    port = text.substr(close + 2);
  } else {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
      return bad(text, "it has no port; write " + std::string(text) + ":7101");
    }
    if (text.find(':', colon + 1) != std::string_view::npos) {
      return bad(text, "more than one colon; an IPv6 address stands in brackets: [::1]:7101");
    }
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (host.empty()) return bad(text, "it has no host; write 127.0.0.1:" + std::string(port));
    if (!std::all_of(host.begin(), host.end(), is_name_char)) {
      return bad(text, "the host has a character that no host name has; write host:port");
    }
  }
  unsigned number = 0;
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != port.data() + port.size() || number == 0 ||
      number > 65535) {
    return bad(text, "the port must be a number from 1 to 65535");
  }
  return Endpoint{std::string(host), static_cast<std::uint16_t>(number)};
}

Result<std::vector<Endpoint>> parse_endpoints(std::string_view list) {
  std::vector<Endpoint> endpoints;
  std::string problems;
  if (trimmed(list).empty()) {
    return invalid_input("the list of endpoints is empty; write host:port,host:port,...");
  }
  while (true) {
    const auto comma = list.find(',');
    auto endpoint = parse_endpoint(trimmed(list.substr(0, comma)));
    if (!endpoint) {
      problems += (problems.empty() ? "" : "; ") + endpoint.error().message;
    } else if (std::find(endpoints.begin(), endpoints.end(), *endpoint) == endpoints.end()) {
      endpoints.push_back(std::move(*endpoint));
    }
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  if (!problems.empty()) return invalid_input(problems);
  return endpoints;
}

}  // namespace quorate::client
