#include "node/core/lineage.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace quorate {

namespace {

constexpr char kSettledMeta[] = "lineage.settled";
constexpr char kRebuildMeta[] = "lineage.rebuilding";
constexpr char kBaseMeta[] = "lineage.base";

// Marks are written down when they have moved this far, not at every change: writing one is itself
// a change, and two idle nodes would keep each other writing for ever.
constexpr std::uint64_t kMarkStep = 64;

std::string heard_meta(NodeId node) { return "lineage.heard." + std::to_string(node); }

std::uint64_t parse_number(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// A missing or unreadable value reads as empty: marks only notice, they protect nothing.
std::string read_meta(const StoreReader& store, const std::string& name) {
  const auto value = store.read_meta(name);
  return value && *value ? **value : std::string();
}

}  // namespace

void Lineage::start() {
  const StoreReader& store = state_.env.store();
  base_ = parse_number(read_meta(store, kBaseMeta));
  born_with_ = announced();
  for (NodeId node : state_.ring.members()) {
    if (node == state_.self()) continue;
    Heard heard;
    heard.marks = PeerMarks::from_text(read_meta(store, heard_meta(node)));
    heard.saved = heard.marks.highest();
    heard_[node] = heard;
  }
  state_.generations.load(store);
  age_ = read_meta(store, kSettledMeta).empty() ? Age::kNewborn : Age::kSettled;
  if (age_ == Age::kNewborn) state_.generations.set_newborn();
  if (!read_meta(store, kRebuildMeta).empty()) rebuild_all();
  if (age_ == Age::kNewborn && state_.ring.members().size() == 1) settle(true);
}

void Lineage::on_ping(NodeId from, const Ping& ping) {
  const auto found = heard_.find(from);
  if (found == heard_.end()) return;
  PeerMarks& marks = found->second.marks;
  marks.heard(ping.run, ping.high_water);
  Pong pong;
  pong.sequence = ping.sequence;
  pong.wall_ms = state_.env.wall_now_ms();
  pong.heard_of_you = marks.of_other_runs(ping.run);
  pong.takes_hints = hints_.has_room();
  state_.send(from, pong);
}

void Lineage::on_pong(NodeId from, const Pong& pong, std::int64_t sent_ns) {
  // The peer's clock was read about half way through the round trip.
  const std::int64_t half_ms = (state_.env.now_ns() - sent_ns) / 2 / kNsPerMs;
  const std::int64_t theirs_ms = std::clamp<std::int64_t>(pong.wall_ms, 0, kWallMsMax);
  state_.clocks.heard(from, theirs_ms + half_ms - state_.env.wall_now_ms());
  if (pong.takes_hints) {
    full_of_hints_.erase(from);
  } else {
    full_of_hints_.insert(from);
  }

  if (age_ == Age::kNewborn) {
    if (pong.heard_of_you > 0) {
      state_.trace({.kind = TraceKind::kForgot, .peer = from, .a = pong.heard_of_you, .b = 0});
      forgot_ = true;
      lift_above(pong.heard_of_you);
      rebuild_all();
      settle(false);
      return;
    }
    strangers_.insert(from);
    // With itself, a majority of the members.
    if (2 * (strangers_.size() + 1) > state_.ring.members().size()) settle(true);
    return;
  }
  // What the peer tells is of earlier runs, so it is held against what this run began with: by now
  // new changes may have carried the own mark past it.
  if (pong.heard_of_you <= born_with_) return;
  lift_above(pong.heard_of_you);
  if (forgot_) return;
  state_.trace({.kind = TraceKind::kForgot, .peer = from, .a = pong.heard_of_you, .b = born_with_});
  forgot_ = true;
  rebuild_all();
}

bool Lineage::takes_hints(NodeId node) const {
  return node == state_.self() ? hints_.has_room() : !full_of_hints_.contains(node);
}

std::uint64_t Lineage::announced() const {
  // Never 0: whoever was heard at all is no stranger, even if nothing of it was durable yet.
  return state_.env.store().high_water() + base_ + 1;
}

void Lineage::lift_above(std::uint64_t heard) {
  if (announced() >= heard) return;
  state_.trace({.kind = TraceKind::kMarkLifted, .a = heard - announced()});
  base_ += heard - announced();
  Batch batch;
  batch.meta[kBaseMeta] = std::to_string(base_);
  state_.apply(std::move(batch));
}

void Lineage::save_marks() {
  if (state_.store_state != StoreState::kWritable) return;
  Batch batch;
  for (auto& [node, heard] : heard_) {
    const std::uint64_t highest = heard.marks.highest();
    const bool first = heard.saved == 0 && highest > 0;
    if (!first && highest < heard.saved + kMarkStep) continue;
    heard.saved = highest;
    batch.meta[heard_meta(node)] = heard.marks.to_text();
  }
  if (!batch.meta.empty()) state_.apply(std::move(batch));
}

bool Lineage::rebuilding(VnodeId vnode) const {
  return age_ == Age::kNewborn || to_rebuild_.contains(vnode);
}

std::uint32_t Lineage::rebuilding_count() const {
  return age_ == Age::kNewborn ? state_.ring.vnodes()
                               : static_cast<std::uint32_t>(to_rebuild_.size());
}

bool Lineage::take_rebuild_order() { return std::exchange(rebuild_ordered_, false); }

void Lineage::vnode_rebuilt(VnodeId vnode) {
  to_rebuild_.erase(vnode);
  state_.trace({.kind = TraceKind::kRebuildVnodeDone, .a = vnode});
  if (!to_rebuild_.empty()) return;
  Batch batch;
  batch.meta[kRebuildMeta] = "";
  state_.apply(std::move(batch));
  state_.trace({.kind = TraceKind::kRebuildDone});
}

void Lineage::settle(bool is_new) {
  age_ = Age::kSettled;
  Batch batch;
  if (is_new) {
    state_.generations.begin();
  } else {
    state_.generations.forget(batch);
  }
  batch.meta[kSettledMeta] = "1";
  state_.apply(std::move(batch));
}

bool Lineage::is_primary(VnodeId vnode) const {
  const auto primaries = state_.ring.primaries(vnode, state_.config.buckets.n_max());
  return std::find(primaries.begin(), primaries.end(), state_.self()) != primaries.end();
}

void Lineage::rebuild(VnodeId vnode) {
  if (!is_primary(vnode)) return;
  to_rebuild_.insert(vnode);
  begin_rebuild();
}

void Lineage::rebuild_all() {
  for (std::uint32_t vnode = 0; vnode < state_.ring.vnodes(); ++vnode) {
    if (is_primary(static_cast<VnodeId>(vnode))) to_rebuild_.insert(static_cast<VnodeId>(vnode));
  }
  begin_rebuild();
}

void Lineage::begin_rebuild() {
  rebuild_ordered_ = true;
  Batch batch;
  batch.meta[kRebuildMeta] = "1";
  state_.apply(std::move(batch));
  state_.trace({.kind = TraceKind::kRebuildStarted, .a = to_rebuild_.size()});
}

std::uint64_t Lineage::high_water_of(NodeId peer) const {
  const auto found = heard_.find(peer);
  return found == heard_.end() ? 0 : found->second.marks.highest();
}

}  // namespace quorate
