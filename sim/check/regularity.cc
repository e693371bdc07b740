#include "sim/check/regularity.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "sim/check/key_view.h"

namespace quorate::sim {

namespace {

// The acknowledged writes of a key by their ends.
std::vector<const Operation*> acknowledged_by_end(const KeyView& view) {
  std::vector<const Operation*> writes;
  for (const Operation* write : view.writes) {
    if (write->acknowledged()) writes.push_back(write);
  }
  std::stable_sort(writes.begin(), writes.end(), [](const Operation* a, const Operation* b) {
    return a->finished < b->finished;
  });
  return writes;
}

// A write that lies wholly after `write` (null: the state before all writes) and before `read`;
// null for none.
const Operation* between(const Operation* write, const Operation& read,
                         const std::vector<const Operation*>& by_end) {
  for (const Operation* other : by_end) {
    if (other->finished > read.invoked) break;
    // A write that was never acknowledged may take effect at any later moment.
    const bool before = write == nullptr || (write->acknowledged() && ended_before(*write, *other));
    if (before && ended_before(*other, read)) return other;
  }
  return nullptr;
}

struct Sources {
  std::map<std::string_view, std::vector<const Operation*>> puts;
  std::vector<const Operation*> deletes;
  std::vector<const Operation*> by_end;

  explicit Sources(const KeyView& view) : by_end(acknowledged_by_end(view)) {
    for (const Operation* write : view.writes) {
      if (write->request.verb == Verb::kPut) {
        puts[write->request.value.view()].push_back(write);
      } else {
        deletes.push_back(write);
      }
    }
  }

  // May the read return what one of these wrote? Else why not.
  bool may_return(const std::vector<const Operation*>& writers, const Operation& read,
                  const Operation** in_between) const {
    return std::any_of(writers.begin(), writers.end(), [&](const Operation* write) {
      if (ended_before(read, *write)) return false;
      const Operation* other = between(write, read, by_end);
      if (other != nullptr) *in_between = other;
      return other == nullptr;
    });
  }

  bool is_regular(const Operation& read, const Operation** in_between) const {
    if (read.reply.values.empty()) {
      *in_between = between(nullptr, read, by_end);
      return *in_between == nullptr || may_return(deletes, read, in_between);
    }
    return std::any_of(
        read.reply.values.begin(), read.reply.values.end(), [&](const ReadValue& value) {
          const auto writers = puts.find(value.value.view());
          return writers != puts.end() && may_return(writers->second, read, in_between);
        });
  }
};

}  // namespace

std::optional<std::string> broken_regularity(const Evidence& evidence) {
  for (const auto& [key, view] : view_by_key(evidence)) {
    const Sources sources(view);
    for (const Operation* read : view.reads) {
      const Operation* in_between = nullptr;
      if (sources.is_regular(*read, &in_between)) continue;
      const std::string why =
          in_between == nullptr
              ? "a read returned what nobody had begun to write:\n"
              : "a read returned what an acknowledged write had wholly replaced:\n  " +
                    to_string(*in_between) + "\n";
      return why + "  " + to_string(*read) + "\n";
    }
  }
  return std::nullopt;
}

}  // namespace quorate::sim
