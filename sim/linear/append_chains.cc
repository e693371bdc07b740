#include "sim/linear/append_chains.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace quorate::sim::linear {
namespace {

// An append, or several that add the same.
struct Appender {
  Effect* effect = nullptr;
  std::size_t count = 0;
  StateId from = kNone;  // what it was appended to, as far as it is known
  StateId to = kNone;
};

class Chains {
 public:
  Chains(ValueId initial, Moves& moves, StringStates& strings);

  bool resolve();

 private:
  void add_appender(Effect& effect, std::size_t count);
  bool trace(StateId state);
  void require(StateId state) {
    if (required_.insert(state).second) to_trace_.push_back(state);
  }

  StringStates& strings_;
  std::vector<Appender> appenders_;
  // By what they add; only looked up.
  boost::unordered_flat_map<std::string_view, std::size_t> by_piece_;
  std::vector<std::size_t> piece_sizes_;  // without doubles
  std::set<StateId> written_;
  std::set<StateId> required_;
  std::vector<StateId> to_trace_;
};

Chains::Chains(ValueId initial, Moves& moves, StringStates& strings) : strings_(strings) {
  written_.insert(initial);
  const auto add = [&](Effect& effect, std::size_t count) {
    if (effect.call == Call::kWrite) written_.insert(effect.value);
    if (effect.call == Call::kAppend) add_appender(effect, count);
  };
  for (Move& move : moves.all) add(move, 1);
  for (OpenGroup& group : moves.open) add(group, group.operations.size());
  for (MoveId id = 0; id < moves.all.size(); ++id) {
    if (moves.all[id].call == Call::kRead && id != moves.wildcard) require(moves.all[id].value);
  }
  std::sort(piece_sizes_.begin(), piece_sizes_.end());
  piece_sizes_.erase(std::unique(piece_sizes_.begin(), piece_sizes_.end()), piece_sizes_.end());
}

void Chains::add_appender(Effect& effect, std::size_t count) {
  const std::string_view piece = strings_.text(effect.value);
  if (piece.empty()) return;
  const auto [found, added] = by_piece_.try_emplace(piece, appenders_.size());
  if (added) {
    appenders_.push_back({.effect = &effect});
    piece_sizes_.push_back(piece.size());
  }
  appenders_[found->second].count += count;
}

// Who made this state? False: there is a choice.
bool Chains::trace(StateId state) {
  const std::string_view text = strings_.text(state);
  Appender* maker = nullptr;
  for (const std::size_t size : piece_sizes_) {
    if (size > text.size()) break;
    const auto found = by_piece_.find(text.substr(text.size() - size));
    if (found == by_piece_.end()) continue;
    Appender& appender = appenders_[found->second];
    if (maker != nullptr || appender.count > 1) return false;
    maker = &appender;
  }
  if (maker == nullptr) return true;
  if (written_.count(state) != 0 || maker->to != kNone) return false;
  maker->from = strings_.prefix(state, text.size() - strings_.text(maker->effect->value).size());
  maker->to = state;
  require(maker->from);
  return true;
}

bool Chains::resolve() {
  while (!to_trace_.empty()) {
    const StateId state = to_trace_.back();
    to_trace_.pop_back();
    if (!trace(state)) return false;
  }
  for (const Appender& appender : appenders_) {
    if (appender.to == kNone) continue;
    appender.effect->call = Call::kCas;
    appender.effect->value = appender.from;
    appender.effect->target = appender.to;
  }
  return true;
}

}  // namespace

bool resolve_appends(ValueId initial, Moves& moves, StringStates& strings) {
  return Chains(initial, moves, strings).resolve();
}

}  // namespace quorate::sim::linear
