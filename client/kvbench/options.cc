#include "client/kvbench/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "node/base/nearest_name.h"

namespace quorate::client::kvbench {
namespace {

using kvcli::escape;

constexpr const char* kVersionText = "kvbench 0.1.0\n";
constexpr const char* kDefaultEndpoints = "127.0.0.1:7101,127.0.0.1:7102,127.0.0.1:7103";

constexpr const char* kHelp =
    "Measures a Quorate cluster under load.\n\n"
    "Usage: kvbench run|load [OPTIONS]\n\n"
    "  run    drive a workload, and tell its rate, its latencies and what it cost the servers;\n"
    "         one that reads loads its keys first if they are not there\n"
    "  load   write every key once\n\n"
    "What is asked:\n"
    "  --workload NAME        put, get, mixed (half and half), counter or set (one addition "
    "each),\n"
    "                         or a YCSB core workload: A, B, C, D, F [mixed]\n"
    "  --keys N               how many there are [100000]\n"
    "  --value-bytes B        of each value [100; YCSB: 1000]\n"
    "  --distribution WORD    which keys: uniform, or zipf as YCSB scatters it [uniform; YCSB: as "
    "it says]\n"
    "  -b, --bucket NAME      of the keys [default; counter, set: of that name]\n"
    "  -r, --r N|WORD         replicas that must answer a get: a number, one, quorum, all\n"
    "  -w, --w N|WORD         replicas that must store a put\n"
    "  --deadline TIME        for one request [2s]\n\n"
    "How hard:\n"
    "  --mode WORD            closed: the next request when one has ended; open: at a fixed rate "
    "[closed]\n"
    "  --rate OPS             of the open loop, operations a second; latency counts from when "
    "each\n"
    "                         was meant to start, so that a stall is seen by all that it held up\n"
    "  --concurrency N        requests in flight, 1 to 1024; open: at most [64; open: 1024]\n"
    "  --connections K        to each node [1]\n\n"
    "How long:\n"
    "  --warm-up S            seconds before anything is counted [2]\n"
    "  --seconds S            of each repetition [10]\n"
    "  --repetitions R        of which the medians are told, and the spread [3]\n\n"
    "What else:\n"
    "  --server-pid PID...    processes whose CPU time and writes are counted [the nodes, where "
    "they\n"
    "                         run on this machine]\n"
    "  --endpoints LIST       host:port,... [$QUORATE_ENDPOINTS, else 127.0.0.1:7101, :7102, "
    ":7103]\n"
    "  --json                 one line of JSON\n\n"
    "Examples:\n"
    "  kvbench run --workload put --concurrency 256\n"
    "  kvbench run --workload mixed --rate 2000         an open loop\n"
    "  kvbench run --workload B --keys 1000000 --json\n"
    "  kvbench load --keys 1000000 --value-bytes 100\n\n"
    "Exit codes: 0 done; 1 gets found nothing; 2 bad usage; 3 operations were not applied, or it "
    "was\n"
    "interrupted; 4 the outcome of some is unknown; 6 cannot connect or not authorised.\n";

constexpr const char* kNoScan =
    "--workload: E scans ranges of keys, and the store has no scan: it keeps keys in the order of "
    "their hashes and its client protocol has no request for a range; take A, B, C, D or F";

using Text = std::optional<std::string>;

struct Raw {
  Text endpoints, mode, rate, concurrency, connections, workload, keys, value_bytes, distribution;
  Text warm_up, seconds, repetitions, bucket, r, w, deadline;
  std::vector<std::string> server_pids;
  bool json = false;
};

struct TextOption {
  const char* names;
  Text Raw::*target;
  bool of_run;  // and not of load
};

constexpr TextOption kTextOptions[] = {
    {"--endpoints", &Raw::endpoints, false},
    {"--mode", &Raw::mode, true},
    {"--rate", &Raw::rate, true},
    {"--concurrency", &Raw::concurrency, false},
    {"--connections", &Raw::connections, false},
    {"--workload", &Raw::workload, true},
    {"--keys", &Raw::keys, false},
    {"--value-bytes", &Raw::value_bytes, false},
    {"--distribution", &Raw::distribution, true},
    {"--warm-up", &Raw::warm_up, true},
    {"--seconds", &Raw::seconds, true},
    {"--repetitions", &Raw::repetitions, true},
    {"-b,--bucket", &Raw::bucket, false},
    {"-r,--r", &Raw::r, true},
    {"-w,--w", &Raw::w, false},
    {"--deadline", &Raw::deadline, false},
};

class Checker {
 public:
  Checker(const Raw& raw, std::vector<std::string>& problems) : raw_(raw), problems_(problems) {}

  Options check(bool load) {
    out_.load = load;
    out_.json = raw_.json;
    contact();
    request();
    workload();
    effort();
    return std::move(out_);
  }

 private:
  template <typename T>
  void take(Result<T> result, T& target, const char* option) {
    if (result) {
      target = std::move(*result);
    } else {
      problems_.push_back(std::string(option) + ": " + result.error().message);
    }
  }

  template <typename T>
  void number(const Text& text, T low, T high, T& target, const char* option) {
    if (!text) return;
    T parsed{};
    const char* const end = text->data() + text->size();
    const auto result = std::from_chars(text->data(), end, parsed);
    if (result.ec == std::errc() && result.ptr == end && parsed >= low && parsed <= high) {
      target = parsed;
      return;
    }
    problems_.push_back(std::string(option) + ": \"" + escape(*text) + "\" is not a number from " +
                        shown(low) + " to " + shown(high));
  }

  static std::string shown(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", number);
    return text;
  }
  static std::string shown(std::uint32_t number) { return std::to_string(number); }
  static std::string shown(std::uint64_t number) { return std::to_string(number); }
  static std::string shown(pid_t number) { return std::to_string(number); }

  void contact() {
    const char* environment = std::getenv("QUORATE_ENDPOINTS");
    if (raw_.endpoints) {
      take(parse_endpoints(*raw_.endpoints), out_.endpoints, "--endpoints");
    } else if (environment != nullptr && *environment != '\0') {
      take(parse_endpoints(environment), out_.endpoints, "QUORATE_ENDPOINTS");
    } else {
      out_.endpoints = *parse_endpoints(kDefaultEndpoints);
    }
    number(raw_.connections, 1u, Options::kConnectionsMax, out_.connections, "--connections");
    for (const std::string& list : raw_.server_pids) {
      std::size_t from = 0;
      while (from <= list.size()) {
        const std::size_t comma = std::min(list.find(',', from), list.size());
        pid_t pid = 0;
        number(Text(list.substr(from, comma - from)), 1, 1 << 22, pid, "--server-pid");
        out_.server_pids.push_back(pid);
        from = comma + 1;
      }
    }
  }

  void request() {
    if (raw_.bucket) out_.request.bucket = *raw_.bucket;
    if (out_.request.bucket.empty()) problems_.emplace_back("--bucket: the name is empty");
    if (raw_.r) take(Quorum::parse(*raw_.r), out_.request.r, "--r");
    if (raw_.w) take(Quorum::parse(*raw_.w), out_.request.w, "--w");
    out_.request.deadline_ms = 2'000;
    if (raw_.deadline) {
      take(kvcli::parse_duration_ms(*raw_.deadline), out_.request.deadline_ms, "--deadline");
    }
  }

  void workload() {
    const std::string name = raw_.workload.value_or(out_.load ? "put" : "mixed");
    out_.mix = find_mix(name);
    if (out_.mix == nullptr) {
      problems_.push_back(name == "E" || name == "e"
                              ? kNoScan
                              : "--workload: \"" + escape(name) +
                                    "\" is none of put, get, mixed, counter, set, A, B, C, D, F");
    }
    const Mix& mix = out_.mix != nullptr ? *out_.mix : all_mixes().front();
    out_.distribution = mix.distribution;
    if (raw_.distribution && mix.distribution == Distribution::kLatest) {
      problems_.emplace_back("--distribution: workload D reads the latest keys; leave it out");
    } else if (raw_.distribution && *raw_.distribution == "uniform") {
      out_.distribution = Distribution::kUniform;
    } else if (raw_.distribution && *raw_.distribution == "zipf") {
      out_.distribution = Distribution::kZipf;
    } else if (raw_.distribution) {
      problems_.push_back("--distribution: \"" + escape(*raw_.distribution) +
                          "\" is none of uniform, zipf");
    }
    number(raw_.keys, std::uint64_t{1}, Options::kKeysMax, out_.keys, "--keys");
    if (!raw_.bucket) out_.request.bucket = mix.bucket;
    out_.value_bytes = mix.value_bytes;
    number(raw_.value_bytes, 0u, static_cast<std::uint32_t>(Values::kBytesMax), out_.value_bytes,
           "--value-bytes");
  }

  void effort() {
    number(raw_.rate, 0.01, Options::kRateMax, out_.rate, "--rate");
    const std::string mode = raw_.mode.value_or(raw_.rate ? "open" : "closed");
    if (mode != "open" && mode != "closed") {
      problems_.push_back("--mode: \"" + escape(mode) + "\" is none of closed, open");
    }
    if (mode == "open" && !raw_.rate) {
      problems_.emplace_back("--mode open needs --rate, in operations a second");
    }
    if (mode == "closed" && raw_.rate) {
      problems_.emplace_back("--rate is for the open loop; leave out --mode closed");
    }
    if (mode == "open") out_.concurrency = Options::kConcurrencyMax;
    if (out_.load) out_.concurrency = 256;
    number(raw_.concurrency, 1u, Options::kConcurrencyMax, out_.concurrency, "--concurrency");
    number(raw_.warm_up, 0.0, Options::kSecondsMax, out_.warm_up_s, "--warm-up");
    number(raw_.seconds, 0.05, Options::kSecondsMax, out_.window_s, "--seconds");
    number(raw_.repetitions, 1u, Options::kRepetitionsMax, out_.repetitions, "--repetitions");
  }

  const Raw& raw_;
  std::vector<std::string>& problems_;
  Options out_;
};

Parsed printed(std::string text) {
  Parsed parsed;
  parsed.text = std::move(text);
  return parsed;
}

Parsed bad_usage(const std::vector<std::string>& problems) {
  Parsed parsed;
  parsed.to_stderr = true;
  parsed.exit_code = ExitCode::kBadUsage;
  for (const std::string& problem : problems) parsed.text += "kvbench: " + problem + "\n";
  parsed.text += "See: kvbench --help\n";
  return parsed;
}

void add_options(CLI::App& app, Raw& raw, bool load) {
  app.allow_extras();
  for (const TextOption& option : kTextOptions) {
    if (!load || !option.of_run) app.add_option(option.names, raw.*option.target);
  }
  if (!load) app.add_option("--server-pid", raw.server_pids);
  app.add_flag("--json", raw.json);
}

void leftovers(const std::vector<std::string>& words, bool load,
               std::vector<std::string>& problems) {
  std::vector<std::string> names{"--help", "--json"};
  if (!load) names.emplace_back("--server-pid");
  for (const TextOption& option : kTextOptions) {
    const std::string all = option.names;
    const std::string name = all.substr(all.find("--"));
    if (!load || !option.of_run) names.push_back(name);
  }
  bool after_option = false;
  for (const std::string& word : words) {
    const bool option = word.size() > 1 && word[0] == '-';
    if (option) {
      const std::string near = nearest_name(word.substr(0, word.find('=')), names);
      problems.push_back("there is no option " + escape(word) + (load ? " of load" : "") +
                         (near.empty() ? "" : "; did you mean " + near + "?"));
    } else if (!after_option) {
      problems.push_back("\"" + escape(word) + "\" is one word too many");
    }
    after_option = option;  // the word behind an unknown option may be its value
  }
}

}  // namespace

Parsed parse_options(const std::vector<std::string>& given) {
  std::vector<std::string> words = given;
  for (const std::string& word : words) {
    if (word == "--help" || word == "-h" || word == "help") return printed(kHelp);
  }
  if (words == std::vector<std::string>{"--version"}) return printed(kVersionText);
  if (words.empty()) {
    Parsed parsed = printed(kHelp);
    parsed.to_stderr = true;
    parsed.exit_code = ExitCode::kBadUsage;
    return parsed;
  }
  const std::string command = words.front();
  words.erase(words.begin());
  if (command != "run" && command != "load") {
    return bad_usage({"\"" + escape(command) + "\" is no command; they are run and load"});
  }
  const bool load = command == "load";
  Raw raw;
  CLI::App app;
  app.set_help_flag();
  add_options(app, raw, load);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();
    return bad_usage({escape(what.substr(0, what.find(':'))) + " needs a value"});
  } catch (const CLI::ParseError& error) {
    return bad_usage({escape(error.what())});
  }
  std::vector<std::string> problems;
  leftovers(app.remaining(), load, problems);
  Parsed parsed;
  parsed.options = Checker(raw, problems).check(load);
  if (!problems.empty()) return bad_usage(problems);
  return parsed;
}

}  // namespace quorate::client::kvbench
