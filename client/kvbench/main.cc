// kvbench: measures a cluster under load.
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "client/kvbench/driver.h"
#include "client/kvbench/loader.h"
#include "client/kvbench/options.h"
#include "client/kvbench/report.h"
#include "client/kvbench/summary.h"
#include "client/kvbench/survey.h"
#include "client/kvcli/progress.h"
#include "client/kvcli/report.h"
#include "client/kvcli/text/human.h"

namespace quorate::client::kvbench {
namespace {

using kvcli::Console;
using kvcli::count_text;

std::atomic<bool> interrupted{false};

// The first ^C ends the work in good order, the second one the process.
void watch_for_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
}

// One line that is written over and over, on a terminal only.
class RateLine {
 public:
  RateLine(Console& console, const Options& options)
      : console_(console),
        options_(options),
        wanted_(console.error_is_terminal() && !options.json) {}
  ~RateLine() {
    if (shown_) console_.error("\r\033[K");
  }

  void show(const Progress& now) {
    if (!wanted_) return;
    // The rate of the last second, in steps of a tenth.
    constexpr std::size_t kSteps = 10;
    history_.push_back(now);
    if (history_.size() > kSteps + 1) history_.erase(history_.begin());
    const Progress& then = history_.front();
    const double passed = now.seconds - then.seconds;
    const double rate = passed > 0 ? static_cast<double>(now.done - then.done) / passed : 0;
    const std::string where = now.repetition == 0
                                  ? std::string("warm-up")
                                  : "repetition " + std::to_string(now.repetition) + " of " +
                                        std::to_string(options_.repetitions);
    const double all = options_.warm_up_s + options_.window_s * options_.repetitions;
    std::string line = "\r\033[K" + where + "  " +
                       std::to_string(static_cast<int>(now.seconds / all * 100)) + "%  " +
                       count_text(static_cast<std::uint64_t>(rate)) + "/s";
    if (now.failed > 0) line += "  " + count_text(now.failed) + " failed";
    console_.error(line);
    shown_ = true;
  }

 private:
  Console& console_;
  const Options& options_;
  const bool wanted_;
  bool shown_ = false;
  std::vector<Progress> history_;
};

ExitCode fail(Console& console, const Options& options, const Error& error) {
  if (options.json) {
    console.json(kvcli::to_json(error));
  } else {
    console.error("kvbench: " + kvcli::explain(error) + "\n");
  }
  return kvcli::exit_code(error);
}

Loaded load_keys(Console& console, Client& client, const Options& options) {
  kvcli::Progress progress(console, !options.json, options.keys);
  return load(client, options, [&](std::uint64_t ended, std::uint64_t failed) {
    progress.show(ended, ended - failed, failed);
    return !interrupted;
  });
}

ExitCode end_of_load(Console& console, const Loaded& loaded) {
  const Outcomes& outcomes = loaded.outcomes;
  if (!loaded.complete || outcomes.failed() > 0) {
    console.error("kvbench: not every key was loaded" +
                  (outcomes.example.empty() ? "" : ": " + outcomes.example) +
                  "\nLoad again to complete it; loading a key twice does no harm.\n");
  }
  const ExitCode code = exit_code(outcomes);
  return code == ExitCode::kDone && !loaded.complete ? ExitCode::kNotApplied : code;
}

ExitCode run_load(Console& console, Client& client, const Survey& found, const Options& options) {
  if (!options.json) console.out(heading(found, options));
  const Loaded loaded = load_keys(console, client, options);
  if (options.json) {
    console.json(to_json(loaded, found, options));
  } else {
    console.out("loaded " + load_text(loaded, options));
  }
  return end_of_load(console, loaded);
}

// Gives back whether it had to load, or how that failed.
Result<bool> load_if_needed(Console& console, Client& client, const Options& options,
                            ExitCode& code) {
  if (!options.mix->reads()) return false;
  const auto why = why_load(client, options);
  if (!why) return why.error();
  if (!why->has_value()) return false;
  if (!options.json) {
    console.out("loading " + count_text(options.keys) + " keys first: " + **why + "\n");
    std::fflush(stdout);
  }
  const Loaded loaded = load_keys(console, client, options);
  if (!options.json) console.out("loaded " + load_text(loaded, options));
  code = end_of_load(console, loaded);
  return true;
}

ExitCode run_workload(Console& console, Client& client, const Survey& found,
                      const Options& options) {
  if (!options.json) console.out(heading(found, options));
  ExitCode code = ExitCode::kDone;
  const auto loaded = load_if_needed(console, client, options, code);
  if (!loaded) return fail(console, options, loaded.error());
  if (code != ExitCode::kDone) return code;
  std::fflush(stdout);
  std::vector<Repetition> repetitions;
  {
    RateLine line(console, options);
    ClientTarget target(client, options.request);
    repetitions = drive(target, options, found.processes, [&line](const Progress& now) {
      line.show(now);
      return !interrupted;
    });
  }
  if (repetitions.empty()) {
    console.error("kvbench: interrupted before the first repetition was complete\n");
    return ExitCode::kNotApplied;
  }
  const Summary summary = summarize(repetitions, options);
  if (options.json) {
    console.json(to_json(summary, found, options, *loaded));
  } else {
    print(console, summary, found, options);
  }
  if (interrupted) {
    console.error("kvbench: interrupted after " + std::to_string(repetitions.size()) + " of " +
                  std::to_string(options.repetitions) + " repetitions\n");
  }
  code = exit_code(summary.outcomes);
  return interrupted && code == ExitCode::kDone ? ExitCode::kNotApplied : code;
}

ExitCode run(Console& console, const Options& options) {
  ClientOptions client_options;
  client_options.endpoints = options.endpoints;
  client_options.name = "kvbench";
  client_options.connections_per_endpoint = options.connections;
  auto client = Client::create(std::move(client_options));
  if (!client) return fail(console, options, client.error());
  const auto found = survey(*client, options);
  if (!found) return fail(console, options, found.error());
  for (const std::string& silent : found->silent) {
    console.error("kvbench: a node does not answer: " + silent + "\n");
  }
  watch_for_interrupts();
  return options.load ? run_load(console, *client, *found, options)
                      : run_workload(console, *client, *found, options);
}

}  // namespace
}  // namespace quorate::client::kvbench

int main(int argc, char** argv) {
  using namespace quorate::client;  // NOLINT: main is not a header
  const auto parsed = kvbench::parse_options(std::vector<std::string>(argv + 1, argv + argc));
  kvcli::Console console("kvbench");
  auto code = parsed.exit_code;
  if (parsed.options) {
    code = kvbench::run(console, *parsed.options);
  } else if (parsed.to_stderr) {
    console.error(parsed.text);
  } else {
    console.out(parsed.text);
  }
  // What was asked for and could not be printed is not done.
  if (!console.flush() && code == kvcli::ExitCode::kDone) code = kvcli::ExitCode::kBadUsage;
  return static_cast<int>(code);
}
