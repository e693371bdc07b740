// What was rightly replaced, against a second implementation that looks at every write of a key
// each time; and what may be left out when answers are compared with writes. In random worlds.
#include "sim/check/supersession.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "sim/check/key_view.h"
#include "sim/check/reflection.h"
#include "sim/check/settled_writes.h"
#include "sim/run/run.h"
#include "sim/swarm/swarm.h"

namespace quorate::sim {
namespace {

// The definition in supersession.h, word by word.
class ByDefinition {
 public:
  ByDefinition(const Ledger& ledger, const History& history, const Buckets& buckets)
      : ledger_(ledger), history_(history), buckets_(buckets) {}

  bool replaced_by(const Dot& dot, const Context& known) {
    const MintedEvent* event = ledger_.find(dot);
    if (event == nullptr || !knows_of(*event, known)) return false;
    for (const MintedEvent* writer : ledger_.of_key(event->key)) {
      if (writer->dot == dot || !known.contains(writer->dot)) continue;
      if (replaces(*writer, dot) || replaces_twin(*writer, *event)) return true;
    }
    return false;
  }

 private:
  // Of what a context does not know, itself or as its twin, it knows no replacement either; nor of
  // what was retired before the token was given out.
  bool knows_of(const MintedEvent& event, const Context& known) const {
    if (known.contains(event.dot)) return true;
    const Bucket* bucket = buckets_.find(event.key.bucket);
    if (bucket->type == BucketType::kLww) return true;  // a younger one will do
    const std::uint64_t request = ledger_.request_of(event.dot);
    if (request == 0) return false;
    const auto twins = ledger_.of_request(request);
    return std::any_of(twins.begin(), twins.end(), [&](const MintedEvent* twin) {
      return twin->key == event.key && known.contains(twin->dot);
    });
  }
  bool replaces(const MintedEvent& writer, const Dot& dot) {
    const std::pair key(writer.dot, dot);
    const auto [entry, fresh] = known_.try_emplace(key, false);
    if (!fresh) return entry->second;
    const bool result = wins_by_time(writer, dot) || saw(writer, dot);
    known_[key] = result;
    return result;
  }
  bool replaces_twin(const MintedEvent& writer, const MintedEvent& event) {
    const std::uint64_t request = ledger_.request_of(event.dot);
    if (request == 0 || ledger_.request_of(writer.dot) == request) return false;
    for (const MintedEvent* twin : ledger_.of_request(request)) {
      if (twin->dot == event.dot || twin->key != event.key) continue;
      if (event.timestamp < writer.timestamp && replaces(writer, twin->dot)) return true;
    }
    return false;
  }
  bool wins_by_time(const MintedEvent& writer, const Dot& dot) const {
    const Bucket* bucket = buckets_.find(writer.key.bucket);
    const MintedEvent* loser = ledger_.find(dot);
    return bucket->type == BucketType::kLww &&
           std::pair(writer.timestamp, writer.dot) > std::pair(loser->timestamp, dot);
  }
  bool saw(const MintedEvent& writer, const Dot& dot) {
    if (ledger_.removes_expired(writer.dot)) {
      const auto holds = [&dot](const std::vector<Dot>& dots) {
        return std::find(dots.begin(), dots.end(), dot) != dots.end();
      };
      return holds(writer.living_before) && !holds(writer.living_after);
    }
    const Operation* operation = history_.find_request(ledger_.request_of(writer.dot));
    if (operation == nullptr) return writer.known_after.contains(dot);
    if (operation->request.context_none) return false;
    if (operation->request.token) return seen_in_token(dot, *operation);
    if (operation->request.verb == Verb::kDelete) return writer.known_after.contains(dot);
    const auto& living = writer.living_before;
    if (std::find(living.begin(), living.end(), dot) != living.end()) return true;
    return writer.known_before.contains(dot) && replaced_by(dot, writer.known_before);
  }
  bool seen_in_token(const Dot& dot, const Operation& operation) {
    const auto& token = operation.request.token;
    if (!token || !token->context.contains(dot)) return false;
    const Operation& source = history_[*operation.token_from];
    if (source.is_write() &&
        (ledger_.same_write(source.reply.dot, dot) || seen_in_token(dot, source))) {
      return true;
    }
    for (const ReadValue& value : source.reply.values) {
      if (ledger_.same_write(value.dot, dot)) return true;
    }
    return replaced_by(dot, token->context);
  }

  const Ledger& ledger_;
  const History& history_;
  const Buckets& buckets_;
  std::map<std::pair<Dot, Dot>, bool> known_;
};

struct Played {
  explicit Played(std::uint64_t seed) : plan(draw_plan(seed)), run(plan) { run.play(); }

  // Whatever anybody was told or still knows of each key.
  std::map<Key, std::vector<Context>> contexts(const Evidence& evidence) const {
    std::map<Key, std::vector<Context>> contexts;
    for (const auto& [key, record] : evidence.merged) contexts[key].push_back(record.context);
    for (const Operation& operation : run.history().operations()) {
      if (!operation.reply.token) continue;
      contexts[operation.request.key].push_back(operation.reply.token->context);
    }
    return contexts;
  }

  RunPlan plan;
  sim::Run run;
};

constexpr std::uint64_t kSeeds = 100;

TEST(Supersession, is_that_of_the_definition) {
  int replaced = 0;
  int left = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Played played(seed);
    const Evidence evidence = played.run.evidence();
    ByDefinition definition(played.run.ledger(), played.run.history(), played.plan.cluster.buckets);
    for (const auto& [key, contexts] : played.contexts(evidence)) {
      for (const MintedEvent* event : played.run.ledger().of_key(key)) {
        for (const Context& known : contexts) {
          const bool expected = definition.replaced_by(event->dot, known);
          ASSERT_EQ(evidence.supersession.replaced_by(event->dot, known), expected)
              << "seed " << seed << ", " << to_string(event->dot) << " within " << to_string(known);
          ++(expected ? replaced : left);
        }
      }
    }
  }
  EXPECT_GT(replaced, 10'000);
  EXPECT_GT(left, 10'000);
}

TEST(SettledWrites, leave_out_only_what_the_answer_reflects) {
  std::size_t all = 0;
  std::size_t doubtful = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Played played(seed);
    const Evidence evidence = played.run.evidence();
    for (const auto& [key, view] : view_by_key(evidence)) {
      std::vector<Dot> writes;
      for (const Operation* write : view.writes) {
        if (write->acknowledged()) writes.push_back(write->reply.dot);
      }
      const SettledWrites settled(evidence, key, writes);
      for (const Operation* read : view.reads) {
        const std::vector<std::size_t> found = settled.doubtful(*read, writes.size());
        EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
        for (std::size_t i = 0; i < writes.size(); ++i) {
          if (std::binary_search(found.begin(), found.end(), i)) continue;
          EXPECT_TRUE(reflects(evidence, *read, writes[i])) << "seed " << seed;
          EXPECT_TRUE(read->reply.token->context.contains(writes[i])) << "seed " << seed;
        }
        all += writes.size();
        doubtful += found.size();
      }
    }
  }
  EXPECT_GT(all, 2'000u);
  EXPECT_LT(doubtful, all);
}

}  // namespace
}  // namespace quorate::sim
