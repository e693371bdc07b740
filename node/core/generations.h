// The generation of each vnode, as this node knows it, and what may still be taken in it.
//
// Place:      of NodeState; GenerationKeeper raises them, everybody asks.
// Implements: papers/decisions/0010-generations.md.
// Invariants: (1) a generation never falls, but with the disk; (2) while they are not known nothing
//             is taken. tests/node/core/generations_test.cc.
// Format:     named values "generation/" + vnode in decimal: the number, a space, and the highest
// in
//             which this node has given its word, in decimal; none: 1 and 0.
//             "generations.unknown": there when the disk that knew them is gone.
#pragma once

#include <cstdint>
#include <vector>

#include "node/core/store.h"

namespace quorate {

class Generations {
 public:
  explicit Generations(std::uint32_t vnodes);

  // Reads what the store knows: at the start, and after a batch that could not be applied.
  void load(const StoreReader& store);

  bool known() const { return known_; }
  // A store that was just created: nobody has told yet whether there was another one before.
  void set_newborn() { known_ = false; }
  // There was none: all vnodes begin.
  void begin() { known_ = true; }
  // There was one, and what it knew has to be learned from the others.
  void forget(Batch& batch);
  void learn(const std::vector<Generation>& heard, Batch& batch);

  // 0 while it is not known.
  Generation of(VnodeId vnode) const { return known_ ? generations_[vnode] : 0; }
  // By vnode; empty while they are not known.
  std::vector<Generation> all() const { return known_ ? generations_ : std::vector<Generation>(); }

  // REQUIRES: higher than of(vnode), which is known.
  void raise(VnodeId vnode, Generation generation, Batch& batch);

  // This node has told all that the next generation waits for; once the batch is durable it may say
  // so.
  void give_word(VnodeId vnode, Batch& batch);
  bool has_given_word(VnodeId vnode) const { return words_[vnode] == generations_[vnode]; }
  // Somebody is in this generation, which could not begin without this node's word in the one
  // before; and this node knows nothing of having given it.
  bool has_forgotten(VnodeId vnode, Generation heard) const {
    return heard > generations_[vnode] && words_[vnode] + 1 < heard;
  }

  // May a primary merge a record of this generation with its row? `rebuilding`: it has lost rows
  // that would absorb what is older.
  bool takes_row(VnodeId vnode, Generation generation, bool rebuilding) const {
    return known_ && generation + (rebuilding ? 0 : 1) >= generations_[vnode];
  }
  // May a fallback keep it? Only what is of today, so that older hints can but become fewer.
  bool takes_hint(VnodeId vnode, Generation generation) const {
    return known_ && generation >= generations_[vnode];
  }

 private:
  void write(VnodeId vnode, Batch& batch) const;

  std::vector<Generation> generations_;
  std::vector<Generation> words_;
  bool known_ = true;
};

}  // namespace quorate
