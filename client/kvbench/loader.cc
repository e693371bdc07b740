#include "client/kvbench/loader.h"

#include <chrono>
#include <vector>

#include "client/bulk_writer.h"
#include "client/kvbench/workload.h"
#include "client/kvcli/report.h"
#include "node/wire/secret.h"

namespace quorate::client::kvbench {
namespace {

constexpr int kSample = 64;

}  // namespace

Result<std::optional<std::string>> why_load(Client& client, const Options& options) {
  Random random(random_u64_from_os());
  std::vector<std::uint64_t> sample{options.keys - 1, 0};
  for (int i = 0; i < kSample; ++i) sample.push_back(random.below(options.keys));
  for (const std::uint64_t key : sample) {
    const std::string name = key_name(key);
    const auto answer = client.get(name, options.request);
    if (!answer) return answer.error();
    if (answer->outcome == Outcome::kNotFound) return std::optional(name + " is not there");
    if (answer->outcome == Outcome::kInvalid) {
      return invalid_input(kvcli::explain(*answer, true));
    }
    if (!answer->ok()) continue;  // not read: the run will tell how often that happens
    const std::size_t bytes = answer->values.empty() ? 0 : answer->values.back().value.size();
    if (bytes != options.value_bytes) {
      return std::optional(name + " has a value of " + std::to_string(bytes) + " bytes");
    }
  }
  return std::optional<std::string>();
}

Loaded load(Client& client, const Options& options, const OnLoaded& on_progress) {
  Loaded loaded;
  Values values(options.value_bytes, random_u64_from_os());
  std::uint64_t ended = 0;
  bool unreachable = false;
  const auto started = std::chrono::steady_clock::now();
  BulkWriter writer(client,
                    BulkOptions{.window_requests = options.concurrency, .request = options.request},
                    [&](std::uint64_t, const std::string&, const Result<Answer>& answer) {
                      ++ended;
                      loaded.outcomes.count(answer, false);
                      // After its tries still nobody to take it: so it will be with all that
                      // follow.
                      if (!answer || answer->outcome == Outcome::kInvalid) unreachable = true;
                    });
  for (std::uint64_t key = 0; key < options.keys && !unreachable; ++key) {
    if (key % 64 == 0 && !on_progress(ended, loaded.outcomes.failed())) {
      loaded.complete = false;
      break;
    }
    writer.put(key, key_name(key), values.next());
  }
  loaded.complete = loaded.complete && !unreachable;
  if (loaded.complete) {
    writer.drain();
  } else {
    writer.stop();
  }
  loaded.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return loaded;
}

}  // namespace quorate::client::kvbench
