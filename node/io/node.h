// One node of a cluster: store, core, loop, servers and links, from start to orderly end.
//
// Place:      main makes one; tests make several in one process.
// Threads:    start and run on one thread, which runs everything; LogSyncer and Scrubber have one
//             each. request_stop comes from any.
// Invariants: (1) nothing listens beyond loopback without a secret, unless --insecure says so; (2)
//             the store is opened before anything listens, and closed after everything has ended;
//             (3) once a sync has failed the process ends within a second, and claims nothing more.
//             Shown in tests/node/io/node_*_test.cc.
// Limits:     IoOptions, and what file descriptors the system allows: clients get what the store
//             and the peers leave.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "node/base/status.h"
#include "node/io/config.h"
#include "node/io/exit_code.h"
#include "node/io/log_syncer.h"

namespace rocksdb {
class FileSystem;
}

namespace quorate {

struct NodeSettings {
  ClusterConfig config;
  NodeId node = 0;
  std::string data_directory;
  std::string version;
  Durability durability = Durability::kFsync;
  bool chaos = false;
  bool auto_rebuild = false;
  bool insecure = false;
  std::optional<std::uint16_t> client_port;  // instead of the configuration's; 0 takes any
  std::optional<std::uint16_t> peer_port;
  std::shared_ptr<rocksdb::FileSystem> file_system;  // null: the machine's
};

class Node;

struct NodeStart {
  std::unique_ptr<Node> node;  // null on failure
  ExitCode exit_code = ExitCode::kOrderly;
  Error error;
};

class Node {
 public:
  // Opens the store and listens. Nobody is answered before run().
  static NodeStart start(NodeSettings settings);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Serves until it is asked to stop, or must.
  ExitCode run();

  // Finish what is in flight, sync, close. From any thread; once more: at once.
  void request_stop();

  // SIGTERM and SIGINT do the same. Call before run().
  void stop_on_signals();

  std::uint16_t client_port() const;
  std::uint16_t peer_port() const;

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace quorate
