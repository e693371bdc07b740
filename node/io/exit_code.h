// What kvnode's exit code tells whoever started it.
#pragma once

namespace quorate {

enum class ExitCode : int {
  kOrderly = 0,
  kUsage = 2,           // bad command line or configuration
  kStoreRefused = 3,    // corrupt, in use, unreadable, of another cluster or node
  kCannotListen = 4,    // a port is in use, an address is not ours
  kStoreFailed = 5,     // input/output error while running: what was in flight is unknown
  kRefusedByPeers = 6,  // a second live run of one node, or a stranger to every peer
};

}  // namespace quorate
