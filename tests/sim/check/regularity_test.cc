// Regularity against its definition: is there, for each read alone, an order of the writes in which
// it returns the last one before it?
#include "sim/check/regularity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "node/base/random.h"
#include "sim/check/key_view.h"
#include "tests/sim/sim_fixture.h"
#include "tests/support/test_seed.h"

namespace quorate::sim {
namespace {

const Key kKey = key_of("k");

Operation drawn_operation(Random& random, std::uint64_t number) {
  Operation operation;
  operation.client = kFirstClientHost + static_cast<HostId>(number);
  operation.request.key = kKey;
  operation.invoked = static_cast<SimTime>(random.below(8));
  operation.finished = operation.invoked + static_cast<SimTime>(random.below(5));
  operation.outcome = Outcome::kOk;
  const auto value = [&] { return Blob("v" + std::to_string(random.below(4))); };
  if (random.chance(1, 3)) {
    for (std::uint64_t i = random.below(3); i > 0; --i) {
      operation.reply.values.push_back(ReadValue{value(), {}, {}, 0, {}});
    }
    if (operation.reply.values.empty()) operation.outcome = Outcome::kNotFound;
    return operation;
  }
  operation.request.verb = random.chance(1, 5) ? Verb::kDelete : Verb::kPut;
  if (operation.request.verb == Verb::kPut) operation.request.value = value();
  operation.request.id = RequestId{1, number + 1};
  if (random.chance(1, 5)) operation.outcome = Outcome::kUnknown;
  if (random.chance(1, 8)) operation.outcome = Outcome::kNotApplied;
  return operation;
}

bool returns(const Operation& read, const Operation* write) {
  const auto& values = read.reply.values;
  if (write == nullptr || write->request.verb == Verb::kDelete) return values.empty();
  return std::any_of(values.begin(), values.end(),
                     [&](const ReadValue& value) { return value.value == write->request.value; });
}

// Tries every order, and every place of the read in it.
bool regular_by_definition(const Operation& read, const std::vector<const Operation*>& writes) {
  const auto must_precede = [](const Operation& a, const Operation& b) {
    return (a.acknowledged() || !a.is_write()) && ended_before(a, b);
  };
  std::vector<std::size_t> order(writes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  do {
    bool lawful = true;
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (std::size_t j = i + 1; j < order.size(); ++j) {
        lawful = lawful && !must_precede(*writes[order[j]], *writes[order[i]]);
      }
    }
    for (std::size_t place = 0; lawful && place <= order.size(); ++place) {
      bool fits = returns(read, place == 0 ? nullptr : writes[order[place - 1]]);
      for (std::size_t i = 0; i < order.size(); ++i) {
        const Operation& write = *writes[order[i]];
        fits = fits && !(i < place ? must_precede(read, write) : must_precede(write, read));
      }
      if (fits) return true;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return false;
}

TEST(Regularity, is_that_of_the_definition) {
  TestCluster cluster;
  Random random(testing_support::test_seed());
  int regular = 0;
  int broken = 0;
  for (int i = 0; i < 4'000; ++i) {
    History history;
    const std::uint64_t operations = 1 + random.below(7);
    for (std::uint64_t number = 0; number < operations; ++number) {
      history.add(drawn_operation(random, number));
    }
    const Ledger ledger;
    Supersession supersession(ledger, history, cluster->options().buckets);
    const Evidence evidence = gather(*cluster, history, ledger, supersession, {kKey});
    const auto views = view_by_key(evidence);
    const KeyView& view = views.at(kKey);
    const bool expected = std::all_of(
        view.reads.begin(), view.reads.end(),
        [&](const Operation* read) { return regular_by_definition(*read, view.writes); });
    ASSERT_EQ(!broken_regularity(evidence), expected) << "history " << i;
    ++(expected ? regular : broken);
  }
  EXPECT_GT(regular, 500);
  EXPECT_GT(broken, 500);
}

}  // namespace
}  // namespace quorate::sim
