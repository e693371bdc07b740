// A named network: what its links take, leg by leg, and how far its sites are apart.
//
// Place:      read from a TOML file by model_file.h; the shipped ones are compiled in. A cluster
//             gets `links` as its node_links, and a Geography that says who stands where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node/base/status.h"
#include "sim/world/geography.h"
#include "sim/world/network.h"

namespace quorate::sim {

struct NetworkModel {
  std::string name;
  std::string summary;
  std::string source;  // the publication
  LinkModel links;     // between nodes
  std::vector<std::string> sites;
  std::vector<std::vector<SimTime>> one_way;  // [from][to]

  // Nodes and clients at sites by name, in their order; who is not named stands at the first site.
  // Errors: a name that is no site of this model; any name when it has none.
  Result<Geography> place(const std::vector<std::string>& node_sites,
                          const std::vector<std::string>& client_sites) const;
};

// Those that are compiled in, by name.
const std::vector<std::string>& model_names();

// Errors: no such model, naming all.
Result<NetworkModel> find_model(std::string_view name);

}  // namespace quorate::sim
