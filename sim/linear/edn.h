// Reads and writes histories as Jepsen does, in EDN:
//
//     {:process 0, :type :invoke, :f :write, :value 3}
//     {:process 0, :type :ok, :f :write, :value 3}
//
// one map after the other, or all of them in one vector or list.
//
// Place:      `kvsim check` and the simulator's exports.
// Invariants: read_edn(write_edn(h)) is h again (tests/sim/linear/edn_test.cc). Deviations from
//             what Jepsen's own checkers take for granted: * :fail means that the operation did not
//             happen, also where a system used it to answer "the register did not hold what the cas
//             expected"; * a read that answers nil saw nil, not "anything"; * :key names the
//             register of an operation in every model; without it there is one.
// Ignored:    all other keys of an event, tags before it, and what a process that is a keyword
//             (:nemesis) does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/base/status.h"
#include "sim/linear/history.h"

namespace quorate::sim::linear {

struct EdnOptions {
  Model model = Model::kRegister;
  std::optional<std::string> initial;  // an EDN value; the model's own without it
  std::string name = "history";        // of the text, in messages
};

// Errors: kInvalidInput with "name:line:column: what is wrong there and what would be right", for
// the first thing that is wrong.
Result<History> read_edn(std::string_view text, const EdnOptions& options);

// One map a line.
std::string write_edn(const History& history);

}  // namespace quorate::sim::linear
