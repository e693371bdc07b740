// Clients at work while the cluster is being hurt: they write, read what they wrote, and note in a
// History what they were told.
//
// Place:      a test makes one, waits for progress (never for time), and stops it before it judges.
// How:        each worker is one client with keys of its own. It mostly writes under the token of
//             what it last knew of the key, and now and then reads the key and goes on from there;
//             every third of its keys is a pile, on which each write is a sibling on purpose, so
//             that nothing but losing it can hide it.
// Invariants: with strict quorums (judge_reads) also what a worker reads in the middle of it all
//             must agree with the history: nothing that was acknowledged may be missing.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "client/client.h"
#include "tests/integration/history.h"

namespace quorate::integration {

struct LoadOptions {
  std::vector<client::Endpoint> endpoints;
  std::string name = "load";  // no two loads of one history have the same
  std::string keys = {};      // loads that have this in common write the same keys; empty: its name
  int workers = 4;
  Quorum r = Quorum::of(2);
  Quorum w = Quorum::of(2);
  bool judge_reads = true;  // needs r + w > n
  std::size_t value_bytes = 100;
  std::int64_t deadline_ms = 2000;
};

class Load {
 public:
  // Starts at once.
  Load(LoadOptions options, History& history);
  ~Load();  // stops
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  // Until that many more writes have been acknowledged than were when this was called. False when
  // they were not in time.
  bool await_acknowledged(std::uint64_t more, std::chrono::seconds at_most);

  // Ends what is in flight; no write is open afterwards.
  void stop();

  std::uint64_t acknowledged() const { return acknowledged_.load(); }

  // What reads had wrong; empty when all is well.
  std::vector<std::string> complaints() const;

  // How it went, for a test's output.
  std::string summary() const;

 private:
  struct Worker;
  void run(Worker& worker);
  void write(Worker& worker, std::size_t key_index);
  void read(Worker& worker, std::size_t key_index);
  void complain(std::string what);

  LoadOptions options_;
  History& history_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> acknowledged_{0};
  std::atomic<std::uint64_t> not_applied_{0};
  std::atomic<std::uint64_t> unknown_{0};
  std::atomic<std::uint64_t> reads_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> complaints_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
};

}  // namespace quorate::integration
