#include "sim/linear/contradictions.h"

#include <algorithm>

#include "node/base/check.h"
#include "sim/linear/max_tree.h"

namespace quorate::sim::linear {
namespace {

class Player {
 public:
  Player(const Moves& moves, const StringStates& strings);

  std::optional<Witness> play();
  // What the move that play() found could have seen. REQUIRES: every value has one maker at most.
  std::vector<std::string> possible() const;

 private:
  // What is known of a value by the event that was played last.
  struct Cluster {
    Time made = kNever;  // when the first that makes it began
    OperationId maker = kNoOperation;
    std::uint32_t makers = 0;
    std::size_t rank = MaxTree::kNowhere;  // by its earliest end; kNowhere: nothing in it has ended
    Time last_begin = kBeforeAll;
    OperationId began_last = kNoOperation;
  };

  void add_maker(SlotId slot, Time invoked, OperationId operation, std::size_t count);
  void rank(SlotId slot, Time end, OperationId operation);
  bool was_made(const Move& move);
  bool join(SlotId slot, const Move& move);
  std::size_t contradicting(const Cluster& cluster, Time last_begin) const;
  Contradiction explain(SlotId slot, OperationId began, std::size_t rank) const;
  std::string text(SlotId slot) const { return strings_.to_edn(moves_.slots[slot].state); }

  const Moves& moves_;
  const StringStates& strings_;
  std::vector<Cluster> clusters_;  // by slot
  // Of the clusters in which something has ended, in that order.
  std::vector<Time> first_ends_;
  std::vector<OperationId> ended_first_;
  std::vector<SlotId> ranked_;
  MaxTree last_begins_;
  Witness witness_;
  const Move* found_ = nullptr;
};

Player::Player(const Moves& moves, const StringStates& strings)
    : moves_(moves),
      strings_(strings),
      clusters_(moves.slots.size()),
      last_begins_(moves.slots.size()) {
  add_maker(moves.initial, kBeforeAll, kNoOperation, 1);
  for (const Move& move : moves.all) {
    if (move.makes != kNone) add_maker(move.makes, move.invoked, move.operation, 1);
  }
  for (const OpenGroup& group : moves.open) {
    if (group.makes == kNone) continue;
    add_maker(group.makes, group.invoked[0], group.operations[0], group.operations.size());
  }
  if (clusters_[moves.initial].makers == 1) rank(moves.initial, kBeforeAll, kNoOperation);
}

void Player::add_maker(SlotId slot, Time invoked, OperationId operation, std::size_t count) {
  Cluster& cluster = clusters_[slot];
  cluster.makers += static_cast<std::uint32_t>(count);
  if (invoked >= cluster.made) return;
  cluster.made = invoked;
  cluster.maker = operation;
  cluster.last_begin = invoked;
  cluster.began_last = operation;
}

// The first end in a cluster. It comes after all others, so that it contradicts none.
void Player::rank(SlotId slot, Time end, OperationId operation) {
  clusters_[slot].rank = first_ends_.size();
  first_ends_.push_back(end);
  ended_first_.push_back(operation);
  ranked_.push_back(slot);
}

// The rank of a cluster that would contradict this one, if its latest begin were that; of several
// the one that ended last, which is the easiest to see.
std::size_t Player::contradicting(const Cluster& cluster, Time last_begin) const {
  const Time first_end = first_ends_[cluster.rank];
  const std::size_t before = static_cast<std::size_t>(
      std::lower_bound(first_ends_.begin(), first_ends_.end(), last_begin) - first_ends_.begin());
  const std::size_t later = last_begins_.last_later(cluster.rank + 1, before, first_end);
  if (later != MaxTree::kNowhere) return later;
  return last_begins_.last_later(0, std::min(cluster.rank, before), first_end);
}

// Of the other one's operations the one that made the value is the easiest to see, if it will do.
Contradiction Player::explain(SlotId slot, OperationId began, std::size_t rank) const {
  const Cluster& own = clusters_[slot];
  const Cluster& other = clusters_[ranked_[rank]];
  const bool made_after = other.made > first_ends_[own.rank];
  return {.own = text(slot),
          .other = text(ranked_[rank]),
          .own_ended = ended_first_[own.rank],
          .other_began = made_after ? other.maker : other.began_last,
          .other_ended = ended_first_[rank],
          .own_began = began};
}

// Adds the move to the cluster of a value. False: that contradicts another one.
bool Player::join(SlotId slot, const Move& move) {
  if (slot == kNone || clusters_[slot].makers != 1) return true;
  Cluster& cluster = clusters_[slot];
  const bool first = cluster.rank == MaxTree::kNowhere;
  if (first) rank(slot, move.completed, move.operation);
  if (move.invoked > cluster.last_begin) {
    if (!first) {
      const std::size_t other = contradicting(cluster, move.invoked);
      if (other != MaxTree::kNowhere) {
        witness_.cause = Cause::kTwoOrders;
        witness_.contradiction = explain(slot, move.operation, other);
        return false;
      }
    }
    cluster.last_begin = move.invoked;
    cluster.began_last = move.operation;
  }
  last_begins_.set(cluster.rank, cluster.last_begin);
  return true;
}

bool Player::was_made(const Move& move) {
  if (move.sees == kNone || clusters_[move.sees].made < move.completed) return true;
  const Cluster& cluster = clusters_[move.sees];
  witness_.cause = cluster.made == kNever ? Cause::kNeverWritten : Cause::kWrittenLater;
  witness_.later_write = cluster.maker;
  return false;
}

std::optional<Witness> Player::play() {
  for (const MoveId id : moves_.by_end) {
    const Move& move = moves_.all[id];
    if (was_made(move) && join(move.sees, move) && join(move.makes, move)) continue;
    found_ = &move;
    witness_.operation = move.operation;
    return witness_;
  }
  return std::nullopt;
}

// A value in which nothing has ended yet contradicts nothing: its write may have taken effect just
// now. For the others the read would move the latest begin.
std::vector<std::string> Player::possible() const {
  std::vector<std::string> values;
  for (SlotId slot = 0; slot < clusters_.size(); ++slot) {
    const Cluster& cluster = clusters_[slot];
    if (cluster.made > found_->completed || slot == found_->sees) continue;
    const Time last_begin = std::max(cluster.last_begin, found_->invoked);
    if (cluster.rank == MaxTree::kNowhere ||
        contradicting(cluster, last_begin) == MaxTree::kNowhere) {
      values.push_back(text(slot));
    }
  }
  return values;
}

}  // namespace

std::optional<Witness> find_contradiction(const Moves& moves, const StringStates& strings) {
  QUORATE_CHECK(moves.exact && moves.wildcard == kNone);
  return Player(moves, strings).play();
}

Witness zone_witness(const History& history, std::span<const OperationId> operations) {
  StringStates strings(history.values, 0);
  MovesOptions options;
  options.keep_unwanted = true;
  const Moves moves = make_moves(history, operations, options, strings);
  Player player(moves, strings);
  std::optional<Witness> witness = player.play();
  QUORATE_CHECK_MSG(witness, "the zones found a violation, and playing the history did not");
  witness->possible = player.possible();
  return *witness;
}

}  // namespace quorate::sim::linear
