// The options as they were typed, and their checks: all of them at once, so that every problem is
// reported.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/kvcli/invocation.h"

namespace quorate::client::kvcli {

struct RawOptions {
  std::optional<std::string> endpoints, at, node, cluster, deadline;
  std::optional<std::string> action, key, field, value, file, bucket, context, read_repair, pick,
      with, base, window, watch;
  std::optional<std::string> cut_in, cut_out, shell;
  std::optional<std::string> vnode, prefix, timeout, ttl;
  std::optional<std::string> r, w;
  bool json = false;
  bool sloppy = false;
  bool strict = false;
  bool escaped = false;
  bool quiet = false;
  bool all = false;
  bool raw = false;
  bool fail_on_siblings = false;
  bool show_context = false;
  bool edit = false;
  bool plain = false;
  bool keys_only = false;
  bool vnodes = false;
  bool cut_none = false;
  bool wait = false;
  bool show_status = false;
};

// The invocation that they make up; of no use when `problems` has grown. `shell`: as
// parse_command_line has it.
Invocation checked(const std::string& command, const RawOptions& raw, const Invocation* shell,
                   std::vector<std::string>& problems);

// The one of `names` that the word was likely meant to be; empty: none is near.
std::string nearest_word(const std::string& word, const std::vector<std::string>& names);

}  // namespace quorate::client::kvcli
