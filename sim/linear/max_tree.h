// The greatest of a row of times, over any stretch of it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <vector>

#include "sim/linear/history.h"

namespace quorate::sim::linear {

class MaxTree {
 public:
  static constexpr std::size_t kNowhere = ~std::size_t{0};

  // All times are kBeforeAll at first.
  explicit MaxTree(std::size_t size)
      : leaves_(std::bit_ceil(std::max<std::size_t>(size, 1))), nodes_(2 * leaves_, kBeforeAll) {}

  void set(std::size_t index, Time time) {
    std::size_t node = leaves_ + index;
    nodes_[node] = time;
    for (node /= 2; node > 0; node /= 2) {
      nodes_[node] = std::max(nodes_[2 * node], nodes_[2 * node + 1]);
    }
  }

  // The last index in [from, to) whose time is later than `time`; kNowhere for none.
  std::size_t last_later(std::size_t from, std::size_t to, Time time) const {
    return from < to ? descend(1, 0, leaves_, from, to, time) : kNowhere;
  }

 private:
  std::size_t descend(std::size_t node, std::size_t begin, std::size_t end, std::size_t from,
                      std::size_t to, Time time) const {
    if (end <= from || to <= begin || nodes_[node] <= time) return kNowhere;
    if (end - begin == 1) return begin;
    const std::size_t middle = begin + (end - begin) / 2;
    const std::size_t right = descend(2 * node + 1, middle, end, from, to, time);
    return right != kNowhere ? right : descend(2 * node, begin, middle, from, to, time);
  }

  std::size_t leaves_;
  std::vector<Time> nodes_;
};

}  // namespace quorate::sim::linear
