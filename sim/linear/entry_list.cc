#include "sim/linear/entry_list.h"

namespace quorate::sim::linear {

EntryList::EntryList(const Moves& moves) {
  const std::size_t count = moves.all.size();
  nodes_.resize(2 * count + 1);
  ends_.resize(count);
  std::size_t begun = 0;
  std::size_t ended = 0;
  for (Entry entry = 0; entry < 2 * count; ++entry) {
    const MoveId ending = moves.by_end[ended];
    if (begun < count && moves.all[begun].invoked < moves.all[ending].completed) {
      nodes_[entry].move = static_cast<MoveId>(begun);
      ends_[begun++].begin = entry;
    } else {
      nodes_[entry].move = ending | kEndBit;
      ends_[ending].end = entry;
      ++ended;
    }
  }
  nodes_[end()].move = kEndBit;
  for (Entry entry = 0; entry < nodes_.size(); ++entry) {
    nodes_[entry].next = entry == end() ? 0 : entry + 1;
    nodes_[entry].previous = entry == 0 ? end() : entry - 1;
  }
}

void EntryList::unlink(Entry entry) {
  const Node& node = nodes_[entry];
  nodes_[node.previous].next = node.next;
  nodes_[node.next].previous = node.previous;
}

void EntryList::link(Entry entry) {
  const Node& node = nodes_[entry];
  nodes_[node.previous].next = entry;
  nodes_[node.next].previous = entry;
}

void EntryList::lift(MoveId move) {
  unlink(ends_[move].begin);
  unlink(ends_[move].end);
}

void EntryList::put_back(MoveId move) {
  link(ends_[move].end);
  link(ends_[move].begin);
}

}  // namespace quorate::sim::linear
