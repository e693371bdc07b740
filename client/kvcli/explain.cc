// explain: what each replica of one key holds, side by side.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "client/kvcli/commands.h"
#include "client/kvcli/key_rows.h"
#include "client/kvcli/record_text.h"
#include "client/kvcli/report.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/text/table.h"
#include "client/replica_comparison.h"

namespace quorate::client::kvcli {
namespace {

std::string node_name(NodeId node) { return "node " + std::to_string(node); }

Style style_of(Standing standing) {
  switch (standing) {
    case Standing::kWhole:
      return Style::kGood;
    case Standing::kMissing:
    case Standing::kOlder:
    case Standing::kConcurrent:
      return Style::kWarning;
    case Standing::kUnlike:
    case Standing::kUnreadable:
    case Standing::kNotAsked:
      return Style::kBad;
  }
  return Style::kPlain;
}

class Explanation {
 public:
  Explanation(const Invocation& invocation, KeyRows rows)
      : invocation_(invocation),
        rows_(std::move(rows)),
        comparison_(compare_replicas(rows_.replicas)) {}

  ExitCode exit_code() const {
    if (!comparison_.complete()) return ExitCode::kNotApplied;
    return rows_.holds_nothing() && rows_.hints.empty() ? ExitCode::kNotFound : ExitCode::kDone;
  }

  void print(Console& console) const {
    console.out(rows_.place_text(invocation_));
    print_siblings(console);
    for (std::size_t i = 0; i < rows_.replicas.size(); ++i) print_context(console, i);
    for (const Superseded& one : comparison_.superseded) print_superseded(console, one);
    for (const KeptHint& kept : rows_.hints) print_hint(console, kept);
    rows_.print_notes(console);
    console.out(verdict() + "\n");
  }

  Json json() const {
    Json json = Json::object();
    json.set_bytes("key", *invocation_.key).set("bucket", invocation_.request.bucket);
    json.set("vnode", std::uint32_t{rows_.where.vnode});
    json.set("primaries", nodes_json(rows_.where.primaries))
        .set("fallbacks", nodes_json(rows_.where.fallbacks));
    json.set("equal", comparison_.equal()).set("complete", comparison_.complete());
    Json replicas = Json::array();
    for (std::size_t i = 0; i < rows_.replicas.size(); ++i) replicas.add(replica_json(i));
    json.set("replicas", std::move(replicas));
    Json superseded = Json::array();
    for (const Superseded& one : comparison_.superseded) {
      superseded.add(Json::object()
                         .set("dot", to_string(one.dot))
                         .set("lives_at", nodes_json(one.lives_at))
                         .set("gone_at", nodes_json(one.gone_at))
                         .set("by", dots_json(one.by)));
    }
    json.set("superseded", std::move(superseded));
    Json hints = Json::array();
    for (const KeptHint& kept : rows_.hints) hints.add(hint_json(kept));
    json.set("hints", std::move(hints));
    Json strays = Json::array();
    for (const Replica& stray : rows_.strays) strays.add(std::uint32_t{stray.node});
    json.set("strays", std::move(strays));
    json.set("retired", nodes_json(rows_.retired));
    json.set("fallbacks_not_asked", nodes_json(rows_.fallbacks_not_asked));
    return json;
  }

 private:
  std::string why(NodeId node) const {
    const auto found = rows_.why.find(node);
    return found == rows_.why.end() ? std::string() : found->second;
  }

  // A line for each sibling of each primary, so that equal ones stand below one another.
  void print_siblings(Console& console) const {
    Table table({"NODE", "STATE", "VALUE", "WRITTEN", "BY", "DOT"});
    table.right_align(0);
    table.right_align(4);
    for (std::size_t i = 0; i < rows_.replicas.size(); ++i) {
      const Replica& replica = rows_.replicas[i];
      const Standing standing = comparison_.standings[i].standing;
      const std::string node = std::to_string(replica.node);
      const Cell state{standing_name(standing), style_of(standing)};
      if (!replica.asked || replica.unreadable) {
        table.add({node, state, Cell(why(replica.node), Style::kBad), "", "", ""});
      } else if (!replica.record) {
        table.add({node, state, Cell("nothing", Style::kDim), "", "", ""});
      } else if (replica.record->siblings.empty()) {
        table.add({node, state, Cell("tombstone", Style::kDim), "", "", ""});
      }
      if (!replica.record) continue;
      bool first = true;
      for (const Sibling& sibling : replica.record->siblings) {
        table.add({first ? node : "", first ? state : Cell(""),
                   value_text(sibling) + expiry_text(sibling),
                   local_time_text(sibling.timestamp.wall_ms()),
                   std::to_string(node_of(sibling.dot.actor.run)),
                   Cell(to_string(sibling.dot), Style::kDim)});
        first = false;
      }
    }
    console.table(table);
  }

  void print_context(Console& console, std::size_t i) const {
    const Replica& replica = rows_.replicas[i];
    const ReplicaStanding& standing = comparison_.standings[i];
    if (!replica.asked || replica.unreadable) return;
    std::string line =
        node_name(replica.node) + " knows " +
        (replica.record ? ranges_text(ranges_of(replica.record->context)) : std::string("nothing"));
    if (!standing.lacks.empty()) {
      line += "; lacks " + ranges_text(standing.lacks) + (standing.lacks_more ? ", ..." : "");
    }
    if (standing.standing == Standing::kUnlike) {
      line += "; its values are not those of others that know the same";
    }
    console.out(line + "\n");
  }

  void print_superseded(Console& console, const Superseded& one) const {
    std::string by;
    for (const Dot& dot : one.by) by += (by.empty() ? "" : " or ") + to_string(dot);
    console.out(to_string(one.dot) + " lives at " + named_nodes_text(one.lives_at) +
                "; superseded at " + named_nodes_text(one.gone_at) +
                (by.empty() ? ": deleted there, or what replaced it is gone too" : " by " + by) +
                "\n");
  }

  void print_hint(Console& console, const KeptHint& kept) const {
    const HintView& hint = kept.hint;
    const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
    const std::string age =
        duration_text(std::max<std::int64_t>(0, now_ms - hint.since_ms)) + " old";
    std::string line = node_name(kept.holder) + " keeps a hint for " + node_name(hint.primary);
    if (!hint.held.unreadable.empty()) {
      line += " that it cannot read: " + escape(hint.held.unreadable);
    } else if (hint.owed) {
      line += ", " + age + ": it owes it what its own row holds";
    } else {
      line += std::string(", ") + age + ", " +
              (hint.spare ? "which another primary has by now"
                          : "which no primary has as far as it knows");
      if (hint.held.omitted_bytes > 0) {
        line += ": " + size_text(hint.held.omitted_bytes) + ", not shown";
      } else if (hint.held.record) {
        std::string values;
        for (const Sibling& sibling : hint.held.record->siblings) {
          values +=
              (values.empty() ? "" : ", ") + value_text(sibling) + " " + to_string(sibling.dot);
        }
        line += ": " + (values.empty() ? std::string("tombstone") : values) + "; knows " +
                ranges_text(ranges_of(hint.held.record->context));
      }
    }
    console.out(line + "\n");
  }

  std::string verdict() const {
    std::vector<NodeId> whole;
    std::vector<NodeId> behind;
    std::vector<NodeId> not_asked;
    for (const ReplicaStanding& one : comparison_.standings) {
      (one.standing == Standing::kWhole      ? whole
       : one.standing == Standing::kNotAsked ? not_asked
                                             : behind)
          .push_back(one.node);
    }
    std::string text;
    if (!whole.empty() && behind.empty() && rows_.holds_nothing()) {
      text = not_asked.empty() ? "nobody holds anything of it"
                               : "nobody that was asked holds anything of it";
    } else if (behind.empty()) {
      text = whole.empty() ? "no primary was asked" : "all that were asked hold the same";
    } else {
      text = named_nodes_text(behind) + (behind.size() == 1 ? " differs" : " differ");
      text += whole.empty() ? "; no primary knows all" : "; complete: " + named_nodes_text(whole);
      text += "; kvcli get -r all mends this key, kvcli repair all keys";
    }
    if (!not_asked.empty()) text += "; not asked: " + named_nodes_text(not_asked);
    return text;
  }

  static Json record_json(const HeldView& held, Json json) {
    if (!held.unreadable.empty()) json.set("unreadable", held.unreadable);
    if (held.omitted_bytes > 0) json.set("omitted_bytes", held.omitted_bytes);
    if (held.record) set_record(json, *held.record);
    return json;
  }

  static void set_record(Json& json, const Record& record) {
    json.set("tombstone", record.is_tombstone());
    Json siblings = Json::array();
    for (const Sibling& sibling : record.siblings) siblings.add(sibling_json(sibling));
    json.set("siblings", std::move(siblings));
    json.set("knows", ranges_json(ranges_of(record.context)));
  }

  Json replica_json(std::size_t i) const {
    const Replica& replica = rows_.replicas[i];
    const ReplicaStanding& standing = comparison_.standings[i];
    Json json = Json::object();
    json.set("node", std::uint32_t{replica.node});
    json.set("state", standing_name(standing.standing));
    if (!why(replica.node).empty()) json.set("why", why(replica.node));
    json.set("holds", replica.record.has_value());
    if (replica.record) set_record(json, *replica.record);
    json.set("lacks", ranges_json(standing.lacks)).set("lacks_more", standing.lacks_more);
    return json;
  }

  static Json hint_json(const KeptHint& kept) {
    Json json = Json::object();
    json.set("holder", std::uint32_t{kept.holder});
    json.set("primary", std::uint32_t{kept.hint.primary});
    json.set("owed", kept.hint.owed).set("spare", kept.hint.spare);
    json.set("since_ms", kept.hint.since_ms);
    return record_json(kept.hint.held, std::move(json));
  }

  const Invocation& invocation_;
  const KeyRows rows_;
  const ReplicaComparison comparison_;
};

}  // namespace

ExitCode run_explain(Context& context, const Invocation& invocation) {
  return show_key_rows<Explanation>(context, invocation);
}

}  // namespace quorate::client::kvcli
