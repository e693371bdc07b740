// What a forged context does to a replicated store, under each way of treating what clients claim:
// the reason why tokens are authenticated (wire/token_seal.h).
//
// The attack: a writer who has read nothing sends a put whose context claims events by the thousand
// of every node. The model is a plain store of dotted version vector sets with three replicas and
// one actor a node, out of the project's own records. The product adds to the signature that a node
// counts on only from its own mark (causality/dot_mint.h); the model does not, to show what the
// signature alone is worth.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>

#include "node/causality/record.h"
#include "node/wire/token_seal.h"

namespace quorate {
namespace {

enum class Policy {
  kTrust,   // take the context as it is
  kClamp,   // cut it to what the coordinator knows
  kReject,  // refuse what the coordinator does not know
  kSigned,  // refuse what the cluster has not given out
};

constexpr int kReplicas = 3;
const Key kKey{"default", "city:1"};

Actor actor(int node) { return Actor{make_run_id(static_cast<NodeId>(node + 1), 7), 1}; }

class ModelStore {
 public:
  explicit ModelStore(Policy policy) : policy_(policy) {}

  static const TokenSeal& attackers_seal() {
    static const TokenSeal seal("dev", {"a secret that the attacker made up"});
    return seal;
  }

  struct Read {
    std::vector<std::string> values;
    std::string token;
  };
  Read read(int node) const {
    const Record& record = replicas_[static_cast<std::size_t>(node)];
    Read read;
    for (const Sibling& sibling : record.siblings) {
      read.values.emplace_back(sibling.value.view());
    }
    read.token = *seal_.seal(Token{record.context, Timestamp{}, 0}, kKey);
    return read;
  }

  // A put through `node` that reaches the replicas in `reached`. False: refused.
  bool put(int node, const std::string& value, const std::string& token,
           std::vector<int> reached = {0, 1, 2}) {
    Record& record = replicas_[static_cast<std::size_t>(node)];
    const std::optional<Context> claimed = accept(record, token);
    if (!claimed) return false;
    const Dot dot{actor(node), ++issued_[static_cast<std::size_t>(node)]};
    record.siblings.erase(
        std::remove_if(record.siblings.begin(), record.siblings.end(),
                       [&](const Sibling& sibling) { return claimed->contains(sibling.dot); }),
        record.siblings.end());
    record.context.join(*claimed);
    record.context.add(dot);
    Sibling sibling;
    sibling.dot = dot;
    sibling.value = Blob(value);
    record.siblings.push_back(sibling);
    std::sort(record.siblings.begin(), record.siblings.end(),
              [](const Sibling& a, const Sibling& b) { return a.dot < b.dot; });
    for (const int other : reached) merge(other, record);
    return true;
  }

  void converge() {
    for (int round = 0; round < 2; ++round) {
      for (int from = 0; from < kReplicas; ++from) {
        for (int to = 0; to < kReplicas; ++to) merge(to, replicas_[static_cast<std::size_t>(from)]);
      }
    }
  }

 private:
  void merge(int node, const Record& record) {
    Record& mine = replicas_[static_cast<std::size_t>(node)];
    mine = sync(mine, record, kRetryWindowDefaultMs);
  }

  // The context to work with, or nothing when the put is refused. All policies but the last believe
  // whatever a token says, as stores do that send their contexts in the clear.
  std::optional<Context> accept(const Record& known, const std::string& sealed) const {
    if (policy_ == Policy::kSigned) {
      const Result<Token> token = seal_.open(sealed, kKey);
      if (!token) return std::nullopt;
      return token->context;
    }
    Context claimed = believe(sealed);
    if (policy_ == Policy::kReject && !known.context.descends(claimed)) return std::nullopt;
    if (policy_ == Policy::kClamp) {
      std::vector<Context::Entry> cut;
      for (Context::Entry entry : claimed.entries()) {
        entry.counter = std::min(entry.counter, known.context.max_counter(entry.actor));
        if (entry.counter > 0) cut.push_back(entry);
      }
      claimed = Context::from_parts(cut, {});
    }
    return claimed;
  }

  // Reads a token like somebody who does not care who made it: whoever knows any key may have
  // sealed it.
  Context believe(const std::string& sealed) const {
    if (const Result<Token> token = seal_.open(sealed, kKey)) return token->context;
    return attackers_seal().open(sealed, kKey).value().context;
  }

  Policy policy_;
  TokenSeal seal_{"dev", {"the secret that the cluster's nodes share"}};
  std::array<Record, kReplicas> replicas_;
  std::array<std::uint64_t, kReplicas> issued_{};
};

std::string forged_token() {
  std::vector<Context::Entry> entries;
  for (int node = 0; node < kReplicas; ++node) entries.push_back({actor(node), kCounterMax});
  const Token token{Context::from_parts(entries, {}), Timestamp{}, 0};
  return *ModelStore::attackers_seal().seal(token, kKey);
}

std::string empty_token() { return *ModelStore::attackers_seal().seal(Token{}, kKey); }

struct Story {
  bool forged_accepted = false;
  std::vector<std::string> after_forged;                       // values at the coordinator
  int acknowledged = 0;                                        // of 100 honest puts
  std::array<std::vector<std::string>, kReplicas> replicated;  // what each replica then holds
  std::array<std::vector<std::string>, kReplicas> repaired;    // and after they have all met
};

// Three concurrent writers, then the forged put, then 100 honest reads and writes, all through node
// 0.
Story run(Policy policy) {
  ModelStore store(policy);
  const std::string nothing_read = store.read(0).token;
  for (const int node : {0, 1, 2}) {
    EXPECT_TRUE(store.put(node, "honest " + std::to_string(node), nothing_read));
  }
  store.converge();
  EXPECT_EQ(store.read(0).values.size(), 3u);

  Story story;
  story.forged_accepted = store.put(0, "forged", forged_token());
  story.after_forged = store.read(0).values;
  for (int i = 0; i < 100; ++i) {
    if (store.put(0, "later " + std::to_string(i), store.read(0).token)) ++story.acknowledged;
  }
  for (std::size_t node = 0; node < kReplicas; ++node) {
    story.replicated[node] = store.read(static_cast<int>(node)).values;
  }
  store.converge();
  for (std::size_t node = 0; node < kReplicas; ++node) {
    story.repaired[node] = store.read(static_cast<int>(node)).values;
  }
  return story;
}

using Values = std::vector<std::string>;

bool holds(const Values& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

TEST(ForgedContext, TrustLosesEveryLaterWrite) {
  const Story story = run(Policy::kTrust);
  EXPECT_TRUE(story.forged_accepted);
  EXPECT_EQ(story.after_forged, Values{"forged"})
      << "three values that the writer never read are gone";
  EXPECT_EQ(story.acknowledged, 100);
  // Acknowledged a hundred times, and stored on one replica: to the others each dot looked long
  // known.
  EXPECT_TRUE(holds(story.replicated[0], "later 99"));
  // Acknowledged a hundred times, and stored on one replica: to the others each dot looked long
  // known. No repair brings it there either.
  for (const std::size_t other : {1u, 2u}) {
    EXPECT_FALSE(holds(story.replicated[other], "later 99"));
    EXPECT_FALSE(holds(story.repaired[other], "later 99"));
  }
}

TEST(ForgedContext, ClampConvergesButErasesWhatTheWriterNeverRead) {
  const Story story = run(Policy::kClamp);
  EXPECT_TRUE(story.forged_accepted);
  EXPECT_EQ(story.after_forged, Values{"forged"});
  EXPECT_EQ(story.acknowledged, 100);
  for (const Values& values : story.repaired) EXPECT_EQ(values, Values{"later 99"});
}

TEST(ForgedContext, RejectAboveLocalKnowledgeKeepsTheSiblings) {
  const Story story = run(Policy::kReject);
  EXPECT_FALSE(story.forged_accepted);
  EXPECT_EQ(story.after_forged.size(), 3u);
  EXPECT_EQ(story.acknowledged, 100);
  for (const Values& values : story.repaired) EXPECT_EQ(values, Values{"later 99"});
}

TEST(ForgedContext, SignedTokensKeepTheSiblings) {
  const Story story = run(Policy::kSigned);
  EXPECT_FALSE(story.forged_accepted);
  EXPECT_EQ(story.after_forged.size(), 3u);
  EXPECT_EQ(story.acknowledged, 100);
  for (const Values& values : story.repaired) EXPECT_EQ(values, Values{"later 99"});
}

// Node 2 lags; an honest client read at node 0 and writes through node 2.
bool honest_write_through_a_lagging_coordinator(Policy policy) {
  ModelStore store(policy);
  const std::string nothing_read = policy == Policy::kSigned ? store.read(0).token : empty_token();
  EXPECT_TRUE(store.put(0, "first", nothing_read, {0, 1}));
  const bool accepted = store.put(2, "second", store.read(0).token);
  store.converge();
  if (accepted) {
    for (int node = 0; node < kReplicas; ++node)
      EXPECT_EQ(store.read(node).values, Values{"second"});
  }
  return accepted;
}

TEST(ForgedContext, RejectAboveLocalKnowledgeFailsHonestClientsOnALaggingCoordinator) {
  EXPECT_FALSE(honest_write_through_a_lagging_coordinator(Policy::kReject));
}

TEST(ForgedContext, SignedTokensWorkOnALaggingCoordinator) {
  EXPECT_TRUE(honest_write_through_a_lagging_coordinator(Policy::kSigned));
}

}  // namespace
}  // namespace quorate
