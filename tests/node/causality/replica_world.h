// A few replicas of one key beside the causal model of them, taking the same steps: writes with and
// without a token, deletes, reads and syncs; and the question whether they still agree.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/causality/codec.h"
#include "node/causality/dot_mint.h"
#include "node/causality/record.h"
#include "node/causality/row.h"
#include "tests/node/causality/causal_model.h"

namespace quorate::testing_support {

// The mutator of a register, in the few lines that it takes (core/types/ has the product's).
inline void write_register(const Context& replaced, const Dot& dot,
                           const std::optional<std::string>& value, Record& record) {
  std::erase_if(record.siblings,
                [&](const Sibling& sibling) { return replaced.contains(sibling.dot); });
  record.context.join(replaced);
  record.context.add(dot);
  if (!value) return;
  Sibling sibling;
  sibling.dot = dot;
  sibling.value = Blob(*value);
  const auto at = std::lower_bound(record.siblings.begin(), record.siblings.end(), dot,
                                   [](const Sibling& s, const Dot& d) { return s.dot < d; });
  record.siblings.insert(at, std::move(sibling));
}

class ReplicaWorld {
 public:
  enum class Replaces { kOwnRow, kToken, kNothing };

  explicit ReplicaWorld(std::size_t replicas) : model_(replicas) {
    for (std::size_t i = 0; i < replicas; ++i) {
      const auto node = static_cast<NodeId>(i + 1);
      replicas_.push_back({Row(), DotMint(make_run_id(node, i))});
    }
  }

  std::size_t size() const { return replicas_.size(); }
  const Record& record(std::size_t i) const { return replicas_[i].row.record; }
  const CausalModel& model() const { return model_; }

  // A put, or a delete when there is no value, at replica i. The client's token then is what its
  // write replaced, and the write itself: all that it may replace next.
  void write(std::size_t i, Replaces replaces, bool is_delete) {
    Replica& replica = replicas_[i];
    Context context;
    Events events;
    switch (replaces) {
      case Replaces::kOwnRow:
        context = replica.row.record.context;
        events = model_.known(i);
        break;
      case Replaces::kToken:
        context = token_;
        events = token_events_;
        break;
      case Replaces::kNothing:
        break;
    }
    const Dot dot = replica.mint.mint(&replica.row, context);
    std::optional<std::string> value;
    if (!is_delete) value = "by " + to_string(dot);
    write_register(context, dot, value, replica.row.record);
    replica.row.mark = Mark{dot.actor, dot.counter};
    model_.write(i, dot, events, value);
    token_ = std::move(context);
    token_.add(dot);
    token_events_ = std::move(events);
    token_events_.insert(dot);
  }

  void read(std::size_t i) {
    token_ = record(i).context;
    token_events_ = model_.known(i);
  }

  void sync_from(std::size_t i, std::size_t j) {
    Record& mine = replicas_[i].row.record;
    mine = sync(mine, record(j), kRetryWindowDefaultMs);
    model_.learn(i, j);
  }

  // The replica loses its row; with a restart, its process begins a new run as well.
  void lose_row(std::size_t i) {
    replicas_[i].row = Row();
    model_.forget(i);
  }
  void restart(std::size_t i, std::uint64_t random) {
    replicas_[i].mint = DotMint(make_run_id(static_cast<NodeId>(i + 1), random));
  }

  // The replica's record says exactly what the model says.
  void expect_agreement(std::size_t i) const { expect_means(record(i), model_.known(i)); }

  // All replicas merged, in every order and with every placing of brackets that three allow, agree.
  void expect_all_merges_agree() const {
    Events all;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < size(); ++i) {
      order.push_back(i);
      all.insert(model_.known(i).begin(), model_.known(i).end());
    }
    Record first;
    for (const std::size_t i : order) first = sync(first, record(i), kRetryWindowDefaultMs);
    expect_means(first, all);
    do {
      Record from_left;
      Record from_right;
      for (std::size_t k = 0; k < order.size(); ++k) {
        from_left = sync(from_left, record(order[k]), kRetryWindowDefaultMs);
        from_right = sync(record(order[order.size() - 1 - k]), from_right, kRetryWindowDefaultMs);
      }
      ASSERT_EQ(from_left, first);
      ASSERT_EQ(from_right, first);
    } while (std::next_permutation(order.begin(), order.end()));
  }

  // Equal worlds have equal bytes, and go on alike.
  std::string fingerprint() const {
    std::string bytes;
    for (const Replica& replica : replicas_) {
      append_row(replica.row, RowLayout::kInline, bytes);
      DotMint copy = replica.mint;
      bytes += to_string(copy.mint(nullptr, {}));
    }
    append_context(token_, bytes);
    for (const auto& [dot, event] : model_.events()) {
      bytes += to_string(dot) + (event.value ? "=" : "-");
      for (const Dot& superseded : event.superseded) bytes += to_string(superseded);
    }
    return bytes;
  }

 private:
  struct Replica {
    Row row;
    DotMint mint;
  };

  void expect_means(const Record& record, const Events& known) const {
    Context context;
    for (const Dot& dot : known) context.add(dot);
    ASSERT_EQ(record.context, context);
    const std::map<Dot, std::string> values = model_.values_of(known);
    ASSERT_EQ(record.siblings.size(), values.size()) << to_string(record.context);
    auto expected = values.begin();
    for (const Sibling& sibling : record.siblings) {
      ASSERT_EQ(sibling.dot, expected->first);
      ASSERT_EQ(sibling.value.view(), expected->second);
      ++expected;
    }
  }

  std::vector<Replica> replicas_;
  CausalModel model_;
  Context token_;  // one client's
  Events token_events_;
};

}  // namespace quorate::testing_support
