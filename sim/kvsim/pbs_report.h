// What kvsim pbs prints: our figures beside the published ones, the store's beside its Monte
// Carlo's.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "sim/pbs/comparison.h"

namespace quorate::sim {

// One model by the paper's own topology.
std::string wars_text(const NetworkModel& model, const WarsFigures& figures, bool colours);
boost::json::object wars_json(const NetworkModel& model, const WarsFigures& figures);

// The same model by the store's.
std::string comparison_text(const std::vector<ComparedCell>& cells, bool colours);
boost::json::array comparison_json(const std::vector<ComparedCell>& cells);

// In one sentence: how far apart they are at the most, and where.
std::string farthest_text(const std::vector<ComparedCell>& cells);

// The curve of the three partial quorums, as an SVG document.
std::string wars_svg(const NetworkModel& model, const WarsFigures& figures);

}  // namespace quorate::sim
