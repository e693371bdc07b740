// A few replicas of one key of a partial type beside the causal model of them, taking the same
// steps; and the question whether they still say the same.
//
// The model is explicit and slow on purpose: which events each replica has heard of, and which
// events each event's writer had observed. What that means is for the type's judge to say.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "node/base/random.h"
#include "node/causality/codec.h"
#include "node/causality/delta.h"
#include "node/causality/dot_mint.h"
#include "node/core/types/data_type.h"

namespace quorate::testing_support {

using Events = std::set<Dot>;

struct ModelEvent {
  Verb verb = Verb::kUpdate;
  Update update = Update::kNone;
  std::string field;
  std::string value;
  Events observed;  // what its writer had seen
};

// "field=value" of all that a reader sees, sorted.
using Shown = std::multiset<std::string>;

class TypeWorld {
 public:
  // What somebody sees who has heard of `known`.
  using Judge = std::function<Shown(const std::map<Dot, ModelEvent>& events, const Events& known)>;
  enum class Brings { kNothing, kToken, kContextNone };

  TypeWorld(const DataType& type, Judge judge, std::size_t replicas)
      : type_(type), judge_(std::move(judge)) {
    for (std::size_t i = 0; i < replicas; ++i) {
      const auto node = static_cast<NodeId>(i + 1);
      replicas_.push_back({Row(), DotMint(make_run_id(node, i)), {}});
    }
  }

  std::size_t size() const { return replicas_.size(); }
  const Record& record(std::size_t i) const { return replicas_[i].row.record; }
  bool covers_token(std::size_t i) const { return record(i).context.descends(token_); }

  // A write at replica i, as the coordinator does it: a removal without a token replaces all that
  // the replica knows. Returns what came of it.
  // REQUIRES: with a token, covers_token(i).
  std::optional<Refusal> write(std::size_t i, Brings brings, Verb verb, Update update,
                               const std::string& field, const std::string& value) {
    Replica& at = replicas_[i];
    Mutation mutation;
    mutation.verb = verb;
    mutation.update = update;
    mutation.field = field;
    mutation.value = Blob(value);
    Events observed;
    Events brought;
    switch (brings) {
      case Brings::kNothing:
        mutation.context = at.row.record.context;
        observed = at.known;
        break;
      case Brings::kToken:
        mutation.context = mutation.brought = token_;
        observed = brought = token_events_;
        break;
      case Brings::kContextNone:
        break;
    }
    const Dot dot = at.mint.mint(&at.row, mutation.context);
    mutation.dot = dot;
    mutation.timestamp = Timestamp{++now_};
    Record record = at.row.record;
    if (std::optional<Refusal> refusal = type_.apply(&mutation, &record)) return refusal;
    expect_change_does(at.row.record, record, dot);
    at.row.record = std::move(record);
    at.row.mark = Mark{dot.actor, dot.counter};
    at.known.insert(dot);
    events_[dot] = ModelEvent{verb, update, field, value, observed};

    token_ = mutation.context;
    token_.add(dot);
    // The token claims nothing that the model's client may not know: what it brought, what its
    // write observed, and the earlier events of the write's own actor.
    token_events_.clear();
    for (const auto& [event, unused] : events_) {
      if (!token_.contains(event)) continue;
      token_events_.insert(event);
      EXPECT_TRUE(brought.count(event) + observed.count(event) > 0 || event.actor == dot.actor)
          << to_string(event) << " of " << to_string(token_);
    }
    return std::nullopt;
  }

  void read(std::size_t i) {
    token_ = record(i).context;
    token_events_ = replicas_[i].known;
  }

  void sync_from(std::size_t i, std::size_t j) {
    Record& mine = replicas_[i].row.record;
    ASSERT_TRUE(consistent(mine, record(j)));
    mine = sync(mine, record(j), kRetryWindowDefaultMs);
    replicas_[i].known.insert(replicas_[j].known.begin(), replicas_[j].known.end());
  }

  // The replica loses its row; its process begins a new run as well.
  void lose(std::size_t i, std::uint64_t random) {
    replicas_[i] = {Row(), DotMint(make_run_id(static_cast<NodeId>(i + 1), random)), {}};
  }

  void restart(std::size_t i, std::uint64_t random) {
    replicas_[i].mint = DotMint(make_run_id(static_cast<NodeId>(i + 1), random));
  }

  void expect_agreement(std::size_t i) const { expect_means(record(i), replicas_[i].known); }

  // All replicas merged, in every order, agree; and say what the model says.
  void expect_all_merges_agree() const {
    Events all;
    std::vector<std::size_t> order;
    Record first;
    for (std::size_t i = 0; i < size(); ++i) {
      order.push_back(i);
      all.insert(replicas_[i].known.begin(), replicas_[i].known.end());
      first = sync(first, record(i), kRetryWindowDefaultMs);
    }
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

  static Shown shown(const DataType& type, const Record& record) {
    Shown shown;
    for (const ReadValue& value : type.view(record, 0)) {
      shown.insert(value.field + "=" + std::string(value.value.view()));
    }
    return shown;
  }

 private:
  struct Replica {
    Row row;
    DotMint mint;
    Events known;
  };

  // Whoever knows what the writer knew before needs no more than what changed.
  void expect_change_does(const Record& before, const Record& after, const Dot& dot) const {
    const std::optional<Delta> delta = delta_of(before, after, dot);
    ASSERT_TRUE(delta);
    for (const Replica& replica : replicas_) {
      const Record& record = replica.row.record;
      if (!record.context.descends(delta->since)) continue;
      ASSERT_EQ(sync(record, delta->change, kRetryWindowDefaultMs),
                sync(record, after, kRetryWindowDefaultMs));
    }
  }

  void expect_means(const Record& record, const Events& known) const {
    Context context;
    for (const Dot& dot : known) context.add(dot);
    ASSERT_EQ(record.context, context);
    ASSERT_EQ(shown(type_, record), judge_(events_, known)) << to_string(record.context);
    std::string bytes;
    append_record(record, bytes);
    const Result<Record> decoded = decode_record(bytes);
    ASSERT_TRUE(decoded) << decoded.error().to_string();
  }

  const DataType& type_;
  Judge judge_;
  std::vector<Replica> replicas_;
  std::map<Dot, ModelEvent> events_;
  Context token_;  // one client's
  Events token_events_;
  std::uint64_t now_ = 0;
};

}  // namespace quorate::testing_support
