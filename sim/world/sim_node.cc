#include "sim/world/sim_node.h"

#include <string>
#include <utility>

#include "node/base/check.h"

namespace quorate::sim {

SimNode::SimNode(World& world, Setup setup, const Ring& ring)
    : world_(world),
      setup_(std::move(setup)),
      ring_(ring),
      environment_(world, setup_.node, setup_.disk, setup_.codec),
      run_ids_(Random::stream(world.seed, "run ids of node " + std::to_string(setup_.node))) {}

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
  core_ = std::make_unique<Core>(std::move(config), ring_, environment_);
  tell(LifeEvent::kStarted);
  core_->on_start();
  report_failures();
}

void SimNode::crash() {
  if (!up()) return;
  core_.reset();
  paused_ = false;
  kept_.clear();
  environment_.lose_power();
  tell(LifeEvent::kCrashed);
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
  for (Event& event : kept_) {
    if (const auto* fired = std::get_if<TimerFired>(&event)) {
      // Armed anew, so that what is handled before it can still cancel or move it.
      environment_.set_timer(fired->timer, world_.now);
    } else {
      world_.queue.push(world_.now, std::move(event));
    }
  }
  kept_.clear();
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

bool SimNode::keep_for_later(Event event) {
  if (!paused_) return false;
  kept_.push_back(std::move(event));
  return true;
}

void SimNode::on_packet(Delivery& delivery) {
  if (!up()) return;
  if (paused_) {
    kept_.push_back(std::move(delivery));
    return;
  }
  if (auto* message = std::get_if<Message>(&delivery.packet)) {
    core_->on_message(node_of_host(delivery.from), std::move(*message));
  } else if (auto* call = std::get_if<ClientCall>(&delivery.packet)) {
    core_->on_client_request(delivery.from, call->tag, std::move(call->request));
  }
  report_failures();
}

void SimNode::on_timer(const TimerFired& fired) {
  if (!up() || keep_for_later(fired)) return;
  if (!environment_.take_timer(fired)) return;
  core_->on_timer(fired.timer);
  report_failures();
}

void SimNode::on_synced(const DiskSynced& synced) {
  if (!up() || keep_for_later(synced)) return;
  if (synced.life != life_) return;
  if (!environment_.take_sync(synced)) {
    crash();  // a node whose sync failed ends itself
    return;
  }
  core_->on_durable(synced.through);
  report_failures();
}

void SimNode::on_link_notice(const LinkNotice& notice) {
  if (!up() || keep_for_later(notice)) return;
  if (notice.up) {
    core_->on_link_up(notice.peer);
  } else {
    core_->on_link_down(notice.peer);
  }
  report_failures();
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
