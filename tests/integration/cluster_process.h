// A cluster of real kvnode processes for one test: started, killed, paused, cut and wiped by it,
// and ended with it.
//
// Place:      a test makes one on its own thread and does everything through it.
// Invariants: every wait has a deadline; a failed one says what the node's log said last. When the
//             test has failed, the logs and the data stay where the output says; else nothing
//             stays.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/admin.h"
#include "client/client.h"
#include "tests/integration/child_process.h"
#include "tests/integration/reserved_port.h"

namespace quorate::integration {

// How many rounds of what is random: QUORATE_ROUNDS, or few.
int rounds(int few);

struct ClusterOptions {
  int nodes = 3;
  std::string name = "test";
  std::vector<std::string> flags = {"--chaos"};
  std::string configuration = {};  // appended to cluster.toml
};

class ClusterProcess {
 public:
  explicit ClusterProcess(ClusterOptions options = {});
  ~ClusterProcess();
  ClusterProcess(const ClusterProcess&) = delete;
  ClusterProcess& operator=(const ClusterProcess&) = delete;

  std::vector<NodeId> ids() const;

  // From its next start on the node runs under this program (strace, say); an empty one ends that.
  void run_under(NodeId node, std::vector<std::string> wrapper);

  // Starts what does not run, and waits until each answers.
  testing::AssertionResult start(const std::vector<NodeId>& nodes);
  testing::AssertionResult start_all() { return start(ids()); }

  // Until every node has its circuits to all others closed, and its links too, and rebuilds
  // nothing.
  testing::AssertionResult await_whole(std::chrono::seconds at_most = std::chrono::seconds(30));

  // Until the node has given up these peers.
  testing::AssertionResult await_circuits_open(NodeId node, const std::vector<NodeId>& peers) const;

  void kill(NodeId node);                      // SIGKILL, and gone when this returns
  testing::AssertionResult stop(NodeId node);  // SIGTERM; must end with 0
  void pause(NodeId node);                     // SIGSTOP
  void resume(NodeId node);                    // SIGCONT
  void wipe(NodeId node);                      // REQUIRES: it does not run

  // Cuts all links between the two sides, or those that lead from the one to the other.
  testing::AssertionResult cut(const std::vector<NodeId>& side, const std::vector<NodeId>& other);
  testing::AssertionResult cut_one_way(NodeId from, NodeId to);
  testing::AssertionResult heal();

  client::Endpoint endpoint(NodeId node) const;
  std::vector<client::Endpoint> endpoints() const;
  std::uint16_t peer_port(NodeId node) const;
  ChildProcess& process(NodeId node);

  std::unique_ptr<client::Client> client(std::vector<client::Endpoint> endpoints,
                                         std::int64_t deadline_ms = 2000) const;

  // What the node says of itself, or why it does not.
  Result<client::NodeView> status(NodeId node) const;
  std::size_t resident_bytes(const std::vector<NodeId>& nodes) const;

  // Starts a process of this cluster's configuration without waiting for it: for those that must
  // refuse to run.
  std::unique_ptr<ChildProcess> launch(NodeId node, const std::filesystem::path& data,
                                       const std::filesystem::path& log) const;

  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path data_path(NodeId node) const;
  std::filesystem::path log_path(NodeId node) const;
  std::string log_text(NodeId node) const;

 private:
  struct Node {
    ReservedPort client_port;
    ReservedPort peer_port;
    std::vector<std::string> wrapper;
    std::unique_ptr<ChildProcess> process;
    pid_t wrapped = 0;  // the node itself, while the process is its wrapper
  };

  void write_configuration() const;
  testing::AssertionResult await_answer(NodeId node, std::chrono::steady_clock::time_point until);
  testing::AssertionResult set_cut(NodeId node, const std::vector<NodeId>& in,
                                   const std::vector<NodeId>& out) const;

  ClusterOptions options_;
  std::filesystem::path directory_;
  std::map<NodeId, Node> nodes_;
};

}  // namespace quorate::integration
