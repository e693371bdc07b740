// The high-water marks heard of one peer, by its runs.
//
// A mark tells a peer that it forgot something only if it comes from another run than the present
// one. So the highest is kept with its run, and of the rest the highest: as much as it takes to
// tell any run what the others had, for a run that is not the one kept has one above it.
//
// Place:      Lineage has one for each peer, stored as text under one meta name: "rest run:mark".
//             Text with several runs, which earlier builds wrote, is read too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "node/causality/dot.h"

namespace quorate {

class PeerMarks {
 public:
  void heard(RunId run, std::uint64_t mark);

  // The highest mark of any other run than this one; 0 when there is none.
  std::uint64_t of_other_runs(RunId run) const;
  std::uint64_t highest() const;

  std::string to_text() const;
  // Text that does not parse reads as nothing heard: marks only notice, they protect nothing.
  static PeerMarks from_text(std::string_view text);

 private:
  std::uint64_t rest_ = 0;  // no run has more, but the one kept
  RunId run_ = 0;           // who had the highest mark
  std::uint64_t mark_ = 0;
};

}  // namespace quorate
