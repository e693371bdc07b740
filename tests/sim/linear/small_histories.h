// Small histories without rhyme or reason, drawn from a seed: about as many are linearizable as
// not.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "node/base/check.h"
#include "node/base/random.h"
#include "sim/linear/history.h"

namespace quorate::sim::linear::reference {

struct SmallOptions {
  Model model = Model::kRegister;
  bool distinct = false;  // written values, as the zones want them
  std::uint32_t keys = 1;
  std::uint32_t operations_max = 7;
};

class SmallHistory {
 public:
  SmallHistory(Random& random, const SmallOptions& options)
      : random_(random), options_(options), recorder_(options.model) {}

  History draw() {
    const std::uint64_t operations = 1 + random_.below(options_.operations_max);
    const std::uint64_t concurrent_max = 1 + random_.below(4);
    std::vector<std::int64_t> running;
    std::uint64_t begun = 0;
    while (begun < operations || !running.empty()) {
      const bool begin =
          begun < operations &&
          (running.empty() || (running.size() < concurrent_max && random_.chance(1, 2)));
      if (begin) {
        running.push_back(static_cast<std::int64_t>(begun));
        this->begin(static_cast<std::int64_t>(begun++));
        continue;
      }
      const std::size_t chosen = random_.below(running.size());
      end(running[chosen]);
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(chosen));
    }
    return std::move(recorder_).finish();
  }

 private:
  ValueId drawn_value() {
    const std::uint64_t number = random_.below(4);
    if (options_.model == Model::kKeyValue) {
      return recorder_.values().string(std::string(number % 2 + 1, number < 2 ? 'a' : 'b'));
    }
    return number == 0 ? kNilValue : recorder_.values().integer(static_cast<std::int64_t>(number));
  }

  ValueId written_value(std::int64_t process) {
    if (!options_.distinct) return drawn_value();
    if (options_.model == Model::kKeyValue) {
      return recorder_.values().string(std::string(1, static_cast<char>('a' + process)));
    }
    return recorder_.values().integer(process + 1);
  }

  // What an observer could have seen, with some luck.
  ValueId seen_value() {
    if (options_.distinct && options_.model == Model::kKeyValue) {
      std::string text;
      for (std::uint64_t length = random_.below(4); length > 0; --length) {
        text += static_cast<char>('a' + random_.below(options_.operations_max));
      }
      // Mostly something that extends what was seen before.
      if (random_.chance(2, 3)) text = last_seen_ + text.substr(0, 1);
      return recorder_.values().string(last_seen_ = text);
    }
    if (options_.distinct) {
      const std::uint64_t number = random_.below(options_.operations_max + 1);
      return number == 0 ? kNilValue
                         : recorder_.values().integer(static_cast<std::int64_t>(number));
    }
    if (options_.model == Model::kKeyValue) {
      std::string text;
      for (std::uint64_t length = random_.below(4); length > 0; --length) {
        text += random_.chance(1, 2) ? 'a' : 'b';
      }
      return recorder_.values().string(text);
    }
    return drawn_value();
  }

  void begin(std::int64_t process) {
    Recorder::Invocation invocation{.process = process};
    if (options_.keys > 1) {
      invocation.key = recorder_.values().integer(
          static_cast<std::int64_t>(1000 + random_.below(options_.keys)));
    }
    const std::uint64_t kind = random_.below(100);
    if (kind < 45) {
      invocation.call = Call::kRead;
    } else if (kind < 75 || options_.model == Model::kRegister) {
      invocation.call = Call::kWrite;
      invocation.value = written_value(process);
    } else if (options_.model == Model::kCasRegister) {
      invocation.call = Call::kCas;
      invocation.value = seen_value();
      invocation.target = written_value(process);
    } else {
      invocation.call = Call::kAppend;
      invocation.value = written_value(process);
    }
    QUORATE_CHECK(recorder_.invoke(invocation) == Recorder::Problem::kNone);
  }

  void end(std::int64_t process) {
    const std::uint64_t kind = random_.below(100);
    if (kind < 12) return;  // never ends
    const Outcome outcome = kind < 20 ? Outcome::kOpen : kind < 27 ? Outcome::kFail : Outcome::kOk;
    QUORATE_CHECK(recorder_.end({.process = process, .outcome = outcome, .value = seen_value()}) ==
                  Recorder::Problem::kNone);
  }

  Random& random_;
  const SmallOptions& options_;
  Recorder recorder_;
  std::string last_seen_;
};

inline History small_history(Random& random, const SmallOptions& options) {
  return SmallHistory(random, options).draw();
}

}  // namespace quorate::sim::linear::reference
