#include "client/kvcli/raw_options.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "client/kvcli/text/base64.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/typed_commands.h"

namespace quorate::client::kvcli {
namespace {

constexpr std::int64_t kTtlDaysMax = 36'500;
constexpr const char* kDefaultEndpoints = "127.0.0.1:7101,127.0.0.1:7102,127.0.0.1:7103";
constexpr std::int64_t kDeadlineMs = 2'000;
constexpr std::size_t kWindowMax = 16'384;
constexpr std::int64_t kTimeoutMs = 600'000;
constexpr const char* kResolvers[] = {"union", "largest", "smallest", "longest", "newest", "merge"};

class Checker {
 public:
  Checker(const std::string& command, const RawOptions& raw, std::vector<std::string>& problems)
      : raw_(raw), problems_(problems) {
    out_.command = command;
  }

  Invocation check(const Invocation* shell) {
    contact(shell);
    request();
    operands();
    output(shell);
    if (is("cut")) cut();
    if (is("repair")) repair();
    if (is("verify")) verify();
    if (is_typed(out_.command)) typed();
    return std::move(out_);
  }

 private:
  void problem(std::string text) { problems_.push_back(std::move(text)); }

  template <typename T>
  void take(Result<T> result, T& target, const std::string& option) {
    if (result) {
      target = std::move(*result);
    } else {
      problem((option.empty() ? "" : option + ": ") + result.error().message);
    }
  }

  bool is(const char* command) const { return out_.command == command; }

  void contact(const Invocation* shell) {
    if (shell != nullptr) out_.contact = shell->contact;
    const char* environment = std::getenv("QUORATE_ENDPOINTS");
    if (raw_.endpoints) {
      take(parse_endpoints(*raw_.endpoints), out_.contact.endpoints, "--endpoints");
      out_.contact.node.reset();
    } else if (shell == nullptr && environment != nullptr && *environment != '\0') {
      take(parse_endpoints(environment), out_.contact.endpoints, "QUORATE_ENDPOINTS");
    } else if (shell == nullptr) {
      out_.contact.endpoints = *parse_endpoints(kDefaultEndpoints);
    }
    if (raw_.at) {
      if (raw_.node) problem("--at and --node both name the node to ask; give one of them");
      Endpoint at;
      take(parse_endpoint(*raw_.at), at, "--at");
      out_.contact.endpoints = {at};
      out_.contact.node.reset();
    }
    if (raw_.node) {
      unsigned id = 0;
      if (number(*raw_.node, 1, 65535, id)) {
        out_.contact.node = static_cast<NodeId>(id);
      } else {
        problem("--node: \"" + escape(*raw_.node) +
                "\" is not a node id; they are numbers from 1 to 65535");
      }
    }
    if (raw_.cluster) out_.contact.cluster = *raw_.cluster;
    out_.request.deadline_ms = shell != nullptr ? shell->request.deadline_ms : kDeadlineMs;
    if (raw_.deadline)
      take(parse_duration_ms(*raw_.deadline), out_.request.deadline_ms, "--deadline");
  }

  static bool number(const std::string& text, unsigned low, unsigned high, unsigned& out) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && out >= low &&
           out <= high;
  }

  void request() {
    if (raw_.bucket) {
      out_.request.bucket = *raw_.bucket;
      if (raw_.bucket->empty()) problem("--bucket: the name is empty");
    }
    quorum("-r", raw_.r, out_.request.r);
    quorum("-w", raw_.w, out_.request.w);
    if (raw_.sloppy && raw_.strict) problem("--sloppy and --strict exclude one another");
    if (raw_.sloppy || raw_.strict) out_.request.sloppy = raw_.sloppy;
    if (raw_.read_repair) {
      if (*raw_.read_repair == "async") {
        out_.request.read_repair = ReadRepair::kAsync;
      } else if (*raw_.read_repair == "blocking") {
        out_.request.read_repair = ReadRepair::kBlocking;
      } else if (*raw_.read_repair == "off") {
        out_.request.read_repair = ReadRepair::kOff;
      } else {
        problem("--read-repair: \"" + escape(*raw_.read_repair) +
                "\" is none of async, blocking, off");
      }
    }
    if (raw_.ttl) {
      std::int64_t ttl_ms = 0;
      take(parse_duration_ms(*raw_.ttl, kTtlDaysMax), ttl_ms, "--ttl");
      out_.request.expiry_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                   std::chrono::system_clock::now().time_since_epoch())
                                   .count() +
                               ttl_ms;
    }
    if (!raw_.context) return;
    if (*raw_.context == "none" && (is("put") || is("del"))) {
      out_.request.context_none = true;
      return;
    }
    auto token = *raw_.context == "none"
                     ? Result<std::string>(invalid_input("none is for put and del"))
                     : from_base64url(*raw_.context);
    if (!token || token->empty()) {
      problem("--context: this is not a token: " +
              (token ? std::string("it is empty") : token.error().message) +
              "; tokens are printed by get --show-context, get --all and --json");
    } else {
      out_.request.token = std::move(*token);
    }
  }

  void quorum(const char* option, const std::optional<std::string>& text, Quorum& target) {
    if (!text) return;
    auto quorum = Quorum::parse(*text);
    if (!quorum) {
      problem(std::string(option) + ": " + quorum.error().message);
      return;
    }
    target = *quorum;
  }

  std::string operand(const char* name, const std::string& text) {
    if (!raw_.escaped) return text;
    auto plain = unescape(text);
    if (plain) return std::move(*plain);
    problem(std::string(name) + ": " + plain.error().message);
    return {};
  }

  void operands() {
    const bool wants_key = is("get") || is("put") || is("del") || is("resolve") || is("explain") ||
                           is("history") || is_typed(out_.command);
    if (raw_.key) {
      out_.key = operand("KEY", *raw_.key);
      if (raw_.key->empty()) problem("KEY is empty; a key has at least one byte");
    } else if (wants_key) {
      problem("KEY is missing");
    }
    if (is("put")) {
      value();
    } else if (is("resolve")) {
      choice();
    } else if (is("load")) {
      if (!raw_.file) problem("FILE is missing; - reads stdin");
      if (raw_.file) out_.file = *raw_.file;
    } else if (is("completion")) {
      if (!raw_.shell) problem("SHELL is missing; one of bash, zsh, fish");
      if (raw_.shell && *raw_.shell != "bash" && *raw_.shell != "zsh" && *raw_.shell != "fish") {
        problem("SHELL: \"" + escape(*raw_.shell) + "\" is none of bash, zsh, fish");
      }
      out_.shell = raw_.shell.value_or("");
    }
    if (raw_.window) {
      unsigned window = 0;
      if (!number(*raw_.window, 1, kWindowMax, window)) {
        problem("--window: \"" + escape(*raw_.window) + "\" is not a number from 1 to " +
                std::to_string(kWindowMax));
      }
      out_.window = window;
    }
    if (raw_.watch) {
      std::int64_t ms = 0;
      take(parse_duration_ms(*raw_.watch), ms, "--watch");
      out_.watch_ms = ms;
    }
  }

  void value() {
    const int sources = (raw_.value ? 1 : 0) + (raw_.file ? 1 : 0);
    if (sources == 0) problem("VALUE is missing; give it, or --file FILE, or - for stdin");
    if (sources > 1) problem("VALUE and --file both give the value; keep one of them");
    if (raw_.value && *raw_.value == "-") {
      out_.value_from_stdin = true;
    } else if (raw_.value) {
      out_.value = operand("VALUE", *raw_.value);
    } else if (raw_.file) {
      out_.file = *raw_.file;
    }
  }

  void choice() {
    const int choices = (raw_.value ? 1 : 0) + (raw_.file ? 1 : 0) + (raw_.pick ? 1 : 0) +
                        (raw_.with ? 1 : 0) + (raw_.edit ? 1 : 0);
    if (choices > 1) problem("--pick, --with, --edit, --value and --file exclude one another");
    out_.edit = raw_.edit;
    if (raw_.with) with();
    if (raw_.base) out_.base_file = *raw_.base;
    if (raw_.base && out_.with != "merge") problem("--base is for --with merge");
    if (raw_.value) out_.value = operand("--value", *raw_.value);
    if (raw_.file) out_.file = *raw_.file;
    if (raw_.pick) out_.pick = *raw_.pick;
    if (raw_.pick && raw_.pick->empty())
      problem("--pick: which one? its number, its dot, oldest or newest");
  }

  void with() {
    std::string known;
    for (const char* name : kResolvers) {
      if (*raw_.with == name) out_.with = name;
      known += (known.empty() ? "" : ", ") + std::string(name);
    }
    if (out_.with.empty()) problem("--with: \"" + escape(*raw_.with) + "\" is none of " + known);
  }

  void output(const Invocation* shell) {
    out_.json = raw_.json || (shell != nullptr && shell->json);
    out_.quiet = raw_.quiet;
    out_.all = raw_.all;
    out_.raw = raw_.raw;
    out_.fail_on_siblings = raw_.fail_on_siblings || raw_.raw;
    out_.show_context = raw_.show_context;
    out_.plain = raw_.plain;
    out_.keys_only = raw_.keys_only;
    out_.vnodes = raw_.vnodes;
    if (is("get") && raw_.raw && (raw_.all || raw_.json)) {
      problem(std::string("--raw prints one value alone; leave out ") +
              (raw_.all ? "--all" : "--json"));
    }
    if (is("ring") && raw_.vnodes && raw_.key)
      problem("KEY and --vnodes ask for two things; keep one of them");
  }

  void cut() {
    if (raw_.cut_in) take(parse_nodes(*raw_.cut_in), out_.cut_in, "--in");
    if (raw_.cut_out) take(parse_nodes(*raw_.cut_out), out_.cut_out, "--out");
    out_.cut_none = raw_.cut_none;
    if (raw_.cut_none && (raw_.cut_in || raw_.cut_out))
      problem("--none heals; leave out --in and --out");
    if (!raw_.cut_none && !raw_.cut_in && !raw_.cut_out) {
      problem("nothing to do; give --in IDS, --out IDS or both, or --none to heal");
    }
    if (!out_.contact.node && out_.contact.endpoints.size() != 1) {
      problem("which node? name it with --node N or --at HOST:PORT");
    }
  }

  void vnode() {
    if (!raw_.vnode) return;
    unsigned id = 0;
    if (number(*raw_.vnode, 0, Ring::kVnodesMax - 1, id)) {
      out_.vnode = static_cast<VnodeId>(id);
    } else {
      problem("--vnode: \"" + escape(*raw_.vnode) +
              "\" is not a vnode; kvcli ring tells how many there are, from 0");
    }
  }

  void repair() {
    vnode();
    out_.wait = raw_.wait;
    out_.show_status = raw_.show_status;
    out_.timeout_ms = kTimeoutMs;
    if (raw_.timeout) take(parse_duration_ms(*raw_.timeout), out_.timeout_ms, "--timeout");
    if (raw_.show_status && raw_.wait)
      problem("--status only looks, --wait asks and waits; keep one of them");
    if (raw_.timeout && !raw_.wait) problem("--timeout is for --wait");
    if (raw_.vnodes && !raw_.show_status) problem("--vnodes is for --status");
  }

  void verify() {
    vnode();
    out_.every_bucket = !raw_.bucket;
    if (raw_.prefix) out_.prefix = operand("--prefix", *raw_.prefix);
  }

  // Counter, set, map and flag.
  void typed() {
    if (!raw_.bucket) out_.request.bucket = out_.command;
    std::string known;
    for (const TypedAction& action : typed_actions()) {
      if (is(action.command)) known += (known.empty() ? "" : ", ") + std::string(action.name);
    }
    if (!raw_.action) {
      problem("ACTION is missing; one of " + known);
      return;
    }
    const TypedAction* action = find_action(out_.command, *raw_.action);
    if (action == nullptr) {
      problem("ACTION: \"" + escape(*raw_.action) + "\" is none of " + known);
      return;
    }
    out_.action = action->name;
    Change change{action->update, "", ""};
    part(action->field, raw_.field, "", change.field);
    part(action->value, raw_.value, action->value_if_none, change.value);
    if (action->field != nullptr && raw_.field && raw_.field->empty()) {
      problem(std::string(action->field) + " is empty; it has at least one byte");
    }
    std::int64_t amount = 0;
    if (action->update == Update::kCounterAdd && !whole_number(change.value, amount)) {
      problem("AMOUNT: \"" + escape(change.value) + "\" is no whole number of 64 bits");
    }
    if (action->update == Update::kNone) {
      out_.request.field = std::move(change.field);
    } else {
      out_.change = std::move(change);
    }
  }

  // An operand that an action has under this name, or has not.
  void part(const char* name, const std::optional<std::string>& given, const char* if_none,
            std::string& target) {
    if (name == nullptr) {
      if (given) problem("\"" + escape(*given) + "\" is one operand too many");
    } else if (given) {
      target = operand(name, *given);
    } else if (*if_none != '\0') {
      target = if_none;
    } else {
      problem(std::string(name) + " is missing");
    }
  }

  static bool whole_number(const std::string& text, std::int64_t& out) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  }

  const RawOptions& raw_;
  std::vector<std::string>& problems_;
  Invocation out_;
};

std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

}  // namespace

Invocation checked(const std::string& command, const RawOptions& raw, const Invocation* shell,
                   std::vector<std::string>& problems) {
  return Checker(command, raw, problems).check(shell);
}

std::string nearest_word(const std::string& word, const std::vector<std::string>& names) {
  std::string best;
  std::size_t least = 3;
  for (const std::string& name : names) {
    const std::size_t d = distance(word, name);
    if (d < least && d < name.size()) {
      least = d;
      best = name;
    }
  }
  return best;
}

}  // namespace quorate::client::kvcli
