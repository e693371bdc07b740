// The configurations that a search has been in, so that it enters each only once (Lowe 2017,
// section 4.2): which operations are placed, and what the register then holds.
//
// Invariants: exact; a hash only says where to look.
// Limits:     8 bytes and a row of words a configuration; the search's steps bound their number.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "sim/linear/moves.h"

namespace quorate::sim::linear {

// Sets of rows of words.
class Configurations {
 public:
  // Whether the row is new.
  bool insert(std::span<const std::uint64_t> row);

  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint64_t where = 0;  // one past the row's place in words_; 0: free
    std::uint64_t hash = 0;
  };

  void grow();

  std::vector<std::uint64_t> words_;  // of each row its length, then the row
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

// Names for sets of open operations. Over a long history they grow large, and a step adds one.
class OpenSets {
 public:
  using SetId = std::uint32_t;
  static constexpr SetId kEmpty = 0;

  OpenSets();

  // The set with one more operation of the group in it.
  SetId with(SetId set, GroupId group);

 private:
  std::vector<std::vector<GroupId>> sets_;  // sorted
  std::map<std::vector<GroupId>, SetId> names_;
  std::map<std::pair<SetId, GroupId>, SetId> steps_;
};

// Adds to a row the words for a set of moves: all below `limit` but those in `missing`, which is
// sorted. Two sets have the same words only if they are the same.
void append_moves(MoveId limit, std::span<const MoveId> missing, std::vector<std::uint64_t>& row);

}  // namespace quorate::sim::linear
