#include "sim/world/sim_node.h"

#include <algorithm>
#include <string>
#include <utility>

#include "node/base/check.h"

namespace quorate::sim {

SimNode::SimNode(World& world, Setup setup, const Ring& ring, std::unique_ptr<MemoryStore> disk)
    : world_(world),
      setup_(std::move(setup)),
      ring_(ring),
      environment_(world, setup_.node, setup_.disk, setup_.codec, std::move(disk)),
      run_ids_(Random::stream(world.seed, "run ids of node " + std::to_string(setup_.node))) {
  environment_.wall().jump(setup_.clock.offset_ms);
  environment_.wall().set_drift(world.now, setup_.clock.drift_ppm);
}

Core& SimNode::core() {
  QUORATE_CHECK(core_ != nullptr);
  return *core_;
}

const Core& SimNode::core() const {
  QUORATE_CHECK(core_ != nullptr);
  return *core_;
}

void SimNode::tell(LifeEvent event) {
  for (WorldObserver* observer : world_.observers) observer->on_life(world_.now, id(), event);
}

void SimNode::start() {
  QUORATE_CHECK(!up());
  CoreConfig config;
  config.node = setup_.node;
  config.run = make_run_id(setup_.node, run_ids_.next());
  config.options = setup_.options;
  config.buckets = setup_.buckets;
  environment_.begin_life(++life_, config.run);
  world_.network.begin_life(id(), life_);
  core_ = std::make_unique<Core>(std::move(config), ring_, environment_);
  tell(LifeEvent::kStarted);
  core_->on_start();
  report_failures();
}

void SimNode::end_life(LifeEvent how) {
  core_.reset();
  paused_ = false;
  waiting_.clear();
  packets_waiting_ = 0;
  ready_pending_ = false;
  busy_until_ = 0;
  tell(how);
}

void SimNode::crash() {
  if (!up() && disk().unsynced() == 0) return;
  environment_.lose_power();
  if (up()) end_life(LifeEvent::kCrashed);
}

void SimNode::kill() {
  if (up()) end_life(LifeEvent::kKilled);
}

void SimNode::pause() {
  if (!up() || paused_) return;
  paused_ = true;
  tell(LifeEvent::kPaused);
}

void SimNode::resume() {
  if (!paused_) return;
  paused_ = false;
  tell(LifeEvent::kResumed);
  handle_next_later();
  notice_room();
}

void SimNode::set_disk_full(bool full) {
  disk().faults.full = full;
  notice_room();
}

// That the disk is full a node learns from its next write; that there is room again, by looking.
void SimNode::notice_room() {
  if (!up() || paused_ || disk().faults.full) return;
  if (core_->status().store != StoreState::kNoSpace) return;
  core_->on_store_state(StoreState::kWritable);
  report_failures();
}

// ---------------------------------------------------------------- inputs

SimTime SimNode::cost_of(const Event& input) const {
  SimTime cost = setup_.processing.per_input + slowed_;
  if (setup_.processing.per_byte == 0) return cost;
  if (const auto* delivery = std::get_if<Delivery>(&input)) {
    cost += setup_.processing.per_byte * static_cast<SimTime>(nominal_size_bytes(delivery->packet));
  }
  return cost;
}

void SimNode::on_input(Event& event) {
  if (!up()) return;
  const bool idle = !paused_ && waiting_.empty() && busy_until_ <= world_.now;
  if (idle && !setup_.processing.takes_time() && slowed_ == 0) return handle(event);
  wait(std::move(event));
}

void SimNode::wait(Event&& input) {
  const bool is_packet = std::holds_alternative<Delivery>(input);
  if (is_packet && packets_waiting_ >= setup_.processing.inputs_max) {
    ++overflowed_;
    return;
  }
  packets_waiting_ += is_packet ? 1 : 0;
  waiting_.push_back(std::move(input));
  handle_next_later();
}

void SimNode::handle_next_later() {
  if (paused_ || ready_pending_ || waiting_.empty()) return;
  ready_pending_ = true;
  world_.queue.push(std::max(busy_until_, world_.now) + cost_of(waiting_.front()),
                    NodeReady{id(), life_});
}

void SimNode::on_ready(const NodeReady& ready) {
  if (!up() || ready.life != life_) return;
  ready_pending_ = false;
  if (paused_) return;
  // Whatever costs nothing is handled in the same moment.
  do {
    Event input = std::move(waiting_.front());
    waiting_.pop_front();
    packets_waiting_ -= std::holds_alternative<Delivery>(input) ? 1 : 0;
    handle(input);
  } while (!waiting_.empty() && busy_until_ <= world_.now && cost_of(waiting_.front()) == 0);
  handle_next_later();
}

void SimNode::handle(Event& input) {
  if (auto* delivery = std::get_if<Delivery>(&input)) {
    handle(*delivery);
  } else if (const auto* fired = std::get_if<TimerFired>(&input)) {
    handle(*fired);
  } else if (const auto* synced = std::get_if<DiskSynced>(&input)) {
    handle(*synced);
  } else if (const auto* notice = std::get_if<LinkNotice>(&input)) {
    handle(*notice);
  }
  if (up()) report_failures();
  if (const SimTime held_up = environment_.take_disk_time(); up() && held_up > 0) {
    busy_until_ = world_.now + held_up;
  }
}

void SimNode::handle(Delivery& delivery) {
  if (auto* message = std::get_if<Message>(&delivery.packet)) {
    core_->on_message(node_of_host(delivery.from), std::move(*message));
  } else if (auto* call = std::get_if<ClientCall>(&delivery.packet)) {
    core_->on_client_request(delivery.from, call->tag, std::move(call->request));
  }
}

void SimNode::handle(const TimerFired& fired) {
  if (environment_.take_timer(fired)) core_->on_timer(fired.timer);
}

void SimNode::handle(const DiskSynced& synced) {
  switch (environment_.take_sync(synced)) {
    case SimEnvironment::Synced::kNothing:
      return;
    case SimEnvironment::Synced::kDurable:
      return core_->on_durable(synced.through);
    case SimEnvironment::Synced::kFailed:
      return crash();  // a node whose sync failed ends itself
  }
}

void SimNode::handle(const LinkNotice& notice) {
  if (notice.up) {
    core_->on_link_up(notice.peer);
  } else {
    core_->on_link_down(notice.peer);
  }
}

// The core may write again while it hears of a failure, so this repeats until nothing fails.
void SimNode::report_failures() {
  while (const std::optional<SimEnvironment::Failure> failure = environment_.take_failure()) {
    core_->on_apply_failed(failure->batch, failure->error);
    if (failure->error.code != ErrorCode::kNoSpace) {
      core_->on_store_state(StoreState::kFailed);
      crash();
      return;
    }
    if (core_->status().store == StoreState::kWritable) {
      core_->on_store_state(StoreState::kNoSpace);
    }
  }
}

}  // namespace quorate::sim
