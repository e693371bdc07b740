// A whole core on a memory store, fed with what the codec lets through: whatever peers and clients
// say, and in whatever order, it goes on, answers every request exactly once, keeps rows that are
// well-formed, and comes to rest.
//
// Input: a byte that chooses the disk, then a list of steps, each a byte that chooses it and what
// it needs. Messages are quorate.proto's; a step may mend what a message names (vnode, ring
// version, the operation it answers), which no fuzzer finds by chance.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/base/random.h"
#include "node/causality/codec.h"
#include "node/core/core.h"
#include "node/wire/codec.h"
#include "node/wire/parse.h"
#include "node/wire/quorate.pb.h"
#include "sim/world/memory_store.h"
#include "tests/fuzz/input.h"
#include "tests/node/wire/sample_messages.h"

namespace quorate {
namespace {

constexpr std::int64_t kWallStartMs = 1'700'000'000'000;

class FuzzWorld final : public Environment {
 public:
  std::int64_t now_ns() override { return now_ns_; }
  std::int64_t wall_now_ms() override { return kWallStartMs + now_ns_ / kNsPerMs; }
  std::uint64_t random() override { return random_.next(); }

  void send(NodeId to, Message message) override {
    QUORATE_CHECK(to == 2 || to == 3);
    std::string bytes;
    encode_message(message, bytes);
    QUORATE_CHECK(decode_message(bytes));  // the codec takes whatever a core sends
    std::visit([this](const auto& body) { note_op(body); }, message);
    if (polite_) answer_politely(to, message);
  }
  void reply(ClientId client, ClientTag tag, ClientReply reply) override {
    QUORATE_CHECK(client == 1);
    ++replies_.at(tag);
    std::string bytes;
    encode_client_reply(tag, reply, testing_support::kSampleKey, seal_, bytes);
  }
  void set_timer(TimerId id, std::int64_t at_ns) override { timers_[id] = at_ns; }
  void cancel_timer(TimerId id) override { timers_.erase(id); }
  const StoreReader& store() override { return store_; }
  void apply(Batch batch) override {
    const Status applied = failure_ ? Status(failure_->error) : store_.apply(batch);
    if (applied) {
      newest_ = batch.id;
    } else if (!failure_) {
      failure_ = Failure{batch.id, applied.error()};
    }
  }
  void trace(const TraceEvent&) override {}

  struct Failure {
    BatchId batch = 0;
    Error error;
  };

  const TokenSeal seal_ = testing_support::sample_seal();
  sim::MemoryStore store_;
  Random random_{1};
  std::int64_t now_ns_ = 0;
  std::map<TimerId, std::int64_t> timers_;
  std::map<ClientTag, int> replies_;  // by request: how many came
  std::vector<OpId> ops_;             // what the core waits for answers to
  BatchId newest_ = 0;
  std::optional<Failure> failure_;

  bool polite_ = false;  // peers answer pings, and hold nothing
  std::vector<std::pair<NodeId, Message>> inbox_;

 private:
  void answer_politely(NodeId from, const Message& message) {
    if (const auto* ping = std::get_if<Ping>(&message)) {
      inbox_.emplace_back(from, Pong{ping->sequence, wall_now_ms(), 0});
    } else if (const auto* scan = std::get_if<ScanRequest>(&message)) {
      inbox_.emplace_back(from, ScanReply{scan->op, ReplicaStatus::kOk, {}, true});
    } else if (const auto* tree = std::get_if<TreeRequest>(&message)) {
      inbox_.emplace_back(from, TreeReply{tree->op, ReplicaStatus::kOk, true, {0}});
    }
  }

  template <typename Body>
  void note_op(const Body& body) {
    if constexpr (requires { body.op; }) ops_.push_back(body.op);
  }
};

Ring three_nodes() { return *Ring::compute(1, {1, 2, 3}, 8); }

CoreConfig config() {
  CoreConfig config;
  config.node = 1;
  config.run = make_run_id(1, 0x5f3a91c04b7e);
  for (std::size_t type = 1; type < bucket_type_names().size(); ++type) {
    Bucket bucket;
    bucket.name = bucket_type_names()[type];
    bucket.type = static_cast<BucketType>(type);
    QUORATE_CHECK(config.buckets.add(bucket));
  }
  return config;
}

class Story {
 public:
  using Disk = sim::MemoryStore::Image;

  // A node on a new disk starts by asking its peers what it may have lost; one on `disk` does not.
  explicit Story(const Disk* disk) : core_(config(), three_nodes(), world_) {
    if (disk != nullptr) {
      world_.store_.restore(*disk);
      world_.store_.restart();
    }
    input([this] { core_.on_start(); });
  }

  // The disk of a node that has once found out that it lost nothing.
  static Disk settled_disk() {
    Story story(nullptr);
    story.world_.polite_ = true;
    for (const int peer : {2, 3}) {
      story.input([&] { story.core_.on_link_up(static_cast<NodeId>(peer)); });
    }
    for (int i = 0; i < 100; ++i) {
      story.sync();
      for (auto& [from, message] : std::exchange(story.world_.inbox_, {})) {
        story.core_.on_message(from, std::move(message));
      }
      story.advance(100 * kNsPerMs);
    }
    QUORATE_CHECK(story.core_.status().vnodes_rebuilding == 0);
    return story.world_.store_.backup();
  }

  void step(testing_support::FuzzInput& in) {
    const std::uint8_t choice = in.byte();
    const NodeId peer = (choice & 8) != 0 ? 3 : 2;
    switch (choice & 7) {
      case 0:
      case 1:
        peer_message(peer, (choice & 16) != 0, in);
        break;
      case 2:
        client_request(in);
        break;
      case 3:
        advance(std::int64_t{in.byte()} * 10 * kNsPerMs);
        break;
      case 4:
        sync();
        break;
      case 5:
        input([&] { (choice & 16) != 0 ? core_.on_link_up(peer) : core_.on_link_down(peer); });
        break;
      case 6:
        damage_a_row();
        break;
      case 7:
        disk_full((choice & 16) != 0, (choice & 32) != 0);
        break;
    }
  }

  // The world is whole again and nobody asks any more: all that was asked is answered, once.
  void end() {
    world_.store_.faults = {};
    input([this] { core_.on_store_state(StoreState::kWritable); });
    input([this] { core_.on_stop(); });
    for (int i = 0; i < 200 && !core_.idle(); ++i) {
      sync();
      advance(kNsPerSecond);
    }
    QUORATE_CHECK_MSG(core_.idle(), "the core does not come to rest");
    for (const auto& [tag, count] : world_.replies_) QUORATE_CHECK(count == 1);
    check_rows();
  }

 private:
  // Each input, then at once the report of a batch that could not be applied, as the contract has
  // it.
  template <typename Call>
  void input(const Call& call) {
    call();
    while (world_.failure_) {
      const FuzzWorld::Failure failure = *std::exchange(world_.failure_, std::nullopt);
      core_.on_apply_failed(failure.batch, failure.error);
      if (core_.status().store == StoreState::kWritable) core_.on_store_state(StoreState::kNoSpace);
    }
  }

  void peer_message(NodeId from, bool mended, testing_support::FuzzInput& in) {
    const std::size_t size = in.byte() + 256u * in.byte();
    auto message = decode_message(in.bytes(size));
    if (!message) return;
    if (mended) std::visit([&](auto& body) { mend(body, in.byte()); }, *message);
    input([&] { core_.on_message(from, std::move(*message)); });
  }

  template <typename Body>
  void mend(Body& body, std::uint8_t choice) const {
    if constexpr (requires { body.ring_version; }) body.ring_version = core_.ring().version();
    if constexpr (requires { body.key; }) {
      body.vnode = core_.ring().vnode_of(body.key.bucket, body.key.name);
    } else if constexpr (requires { body.op; }) {
      if (!world_.ops_.empty())
        body.op = world_.ops_[world_.ops_.size() - 1 - choice % world_.ops_.size()];
    }
  }

  void client_request(testing_support::FuzzInput& in) {
    const std::size_t size = in.byte() + 256u * in.byte();
    wire::ClientRequest request;
    if (!parse_message(in.bytes(size), request)) return;
    auto decoded = from_wire(std::move(request), world_.seal_);
    if (!decoded) return;
    const ClientTag tag = world_.replies_.size() + 1;
    world_.replies_[tag] = 0;
    input([&] { core_.on_client_request(1, tag, std::move(*decoded)); });
  }

  // The node learns of a full disk from the store, or first from a batch that fails.
  void disk_full(bool full, bool told) {
    world_.store_.faults.full = full;
    if (!full || told) {
      input([&] { core_.on_store_state(full ? StoreState::kNoSpace : StoreState::kWritable); });
    }
  }

  void damage_a_row() {
    for (VnodeId vnode = 0; vnode < core_.ring().vnodes(); ++vnode) {
      const auto& rows = world_.store_.rows(vnode);
      if (rows.empty()) continue;
      world_.store_.corrupt(vnode, Key(rows.begin()->first));
      return;
    }
  }

  void advance(std::int64_t by_ns) {
    const std::int64_t until = world_.now_ns_ + by_ns;
    // A bound, because a timer may set the next one for now.
    for (int i = 0; i < 10'000; ++i) {
      const auto next =
          std::min_element(world_.timers_.begin(), world_.timers_.end(),
                           [](const auto& a, const auto& b) { return a.second < b.second; });
      if (next == world_.timers_.end() || next->second > until) break;
      const TimerId id = next->first;
      world_.now_ns_ = std::max(world_.now_ns_, next->second);
      world_.timers_.erase(next);
      input([&] { core_.on_timer(id); });
    }
    world_.now_ns_ = std::max(world_.now_ns_, until);
  }

  void sync() {
    const BatchId through = world_.newest_;
    if (through == 0 || !world_.store_.sync_through(through)) return;
    input([&] { core_.on_durable(through); });
  }

  void check_rows() const {
    for (VnodeId vnode = 0; vnode < core_.ring().vnodes(); ++vnode) {
      for (const auto& [key, row] : world_.store_.rows(vnode)) {
        QUORATE_CHECK(core_.ring().vnode_of(key.bucket, key.name) == vnode);
        std::string bytes;
        append_row(*row, RowLayout::kInline, bytes);
        const auto decoded = decode_row(bytes);
        QUORATE_CHECK(decoded && decoded->row == *row);
      }
    }
  }

  FuzzWorld world_;
  Core core_;
};

}  // namespace
}  // namespace quorate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quorate;
  testing_support::FuzzInput input(data, size);
  static const Story::Disk settled = Story::settled_disk();
  Story story(input.byte() % 2 == 0 ? &settled : nullptr);
  for (int steps = 0; !input.empty() && steps < 200; ++steps) story.step(input);
  story.end();
  return 0;
}
