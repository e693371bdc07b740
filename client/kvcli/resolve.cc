// resolve: reads the siblings, writes the one value that is to stand, under the token of that very
// read: a sibling that came in between survives, and shows at the next read.
#include <charconv>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "client/kvcli/commands.h"
#include "client/kvcli/report.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/values.h"

namespace quorate::client::kvcli {
namespace {

// The sibling that --pick means. Errors: kInvalidInput.
Result<std::size_t> picked(const std::string& pick, const std::vector<ReadValue>& values) {
  if (pick == "oldest") return std::size_t{0};
  if (pick == "newest") return values.size() - 1;
  std::size_t number = 0;
  const auto parsed = std::from_chars(pick.data(), pick.data() + pick.size(), number);
  if (parsed.ec == std::errc() && parsed.ptr == pick.data() + pick.size()) {
    if (number >= 1 && number <= values.size()) return number - 1;
    return invalid_input("--pick: there is no sibling " + escape(pick) + "; they are 1 to " +
                         std::to_string(values.size()));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (to_string(values[i].dot) == pick) return i;
  }
  return invalid_input("--pick: no sibling has the dot \"" + escape(pick) +
                       "\"; give a number, a dot as get --all shows them, oldest or newest");
}

std::optional<std::string> ask(Console& console, std::size_t siblings) {
  console.error("Keep which one? 1 to " + std::to_string(siblings) + ", or Enter to leave them: ");
  std::string line;
  if (!std::getline(std::cin, line) || line.empty()) return std::nullopt;
  return line;
}

ExitCode refuse(Context& context, const Invocation& invocation, const std::string& why) {
  return report(context.console, invocation, invalid_input(why));
}

// What is to stand in the siblings' place.
Result<std::optional<std::string>> chosen(Context& context, const Invocation& invocation,
                                          const std::vector<ReadValue>& values) {
  if (invocation.value) return std::optional(*invocation.value);
  if (!invocation.file.empty()) {
    auto bytes = read_file(invocation.file);
    if (!bytes) return bytes.error();
    return std::optional(std::move(*bytes));
  }
  std::string pick = invocation.pick;
  if (pick.empty()) {
    const bool can_ask = context.console.in_is_terminal() && context.console.out_is_terminal();
    if (!can_ask || invocation.json) {
      return invalid_input(
          "which one is to stand? --pick N (as get --all numbers them), --value VALUE or --file "
          "FILE");
    }
    print_siblings(context.console, values);
    auto answer = ask(context.console, values.size());
    if (!answer) return std::optional<std::string>();
    pick = *answer;
  }
  const auto index = picked(pick, values);
  if (!index) return index.error();
  return std::optional(std::string(values[*index].value.view()));
}

}  // namespace

ExitCode run_resolve(Context& context, const Invocation& invocation) {
  Console& console = context.console;
  const auto link = context.connections.to(invocation);
  if (!link) return report(console, invocation, link.error());
  RequestOptions read = invocation.request;
  if (read.r.kind == Quorum::Kind::kDefault) read.r = Quorum{Quorum::Kind::kQuorum, 0};
  const auto found = (*link)->get(*invocation.key, read);
  if (!found) return report(console, invocation, found.error());
  if (!found->ok()) return report(console, invocation, *found);
  const bool forced = invocation.value.has_value() || !invocation.file.empty();
  if (found->values.size() == 1 && !forced) {
    if (invocation.json) {
      console.json(to_json(*found, invocation));
    } else if (!invocation.quiet) {
      console.out(key_name(invocation) + " has one value: nothing to resolve\n");
    }
    return ExitCode::kDone;
  }
  auto value = chosen(context, invocation, found->values);
  if (!value) return report(console, invocation, value.error());
  if (!value->has_value()) return ExitCode::kDone;  // asked, and left as they are
  if (found->token.empty())
    return refuse(context, invocation, "the node gave no token with its answer");
  RequestOptions write = invocation.request;
  write.token = found->token;
  const std::string shown = shortened(escape(**value), 60);
  const auto answer = (*link)->put(*invocation.key, std::move(**value), write);
  if (!answer) return report(console, invocation, answer.error());
  if (answer->ok() && !invocation.json && !invocation.quiet) {
    console.out("resolved " + key_name(invocation) + ": " + std::to_string(found->values.size()) +
                (found->values.size() == 1 ? " value" : " siblings") + " became \"" + shown +
                "\"\n");
  }
  return report(console, invocation, *answer);
}

}  // namespace quorate::client::kvcli
