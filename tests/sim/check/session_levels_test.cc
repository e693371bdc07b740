// The four session guarantees against a second implementation, which follows the definitions with
// sets of writes in place of contexts; over thousands of small histories of a store that promises
// nothing: three replicas that now and then copy from one another, and answer alone.
#include "sim/check/session_levels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "node/base/random.h"
#include "sim/check/freshness.h"
#include "tests/sim/sim_fixture.h"
#include "tests/support/test_seed.h"

namespace quorate::sim {
namespace {

using Writes = std::set<std::uint64_t>;  // by operation index

// What the second implementation knows of an operation.
struct Fact {
  bool is_write = false;
  bool is_delete = false;
  bool asked_for_sibling = false;
  HostId client = 0;
  Writes shown;     // a read: the values
  Writes known;     // a read: all that its replica had heard of
  Writes replaced;  // a write: the values that it replaced at first hand
};

const Key kKey = key_of("k");

// One replica, twice: as the store would keep it, and as sets.
struct Replica {
  Row row;
  std::uint64_t minted = 0;
  Writes living;
  Writes known;
};

struct Session {
  std::optional<Token> token;
  std::uint64_t from = 0;
};

class TinyWorld {
 public:
  explicit TinyWorld(Random& random) : random_(random), replicas_(3) {
    const std::uint64_t steps = 3 + random.below(8);
    for (std::uint64_t i = 0; i < steps; ++i) {
      if (random.chance(1, 3)) {
        copy(random.below(3), random.below(3));
      } else {
        operate();
      }
    }
  }

  History history;
  Ledger ledger;
  std::vector<Fact> facts;

 private:
  void copy(std::size_t from, std::size_t to) {
    Replica& target = replicas_[to];
    const Replica& source = replicas_[from];
    target.row.record = sync(target.row.record, source.row.record, kRetryWindowDefaultMs);
    Writes living;
    for (const std::uint64_t write : target.living) {
      if (source.living.count(write) || !source.known.count(write)) living.insert(write);
    }
    for (const std::uint64_t write : source.living) {
      if (target.living.count(write) || !target.known.count(write)) living.insert(write);
    }
    target.living = living;
    target.known.insert(source.known.begin(), source.known.end());
  }

  void operate() {
    const std::size_t at = random_.below(3);
    const std::uint64_t client = random_.below(3);
    Operation operation;
    operation.client = kFirstClientHost + static_cast<HostId>(client);
    operation.request.key = kKey;
    operation.invoked = ++now_;
    operation.finished = ++now_;
    operation.outcome = Outcome::kOk;
    // The first client is a session.
    operation.context = client == 0 ? ContextUse::kSession : ContextUse::kBlind;
    Session& session = sessions_[client];
    if (client == 0 && session.token) {
      operation.request.token = session.token;
      operation.token_from = session.from;
    }
    if (random_.chance(1, 2)) {
      read(operation, replicas_[at]);
    } else {
      write(operation, replicas_[at], at);
    }
    session = Session{operation.reply.token, operation.index};
  }

  void read(Operation& operation, Replica& replica) {
    operation.request.verb = Verb::kGet;
    Token token;
    token.context = replica.row.record.context;
    operation.reply.token = token;
    for (const Sibling& sibling : replica.row.record.siblings) {
      operation.reply.values.push_back(ReadValue{sibling.value, sibling.dot, {}, 0, {}});
    }
    if (operation.reply.values.empty()) operation.outcome = Outcome::kNotFound;
    operation.index = history.add(operation).index;
    Fact fact;
    fact.client = operation.client;
    fact.shown = replica.living;
    fact.known = replica.known;
    facts.push_back(fact);
  }

  void write(Operation& operation, Replica& replica, std::size_t at) {
    const bool deletes = random_.chance(1, 4);
    const bool alone = operation.context == ContextUse::kBlind && random_.chance(1, 4);
    operation.request.verb = deletes ? Verb::kDelete : Verb::kPut;
    operation.request.context_none = alone;
    if (alone) operation.context = ContextUse::kNone;
    operation.request.id = RequestId{1, history.operations().size() + 1};
    const std::uint64_t index = history.operations().size();
    if (!deletes) operation.request.value = Blob("v" + std::to_string(index));

    Fact fact;
    fact.is_write = true;
    fact.is_delete = deletes;
    fact.asked_for_sibling = alone;
    fact.client = operation.client;
    Writes covered;  // by the context that the write goes by
    Context context;
    if (operation.request.token) {
      context = operation.request.token->context;
      covered = known_of_token(*operation.token_from);
      const Fact& source = facts[*operation.token_from];
      fact.replaced = source.is_write ? Writes{*operation.token_from} : source.shown;
    } else if (!alone) {
      context = replica.row.record.context;
      covered = replica.known;
      fact.replaced = replica.living;
    }
    known_of_write_.resize(index + 1);
    known_of_write_[index] = covered;
    known_of_write_[index].insert(index);

    const Row before = replica.row;
    const Dot dot{Actor{make_run_id(static_cast<NodeId>(at + 1), 7), 1}, ++replica.minted};
    Record& record = replica.row.record;
    std::erase_if(record.siblings,
                  [&](const Sibling& sibling) { return context.contains(sibling.dot); });
    record.context.join(context);
    record.context.add(dot);
    if (!deletes) {
      Sibling sibling;
      sibling.dot = dot;
      sibling.value = operation.request.value;
      record.siblings.push_back(sibling);
      std::sort(record.siblings.begin(), record.siblings.end(),
                [](const Sibling& a, const Sibling& b) { return a.dot < b.dot; });
    }
    replica.row.mark = Mark{dot.actor, dot.counter};
    TraceEvent minted;
    minted.kind = TraceKind::kDotMinted;
    minted.dot = dot;
    minted.b = operation.request.id.low;
    ledger.on_trace(now_, static_cast<NodeId>(at + 1), minted);
    ledger.on_row_written(now_, static_cast<NodeId>(at + 1), dot.actor.run, kKey, &before,
                          replica.row, true);

    std::erase_if(replica.living, [&](std::uint64_t each) { return covered.count(each) != 0; });
    replica.known.insert(known_of_write_[index].begin(), known_of_write_[index].end());
    if (!deletes) replica.living.insert(index);

    Token token;
    token.context = context;
    token.context.add(dot);
    operation.reply.token = token;
    operation.reply.dot = dot;
    operation.index = history.add(operation).index;
    facts.push_back(fact);
  }

  Writes known_of_token(std::uint64_t source) const {
    return facts[source].is_write ? known_of_write_[source] : facts[source].known;
  }

  Random& random_;
  std::vector<Replica> replicas_;
  Session sessions_[3];
  std::vector<Writes> known_of_write_;
  SimTime now_ = 0;
};

// The definitions, read off the header.
class ByDefinition {
 public:
  ByDefinition(const std::vector<Fact>& facts, Sessions sessions)
      : facts_(facts), sessions_(sessions) {}

  bool monotonic_reads() const {
    return for_all_pairs([&](std::uint64_t first, std::uint64_t second) {
      return facts_[first].is_write || facts_[second].is_write ||
             reflects_all(second, relevant(first));
    });
  }
  bool read_your_writes() const {
    return for_all_pairs([&](std::uint64_t first, std::uint64_t second) {
      return !facts_[first].is_write || facts_[second].is_write || reflects(second, first);
    });
  }
  bool monotonic_writes() const {
    return for_all_pairs([&](std::uint64_t first, std::uint64_t second) {
      return !facts_[first].is_write || !facts_[second].is_write || in_order({first}, second);
    });
  }
  // The writes before a read that it takes no account of; everything ends before the next begins.
  std::int64_t missed(std::uint64_t read) const {
    std::int64_t missed = 0;
    for (std::uint64_t write = 0; write < read; ++write) {
      missed += facts_[write].is_write && !reflects(read, write);
    }
    return missed;
  }
  bool writes_follow_reads() const {
    return for_all_pairs([&](std::uint64_t first, std::uint64_t second) {
      return facts_[first].is_write || !facts_[second].is_write ||
             in_order(relevant(first), second);
    });
  }

 private:
  template <typename Holds>
  bool for_all_pairs(Holds holds) const {
    for (std::uint64_t first = 0; first < facts_.size(); ++first) {
      for (std::uint64_t second = first + 1; second < facts_.size(); ++second) {
        const HostId client = facts_[first].client;
        if (client != facts_[second].client) continue;
        if (sessions_ == Sessions::kPromised && client != kFirstClientHost) continue;
        if (!holds(first, second)) return false;
      }
    }
    return true;
  }

  bool replaced_within(std::uint64_t write, const Writes& known) const {
    return std::any_of(known.begin(), known.end(), [&](std::uint64_t other) {
      return facts_[other].replaced.count(write) != 0;
    });
  }
  bool reflects(std::uint64_t read, std::uint64_t write) const {
    const Fact& fact = facts_[read];
    return fact.shown.count(write) || (facts_[write].is_delete && fact.known.count(write)) ||
           replaced_within(write, fact.known);
  }
  bool reflects_all(std::uint64_t read, const Writes& writes) const {
    return std::all_of(writes.begin(), writes.end(),
                       [&](std::uint64_t write) { return reflects(read, write); });
  }
  Writes relevant(std::uint64_t read) const {
    Writes writes = facts_[read].shown;
    for (const std::uint64_t write : facts_[read].known) {
      const bool last = facts_[write].is_delete && !replaced_within(write, facts_[read].known);
      if (last) writes.insert(write);
    }
    return writes;
  }
  bool in_order(const Writes& earlier, std::uint64_t later) const {
    for (std::uint64_t read = 0; read < facts_.size(); ++read) {
      if (facts_[read].is_write || !facts_[read].known.count(later)) continue;
      for (const std::uint64_t write : earlier) {
        if (!reflects(read, write)) return false;
        if (!facts_[later].asked_for_sibling && facts_[read].shown.count(write)) return false;
      }
    }
    return true;
  }

  const std::vector<Fact>& facts_;
  Sessions sessions_;
};

std::string text_of(const History& history) {
  std::string text;
  for (const Operation& operation : history.operations()) text += to_string(operation) + "\n";
  return text;
}

TEST(SessionLevels, are_those_of_the_definitions) {
  TestCluster cluster;  // only for its buckets
  Random random(testing_support::test_seed());
  int broken[4] = {};
  constexpr int kWorlds = 4'000;
  for (int i = 0; i < kWorlds; ++i) {
    const TinyWorld world(random);
    Supersession supersession(world.ledger, world.history, cluster->options().buckets);
    const Evidence evidence = gather(*cluster, world.history, world.ledger, supersession, {kKey});
    for (const Sessions sessions : {Sessions::kObserved, Sessions::kPromised}) {
      const ByDefinition definition(world.facts, sessions);
      const bool found[] = {!broken_monotonic_reads(evidence, sessions),
                            !broken_read_your_writes(evidence, sessions),
                            !broken_monotonic_writes(evidence, sessions),
                            !broken_writes_follow_reads(evidence, sessions)};
      const bool expected[] = {definition.monotonic_reads(), definition.read_your_writes(),
                               definition.monotonic_writes(), definition.writes_follow_reads()};
      for (int guarantee = 0; guarantee < 4; ++guarantee) {
        ASSERT_EQ(found[guarantee], expected[guarantee])
            << "world " << i << ", guarantee " << guarantee << "\n"
            << text_of(world.history);
        broken[guarantee] += !found[guarantee];
      }
    }
  }
  for (const int each : broken) {
    EXPECT_GT(each, 10);
    EXPECT_LT(each, 2 * kWorlds - 10);
  }
}

TEST(Freshness, counts_the_writes_that_a_read_takes_no_account_of) {
  TestCluster cluster;  // only for its buckets
  Random random(testing_support::test_seed() + 1);
  std::int64_t most = 0;
  for (int i = 0; i < 2'000; ++i) {
    const TinyWorld world(random);
    Supersession supersession(world.ledger, world.history, cluster->options().buckets);
    const Freshness freshness =
        freshness_of(gather(*cluster, world.history, world.ledger, supersession, {kKey}));
    const ByDefinition definition(world.facts, Sessions::kObserved);
    std::map<std::uint64_t, std::int64_t> found;
    for (const StaleRead& read : freshness.stale) found[read.read->index] = read.versions;
    for (std::uint64_t index = 0; index < world.facts.size(); ++index) {
      if (world.facts[index].is_write) continue;
      const std::int64_t missed = definition.missed(index);
      ASSERT_EQ(found.count(index) ? found[index] : 0, missed) << "world " << i;
      most = std::max(most, missed);
    }
  }
  EXPECT_GE(most, 3);
}

}  // namespace
}  // namespace quorate::sim
