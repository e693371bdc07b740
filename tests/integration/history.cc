#include "tests/integration/history.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"

namespace quorate::integration {

void History::began(const std::string& key, const std::string& value,
                    const std::vector<std::string>& knew) {
  const std::lock_guard lock(mutex_);
  Writes& writes = writes_[key];
  const bool fresh = writes.emplace(value, Write{Fate::kOpen, 1, knew}).second;
  QUORATE_CHECK_MSG(fresh, "a history needs values that differ");
  ++counts_[Fate::kOpen];
}

void History::ended(const std::string& key, const std::string& value, Fate fate,
                    std::uint32_t attempts) {
  const std::lock_guard lock(mutex_);
  Write& write = writes_.at(key).at(value);
  --counts_[write.fate];
  write.fate = fate;
  write.attempts = attempts;
  ++counts_[fate];
}

// Nobody but the coordinators knows which of the two events is the younger: a first attempt that
// waits in a forward across a cut may be taken after the second was answered.
bool History::may_show_as_sibling(const Write& write) { return write.attempts > 1; }

std::set<std::string> History::covered_by(const Writes& writes, const std::string& value) {
  std::set<std::string> covered;
  std::vector<std::string> open{value};
  while (!open.empty()) {
    const auto write = writes.find(open.back());
    open.pop_back();
    if (write == writes.end()) {
      continue;
    }
    for (const std::string& known : write->second.knew) {
      if (covered.insert(known).second) {
        open.push_back(known);
      }
    }
  }
  return covered;
}

std::optional<std::string> History::judge(const std::string& key,
                                          const std::vector<std::string>& values) const {
  const std::lock_guard lock(mutex_);
  static const Writes kNone;
  const auto found = writes_.find(key);
  const Writes& writes = found == writes_.end() ? kNone : found->second;

  std::set<std::string> accounted(values.begin(), values.end());
  for (const std::string& value : values) {
    const auto write = writes.find(value);
    if (write == writes.end()) {
      return "key " + key + " holds '" + value + "', which nobody wrote";
    }
    if (write->second.fate == Fate::kNotApplied) {
      return "key " + key + " holds '" + value + "', whose writer was told 'not applied'";
    }
    accounted.merge(covered_by(writes, value));
  }

  for (const auto& [value, write] : writes) {
    if (write.fate != Fate::kAcknowledged) {
      continue;
    }
    if (!accounted.contains(value)) {
      return "key " + key + " has lost '" + value + "', which was acknowledged";
    }
    const std::set<std::string> superseded = covered_by(writes, value);
    for (const std::string& held : values) {
      if (superseded.contains(held) && !may_show_as_sibling(writes.at(held))) {
        return "key " + key + " holds '" + held + "' again, which the acknowledged '" + value +
               "' superseded; sent " + std::to_string(writes.at(held).attempts) + " times";
      }
    }
  }
  return std::nullopt;
}

std::vector<std::string> History::keys() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> keys;
  keys.reserve(writes_.size());
  for (const auto& [key, writes] : writes_) {
    keys.push_back(key);
  }
  return keys;
}

std::size_t History::count(Fate fate) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(fate);
  return found == counts_.end() ? 0 : found->second;
}

}  // namespace quorate::integration
