// One command as it was asked for: what came of the command line, checked and with its defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/answer.h"
#include "client/endpoint.h"

namespace quorate::client::kvcli {

enum class ExitCode {
  kDone = 0,
  kNotFound = 1,
  kBadUsage = 2,    // or bad input
  kNotApplied = 3,  // or a read that did not reach its quorum or its session token
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

  // load, dump
  std::size_t window = 256;
  bool plain = false;
  bool keys_only = false;

  // status, ring
  std::optional<std::int64_t> watch_ms;
  bool vnodes = false;

  // cut
  std::vector<NodeId> cut_in;
  std::vector<NodeId> cut_out;
  bool cut_none = false;

  std::string shell;  // completion
};

}  // namespace quorate::client::kvcli
