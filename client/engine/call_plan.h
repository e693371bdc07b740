// What to do next about one request, and what became of it, as a pure value: told how each attempt
// went, it says where to try again or that it is over, and joins the outcome.
//
// Place:      one in each Call (engine/call.h), which acts on its steps.
// Implements: DESIGN 2.5: unknown absorbs not applied. A write whose connection was lost is retried
//             under its id at the same node first, which remembers it best, then at others.
// Invariants: (1) ok on any attempt is ok; (2) a write that may have been taken on any attempt is
//             never reported not applied; (3) attempts <= attempts_max, and each retry that costs
//             the cluster work is paid from the budget, but for the first one after a loss.
//             tests/client/call_plan_test.cc.
// Limits:     PlanLimits, RetryBudget.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/answer.h"
#include "client/engine/retry_budget.h"

namespace quorate::client {

struct PlanLimits {
  std::uint32_t attempts_max = 8;
  std::int64_t pause_first_ns = 25'000'000;  // before a second round; doubles with every round
  std::int64_t pause_max_ns = 400'000'000;
  std::int64_t company_again_ns = 50'000'000;  // when the budget did not pay for it at first
};

struct Step {
  enum class Kind {
    kTry,     // start an attempt at `endpoint`
    kPause,   // call on_pause_over() after `pause_ns`
    kListen,  // nothing to start: attempts are still open; `pause_ns`: say on_silence() again then
    kFinish,  // result() says how it ended
  };
  Kind kind = Kind::kFinish;
  std::size_t endpoint = 0;
  std::int64_t pause_ns = 0;
};

class CallPlan {
 public:
  // `order`: endpoints, best first, not empty, each below `endpoints`.
  CallPlan(bool write, std::vector<std::size_t> order, std::size_t endpoints, PlanLimits limits,
           RetryBudget& budget);

  Step start();

  // The attempt never left this client: nobody listens there, or the handshake failed.
  Step on_not_sent(std::size_t endpoint, const Error& error);
  // The attempt was sent, and its connection died before an answer.
  Step on_lost(std::size_t endpoint, const Error& error);
  // No answer for so long that another node should be asked too; the attempt stays open. Requests
  // that wait for one silent node are many at once: who finds the budget empty asks again later.
  Step on_silence(std::size_t endpoint);
  Step on_answer(std::size_t endpoint, Answer answer);
  // The node refused to read the request at all.
  Step on_rejected(std::size_t endpoint, const Error& error);
  Step on_pause_over();

  // Too little time is left for another attempt: from here on it only listens.
  void no_more_attempts() { no_more_ = true; }

  // Time is up, or the client closes. `sent`: how many of the open attempts had left this client.
  void on_given_up(std::size_t sent, Reason reason, std::string why);

  // The joined outcome. REQUIRES: the last step was kFinish, or on_given_up was called.
  Result<Answer> result() const;

  std::size_t open_attempts() const { return open_; }

 private:
  enum class Mark : std::uint8_t { kFresh, kUnreachable, kTried };

  Step try_at(std::size_t endpoint);
  // `costs`: the cluster works again for it, so the budget pays.
  Step try_another(bool costs);
  Step next_round();
  Step settle();
  void keep(Answer answer);
  Answer unknown() const;
  Error unreachable() const;

  bool write_;
  std::vector<std::size_t> order_;
  PlanLimits limits_;
  RetryBudget& budget_;

  struct Place {
    Mark mark = Mark::kFresh;
    bool retried = false;        // an attempt that was lost here was tried again here
    std::optional<Error> fault;  // why the last attempt here was never sent
  };

  std::vector<Place> places_;  // by endpoint
  std::uint32_t attempts_ = 0;
  std::uint32_t rounds_ = 0;
  std::size_t open_ = 0;
  bool settled_ = false;
  bool no_more_ = false;
  bool maybe_taken_ = false;
  bool lost_ = false;           // some attempt may have been taken without an answer
  std::optional<Answer> best_;  // what the nodes said that matters most
  std::optional<Error> rejection_;
  std::string lost_why_;
  Reason given_up_ = Reason::kNone;
  std::string given_up_why_;
};

}  // namespace quorate::client
