// explain: what each replica of one key holds, side by side.
#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "client/admin.h"
#include "client/kvcli/commands.h"
#include "client/kvcli/report.h"
#include "client/kvcli/survey.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/text/table.h"
#include "client/replica_comparison.h"

namespace quorate::client::kvcli {
namespace {

constexpr std::size_t kValueColumns = 40;
constexpr std::size_t kValueBytesShown = 4096;

std::string node_name(NodeId node) { return "node " + std::to_string(node); }

std::string expiry_text(const Sibling& sibling) {
  if (sibling.expiry_ms == 0) return {};
  const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  return (sibling.expiry_ms <= now_ms ? ", expired " : ", expires ") +
         local_time_text(sibling.expiry_ms);
}

// Of an element of a set the element, of a field of a map both.
std::string value_text(const Sibling& sibling) {
  if (sibling.kind == SiblingKind::kDeleted) return "(deleted)";
  const std::string field = shortened(escape(sibling.field), kValueColumns);
  if (sibling.value.size() == 0) return field.empty() ? "(empty)" : field;
  if (!field.empty()) {
    Sibling value = sibling;
    value.field.clear();
    return field + " = " + value_text(value);
  }
  const std::string shown = escape(sibling.value.view().substr(0, kValueBytesShown));
  const std::string text = shortened(shown, kValueColumns);
  return text == shown && sibling.value.size() <= kValueBytesShown
             ? text
             : text + " (" + size_text(sibling.value.size()) + ")";
}

// Every event that it knows, by actor.
std::vector<EventRange> ranges_of(const quorate::Context& context) {
  std::vector<EventRange> ranges;
  for (const quorate::Context::Entry& entry : context.entries()) {
    ranges.push_back(EventRange{entry.actor, 1, entry.counter});
  }
  for (const Dot& dot : context.lone_dots()) {
    ranges.push_back(EventRange{dot.actor, dot.counter, dot.counter});
  }
  std::sort(ranges.begin(), ranges.end(), [](const EventRange& a, const EventRange& b) {
    return std::pair(a.actor, a.first) < std::pair(b.actor, b.first);
  });
  return ranges;
}

std::string ranges_text(const std::vector<EventRange>& ranges) {
  std::string text;
  for (const EventRange& range : ranges) text += (text.empty() ? "" : ", ") + to_string(range);
  return text.empty() ? "nothing" : text;
}

Json ranges_json(const std::vector<EventRange>& ranges) {
  Json list = Json::array();
  for (const EventRange& range : ranges) list.add(to_string(range));
  return list;
}

Json dots_json(const std::vector<Dot>& dots) {
  Json list = Json::array();
  for (const Dot& dot : dots) list.add(to_string(dot));
  return list;
}

Json nodes_json(const std::vector<NodeId>& nodes) {
  Json list = Json::array();
  for (const NodeId node : nodes) list.add(std::uint32_t{node});
  return list;
}

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

struct KeptHint {
  NodeId holder = 0;
  HintView hint;
};

class Explanation {
 public:
  Explanation(const Invocation& invocation, const Admin& admin, const Survey& found, KeyView where,
              std::vector<Result<RowView>> rows)
      : invocation_(invocation), where_(std::move(where)) {
    std::map<NodeId, RowView> by_node;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i]) {
        for (const HintView& hint : rows[i]->hints) hints_.push_back({rows[i]->node, hint});
        by_node[rows[i]->node] = std::move(*rows[i]);
      } else if (found.views[i]) {  // it answered the survey, and then no more
        why_[found.views[i]->node] = escape(rows[i].error().message);
      }
    }
    for (const NodeId node : where_.primaries) {
      Replica& replica = replicas_.emplace_back();
      replica.node = node;
      const auto row = by_node.find(node);
      replica.asked = row != by_node.end();
      if (!replica.asked) {
        if (!why_.contains(node)) why_[node] = found.why_absent(admin);
        continue;
      }
      replica.unreadable = !row->second.row.unreadable.empty();
      if (replica.unreadable) why_[node] = escape(row->second.row.unreadable);
      replica.record = row->second.row.record;
      replica.state_hash = row->second.row.state_hash;
      if (row->second.retired) retired_.push_back(node);
    }
    for (const NodeId node : where_.fallbacks) {
      const auto row = by_node.find(node);
      if (row == by_node.end()) {
        fallbacks_not_asked_.push_back(node);
      } else if (row->second.row.record) {
        strays_.push_back(node);
      }
    }
    comparison_ = compare_replicas(replicas_);
  }

  ExitCode exit_code() const {
    if (!comparison_.complete()) return ExitCode::kNotApplied;
    return holds_nothing() && hints_.empty() ? ExitCode::kNotFound : ExitCode::kDone;
  }

  void print(Console& console) const {
    console.out(key_name(invocation_) + ": vnode " + std::to_string(where_.vnode) + "; primaries " +
                nodes_text(where_.primaries) + "; fallbacks " + nodes_text(where_.fallbacks) +
                "\n");
    print_siblings(console);
    for (std::size_t i = 0; i < replicas_.size(); ++i) print_context(console, i);
    for (const Superseded& one : comparison_.superseded) print_superseded(console, one);
    for (const KeptHint& kept : hints_) print_hint(console, kept);
    if (!retired_.empty()) {
      console.out(named_nodes_text(retired_) + (retired_.size() == 1 ? " keeps" : " keep") +
                  " something dead of it, which all replicas know, until it can be reaped\n");
    }
    if (!strays_.empty()) {
      console.out(named_nodes_text(strays_) + (strays_.size() == 1 ? " holds" : " hold") +
                  " a row of it without being a primary\n");
    }
    if (!fallbacks_not_asked_.empty()) {
      console.out("fallbacks that were not asked, and may keep hints: " +
                  nodes_text(fallbacks_not_asked_) + "\n");
    }
    console.out(verdict() + "\n");
  }

  Json json() const {
    Json json = Json::object();
    json.set_bytes("key", *invocation_.key).set("bucket", invocation_.request.bucket);
    json.set("vnode", std::uint32_t{where_.vnode});
    json.set("primaries", nodes_json(where_.primaries))
        .set("fallbacks", nodes_json(where_.fallbacks));
    json.set("equal", comparison_.equal()).set("complete", comparison_.complete());
    Json replicas = Json::array();
    for (std::size_t i = 0; i < replicas_.size(); ++i) replicas.add(replica_json(i));
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
    for (const KeptHint& kept : hints_) hints.add(hint_json(kept));
    json.set("hints", std::move(hints));
    json.set("strays", nodes_json(strays_));
    json.set("retired", nodes_json(retired_));
    json.set("fallbacks_not_asked", nodes_json(fallbacks_not_asked_));
    return json;
  }

 private:
  // No primary that was asked does.
  bool holds_nothing() const {
    return std::none_of(replicas_.begin(), replicas_.end(), [](const Replica& replica) {
      return replica.unreadable || replica.record;
    });
  }

  std::string why(NodeId node) const {
    const auto found = why_.find(node);
    return found == why_.end() ? std::string() : found->second;
  }

  // A line for each sibling of each primary, so that equal ones stand below one another.
  void print_siblings(Console& console) const {
    Table table({"NODE", "STATE", "VALUE", "WRITTEN", "BY", "DOT"});
    table.right_align(0);
    table.right_align(4);
    for (std::size_t i = 0; i < replicas_.size(); ++i) {
      const Replica& replica = replicas_[i];
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
    const Replica& replica = replicas_[i];
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
    if (!whole.empty() && behind.empty() && holds_nothing()) {
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
    for (const Sibling& sibling : record.siblings) {
      Json one = Json::object();
      one.set("deleted", sibling.kind == SiblingKind::kDeleted);
      if (!sibling.field.empty()) one.set_bytes("field", sibling.field);
      one.set_bytes("value", sibling.value.view());
      one.set("written", utc_time_text(sibling.timestamp.wall_ms()));
      one.set("written_ms", sibling.timestamp.wall_ms());
      one.set("node", std::uint32_t{node_of(sibling.dot.actor.run)});
      one.set("dot", to_string(sibling.dot));
      if (sibling.expiry_ms != 0) one.set("expiry_ms", sibling.expiry_ms);
      siblings.add(std::move(one));
    }
    json.set("siblings", std::move(siblings));
    json.set("knows", ranges_json(ranges_of(record.context)));
  }

  Json replica_json(std::size_t i) const {
    const Replica& replica = replicas_[i];
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
  const KeyView where_;
  std::vector<Replica> replicas_;
  std::map<NodeId, std::string> why_;
  std::vector<KeptHint> hints_;
  std::vector<NodeId> fallbacks_not_asked_;
  std::vector<NodeId> retired_;  // primaries that show less than they know
  std::vector<NodeId> strays_;
  ReplicaComparison comparison_;
};

}  // namespace

ExitCode run_explain(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  Admin admin(*(*link)->client, invocation.request.deadline_ms);
  const auto found = survey(admin);
  if (!found) return report(context.console, invocation, found.error());
  const auto where = admin.locate(invocation.request.bucket, *invocation.key);
  if (!where) return report(context.console, invocation, where.error());
  const Explanation explanation(invocation, admin, *found, *where,
                                admin.row_all(invocation.request.bucket, *invocation.key));
  if (invocation.json) {
    context.console.json(explanation.json());
  } else {
    explanation.print(context.console);
  }
  return explanation.exit_code();
}

}  // namespace quorate::client::kvcli
