#include "sim/world/geography.h"

#include <algorithm>

namespace quorate::sim {

std::uint16_t Geography::site_of(HostId host) const {
  const std::vector<std::uint16_t>& hosts = is_client(host) ? client_sites : node_sites;
  const std::size_t index = is_client(host) ? host - kFirstClientHost : host - 1;
  return index < hosts.size() ? hosts[index] : std::uint16_t{0};
}

SimTime Geography::distance(HostId from, HostId to) const {
  return sites.empty() ? 0 : one_way[site_of(from)][site_of(to)];
}

bool Geography::valid() const {
  if (one_way.size() != sites.size()) return false;
  for (std::size_t from = 0; from < sites.size(); ++from) {
    const std::vector<SimTime>& row = one_way[from];
    if (row.size() != sites.size() || row[from] != 0) return false;
    if (std::any_of(row.begin(), row.end(), [](SimTime time) { return time < 0; })) return false;
  }
  const auto is_site = [this](std::uint16_t site) { return site < sites.size(); };
  return std::all_of(node_sites.begin(), node_sites.end(), is_site) &&
         std::all_of(client_sites.begin(), client_sites.end(), is_site);
}

}  // namespace quorate::sim
