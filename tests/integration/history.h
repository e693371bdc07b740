// What clients did and were told, and whether what the cluster now says agrees with it.
//
// Place:      load.h writes it down from several threads; tests ask judge() once they have read a
//             key.
// Invariants: none of its own: it is the judge. That it sees what it must see is shown in
//             history_test.cc.
//
// A write *covers* the writes that its writer knew when it wrote: those whose acknowledgement or
// whose value gave it the token that it sent, and all that those cover. Then, of the values that a
// complete read returns:
//   (1) every acknowledged write is among them, or one that covers it is;
//   (2) none is covered by an acknowledged write: what was superseded does not come back;
//   (3) each was written, and not by a write that was told "not applied".
// A put that was sent again may have become two events, at two coordinators that could not see each
// other. They are one value (decision 0006), but for the cases which that page names, and which a
// client cannot tell: it does not know which event is the older. Then the value may show as a
// sibling until it is replaced too, and (2) is not held against the cluster; (1) and (3) are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace quorate::integration {

enum class Fate { kOpen, kAcknowledged, kNotApplied, kUnknown };

class History {
 public:
  // A write is about to be sent. Its value must be like no other of the key's; `knew` are the
  // values whose writes it covers.
  void began(const std::string& key, const std::string& value,
             const std::vector<std::string>& knew);
  // `attempts`: how often it was sent.
  void ended(const std::string& key, const std::string& value, Fate fate,
             std::uint32_t attempts = 1);

  // Nothing when `values`, read from `key` while no write to it was in flight and no acknowledged
  // write could be missed, agree with the history; else what is wrong with them.
  std::optional<std::string> judge(const std::string& key,
                                   const std::vector<std::string>& values) const;

  std::vector<std::string> keys() const;
  std::size_t count(Fate fate) const;

 private:
  struct Write {
    Fate fate = Fate::kOpen;
    std::uint32_t attempts = 1;
    std::vector<std::string> knew;
  };
  using Writes = std::map<std::string, Write>;

  static bool may_show_as_sibling(const Write& write);
  static std::set<std::string> covered_by(const Writes& writes, const std::string& value);

  mutable std::mutex mutex_;
  std::map<std::string, Writes> writes_;
  std::map<Fate, std::size_t> counts_;
};

}  // namespace quorate::integration
