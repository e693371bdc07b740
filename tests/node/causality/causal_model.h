// What records and contexts stand for, said as plainly as possible: replicas that know sets of
// events, where each event names the events that it superseded. Slow and dumb on purpose; shares
// nothing with what it judges but the names of events.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "node/causality/dot.h"

namespace quorate::testing_support {

using Events = std::set<Dot>;

class CausalModel {
 public:
  struct Event {
    Events superseded;                 // what its writer replaced
    std::optional<std::string> value;  // none: a delete
  };

  explicit CausalModel(std::size_t replicas) : known_(replicas) {}

  // The replica takes a write that replaces `superseded`: it has now heard of all of that, and of
  // the write.
  void write(std::size_t replica, const Dot& dot, Events superseded,
             std::optional<std::string> value) {
    known_[replica].insert(superseded.begin(), superseded.end());
    known_[replica].insert(dot);
    events_[dot] = Event{std::move(superseded), std::move(value)};
  }

  // One replica hears all that another one knows.
  void learn(std::size_t replica, std::size_t from) {
    known_[replica].insert(known_[from].begin(), known_[from].end());
  }

  void forget(std::size_t replica) { known_[replica].clear(); }

  const Events& known(std::size_t replica) const { return known_[replica]; }
  const std::map<Dot, Event>& events() const { return events_; }

  // The values of a replica: its events with a value that no other event that it knows has
  // superseded.
  std::map<Dot, std::string> values(std::size_t replica) const {
    return values_of(known_[replica]);
  }

  std::map<Dot, std::string> values_of(const Events& known) const {
    std::map<Dot, std::string> values;
    for (const Dot& dot : known) {
      bool superseded = false;
      for (const Dot& other : known) superseded |= events_.at(other).superseded.count(dot) == 1;
      if (!superseded && events_.at(dot).value) values[dot] = *events_.at(dot).value;
    }
    return values;
  }

 private:
  std::vector<Events> known_;
  std::map<Dot, Event> events_;
};

}  // namespace quorate::testing_support
