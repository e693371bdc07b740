// One command as it was asked for: what came of the command line, checked and with its defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/answer.h"
#include "client/endpoint.h"
#include "node/ring/ring.h"

namespace quorate::client::kvcli {

enum class ExitCode {
  kDone = 0,
  kNotFound = 1,    // verify: replicas differ
  kBadUsage = 2,    // or bad input
  kNotApplied = 3,  // or a read that did not reach its quorum or its session token; or not all
                    // nodes could be asked, or what was waited for did not come in time
  kUnknown = 4,
  kConflict = 5,      // siblings under --fail-on-siblings
  kNoConnection = 6,  // or not authorised
};

// Whom to talk to.
struct Contact {
  std::vector<Endpoint> endpoints{};
  std::optional<NodeId> node{};  // only this one of them
  std::string cluster{};

  friend bool operator==(const Contact&, const Contact&) = default;
};

struct Invocation {
  std::string command;
  Contact contact;
  bool json = false;
  bool quiet = false;
  RequestOptions request;  // its deadline is that of every question

  std::optional<std::string> key;
  std::optional<std::string> value;
  bool value_from_stdin = false;
  std::string file;  // of put, resolve, load; "-": stdin

  // get, resolve
  bool all = false;  // also ping: every endpoint must answer
  bool raw = false;
  bool fail_on_siblings = false;
  bool show_context = false;
  std::string pick;
  std::string with;       // resolve: the name of a resolver
  std::string base_file;  // of --with merge: the common ancestor
  bool edit = false;

  // load, dump
  std::size_t window = 256;
  bool plain = false;
  bool keys_only = false;

  // status, ring
  std::optional<std::int64_t> watch_ms;
  bool vnodes = false;  // also repair --status

  // cut
  std::vector<NodeId> cut_in;
  std::vector<NodeId> cut_out;
  bool cut_none = false;

  // repair, verify
  std::optional<VnodeId> vnode;
  bool wait = false;
  bool show_status = false;
  std::int64_t timeout_ms = 0;  // of --wait
  std::string prefix;
  bool every_bucket = false;  // none was named

  // counter, set, map, flag
  std::string action;
  std::optional<Change> change;  // else it reads

  std::string shell;  // completion
};

}  // namespace quorate::client::kvcli
