// Writes all keys of a workload, and looks whether they are there.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "client/client.h"
#include "client/kvbench/options.h"
#include "client/kvbench/repetition.h"

namespace quorate::client::kvbench {

// A sample of the keys is read, the last one among them, which is loaded last. Why they have to be
// loaded; nothing: all is there. What
// cannot be read just now proves nothing. Errors: as of a get, kInvalidInput for what no node
// takes.
Result<std::optional<std::string>> why_load(Client& client, const Options& options);

struct Loaded {
  Outcomes outcomes;  // of the keys; "not applied" after several tries
  double seconds = 0;
  bool complete = true;  // false: it was interrupted, or nobody answers any more
};

// `on_progress`: how many keys have ended, how many of them not well; false: stop.
using OnLoaded = std::function<bool(std::uint64_t ended, std::uint64_t failed)>;
Loaded load(Client& client, const Options& options, const OnLoaded& on_progress);

}  // namespace quorate::client::kvbench
