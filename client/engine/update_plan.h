// What to do next in one update, as a pure value: told how each read and write ended, it asks the
// resolver and says what to read or write now, or that it is over.
//
// Place:      one in each run of an update (update_run.h), which acts on its steps.
// Implements: client/update.h.
// Invariants: (1) a write goes under the token of the read that its resolver was shown; (2) after a
//             write in doubt only that same write is sent again. tests/client/update_plan_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/update.h"

namespace quorate::client {

struct UpdateStep {
  enum class Kind {
    kRead,
    kWrite,
    kWriteAgain,  // the write before once more, under its id
    kPause,       // at most pause_ns, then on_pause_over()
    kFinish,      // result() says how it ended
  };
  Kind kind = Kind::kFinish;
  RequestOptions options{};  // kRead, kWrite, kWriteAgain
  Verb verb = Verb::kPut;    // kWrite, kWriteAgain
  Change change{};
  RequestId id{};              // kWriteAgain
  std::uint32_t attempts = 0;  // kWriteAgain: sent before
  std::int64_t pause_ns = 0;
};

class UpdatePlan {
 public:
  UpdatePlan(Resolver resolver, UpdateOptions options);

  UpdateStep start();
  UpdateStep on_read(Result<Answer> answer);
  UpdateStep on_write(Result<Answer> answer);
  UpdateStep on_pause_over();

  // REQUIRES: the last step was kFinish.
  Result<Updated> result() const;

 private:
  enum class Phase { kReading, kChecking, kWriting, kPausing, kDoubting, kOver };

  UpdateStep read(Phase phase);
  UpdateStep resolve(const Answer& found);
  UpdateStep write(Resolution resolution, const Answer& found);
  UpdateStep write_again();
  UpdateStep on_doubtful(Answer answer);
  UpdateStep try_again();
  UpdateStep pause(Phase next);
  UpdateStep finish();
  UpdateStep end_with(Answer answer);
  UpdateStep refuse(std::string why);
  bool leaves_it_as_it_is(const Resolution& resolution, const Answer& found) const;

  Resolver resolver_;
  UpdateOptions options_;
  Phase phase_ = Phase::kReading;
  std::uint32_t pauses_ = 0;
  std::string token_;  // the newest that was given
  UpdateStep last_write_;
  Updated updated_;
  Result<Updated> result_;
};

}  // namespace quorate::client
