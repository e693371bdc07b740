// status, ring, ping, cut: what the nodes say of themselves.
#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <thread>
#include <utility>

#include "client/admin.h"
#include "client/kvcli/commands.h"
#include "client/kvcli/report.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/text/table.h"
#include "client/kvcli/upkeep.h"

namespace quorate::client::kvcli {
namespace {

std::string id_text(NodeId node) { return std::to_string(node); }

std::string hex_text(std::uint64_t number) {
  char text[20];
  std::snprintf(text, sizeof text, "%016" PRIx64, number);
  return text;
}

// The endpoint's name stands in front of every connection error; a table has it in a column of its
// own.
std::string without_name(const std::string& message, const std::string& endpoint) {
  return message.rfind(endpoint + ": ", 0) == 0 ? message.substr(endpoint.size() + 2) : message;
}

Json node_list(const std::vector<NodeId>& nodes) {
  Json list = Json::array();
  for (const NodeId node : nodes) list.add(std::uint32_t{node});
  return list;
}

Json peer_json(const PeerView& peer) {
  Json json = Json::object();
  json.set("node", std::uint32_t{peer.node}).set("address", peer.address);
  json.set("circuit", peer.circuit).set("link_up", peer.link_up);
  json.set("silent_ms", peer.silent_ns < 0 ? std::int64_t{-1} : peer.silent_ns / 1'000'000);
  if (peer.clock_known) json.set("clock_offset_ms", peer.clock_offset_ms);
  json.set("cut_in", peer.cut_in)
      .set("cut_out", peer.cut_out)
      .set("queued_bytes", peer.queued_bytes);
  return json;
}

Json node_json(const NodeView& view) {
  Json json = Json::object();
  json.set("endpoint", view.endpoint).set("answers", true).set("node", std::uint32_t{view.node});
  json.set("cluster", view.cluster).set("run", hex_text(view.run)).set("version", view.version);
  json.set("uptime_ms", view.uptime_ms).set("durability", view.durability).set("store", view.store);
  json.set("keys_estimate", view.keys_estimate).set("disk_bytes", view.disk_bytes);
  json.set("vnodes_primary", view.vnodes_primary).set("vnodes_rebuilding", view.vnodes_rebuilding);
  json.set("forgot", view.forgot).set("requests_in_flight", view.requests_in_flight);
  json.set("late_bytes", view.late_bytes);
  set_upkeep(json, view);
  json.set("clients", view.clients).set("chaos", view.chaos).set("pid", view.pid);
  json.set("data_directory", view.data_directory);
  Json peers = Json::array();
  for (const PeerView& peer : view.peers) peers.add(peer_json(peer));
  Json buckets = Json::array();
  for (const BucketView& bucket : view.buckets) {
    buckets.add(Json::object()
                    .set("name", bucket.name)
                    .set("type", bucket.type)
                    .set("n", bucket.n)
                    .set("r", bucket.r)
                    .set("w", bucket.w)
                    .set("sloppy", bucket.sloppy));
  }
  Json counters = Json::object();
  for (const auto& [name, value] : view.counters) counters.set(name, value);
  json.set("peers", std::move(peers))
      .set("buckets", std::move(buckets))
      .set("counters", std::move(counters));
  return json;
}

// How a node stands with its peers, in few words: "2, 3 ok", or what is wrong with whom.
Cell peers_cell(const NodeView& view) {
  std::map<std::string, std::vector<NodeId>> by_state;
  for (const PeerView& peer : view.peers) {
    std::string state = peer.circuit == "closed" ? "ok" : peer.circuit;
    if (peer.cut_in && peer.cut_out) {
      state = "cut";
    } else if (peer.cut_in) {
      state = "cut in";
    } else if (peer.cut_out) {
      state = "cut out";
    }
    by_state[state].push_back(peer.node);
  }
  std::string text;
  bool good = true;
  for (const auto& [state, nodes] : by_state) {
    if (!text.empty()) text += "; ";
    for (std::size_t i = 0; i < nodes.size(); ++i) text += (i > 0 ? "," : "") + id_text(nodes[i]);
    text += " " + state;
    good = good && state == "ok";
  }
  if (text.empty()) return "none";
  return {text, good ? Style::kGood : Style::kBad};
}

Cell state_cell(const NodeView& view) {
  if (view.vnodes_rebuilding > 0) {
    return {"rebuilding " + std::to_string(view.vnodes_rebuilding) + " vnodes", Style::kWarning};
  }
  if (view.forgot) return {"forgot writes, repairing", Style::kWarning};
  return {"up", Style::kGood};
}

void print_status(Console& console, const Admin& admin,
                  const std::vector<Result<NodeView>>& views) {
  Table table(
      {"NODE", "ENDPOINT", "STATE", "STORE", "DURABILITY", "UPTIME", "KEYS", "DISK", "PEERS"});
  for (const std::size_t column : {0u, 6u, 7u}) table.right_align(column);
  const NodeView* first = nullptr;
  bool chaos = false;
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (!views[i]) {
      table.add({"-", admin.endpoint_name(i), Cell("no answer", Style::kBad), "", "", "", "", "",
                 escape(without_name(views[i].error().message, admin.endpoint_name(i)))});
      continue;
    }
    const NodeView& view = *views[i];
    if (first == nullptr) first = &view;
    chaos = chaos || view.chaos;
    table.add({id_text(view.node), view.endpoint, state_cell(view),
               Cell(escape(view.store), view.store == "writable" ? Style::kPlain : Style::kBad),
               escape(view.durability), duration_text(view.uptime_ms),
               "~" + count_text(view.keys_estimate), size_text(view.disk_bytes), peers_cell(view)});
  }
  if (first != nullptr) {
    console.out("cluster " + console.styled(escape(first->cluster), Style::kBold) + ", version " +
                escape(first->version) + (chaos ? ", links can be cut (--chaos)" : "") + "\n");
  }
  console.table(table);
  if (first == nullptr) return;
  print_trees(console, views);
  print_reaping(console, views);
  print_hints(console, views);
  print_siblings_warning(console, views);
  std::string buckets;
  for (const BucketView& bucket : first->buckets) {
    buckets += (buckets.empty() ? "" : "; ") + escape(bucket.name) + " (" + escape(bucket.type) +
               ", n=" + std::to_string(bucket.n) + " r=" + std::to_string(bucket.r) +
               " w=" + std::to_string(bucket.w) + (bucket.sloppy ? ", sloppy)" : ")");
  }
  console.out("buckets: " + buckets + "\n");
}

ExitCode show_status(Context& context, const Invocation& invocation, Admin& admin) {
  const auto views = admin.status_all();
  const bool any =
      std::any_of(views.begin(), views.end(), [](const auto& view) { return view.has_value(); });
  if (invocation.json) {
    Json nodes = Json::array();
    for (std::size_t i = 0; i < views.size(); ++i) {
      nodes.add(views[i] ? node_json(*views[i])
                         : Json::object()
                               .set("endpoint", admin.endpoint_name(i))
                               .set("answers", false)
                               .set("error", views[i].error().message));
    }
    context.console.json(Json::object().set("nodes", std::move(nodes)));
  } else {
    print_status(context.console, admin, views);
    if (!any) {
      context.console.error(
          "kvcli status: no node answers\nIs the cluster up? Name its nodes with "
          "--endpoints or QUORATE_ENDPOINTS.\n");
    }
  }
  return any ? ExitCode::kDone : ExitCode::kNoConnection;
}

// The n of the default bucket: what "primary" means in a summary of the ring.
std::uint32_t default_n(Admin& admin) {
  const auto status = admin.status();
  if (status) {
    for (const BucketView& bucket : status->buckets) {
      if (bucket.name == "default") return bucket.n;
    }
  }
  return 3;
}

ExitCode locate_key(Context& context, const Invocation& invocation, Admin& admin) {
  const auto where = admin.locate(invocation.request.bucket, *invocation.key);
  if (!where) return report(context.console, invocation, where.error());
  if (invocation.json) {
    Json json = Json::object();
    json.set_bytes("key", *invocation.key).set("bucket", invocation.request.bucket);
    json.set("vnode", std::uint32_t{where->vnode});
    json.set("primaries", node_list(where->primaries))
        .set("fallbacks", node_list(where->fallbacks));
    context.console.json(json);
  } else {
    context.console.out(key_name(invocation) + ": vnode " + std::to_string(where->vnode) +
                        "; primaries " + nodes_text(where->primaries) + "; fallbacks " +
                        nodes_text(where->fallbacks) + "\n");
  }
  return ExitCode::kDone;
}

void print_ring(Console& console, const RingView& ring, std::uint32_t n, bool vnodes) {
  console.out("ring version " + std::to_string(ring.version) + ": " +
              std::to_string(ring.vnodes.size()) + " vnodes over " +
              std::to_string(ring.members.size()) + " nodes, hash " + hex_text(ring.hash) + "\n");
  if (vnodes) {
    Table table({"VNODE", "NODES IN ORDER"});
    table.right_align(0);
    for (std::size_t v = 0; v < ring.vnodes.size(); ++v) {
      std::string nodes;
      for (const NodeId node : ring.vnodes[v]) nodes += (nodes.empty() ? "" : " ") + id_text(node);
      table.add({std::to_string(v), nodes});
    }
    console.table(table);
    return;
  }
  Table table({"NODE", "FIRST OF", "PRIMARY OF"});
  for (std::size_t column = 0; column < 3; ++column) table.right_align(column);
  for (const NodeId member : ring.members) {
    std::size_t first = 0;
    std::size_t primary = 0;
    for (const auto& nodes : ring.vnodes) {
      const auto at = std::find(nodes.begin(), nodes.end(), member) - nodes.begin();
      if (at == 0) ++first;
      if (at < static_cast<std::ptrdiff_t>(std::min<std::size_t>(n, nodes.size()))) ++primary;
    }
    table.add({id_text(member), std::to_string(first), std::to_string(primary)});
  }
  console.table(table);
  console.out("Primary: among the first " + std::to_string(n) +
              " of a vnode (n of bucket default).\n");
}

}  // namespace

ExitCode run_status(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  Admin admin(*(*link)->client, invocation.request.deadline_ms);
  if (!invocation.watch_ms) return show_status(context, invocation, admin);
  while (true) {
    if (context.console.out_is_terminal() && !invocation.json) context.console.out("\033[H\033[2J");
    (void)show_status(context, invocation, admin);
    if (!context.console.flush()) return ExitCode::kBadUsage;
    std::this_thread::sleep_for(std::chrono::milliseconds(*invocation.watch_ms));
  }
}

ExitCode run_ring(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  Admin admin(*(*link)->client, invocation.request.deadline_ms);
  if (invocation.key) return locate_key(context, invocation, admin);
  const auto ring = admin.ring();
  if (!ring) return report(context.console, invocation, ring.error());
  if (!invocation.json) {
    print_ring(context.console, *ring, default_n(admin), invocation.vnodes);
    return ExitCode::kDone;
  }
  Json json = Json::object();
  json.set("version", ring->version).set("hash", hex_text(ring->hash));
  json.set("members", node_list(ring->members));
  Json vnodes = Json::array();
  for (const auto& nodes : ring->vnodes) vnodes.add(node_list(nodes));
  json.set("vnodes", std::move(vnodes));
  context.console.json(json);
  return ExitCode::kDone;
}

ExitCode run_ping(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  Console& console = context.console;
  Admin admin(*(*link)->client, invocation.request.deadline_ms);
  const auto pings = admin.ping_all();
  std::size_t answered = 0;
  Table table({"ENDPOINT", "NODE", "CLUSTER", "ROUND TRIP"});
  table.right_align(1);
  Json list = Json::array();
  for (std::size_t i = 0; i < pings.size(); ++i) {
    const std::string name = admin.endpoint_name(i);
    if (pings[i]) {
      ++answered;
      table.add({name, id_text(pings[i]->node), escape(pings[i]->cluster),
                 latency_text(pings[i]->round_trip_ns)});
      list.add(Json::object()
                   .set("endpoint", name)
                   .set("answers", true)
                   .set("node", std::uint32_t{pings[i]->node})
                   .set("cluster", pings[i]->cluster)
                   .set("round_trip_us", pings[i]->round_trip_ns / 1000));
    } else {
      table.add({name, "-", Cell("no answer", Style::kBad),
                 escape(without_name(pings[i].error().message, name))});
      list.add(Json::object()
                   .set("endpoint", name)
                   .set("answers", false)
                   .set("error", pings[i].error().message));
    }
  }
  if (invocation.json) {
    console.json(Json::object().set("endpoints", std::move(list)));
  } else if (!invocation.quiet) {
    console.table(table);
  }
  const bool good = invocation.all ? answered == pings.size() : answered > 0;
  if (good) return ExitCode::kDone;
  if (!invocation.json && !invocation.quiet) {
    console.error("kvcli ping: " + std::to_string(answered) + " of " +
                  std::to_string(pings.size()) + (pings.size() == 1 ? " endpoint" : " endpoints") +
                  " answered\n");
  }
  return ExitCode::kNoConnection;
}

ExitCode run_cut(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  Admin admin(*(*link)->client, invocation.request.deadline_ms);
  const Status done = admin.cut(0, invocation.cut_in, invocation.cut_out);
  if (!done) return report(context.console, invocation, done.error());
  if (invocation.json) {
    context.console.json(Json::object()
                             .set("endpoint", admin.endpoint_name(0))
                             .set("cut_in", node_list(invocation.cut_in))
                             .set("cut_out", node_list(invocation.cut_out)));
  } else if (!invocation.quiet) {
    const std::string at = "the node at " + admin.endpoint_name(0);
    context.console.out(invocation.cut_none
                            ? at + " drops nothing any more\n"
                            : at + " now drops what comes from: " + nodes_text(invocation.cut_in) +
                                  "; what goes to: " + nodes_text(invocation.cut_out) + "\n");
  }
  return ExitCode::kDone;
}

}  // namespace quorate::client::kvcli
