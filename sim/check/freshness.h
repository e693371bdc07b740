// How far behind were the answers: in versions and in time, as distributions.
//
// Definitions: an answered read R *misses* a write W of its key when W was acknowledged before R
//              began (W.finished < R.invoked) and R does not reflect it (reflection.h): neither
//              shows it nor knows what rightly replaced it. Siblings count as all their versions: a
//              read that shows two of three concurrent values misses one.
//              * versions behind: how many writes R misses (0: fresh). This is the k of Bailis et
//              al.
//                2012, minus one.
//              * time behind: from the acknowledgement of the oldest write that R misses to the
//              begin
//                of R; 0 for a fresh read. This is their t, and Golab et al. 2011's Delta from
//                below.
//              Writes that were never acknowledged make nobody stale.
// Place:       reports; ladder.h takes no notice of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/property.h"

namespace quorate::sim {

// Nearest rank: p99 of 200 values is the 198th smallest.
struct Distribution {
  std::int64_t p50 = 0;
  std::int64_t p90 = 0;
  std::int64_t p99 = 0;
  std::int64_t max = 0;
};

Distribution distribution_of(std::vector<std::int64_t> values);

struct StaleRead {
  const Operation* read = nullptr;
  const Operation* missed_first = nullptr;  // the oldest write that it misses
  std::int64_t versions = 0;
  SimTime behind = 0;
};

struct Freshness {
  std::uint64_t reads = 0;       // answered
  Distribution versions;         // over all answered reads, fresh ones as 0
  Distribution behind_ns;        // the same
  std::vector<StaleRead> stale;  // in the order of their begins

  // Of all answered reads, in parts of a million.
  std::uint64_t stale_ppm() const { return reads == 0 ? 0 : stale.size() * 1'000'000 / reads; }
  // The one that misses the most versions, of those the longest behind; null when all are fresh.
  const StaleRead* worst() const;
};

// Of the clients' reads that `counts` accepts (all, when it is empty): one side of a cut, one
// client, one key.
Freshness freshness_of(const Evidence& evidence,
                       const std::function<bool(const Operation&)>& counts = {});

// "12 of 80 reads stale; versions behind p50 0, p90 1, p99 3, max 3; time behind ... max 1.200 s"
std::string to_string(const Freshness& freshness);

}  // namespace quorate::sim
