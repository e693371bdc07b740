#include "sim/check/linear_history.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

// At one moment: begins, then ends, then the begins of those who have just ended something.
enum class Rank : std::uint8_t { kBegin, kEnd, kBeginAfterEnd };

struct Happening {
  SimTime at = 0;
  Rank rank = Rank::kBegin;
  const Operation* operation = nullptr;
  bool is_end = false;
};

std::int64_t process_of(const Operation& operation) {
  return static_cast<std::int64_t>(operation.client - kFirstClientHost) + 1;
}

linear::Outcome outcome_of(const Operation& operation) {
  switch (operation.outcome) {
    case Outcome::kOk:
    case Outcome::kNotFound:
      return linear::Outcome::kOk;
    case Outcome::kUnknown:
      return operation.is_write() ? linear::Outcome::kOpen : linear::Outcome::kFail;
    case Outcome::kNotApplied:
    case Outcome::kInvalid:
      return linear::Outcome::kFail;
  }
  return linear::Outcome::kOpen;
}

// The different values of an answer, sorted.
std::vector<std::string_view> values_of(const Operation& read) {
  std::vector<std::string_view> values;
  for (const ReadValue& value : read.reply.values) values.push_back(value.value.view());
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

linear::ValueId answer_of(const Operation& read, linear::Values& values) {
  const std::vector<std::string_view> seen = values_of(read);
  if (seen.empty()) return linear::kNilValue;
  return seen.size() == 1 ? values.string(seen.front()) : values.literal(":siblings");
}

std::vector<Happening> happenings(const Evidence& evidence) {
  std::vector<Happening> all;
  std::map<HostId, SimTime> last_end;
  for (const Operation& operation : evidence.operations()) {
    if (operation.index >= evidence.client_operations) break;
    if (evidence.of_parts(operation.request.key)) continue;
    const auto ended = last_end.find(operation.client);
    const bool follows = ended != last_end.end() && ended->second == operation.invoked;
    const Rank begin = follows ? Rank::kBeginAfterEnd : Rank::kBegin;
    all.push_back(Happening{operation.invoked, begin, &operation, false});
    if (!operation.done()) continue;
    last_end[operation.client] = operation.finished;
    const bool at_once = operation.finished == operation.invoked && follows;
    all.push_back(Happening{operation.finished, at_once ? Rank::kBeginAfterEnd : Rank::kEnd,
                            &operation, true});
  }
  std::stable_sort(all.begin(), all.end(), [](const Happening& a, const Happening& b) {
    return std::tuple(a.at, a.rank) < std::tuple(b.at, b.rank);
  });
  return all;
}

linear::Recorder::Invocation invocation_of(const Operation& operation, linear::Values& values) {
  linear::Recorder::Invocation invocation;
  invocation.process = process_of(operation);
  invocation.key = values.string(operation.request.key.bucket + "/" + operation.request.key.name);
  invocation.call = operation.is_write() ? linear::Call::kWrite : linear::Call::kRead;
  if (operation.request.verb == Verb::kPut) {
    invocation.value = values.string(operation.request.value.view());
  }
  return invocation;
}

}  // namespace

LinearHistory linear_history(const Evidence& evidence) {
  LinearHistory result;
  linear::Recorder recorder(linear::Model::kRegister);
  for (const Happening& happening : happenings(evidence)) {
    const Operation& operation = *happening.operation;
    linear::Recorder::Problem problem{};
    if (happening.is_end) {
      linear::Recorder::End end;
      end.process = process_of(operation);
      end.outcome = outcome_of(operation);
      if (operation.answered_read()) end.value = answer_of(operation, recorder.values());
      problem = recorder.end(end);
    } else {
      problem = recorder.invoke(invocation_of(operation, recorder.values()));
      result.operations.push_back(operation.index);
    }
    QUORATE_CHECK(problem == linear::Recorder::Problem::kNone);
  }
  result.history = std::move(recorder).finish();
  return result;
}

KeyAccesses accesses_of(const Evidence& evidence, LinearHistory& converted, linear::KeyId key) {
  KeyAccesses result;
  linear::History& history = converted.history;
  for (linear::OperationId id = 0; id < history.operations.size(); ++id) {
    const linear::Operation& operation = history.operations[id];
    if (operation.key != key || operation.outcome == linear::Outcome::kFail) continue;
    linear::Access access;
    access.invoked = operation.invoked;
    access.completed = operation.completed();
    if (operation.call == linear::Call::kWrite) {
      access.writes = operation.value;
    } else if (operation.outcome == linear::Outcome::kOk) {
      const Operation& read = evidence.history[converted.operation_of(id)];
      for (const std::string_view value : values_of(read)) {
        access.sees.push_back(history.values.string(value));
      }
      if (access.sees.empty()) access.sees.push_back(linear::kNilValue);
    } else {
      continue;  // a read without an answer
    }
    result.accesses.push_back(std::move(access));
    result.operations.push_back(converted.operation_of(id));
  }
  return result;
}

}  // namespace quorate::sim
