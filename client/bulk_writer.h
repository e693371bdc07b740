// Writes many keys with a bounded number in flight: what `kvcli load` stands on.
//
// Place:      over a Client, which outlives it; used from one thread, which waits inside put()
//             while the window is full.
// Invariants: (1) each put is reported to on_done exactly once, with its last answer, in any order;
//             (2) puts of one key go one after the other, as they were given: the last one stands.
// Limits:     window_requests and window_bytes, of which what waits for its retry is a part.
// Retries:    what was *not applied* for a passing reason (overload, no quorum) is put again with a
//             growing pause; *unknown* is reported, never repeated under another id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "client/answer.h"
#include "client/client.h"

namespace quorate::client {

struct BulkOptions {
  std::size_t window_requests = 256;
  std::size_t window_bytes = 64u << 20;
  std::uint32_t tries_max = 6;       // of one put
  std::int64_t pause_first_ms = 50;  // before the second try; doubles with every one
  std::int64_t pause_max_ms = 2'000;
  RequestOptions request{};
};

class BulkWriter {
 public:
  // `tag` is the caller's, e.g. a line number. Called on the thread that calls put() and drain().
  using OnDone =
      std::function<void(std::uint64_t tag, const std::string& key, const Result<Answer>&)>;

  BulkWriter(Client& client, BulkOptions options, OnDone on_done);
  // REQUIRES: drain() or stop() was called after the last put.
  ~BulkWriter();
  BulkWriter(const BulkWriter&) = delete;
  BulkWriter& operator=(const BulkWriter&) = delete;

  void put(std::uint64_t tag, std::string key, std::string value);
  // Waits until every put has been reported.
  void drain();
  // As drain, but what waits for a retry is reported as it stands.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace quorate::client
