// history: the versions of a key that somebody still knows, and which took the place of which.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "client/kvcli/commands.h"
#include "client/kvcli/key_rows.h"
#include "client/kvcli/record_text.h"
#include "client/kvcli/report.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/text/table.h"
#include "client/version_graph.h"

namespace quorate::client::kvcli {
namespace {

constexpr std::size_t kVersionsShown = 200;  // to people; programs see all

class History {
 public:
  History(const Invocation& invocation, KeyRows rows)
      : invocation_(invocation), rows_(std::move(rows)) {
    for (const Replica& replica : rows_.replicas) {
      if (!replica.asked || replica.unreadable) continue;
      add(replica.node, 0, replica.record ? replica.record : std::optional<Record>(std::in_place));
    }
    for (const Replica& stray : rows_.strays) add(stray.node, 0, stray.record);
    for (const KeptHint& kept : rows_.hints)
      add(kept.holder, kept.hint.primary, kept.hint.held.record);
    graph_ = version_graph(holdings_);
  }

  ExitCode exit_code() const {
    if (!rows_.complete()) return ExitCode::kNotApplied;
    return nobody_holds_any() ? ExitCode::kNotFound : ExitCode::kDone;
  }

  void print(Console& console) const {
    console.out(rows_.place_text(invocation_));
    if (!graph_.versions.empty()) print_graph(console);
    for (const GoneEvents& gone : graph_.gone) {
      console.out("no value is left of " + to_string(gone.range) + ", known to " +
                  holders_text(gone.known_by) + "\n");
    }
    for (const Replica& replica : rows_.replicas) print_doubt(console, replica);
    rows_.print_notes(console);
    if (nobody_holds_any()) {
      console.out(rows_.complete() ? "nobody holds anything of it\n"
                                   : "nobody that was asked holds anything of it\n");
    } else if (graph_.versions.empty()) {
      console.out("it is deleted: what is left is the knowledge that it was\n");
    }
  }

  Json json() const {
    Json json = Json::object();
    json.set_bytes("key", *invocation_.key).set("bucket", invocation_.request.bucket);
    json.set("vnode", std::uint32_t{rows_.where.vnode});
    json.set("primaries", nodes_json(rows_.where.primaries))
        .set("fallbacks", nodes_json(rows_.where.fallbacks));
    json.set("complete", rows_.complete());
    Json versions = Json::array();
    for (const Version& version : graph_.versions) versions.add(version_json(version));
    json.set("versions", std::move(versions));
    Json gone = Json::array();
    for (const GoneEvents& one : graph_.gone) {
      gone.add(Json::object()
                   .set("events", to_string(one.range))
                   .set("known_by", holders_json(one.known_by)));
    }
    json.set("gone", std::move(gone));
    Json not_asked = Json::array();
    for (const Replica& replica : rows_.replicas) {
      if (!replica.asked || replica.unreadable) not_asked.add(std::uint32_t{replica.node});
    }
    return std::move(json.set("not_read", std::move(not_asked))
                         .set("fallbacks_not_asked", nodes_json(rows_.fallbacks_not_asked)));
  }

 private:
  void add(NodeId node, NodeId hint_for, const std::optional<Record>& record) {
    if (record) holdings_.push_back({node, hint_for, *record});
  }

  bool nobody_holds_any() const { return graph_.versions.empty() && graph_.gone.empty(); }

  // "nodes 1 and 3, a hint at 2 for 4"
  std::string holders_text(const std::vector<std::size_t>& holdings) const {
    std::vector<NodeId> nodes;
    std::string hints;
    for (const std::size_t index : holdings) {
      const Holding& one = holdings_[index];
      if (one.hint_for == 0) {
        nodes.push_back(one.node);
      } else {
        hints += ", a hint at " + std::to_string(one.node) + " for " + std::to_string(one.hint_for);
      }
    }
    if (nodes.empty()) return hints.empty() ? "nobody" : hints.substr(2);
    return named_nodes_text(nodes) + hints;
  }

  // Who does not know of the event at all.
  std::vector<std::size_t> lacking(const Version& version) const {
    std::vector<std::size_t> holdings;
    for (std::size_t i = 0; i < holdings_.size(); ++i) {
      if (!holdings_[i].record.context.contains(version.sibling.dot)) holdings.push_back(i);
    }
    return holdings;
  }

  void print_graph(Console& console) const {
    bool some_replaced = false;
    bool some_unknown = false;
    for (const Version& version : graph_.versions) {
      some_replaced = some_replaced || !version.is_current();
      some_unknown = some_unknown || !lacking(version).empty();
    }
    std::vector<std::string> header = {"", "VALUE", "WRITTEN", "NODE", "DOT", "HELD BY"};
    if (some_replaced) header.push_back("REPLACED AT");
    if (some_unknown) header.push_back("UNKNOWN TO");
    const std::size_t columns = header.size();
    Table table(std::move(header));
    table.right_align(3);
    const std::vector<GraphRow> drawn = draw(graph_);
    for (const GraphRow& row : drawn) {
      if (!row.node) {
        std::vector<Cell> lines(columns, Cell(""));
        lines[0] = Cell(row.lines, Style::kDim);
        table.add(std::move(lines));
        continue;
      }
      if (*row.node >= kVersionsShown) break;
      const Version& version = graph_.versions[*row.node];
      const auto none_or = [&](const std::vector<std::size_t>& holdings, Style style) {
        return holdings.empty() ? Cell("") : Cell(holders_text(holdings), style);
      };
      std::vector<Cell> cells = {Cell(row.lines, version.is_current() ? Style::kGood : Style::kDim),
                                 value_text(version.sibling) + expiry_text(version.sibling),
                                 local_time_text(version.sibling.timestamp.wall_ms()),
                                 std::to_string(node_of(version.sibling.dot.actor.run)),
                                 Cell(to_string(version.sibling.dot), Style::kDim),
                                 holders_text(version.held_by)};
      if (some_replaced) cells.push_back(none_or(version.gone_at, Style::kPlain));
      if (some_unknown) cells.push_back(none_or(lacking(version), Style::kWarning));
      table.add(std::move(cells));
    }
    console.table(table);
    if (graph_.versions.size() > kVersionsShown) {
      console.out("and " + count_text(graph_.versions.size() - kVersionsShown) +
                  " older ones; --json has all\n");
    }
  }

  void print_doubt(Console& console, const Replica& replica) const {
    if (replica.asked && !replica.unreadable) return;
    const auto why = rows_.why.find(replica.node);
    console.out("node " + std::to_string(replica.node) +
                (replica.asked ? " cannot read its row" : " was not asked") +
                (why == rows_.why.end() ? "" : ": " + why->second) + "\n");
  }

  Json holders_json(const std::vector<std::size_t>& holdings) const {
    Json list = Json::array();
    for (const std::size_t index : holdings) {
      Json one = Json::object();
      one.set("node", std::uint32_t{holdings_[index].node});
      if (holdings_[index].hint_for != 0) {
        one.set("hint_for", std::uint32_t{holdings_[index].hint_for});
      }
      list.add(std::move(one));
    }
    return list;
  }

  Json version_json(const Version& version) const {
    Json json = sibling_json(version.sibling);
    json.set("current", version.is_current());
    json.set("held_by", holders_json(version.held_by));
    json.set("replaced_at", holders_json(version.gone_at));
    json.set("replaced_by_one_of", dots_json(version.replaced_by));
    return std::move(json.set("unknown_to", holders_json(lacking(version))));
  }

  const Invocation& invocation_;
  const KeyRows rows_;
  std::vector<Holding> holdings_;
  VersionGraph graph_;
};

}  // namespace

ExitCode run_history(Context& context, const Invocation& invocation) {
  return show_key_rows<History>(context, invocation);
}

}  // namespace quorate::client::kvcli
