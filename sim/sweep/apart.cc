#include "sim/sweep/apart.h"

#include <poll.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "sim/run/run.h"
#include "sim/sweep/child.h"
#include "sim/sweep/sweep.h"

namespace quorate::sim {

Result<std::vector<Violation>> violations_apart(const RunPlan& plan, unsigned seconds_max) {
  Result<std::unique_ptr<Child>> started = Child::start([&](const ToParent& parent) {
    alarm(seconds_max);
    SeedResult result;
    result.violations = run_plan(plan).violations;
    parent.tell(pack(result));
  });
  if (!started) return started.error();
  Child& child = **started;
  while (!child.silent()) {
    pollfd ready[] = {{child.told_fd(), POLLIN, 0}, {child.words_fd(), POLLIN, 0}};
    if (poll(ready, 2, -1) <= 0) continue;
    if (ready[0].revents != 0) child.hear_told();
    if (ready[1].revents != 0) child.hear_words();
  }
  const std::string how = child.end();
  std::string_view told = child.told();
  if (std::optional<SeedResult> result = unpack(told)) return std::move(result->violations);
  return std::vector<Violation>{{kProgramSurvives, how.empty() ? "ended too early\n" : how + "\n"}};
}

}  // namespace quorate::sim
