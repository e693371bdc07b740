// The begins and ends of the moves that are not placed yet, in their order: a linked list from
// which a move is lifted and, in reverse order, put back (Wing and Gong 1993; Lowe 2017, section
// 4).
//
// What begins before the first end in it can be placed next.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/linear/moves.h"

namespace quorate::sim::linear {

class EntryList {
 public:
  using Entry = std::uint32_t;

  explicit EntryList(const Moves& moves);

  Entry first() const { return nodes_[end()].next; }
  Entry next(Entry entry) const { return nodes_[entry].next; }
  Entry end() const { return static_cast<Entry>(nodes_.size() - 1); }
  bool empty() const { return first() == end(); }

  bool is_begin(Entry entry) const { return (nodes_[entry].move & kEndBit) == 0; }
  MoveId move(Entry entry) const { return nodes_[entry].move & ~kEndBit; }
  Entry begin_of(MoveId move) const { return ends_[move].begin; }
  Entry end_of(MoveId move) const { return ends_[move].end; }

  void lift(MoveId move);
  // REQUIRES: of those that are lifted, this is the last one that was.
  void put_back(MoveId move);

 private:
  static constexpr std::uint32_t kEndBit = 0x8000'0000;
  struct Node {
    Entry next = 0;
    Entry previous = 0;
    std::uint32_t move = 0;  // and kEndBit for its end
  };
  struct Ends {
    Entry begin = 0;
    Entry end = 0;
  };

  void unlink(Entry entry);
  void link(Entry entry);

  std::vector<Node> nodes_;  // by time; the one after the last closes the ring
  std::vector<Ends> ends_;   // by move
};

}  // namespace quorate::sim::linear
