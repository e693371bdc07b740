#include "tests/integration/cluster_process.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "node/base/check.h"
#include "tests/integration/eventually.h"

namespace quorate::integration {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kReadyMax{30};
constexpr seconds kStopMax{20};

std::string last_lines(const std::filesystem::path& path, std::size_t count) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  std::string text;
  for (std::size_t i = lines.size() - std::min(count, lines.size()); i < lines.size(); ++i) {
    text += "    " + lines[i] + "\n";
  }
  return text;
}

}  // namespace

int rounds(int few) {
  const char* text = std::getenv("QUORATE_ROUNDS");
  const int asked = text == nullptr ? 0 : std::atoi(text);
  return asked > 0 ? asked : few;
}

ClusterProcess::ClusterProcess(ClusterOptions options) : options_(std::move(options)) {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "quorate-integration-XXXXXX").string();
  QUORATE_CHECK(mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;
  for (int id = 1; id <= options_.nodes; ++id) {
    nodes_[static_cast<NodeId>(id)];
  }
  write_configuration();
  // What a sanitizer holds back of freed memory counts as resident: keep it small in the nodes.
  const char* sanitizer = std::getenv("ASAN_OPTIONS");
  setenv("ASAN_OPTIONS",
         (std::string(sanitizer == nullptr ? "" : sanitizer) + ":quarantine_size_mb=8").c_str(), 1);
}

ClusterProcess::~ClusterProcess() {
  for (auto& [id, node] : nodes_) {
    // While its wrapper has not ended, the node's id is nobody else's.
    if (node.wrapped != 0 && node.process->running()) {
      ::kill(node.wrapped, SIGKILL);
      node.process->wait(kStopMax);
    }
    node.process.reset();
  }
  if (!testing::Test::HasFailure()) {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
    return;
  }
  for (const auto& [id, node] : nodes_) {
    std::cout << "---- the end of " << log_path(id).string() << "\n"
              << last_lines(log_path(id), 40);
  }
  std::cout << "logs and data are kept in " << directory_.string() << std::endl;
}

void ClusterProcess::write_configuration() const {
  const std::filesystem::path secret = directory_ / "secret";
  std::ofstream(secret) << "an integration test's secret, " << directory_.string();
  std::filesystem::permissions(secret, std::filesystem::perms::owner_read);

  std::ofstream file(directory_ / "cluster.toml");
  file << "[cluster]\nname = \"" << options_.name << "\"\nsecret_file = \"secret\"\n";
  for (const auto& [id, node] : nodes_) {
    file << "\n[[node]]\nid = " << id
         << "\nhost = \"127.0.0.1\"\nclient_port = " << node.client_port.number()
         << "\npeer_port = " << node.peer_port.number() << "\n";
  }
  file << "\n" << options_.configuration;
}

std::vector<NodeId> ClusterProcess::ids() const {
  std::vector<NodeId> ids;
  for (const auto& [id, node] : nodes_) {
    ids.push_back(id);
  }
  return ids;
}

// ---------------------------------------------------------------- starting

std::unique_ptr<ChildProcess> ClusterProcess::launch(NodeId node, const std::filesystem::path& data,
                                                     const std::filesystem::path& log) const {
  std::vector<std::string> command = nodes_.at(node).wrapper;
  const std::vector<std::string> program{
      QUORATE_KVNODE, "--config",           (directory_ / "cluster.toml").string(),
      "--node",       std::to_string(node), "--data",
      data.string()};
  command.insert(command.end(), program.begin(), program.end());
  command.insert(command.end(), options_.flags.begin(), options_.flags.end());
  return std::make_unique<ChildProcess>(command, log.string());
}

void ClusterProcess::run_under(NodeId node, std::vector<std::string> wrapper) {
  nodes_.at(node).wrapper = std::move(wrapper);
}

testing::AssertionResult ClusterProcess::start(const std::vector<NodeId>& nodes) {
  const auto until = steady_clock::now() + kReadyMax;
  for (const NodeId id : nodes) {
    Node& node = nodes_.at(id);
    if (!node.process || !node.process->running()) {
      node.wrapped = 0;
      node.process = launch(id, data_path(id), log_path(id));
    }
  }
  for (const NodeId id : nodes) {
    if (auto result = await_answer(id, until); !result) {
      return result;
    }
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult ClusterProcess::await_answer(NodeId id, steady_clock::time_point until) {
  ChildProcess& child = process(id);
  std::string problem;
  while (child.running()) {
    const auto answer = status(id);
    const bool wrapped = !nodes_.at(id).wrapper.empty();
    if (answer && answer->node == id &&
        (wrapped || answer->pid == static_cast<std::uint64_t>(child.pid()))) {
      nodes_.at(id).wrapped = wrapped ? static_cast<pid_t>(answer->pid) : 0;
      return testing::AssertionSuccess();
    }
    problem = answer ? "another process answers on its port" : answer.error().to_string();
    if (steady_clock::now() > until) {
      return testing::AssertionFailure()
             << "node " << id << " did not answer in time: " << problem << "\n"
             << last_lines(log_path(id), 20);
    }
    eventually(milliseconds(10), [&child] { return !child.running(); });
  }
  return testing::AssertionFailure()
         << "node " << id << " ended with " << child.exit_code().value_or(-1) << "\n"
         << last_lines(log_path(id), 20);
}

testing::AssertionResult ClusterProcess::await_whole(seconds at_most) {
  std::string lacking;
  const bool whole = eventually(at_most, [this, &lacking] {
    lacking.clear();
    for (const NodeId id : ids()) {
      const auto view = status(id);
      if (!view) {
        lacking += "node " + std::to_string(id) + ": " + view.error().to_string() + "\n";
        continue;
      }
      for (const client::PeerView& peer : view->peers) {
        if (peer.circuit != "closed" || !peer.link_up) {
          lacking += "node " + std::to_string(id) + ": circuit to " + std::to_string(peer.node) +
                     " is " + peer.circuit + (peer.link_up ? "" : ", link down") + "\n";
        }
      }
      if (view->vnodes_rebuilding > 0) {
        lacking += "node " + std::to_string(id) + " rebuilds " +
                   std::to_string(view->vnodes_rebuilding) + " vnodes\n";
      }
    }
    return lacking.empty();
  });
  if (whole) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "the cluster is not whole:\n" << lacking;
}

testing::AssertionResult ClusterProcess::await_circuits_open(
    NodeId node, const std::vector<NodeId>& peers) const {
  std::string seen;
  const bool open = eventually(seconds(10), [&] {
    const auto view = status(node);
    if (!view) {
      seen = view.error().to_string();
      return false;
    }
    seen.clear();
    return std::all_of(view->peers.begin(), view->peers.end(), [&](const client::PeerView& peer) {
      seen += std::to_string(peer.node) + " " + peer.circuit + "; ";
      return std::find(peers.begin(), peers.end(), peer.node) == peers.end() ||
             peer.circuit != "closed";
    });
  });
  if (open) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "node " << node << " still counts on its peers: " << seen;
}

// ---------------------------------------------------------------- hurting

ChildProcess& ClusterProcess::process(NodeId node) {
  auto& process = nodes_.at(node).process;
  QUORATE_CHECK_MSG(process != nullptr, "this node was never started");
  return *process;
}

void ClusterProcess::kill(NodeId node) {
  process(node).send_signal(SIGKILL);
  QUORATE_CHECK(process(node).wait(kStopMax).has_value());
}

testing::AssertionResult ClusterProcess::stop(NodeId node) {
  process(node).send_signal(SIGTERM);
  const auto code = process(node).wait(kStopMax);
  if (code == 0) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure()
         << "node " << node << (code ? " ended with " + std::to_string(*code) : " did not end")
         << " after SIGTERM\n"
         << last_lines(log_path(node), 20);
}

void ClusterProcess::pause(NodeId node) { process(node).send_signal(SIGSTOP); }
void ClusterProcess::resume(NodeId node) { process(node).send_signal(SIGCONT); }

void ClusterProcess::wipe(NodeId node) {
  QUORATE_CHECK_MSG(!process(node).running(), "only the data of a dead node can be deleted");
  std::filesystem::remove_all(data_path(node));
}

testing::AssertionResult ClusterProcess::cut(const std::vector<NodeId>& side,
                                             const std::vector<NodeId>& other) {
  for (const NodeId node : side) {
    if (auto result = set_cut(node, other, other); !result) {
      return result;
    }
  }
  for (const NodeId node : other) {
    if (auto result = set_cut(node, side, side); !result) {
      return result;
    }
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult ClusterProcess::cut_one_way(NodeId from, NodeId to) {
  for (const NodeId node : ids()) {
    const std::vector<NodeId> in = node == to ? std::vector<NodeId>{from} : std::vector<NodeId>{};
    const std::vector<NodeId> out = node == from ? std::vector<NodeId>{to} : std::vector<NodeId>{};
    if (auto result = set_cut(node, in, out); !result) {
      return result;
    }
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult ClusterProcess::heal() {
  for (const NodeId node : ids()) {
    if (auto result = set_cut(node, {}, {}); !result) {
      return result;
    }
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult ClusterProcess::set_cut(NodeId node, const std::vector<NodeId>& in,
                                                 const std::vector<NodeId>& out) const {
  const auto contact = client({endpoint(node)});
  const Status done = client::Admin(*contact).cut(0, in, out);
  if (done) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure()
         << "node " << node << " did not take the cut: " << done.error().to_string();
}

// ---------------------------------------------------------------- asking

client::Endpoint ClusterProcess::endpoint(NodeId node) const {
  return {"127.0.0.1", nodes_.at(node).client_port.number()};
}

std::vector<client::Endpoint> ClusterProcess::endpoints() const {
  std::vector<client::Endpoint> endpoints;
  for (const NodeId node : ids()) {
    endpoints.push_back(endpoint(node));
  }
  return endpoints;
}

std::uint16_t ClusterProcess::peer_port(NodeId node) const {
  return nodes_.at(node).peer_port.number();
}

std::unique_ptr<client::Client> ClusterProcess::client(std::vector<client::Endpoint> endpoints,
                                                       std::int64_t deadline_ms) const {
  client::ClientOptions options;
  options.endpoints = std::move(endpoints);
  options.deadline_ms = deadline_ms;
  auto made = client::Client::create(options);
  QUORATE_CHECK(made.has_value());
  return std::make_unique<client::Client>(std::move(made).value());
}

Result<client::NodeView> ClusterProcess::status(NodeId node) const {
  return client::Admin(*client({endpoint(node)}, 1000)).status(0);
}

std::size_t ClusterProcess::resident_bytes(const std::vector<NodeId>& nodes) const {
  std::size_t sum = 0;
  for (const NodeId node : nodes) {
    sum += nodes_.at(node).process->resident_bytes();
  }
  return sum;
}

std::filesystem::path ClusterProcess::data_path(NodeId node) const {
  return directory_ / ("node-" + std::to_string(node));
}

std::filesystem::path ClusterProcess::log_path(NodeId node) const {
  return directory_ / ("node-" + std::to_string(node) + ".log");
}

std::string ClusterProcess::log_text(NodeId node) const {
  std::ostringstream text;
  text << std::ifstream(log_path(node)).rdbuf();
  return text.str();
}

}  // namespace quorate::integration
