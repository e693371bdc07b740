#include "sim/models/network_model.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"
#include "node/base/in_quotes.h"
#include "sim/models/model_file.h"
#include "sim/models/shipped_models.h"

namespace quorate::sim {

namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

Result<Geography> NetworkModel::place(const std::vector<std::string>& node_sites,
                                      const std::vector<std::string>& client_sites) const {
  Geography geography{sites, one_way, {}, {}};
  const auto find = [&](const std::vector<std::string>& names,
                        std::vector<std::uint16_t>& to) -> Status {
    for (const std::string& wanted : names) {
      const auto at = std::find(sites.begin(), sites.end(), wanted);
      if (at == sites.end()) {
        return invalid_input(sites.empty()
                                 ? "network model " + name + " has no sites, so nothing is at " +
                                       in_quotes(wanted)
                                 : "network model " + name + " has no site " + in_quotes(wanted) +
                                       "; it has: " + joined(sites));
      }
      to.push_back(static_cast<std::uint16_t>(at - sites.begin()));
    }
    return {};
  };
  if (Status status = find(node_sites, geography.node_sites); !status) return status.error();
  if (Status status = find(client_sites, geography.client_sites); !status) return status.error();
  return geography;
}

const std::vector<std::string>& model_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const EmbeddedText& model : shipped_models()) all.emplace_back(model.name);
    return all;
  }();
  return names;
}

Result<NetworkModel> find_model(std::string_view name) {
  for (const EmbeddedText& shipped : shipped_models()) {
    if (shipped.name != name) continue;
    Result<NetworkModel> model =
        parse_model(shipped.text, std::string(shipped.name) + ".toml", std::string(shipped.name));
    QUORATE_CHECK_MSG(model, "a shipped network model cannot be read");
    return model;
  }
  return invalid_input("there is no network model " + in_quotes(name) +
                       "; there are: " + joined(model_names()));
}

}  // namespace quorate::sim
