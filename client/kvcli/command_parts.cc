#include "client/kvcli/command_parts.h"

#include <utility>

namespace quorate::client::kvcli {

Options operator+(Options left, const Options& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Options flag(std::vector<std::string> names, const char* group, const char* description,
             bool RawOptions::*target) {
  return {{std::move(names), "", group, description, target}};
}

Options option(std::vector<std::string> names, const char* value_name, const char* group,
               const char* description, std::optional<std::string> RawOptions::*target,
               std::vector<std::string> choices) {
  return {{std::move(names), value_name, group, description, target, std::move(choices)}};
}

Options bucket(const char* group, const char* description) {
  return option({"-b", "--bucket"}, "NAME", group, description, &RawOptions::bucket);
}

Options sloppiness() {
  return flag({"--sloppy"}, kConsistency, "Let fallback nodes stand in for primaries",
              &RawOptions::sloppy) +
         flag({"--strict"}, kConsistency, "Count primaries only", &RawOptions::strict);
}

Options reading() {
  return option({"-r"}, "N|WORD", kConsistency,
                "Replicas that must answer: a number, one, quorum, all", &RawOptions::r,
                {"one", "quorum", "all"}) +
         option({"--read-repair"}, "HOW", kConsistency,
                "async, blocking or off; else as the bucket says", &RawOptions::read_repair,
                {"async", "blocking", "off"});
}

Options writing() {
  return option({"-w"}, "N|WORD", kConsistency,
                "Replicas that must store it: a number, one, quorum, all", &RawOptions::w,
                {"one", "quorum", "all"});
}

Options reading_context() {
  return option({"--context"}, "TOKEN", kConsistency,
                "Answer only from a state that covers this token", &RawOptions::context);
}

Options writing_context() {
  return option({"--context"}, "TOKEN|none", kConsistency,
                "What the write replaces; none: a sibling on purpose", &RawOptions::context);
}

Options time_to_live() {
  return option({"--ttl"}, "DURATION", kConsistency,
                "The value ends after this long (90s, 15m), by this machine's clock",
                &RawOptions::ttl);
}

Options show_context() {
  return flag({"--show-context"}, kOutput, "Print the answer's token, to stderr",
              &RawOptions::show_context);
}

Options quiet() {
  return flag({"-q", "--quiet"}, kOutput, "Say nothing when it is done", &RawOptions::quiet);
}

Options escaped() {
  return flag({"-e", "--escaped"}, kOperands,
              "Read \\t \\n \\\\ \\xNN in KEY and VALUE as load does", &RawOptions::escaped);
}

Options value_file(const char* description) {
  return option({"-f", "--file"}, "FILE", kOperands, description, &RawOptions::file);
}

OperandInfo key_operand() { return {"KEY", true, &RawOptions::key}; }

}  // namespace quorate::client::kvcli
