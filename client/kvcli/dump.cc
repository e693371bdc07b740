// dump: walks the vnodes, lists each on all its primaries that answer, unites the keys, and reads
// each of them.
#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "client/admin.h"
#include "client/kvcli/commands.h"
#include "client/kvcli/record_line.h"
#include "client/kvcli/report.h"
#include "client/kvcli/text/base64.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"

namespace quorate::client::kvcli {
namespace {

constexpr std::uint32_t kRowsPerPage = 1000;
constexpr std::size_t kReadsAtOnce = 64;

class Dump {
 public:
  Dump(Context& context, const Invocation& invocation, Client& client)
      : console_(context.console),
        invocation_(invocation),
        client_(client),
        admin_(client, invocation.request.deadline_ms) {}

  ExitCode run() {
    if (const Status ready = survey(); !ready) return report(console_, invocation_, ready.error());
    for (std::size_t vnode = 0; vnode < ring_.vnodes.size(); ++vnode) {
      std::set<std::string> keys;
      if (const Status listed = list(static_cast<VnodeId>(vnode), keys); !listed) {
        return report(console_, invocation_, listed.error());
      }
      if (const ExitCode code = print(keys); code != ExitCode::kDone) return code;
    }
    return finish();
  }

 private:
  // Who is where, and how many of a key's primaries must be listed to see every acknowledged write.
  Status survey() {
    const auto pings = admin_.ping_all();
    std::string silent;
    for (std::size_t i = 0; i < pings.size(); ++i) {
      if (pings[i]) {
        endpoint_of_.emplace(pings[i]->node, i);
      } else {
        silent += (silent.empty() ? "" : "; ") + pings[i].error().message;
      }
    }
    if (endpoint_of_.empty()) return Error{ErrorCode::kUnreachable, silent};
    const auto status = admin_.status();
    if (!status) return status.error();
    for (const BucketView& bucket : status->buckets) {
      if (bucket.name == invocation_.request.bucket) bucket_ = bucket;
    }
    if (bucket_.n == 0) {
      std::string names;
      for (const BucketView& bucket : status->buckets)
        names += (names.empty() ? "" : ", ") + bucket.name;
      return invalid_input("there is no bucket \"" + invocation_.request.bucket +
                           "\"; there are: " + names);
    }
    const bool whole_values = bucket_.type == "register" || bucket_.type == "lww";
    if (!whole_values && !invocation_.json && !invocation_.keys_only) {
      return invalid_input("bucket \"" + bucket_.name + "\" is of type " + bucket_.type +
                           ", whose parts do not fit into lines of a key and a value; take --json "
                           "or --keys-only");
    }
    auto ring = admin_.ring();
    if (!ring) return ring.error();
    ring_ = std::move(*ring);
    return {};
  }

  // The bucket's live keys of one vnode, from every primary that answers.
  Status list(VnodeId vnode, std::set<std::string>& keys) {
    const auto& nodes = ring_.vnodes[vnode];
    const std::size_t primaries = std::min<std::size_t>(bucket_.n, nodes.size());
    std::size_t missing = 0;
    Error why{ErrorCode::kUnreachable, ""};
    for (std::size_t i = 0; i < primaries; ++i) {
      const auto at = endpoint_of_.find(nodes[i]);
      if (at == endpoint_of_.end()) {
        ++missing;
        absent_.insert(nodes[i]);
        continue;
      }
      const Status listed = list_at(at->second, vnode, keys);
      if (listed) continue;
      ++missing;
      absent_.insert(nodes[i]);
      why = listed.error();
      // One that has stopped answering is not asked again for every vnode.
      if (why.code == ErrorCode::kUnreachable) endpoint_of_.erase(at);
    }
    if (missing == primaries) {
      return Error{
          why.code,
          "no primary of vnode " + std::to_string(vnode) + " can be listed (" +
              named_nodes_text(
                  {nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(primaries)}) +
              ")" +
              (why.message.empty() ? "; name them all with --endpoints" : ": " + why.message)};
    }
    // A write that was acknowledged by w primaries is on at least one that was listed, if fewer are
    // missing.
    if (missing >= bucket_.w) incomplete_ = true;
    return {};
  }

  Status list_at(std::size_t endpoint, VnodeId vnode, std::set<std::string>& keys) {
    std::optional<KeyPage::Entry> last;
    while (true) {
      auto page = admin_.list(endpoint, vnode, last ? &*last : nullptr, kRowsPerPage);
      if (!page) return page.error();
      for (const KeyPage::Entry& entry : page->entries) {
        if (entry.live && entry.bucket == bucket_.name) keys.insert(entry.key);
      }
      if (page->done) return {};
      last = std::move(page->entries.back());
    }
  }

  ExitCode print(const std::set<std::string>& keys) {
    if (invocation_.keys_only) {
      for (const std::string& key : keys) print_key(key);
      return ExitCode::kDone;
    }
    std::vector<std::string> part;
    for (auto key = keys.begin(); key != keys.end();) {
      part.clear();
      for (; key != keys.end() && part.size() < kReadsAtOnce; ++key) part.push_back(*key);
      const auto answers = read(part);
      for (std::size_t i = 0; i < part.size(); ++i) {
        if (const ExitCode code = print_record(part[i], answers[i]); code != ExitCode::kDone)
          return code;
      }
      if (!console_.flush()) return ExitCode::kBadUsage;
    }
    return ExitCode::kDone;
  }

  std::vector<Result<Answer>> read(const std::vector<std::string>& keys) {
    struct Gather {
      std::mutex mutex;
      std::condition_variable changed;
      std::vector<std::optional<Result<Answer>>> answers;
      std::size_t missing = 0;
    };
    const auto gather = std::make_shared<Gather>();
    gather->answers.resize(keys.size());
    gather->missing = keys.size();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      client_.get(keys[i], invocation_.request, [gather, i](Result<Answer> answer) {
        const std::lock_guard lock(gather->mutex);
        gather->answers[i].emplace(std::move(answer));
        if (--gather->missing == 0) gather->changed.notify_one();
      });
    }
    std::unique_lock lock(gather->mutex);
    gather->changed.wait(lock, [&] { return gather->missing == 0; });
    std::vector<Result<Answer>> answers;
    for (auto& answer : gather->answers) answers.push_back(std::move(*answer));
    return answers;
  }

  void print_key(const std::string& key) {
    ++printed_;
    if (invocation_.json) {
      console_.json(Json::object().set_bytes("key", key));
    } else {
      console_.out(escape(key) + "\n");
    }
  }

  ExitCode print_record(const std::string& key, const Result<Answer>& answer) {
    if (!answer) return report(console_, invocation_, answer.error());
    if (answer->outcome == Outcome::kNotFound) return ExitCode::kDone;  // deleted meanwhile
    if (!answer->ok()) {
      ++unread_;
      if (unread_ <= 10)
        console_.error("kvcli dump: " + escape(key) + ": " + explain(*answer, true) + "\n");
      return ExitCode::kDone;
    }
    ++printed_;
    if (answer->values.size() > 1) ++with_siblings_;
    if (invocation_.json) {
      Json values = Json::array();
      for (const ReadValue& value : answer->values) values.add(value_json(value));
      console_.json(Json::object()
                        .set_bytes("key", key)
                        .set("bucket", bucket_.name)
                        .set("values", std::move(values))
                        .set("context", base64url(answer->token)));
    } else {
      for (const ReadValue& value : answer->values)
        console_.out(record_line(key, value.value.view()));
    }
    return ExitCode::kDone;
  }

  ExitCode finish() {
    const std::string absent =
        absent_.empty() ? ""
                        : named_nodes_text(std::vector<NodeId>(absent_.begin(), absent_.end()));
    if (with_siblings_ > 0 && !invocation_.json) {
      console_.error("kvcli dump: " + count_text(with_siblings_) +
                     (with_siblings_ == 1 ? " key has" : " keys have") +
                     " siblings, each on a line of its own; loaded again, the last one would stand "
                     "(--json keeps them together)\n");
    }
    if (unread_ > 0) {
      console_.error("kvcli dump: " + count_text(unread_) +
                     (unread_ == 1 ? " key could not be read and is missing here\n"
                                   : " keys could not be read and are missing here\n"));
    }
    if (incomplete_) {
      console_.error("kvcli dump: " + absent +
                     " could not be listed: keys that are only there are missing\n");
    } else if (!absent.empty()) {
      console_.error("kvcli dump: " + absent +
                     " could not be listed; every acknowledged write at w=" +
                     std::to_string(bucket_.w) + " is here all the same\n");
    }
    return incomplete_ || unread_ > 0 ? ExitCode::kNotApplied : ExitCode::kDone;
  }

  Console& console_;
  const Invocation& invocation_;
  Client& client_;
  Admin admin_;
  std::map<NodeId, std::size_t> endpoint_of_;
  BucketView bucket_;
  RingView ring_;
  std::set<NodeId> absent_;
  bool incomplete_ = false;
  std::uint64_t printed_ = 0;
  std::uint64_t unread_ = 0;
  std::uint64_t with_siblings_ = 0;
};

}  // namespace

ExitCode run_dump(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  return Dump(context, invocation, *(*link)->client).run();
}

}  // namespace quorate::client::kvcli
