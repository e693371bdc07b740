#include "client/version_graph.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace quorate::client {
namespace {

bool is_newer(const Sibling& a, const Sibling& b) {
  return a.timestamp != b.timestamp ? a.timestamp > b.timestamp : a.dot > b.dot;
}

bool holds(const Version& version, std::size_t holding) {
  return std::find(version.held_by.begin(), version.held_by.end(), holding) !=
         version.held_by.end();
}

// What lives where the version is gone, was not known where it is held, and is younger: the
// timestamp of a write exceeds that of everything which it replaced.
std::vector<Dot> replacements(const Version& version, const std::vector<Holding>& holdings) {
  std::set<Dot> dots;
  for (const std::size_t gone : version.gone_at) {
    for (const Sibling& later : holdings[gone].record.siblings) {
      const bool unknown_to_some = std::any_of(
          version.held_by.begin(), version.held_by.end(), [&](const std::size_t holder) {
            return !holdings[holder].record.context.contains(later.dot);
          });
      if (unknown_to_some && later.timestamp > version.sibling.timestamp) dots.insert(later.dot);
    }
  }
  return {dots.begin(), dots.end()};
}

// Where b has replaced a, and c has replaced b, that c has replaced a too says nothing new.
void drop_shortcuts(std::vector<Version>& versions) {
  std::map<Dot, std::vector<Dot>> by;
  for (const Version& version : versions) by[version.sibling.dot] = version.replaced_by;
  for (Version& version : versions) {
    const std::vector<Dot> all = version.replaced_by;
    std::erase_if(version.replaced_by, [&](const Dot& dot) {
      return std::any_of(all.begin(), all.end(), [&](const Dot& between) {
        const std::vector<Dot>& further = by[between];
        return std::find(further.begin(), further.end(), dot) != further.end();
      });
    });
  }
}

// Where each actor's events begin to be known to others than the ones before: between two such
// points one event stands for all.
std::map<Actor, std::set<std::uint64_t>> turning_points(const std::vector<Holding>& holdings) {
  std::map<Actor, std::set<std::uint64_t>> points;
  const auto add = [&](const Dot& dot) {
    points[dot.actor].insert({dot.counter, dot.counter + 1});
  };
  for (const Holding& one : holdings) {
    for (const Context::Entry& entry : one.record.context.entries()) {
      points[entry.actor].insert({1, entry.counter + 1});
    }
    for (const Dot& dot : one.record.context.lone_dots()) add(dot);
    for (const Sibling& sibling : one.record.siblings) add(sibling.dot);
  }
  return points;
}

std::vector<GoneEvents> gone_events(const std::vector<Holding>& holdings,
                                    const std::set<Dot>& living) {
  std::vector<GoneEvents> gone;
  for (const auto& [actor, points] : turning_points(holdings)) {
    for (auto point = points.begin(); std::next(point) != points.end(); ++point) {
      const Dot first{actor, *point};
      GoneEvents one{{actor, *point, *std::next(point) - 1}, {}};
      for (std::size_t i = 0; i < holdings.size(); ++i) {
        if (holdings[i].record.context.contains(first)) one.known_by.push_back(i);
      }
      if (one.known_by.empty() || living.contains(first)) continue;
      const bool goes_on = !gone.empty() && gone.back().range.actor == actor &&
                           gone.back().range.last + 1 == *point &&
                           gone.back().known_by == one.known_by;
      if (goes_on) {
        gone.back().range.last = one.range.last;
      } else {
        gone.push_back(std::move(one));
      }
    }
  }
  return gone;
}

}  // namespace

VersionGraph version_graph(const std::vector<Holding>& holdings) {
  std::map<Dot, Version> found;
  std::set<Dot> living;
  for (std::size_t i = 0; i < holdings.size(); ++i) {
    for (const Sibling& sibling : holdings[i].record.siblings) {
      Version& version = found[sibling.dot];
      version.sibling = sibling;
      version.held_by.push_back(i);
      living.insert(sibling.dot);
    }
  }
  VersionGraph graph;
  for (auto& [dot, version] : found) {
    for (std::size_t i = 0; i < holdings.size(); ++i) {
      if (!holds(version, i) && holdings[i].record.context.contains(dot)) {
        version.gone_at.push_back(i);
      }
    }
    version.replaced_by = replacements(version, holdings);
    graph.versions.push_back(std::move(version));
  }
  std::sort(graph.versions.begin(), graph.versions.end(),
            [](const Version& a, const Version& b) { return is_newer(a.sibling, b.sibling); });
  drop_shortcuts(graph.versions);
  graph.gone = gone_events(holdings, living);
  return graph;
}

std::vector<GraphRow> draw(const VersionGraph& graph) {
  std::vector<GraphNode> nodes;
  for (const Version& version : graph.versions) {
    nodes.push_back({version.sibling.dot, version.replaced_by, version.is_current()});
  }
  return draw_graph(nodes);
}

}  // namespace quorate::client
