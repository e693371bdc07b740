#include "sim/check/regularity.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "sim/check/key_view.h"

namespace quorate::sim {

namespace {

// The acknowledged writes of a key by their ends.
class ByEnd {
 public:
  explicit ByEnd(const KeyView& view) {
    for (const Operation* write : view.writes) {
      if (write->acknowledged()) writes_.push_back(write);
    }
    std::stable_sort(writes_.begin(), writes_.end(), [](const Operation* a, const Operation* b) {
      return a->finished < b->finished;
    });
    for (const Operation* write : writes_) {
      last_begins_.push_back(last_begins_.empty() ? write->invoked
                                                  : std::max(last_begins_.back(), write->invoked));
    }
  }

  // A write that lies wholly after `write` (null: the state before all writes) and before `read`;
  // null for none.
  const Operation* between(const Operation* write, const Operation& read) const {
    const auto end = std::upper_bound(
        writes_.begin(), writes_.end(), read.invoked,
        [](SimTime time, const Operation* other) { return time < other->finished; });
    const auto count = static_cast<std::size_t>(end - writes_.begin());
    if (count == 0) return nullptr;
    // A write that was never acknowledged may take effect at any later moment.
    if (write != nullptr && !write->acknowledged()) return nullptr;
    if (write != nullptr && last_begins_[count - 1] < write->finished) return nullptr;
    const auto found = std::find_if(writes_.begin(), end, [&](const Operation* other) {
      return (write == nullptr || ended_before(*write, *other)) && ended_before(*other, read);
    });
    return found == end ? nullptr : *found;
  }

 private:
  std::vector<const Operation*> writes_;
  std::vector<SimTime> last_begins_;  // of each write and those before it, the latest begin
};

struct Sources {
  std::map<std::string_view, std::vector<const Operation*>> puts;
  std::vector<const Operation*> deletes;
  ByEnd by_end;

  explicit Sources(const KeyView& view) : by_end(view) {
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
      const Operation* other = by_end.between(write, read);
      if (other != nullptr) *in_between = other;
      return other == nullptr;
    });
  }

  bool is_regular(const Operation& read, const Operation** in_between) const {
    if (read.reply.values.empty()) {
      *in_between = by_end.between(nullptr, read);
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
      const std::string why = in_between == nullptr
                                  ? "a read returned what nobody had begun to write:\n"
                                  : "a read missed a write that came after what it shows, and "
                                    "ended before it began:\n  " +
                                        to_string(*in_between) + "\n";
      return why + "  " + to_string(*read) + "\n";
    }
  }
  return std::nullopt;
}

}  // namespace quorate::sim
