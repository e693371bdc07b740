// The high-water marks heard of one peer, by its runs.
//
// A mark tells a peer that it forgot something only if it comes from another run than the present
// one: so they are kept apart, for the last kRunsKept runs; older ones count together.
//
// Place:      Lineage has one for each peer, stored as text under one meta name:
//             "others run:mark run:mark ...", oldest run first.
// Limits:     kRunsKept runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "node/causality/dot.h"

namespace quorate {

class PeerMarks {
 public:
  static constexpr std::size_t kRunsKept = 8;

  void heard(RunId run, std::uint64_t mark);

  // The highest mark of any other run than this one; 0 when there is none.
  std::uint64_t of_other_runs(RunId run) const;
  std::uint64_t highest() const;

  std::string to_text() const;
  // Text that does not parse reads as nothing heard: marks only notice, they protect nothing.
  static PeerMarks from_text(std::string_view text);

 private:
  struct Run {
    RunId run = 0;
    std::uint64_t mark = 0;
  };
  std::uint64_t others_ = 0;  // of all runs older than those kept
  std::vector<Run> runs_;     // in order of first appearance
};

}  // namespace quorate
