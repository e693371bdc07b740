// resolve: an update (client/update.h) whose resolver is a person's choice, an editor, or one of
// the ready-made ones. What comes in meanwhile survives; only a ready-made resolver is asked again.
#include <charconv>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "client/kvcli/commands.h"
#include "client/kvcli/report.h"
#include "client/kvcli/sibling_editor.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/values.h"
#include "client/resolvers/json_union.h"
#include "client/resolvers/pick.h"
#include "client/resolvers/text_merge.h"
#include "client/update.h"

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

// What a person chose, once: it is about the siblings that were shown, and no others.
class Choice {
 public:
  Choice(Console& console, const Invocation& invocation)
      : console_(console), invocation_(invocation) {}

  Result<Resolution> operator()(const std::vector<ReadValue>& siblings) {
    asked_again_ = made_;
    if (made_ || siblings.empty()) return Resolution::leave();
    if (siblings.size() == 1 && !forced()) return Resolution::leave();
    auto resolution = choose(siblings);
    made_ = resolution && resolution->kind != Resolution::Kind::kLeave;
    return resolution;
  }

  bool made() const { return made_; }
  // The key had changed before the choice could be written.
  bool asked_again() const { return asked_again_; }
  bool forced() const { return invocation_.value.has_value() || !invocation_.file.empty(); }
  std::string keep_text() { return editor_.keep(); }

 private:
  Result<Resolution> choose(const std::vector<ReadValue>& siblings) {
    if (invocation_.value) return Resolution::write(*invocation_.value);
    if (!invocation_.file.empty()) return written(read_file(invocation_.file));
    if (invocation_.edit) return written(editor_.edit(siblings));
    std::string pick = invocation_.pick;
    if (pick.empty()) {
      const bool can_ask = console_.in_is_terminal() && console_.out_is_terminal();
      if (!can_ask || invocation_.json) {
        return invalid_input(
            "which one is to stand? --pick N (as get --all numbers them), --with HOW, --edit, "
            "--value VALUE or --file FILE");
      }
      print_siblings(console_, siblings);
      auto answer = ask(console_, siblings.size());
      if (!answer) return Resolution::leave();
      pick = *answer;
    }
    const auto index = picked(pick, siblings);
    if (!index) return index.error();
    return Resolution::keep(siblings[*index]);
  }

  static Result<Resolution> written(Result<std::string> value) {
    if (!value) return value.error();
    return Resolution::write(std::move(*value));
  }

  Console& console_;
  const Invocation& invocation_;
  SiblingEditor editor_;
  bool made_ = false;
  bool asked_again_ = false;
};

Result<Resolver> merging(const Connections::Link& link, const Invocation& invocation) {
  if (!invocation.base_file.empty()) {
    auto base = read_file(invocation.base_file);
    if (!base) return base.error();
    return merge_siblings(Ancestor{std::move(*base)});
  }
  if (const ReadValue* last = link.last_read(invocation.request.bucket, *invocation.key)) {
    return merge_siblings(ancestor_of(*last));
  }
  return invalid_input(
      "--with merge: which text did all siblings begin from? --base FILE; in the shell it is what "
      "was read last, while the key had one value");
}

Result<Resolver> named_resolver(const Connections::Link& link, const Invocation& invocation) {
  const std::string& name = invocation.with;
  if (name == "union") return union_arrays();
  if (name == "largest") return keep_largest();
  if (name == "smallest") return keep_smallest();
  if (name == "longest") return keep_longest();
  if (name == "newest") return keep_newest();
  return merging(link, invocation);
}

bool is_among(const ReadValue& value, const std::vector<ReadValue>& values) {
  for (const ReadValue& one : values) {
    if (one.dot == value.dot) return true;
  }
  return false;
}

// What was written in the place of what.
struct Written {
  std::string value;
  std::vector<ReadValue> in_place_of;
};

// What stands now, was not there when it was resolved, and is not what was written.
std::vector<ReadValue> news(const Updated& updated, const Written& written) {
  std::vector<ReadValue> fresh;
  for (const ReadValue& value : updated.answer.values) {
    if (value.dot == updated.answer.dot || is_among(value, written.in_place_of)) continue;
    fresh.push_back(value);
  }
  return fresh;
}

std::string counted(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " value" : " siblings");
}

void print_resolved(Console& console, const Invocation& invocation, const Written& written) {
  if (invocation.quiet) return;
  console.out("resolved " + key_name(invocation) + ": " + counted(written.in_place_of.size()) +
              " became \"" + shortened(escape(written.value), 60) + "\"\n");
}

void say_lost_race(Console& console, const Invocation& invocation, const Updated& updated,
                   const Written& written) {
  console.error("kvcli resolve: others wrote at the same time: " + key_name(invocation) + " has " +
                counted(updated.answer.values.size()) + " again; new:\n");
  print_siblings(console, news(updated, written), &updated.answer.values);
  console.error(how_to_resolve(invocation));
}

Json resolved_json(const Invocation& invocation, const Updated& updated, const Written& written) {
  Json json = to_json(updated.answer, invocation);
  const std::vector<ReadValue>& before = updated.wrote ? written.in_place_of : updated.before;
  json.set("siblings_before", std::uint64_t{before.size()});
  json.set("wrote", updated.wrote).set("lost_the_race", updated.lost_the_race());
  Json values = Json::array();
  for (const ReadValue& value : updated.answer.values) values.add(value_json(value));
  return std::move(json.set("values", std::move(values)));
}

ExitCode finish(Console& console, const Invocation& invocation, const Updated& updated,
                const Written& written, bool asked_again) {
  const bool too_late = asked_again && updated.ok() && !updated.wrote;
  const ExitCode code =
      updated.lost_the_race() || too_late ? ExitCode::kConflict : exit_code(updated.answer);
  if (invocation.json) {
    console.json(resolved_json(invocation, updated, written));
  } else if (!updated.ok()) {
    return report(console, invocation, updated.answer);
  } else if (too_late) {
    console.error("kvcli resolve: nothing was written: " + key_name(invocation) +
                  " has changed since it was read\n");
    print_siblings(console, updated.answer.values);
  } else if (updated.wrote) {
    print_resolved(console, invocation, written);
    if (!updated.answer.detail.empty()) {
      console.error("kvcli resolve: " + escape(updated.answer.detail) + "\n");
    }
    if (!updated.checked) {
      console.error("kvcli resolve: what stands beside it now could not be read\n");
    }
    if (updated.lost_the_race()) say_lost_race(console, invocation, updated, written);
  } else if (updated.answer.values.size() == 1 && !invocation.quiet) {
    console.out(key_name(invocation) + " has one value: nothing to resolve\n");
  }
  return code;
}

}  // namespace

ExitCode run_resolve(Context& context, const Invocation& invocation) {
  Console& console = context.console;
  const auto link = context.connections.to(invocation);
  if (!link) return report(console, invocation, link.error());
  Choice choice(console, invocation);
  Resolver resolver = [&choice](const std::vector<ReadValue>& siblings) {
    return choice(siblings);
  };
  if (!invocation.with.empty()) {
    auto named = named_resolver(**link, invocation);
    if (!named) return report(console, invocation, named.error());
    resolver = std::move(*named);
  }
  UpdateOptions options;
  options.request = invocation.request;
  if (options.request.r.kind == Quorum::Kind::kDefault) {
    options.request.r = Quorum{Quorum::Kind::kQuorum, 0};
  }
  Written written;
  const auto updated = (*link)->update(
      *invocation.key,
      [&](const std::vector<ReadValue>& siblings) {
        auto resolution = resolver(siblings);
        if (resolution && resolution->kind == Resolution::Kind::kWrite) {
          written = {resolution->value, siblings};
        }
        return resolution;
      },
      std::move(options));
  if (choice.made() && !(updated && updated->wrote)) {
    if (const std::string path = choice.keep_text(); !path.empty()) {
      console.error("kvcli resolve: your text stays in " + escape(path) + "\n");
    }
  }
  if (!updated) return report(console, invocation, updated.error());
  return finish(console, invocation, *updated, written, choice.asked_again());
}

}  // namespace quorate::client::kvcli
