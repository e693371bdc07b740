// What every node holds of one key, or keeps of it for others: what explain and history begin with.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "client/admin.h"
#include "client/kvcli/commands.h"
#include "client/kvcli/connections.h"
#include "client/kvcli/console.h"
#include "client/kvcli/invocation.h"
#include "client/kvcli/report.h"
#include "client/replica_comparison.h"
#include "node/base/status.h"

namespace quorate::client::kvcli {

// A row that a node told of.
Replica replica_of(NodeId node, const HeldView& held);

struct KeptHint {
  NodeId holder = 0;
  HintView hint;
};

struct KeyRows {
  KeyView where;
  std::vector<Replica> replicas;  // of the primaries, in their order
  std::vector<Replica> strays;    // rows of nodes that are no primaries
  std::vector<KeptHint> hints;
  std::vector<NodeId> fallbacks_not_asked;
  std::vector<NodeId> retired;        // primaries that show less than they know
  std::map<NodeId, std::string> why;  // a primary was not asked, or cannot read its row

  // No primary that was asked holds anything.
  bool holds_nothing() const;
  // Every primary was asked.
  bool complete() const;
  // "city:1: vnode 5; primaries 1 and 3; fallbacks 2", then a newline.
  std::string place_text(const Invocation& invocation) const;
  // Lines that say who else has something of it, and who was not asked.
  void print_notes(Console& console) const;
};

// Nothing is changed or repaired by it. Errors: when nobody answers; kInvalidInput: no such bucket.
Result<KeyRows> ask_key_rows(Connections::Link& link, const Invocation& invocation);

// Asks, and shows the answers as `Shown` has it: to people, or to programs.
template <typename Shown>
ExitCode show_key_rows(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  auto rows = ask_key_rows(**link, invocation);
  if (!rows) return report(context.console, invocation, rows.error());
  const Shown shown(invocation, std::move(*rows));
  if (invocation.json) {
    context.console.json(shown.json());
  } else {
    shown.print(context.console);
  }
  return shown.exit_code();
}

}  // namespace quorate::client::kvcli
