#include "node/io/node.h"

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <utility>

#include "node/base/random.h"
#include "node/core/core.h"
#include "node/io/admin.h"
#include "node/io/chaos.h"
#include "node/io/client_server.h"
#include "node/io/config_text.h"
#include "node/io/counters.h"
#include "node/io/exit_watchdog.h"
#include "node/io/file_limits.h"
#include "node/io/listener.h"
#include "node/io/log.h"
#include "node/io/node_environment.h"
#include "node/io/peer_links.h"
#include "node/io/peer_server.h"
#include "node/io/rocks_store.h"
#include "node/io/scrubber.h"
#include "node/wire/token_seal.h"

namespace quorate {
namespace {

// computed from the members; joining and leaving will change it
constexpr RingVersion kRingVersion = 1;
constexpr std::int64_t kStoreFailedExitMs = 900;
constexpr std::chrono::milliseconds kLastWords{
    100};  // for replies to leave after the store has failed
constexpr std::chrono::milliseconds kIdlePoll{5};
constexpr std::chrono::minutes kInsecureWarning{1};

// Known to everybody who knows the cluster's name: keeps clusters on one machine apart, not
// strangers out.
std::string loopback_secret(const std::string& cluster) {
  return "quorate: no secret, loopback only: " + cluster;
}

struct Ports {
  std::unique_ptr<Listener> clients;
  std::unique_ptr<Listener> peers;
};

// What the hash trees of all nodes are keyed with.
HashKey tree_key(const std::string& secret) {
  const Mac mac = MacKey(secret, "trees").mac("");
  HashKey key{};
  std::copy_n(mac.begin(), key.size(), key.begin());
  return key;
}

}  // namespace

// Everything, in the order of construction: what stands later uses what stands before.
struct Node::Parts {
  Parts(NodeSettings given, const std::string& secret, Ring ring, FileBudget files,
        std::unique_ptr<Loop> loop_given, std::unique_ptr<Counters> counters_given,
        std::unique_ptr<RocksStore> store_given, Ports ports);

  void begin();
  void stop();
  void poll_idle();
  void poll_store();
  void on_store_state();
  void on_store_failed(const Error& why);
  void end(ExitCode code);
  void warn_insecure();
  ExitCode close();

  NodeSettings settings;
  ExitWatchdog watchdog;
  std::unique_ptr<Loop> loop;
  std::unique_ptr<Counters> counters;
  std::unique_ptr<RocksStore> store;
  NodeFacts facts;
  PeerIdentity identity;
  MacKey peer_key;
  TokenSeal seal;
  NodeEnvironment environment;
  Core core;
  Chaos chaos;
  PeerServices peer_services;
  PeerLinks links;
  PeerServer peers;
  ClientServer clients;
  Admin admin;
  boost::asio::signal_set signals;
  boost::asio::steady_timer idle_timer;
  boost::asio::steady_timer store_timer;
  boost::asio::steady_timer insecure_timer;
  StoreState store_state = StoreState::kWritable;
  std::int64_t stop_by_ns = 0;
  bool stopping = false;
  bool store_failed = false;
  ExitCode exit_code = ExitCode::kOrderly;
  std::unique_ptr<Scrubber> scrubber;  // last: its thread uses the store and the loop
};

Node::Parts::Parts(NodeSettings given, const std::string& secret, Ring ring, FileBudget files,
                   std::unique_ptr<Loop> loop_given, std::unique_ptr<Counters> counters_given,
                   std::unique_ptr<RocksStore> store_given, Ports ports)
    : settings(std::move(given)),
      loop(std::move(loop_given)),
      counters(std::move(counters_given)),
      store(std::move(store_given)),
      facts{settings.node,           make_run_id(settings.node, random_u64_from_os()),
            settings.version,        settings.durability,
            settings.data_directory, loop->now_ns()},
      identity{settings.config.name, settings.node, facts.run, ring.hash(),
               settings.config.buckets.hash()},
      peer_key(secret, "peer"),
      seal(settings.config.name, {secret}),
      environment(
          *loop, *counters, *store, settings.durability,
          [this](const Error& why) {
            watchdog.arm(kStoreFailedExitMs, ExitCode::kStoreFailed);
            loop->post([this, why] { on_store_failed(why); });
          },
          [this] { on_store_state(); }),
      core(CoreConfig{settings.node, facts.run, settings.config.core, settings.config.buckets,
                      tree_key(secret)},
           std::move(ring), environment),
      chaos(settings.chaos, settings.node, core.ring().members(),
            [this] {
              peers.drop_handshakes();
              links.retry_all();
            }),
      peer_services{*loop, *counters, environment, settings.config.io, identity, peer_key, chaos},
      links(peer_services, settings.config.nodes,
            [this](const Error& why) {
              log(LogLevel::kError, "refused by the peers: ending", {{"why", why.message}});
              loop->post([this] { end(ExitCode::kRefusedByPeers); });
            }),
      peers(
          peer_services, std::move(ports.peers),
          [this](NodeId node) { return settings.config.find(node) != nullptr; },
          [this](NodeId node) { links.retry_now(node); }),
      clients(ClientServer::Services{*loop, *counters, environment, seal, settings.config.io,
                                     ClientServer::Identity{settings.config.name, settings.node,
                                                            facts.run, kRingVersion}},
              std::move(ports.clients)),
      admin(Admin::Sources{facts, settings.config, core, *store, *counters, chaos,
                           [this](NodeId node) { return links.status(node); },
                           [this] { return clients.clients(); }, [this] { return loop->now_ns(); },
                           [this] { return environment.wall_now_ms(); },
                           [this](std::optional<VnodeId> vnode) { environment.repair(vnode); }}),
      signals(loop->context()),
      idle_timer(loop->context()),
      store_timer(loop->context()),
      insecure_timer(loop->context()) {
  settings.config.io.clients_max = files.clients;
  settings.config.io.handshakes_max = files.handshakes;
  environment.attach(core, links, clients);
}

// ---------------------------------------------------------------- the beginning

namespace {

// The first address of the node's host. Errors: what the exposure rules forbid.
Result<boost::asio::ip::address> listening_address(Loop& loop, const NodeSettings& settings) {
  const NodeAddress& self = *settings.config.find(settings.node);
  Result<std::vector<boost::asio::ip::address>> found = resolve_host(loop, self.host);
  if (!found) return found.error();
  const bool all_loopback = std::all_of(found->begin(), found->end(),
                                        [](const auto& address) { return address.is_loopback(); });
  if (!all_loopback && settings.config.secret_path.empty() && !settings.insecure) {
    return invalid_input(
        "node " + std::to_string(self.id) + " would listen on " + self.host +
        ", which others can reach, without a secret: set secret_file in [cluster], or use a "
        "loopback address, or accept the risk with --insecure");
  }
  return found->front();
}

Result<std::unique_ptr<RocksStore>> open_store(const NodeSettings& settings,
                                               const FileBudget& files) {
  RocksStoreOptions options;
  options.directory = settings.data_directory;
  options.cluster = settings.config.name;
  options.node = settings.node;
  options.open_files_max = static_cast<int>(files.store);
  options.file_system = settings.file_system;
  Result<std::unique_ptr<RocksStore>> store = RocksStore::open(options);
  if (store || store.error().code != ErrorCode::kCorruption || !settings.auto_rebuild) return store;
  log(LogLevel::kError, "the store is damaged: --auto-rebuild sets it aside",
      {{"why", store.error().message}});
  const Result<std::string> aside = move_damaged_store_aside(options);
  if (!aside) return aside.error();
  log(LogLevel::kWarn, "the damaged store was set aside; the peers will fill a new one",
      {{"now_at", *aside}});
  return RocksStore::open(options);
}

Result<Ports> listen(Loop& loop, Counters& counters, const NodeSettings& settings,
                     const boost::asio::ip::address& address) {
  const NodeAddress& self = *settings.config.find(settings.node);
  Result<std::unique_ptr<Listener>> clients =
      Listener::open(loop, counters, address, settings.client_port.value_or(self.client_port));
  if (!clients) return clients.error();
  Result<std::unique_ptr<Listener>> peers =
      Listener::open(loop, counters, address, settings.peer_port.value_or(self.peer_port));
  if (!peers) return peers.error();
  return Ports{*std::move(clients), *std::move(peers)};
}

NodeStart refuse(ExitCode code, Error error) { return NodeStart{nullptr, code, std::move(error)}; }

}  // namespace

NodeStart Node::start(NodeSettings settings) {
  std::vector<NodeId> members;
  for (const NodeAddress& node : settings.config.nodes) members.push_back(node.id);
  if (settings.config.find(settings.node) == nullptr) {
    return refuse(ExitCode::kUsage, invalid_input("node " + std::to_string(settings.node) +
                                                  " is not in the configuration"));
  }
  Result<Ring> ring = Ring::compute(kRingVersion, members, settings.config.vnodes);
  if (!ring) return refuse(ExitCode::kUsage, ring.error());
  std::string secret = loopback_secret(settings.config.name);
  if (!settings.config.secret_path.empty()) {
    Result<std::string> loaded = load_secret(settings.config.secret_path);
    if (!loaded) return refuse(ExitCode::kUsage, loaded.error());
    secret = *std::move(loaded);
  }
  auto loop = std::make_unique<Loop>();
  auto counters = std::make_unique<Counters>();
  const Result<boost::asio::ip::address> address = listening_address(*loop, settings);
  if (!address) return refuse(ExitCode::kUsage, address.error());
  const Result<FileBudget> files =
      share_files(raise_file_limit(), members.size(), settings.config.io);
  if (!files) return refuse(ExitCode::kUsage, files.error());

  Result<std::unique_ptr<RocksStore>> store = open_store(settings, *files);
  if (!store) return refuse(ExitCode::kStoreRefused, store.error());
  Result<Ports> ports = listen(*loop, *counters, settings, *address);
  if (!ports) {
    static_cast<void>((*store)->close());
    return refuse(ExitCode::kCannotListen, ports.error());
  }
  NodeStart started;
  started.node.reset(new Node(std::make_unique<Parts>(std::move(settings), secret, *std::move(ring),
                                                      *files, std::move(loop), std::move(counters),
                                                      *std::move(store), *std::move(ports))));
  return started;
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() = default;

std::uint16_t Node::client_port() const { return parts_->clients.port(); }
std::uint16_t Node::peer_port() const { return parts_->peers.port(); }

void Node::request_stop() {
  parts_->loop->post([this] { parts_->stop(); });
}

void Node::stop_on_signals() {
  parts_->signals.add(SIGTERM);
  parts_->signals.add(SIGINT);
  const auto wait = [this](const auto& again) -> void {
    parts_->signals.async_wait([this, again](const boost::system::error_code& error, int signal) {
      if (error) return;
      log(LogLevel::kInfo, "stopping", {{"signal", signal}});
      parts_->stop();
      again(again);
    });
  };
  wait(wait);
}

ExitCode Node::run() {
  parts_->begin();
  parts_->loop->run();
  return parts_->close();
}

void Node::Parts::begin() {
  environment.start();
  on_store_state();
  peers.start();
  links.start();
  clients.start(admin);
  poll_store();
  if (settings.insecure) warn_insecure();
  if (settings.chaos) {
    log(LogLevel::kWarn, "chaos: every client can cut the links of this node");
  }
  scrubber = std::make_unique<Scrubber>(
      settings.config.io.scrub_interval_ms, [this] { return store->verify_checksums(); },
      [this](const Error& why) {
        loop->post([this, why] {
          log(LogLevel::kError, "the store is damaged; copying back from the peers",
              {{"why", why.message}});
          environment.store_damaged();
        });
      });
  log(LogLevel::kInfo, "ready",
      {{"node", settings.node},
       {"client", clients.endpoint()},
       {"peer", peers.endpoint()},
       {"run", run_name(facts.run)},
       {"clients_max", settings.config.io.clients_max}});
}

// ---------------------------------------------------------------- the store

void Node::Parts::poll_store() {
  store->poll_state();
  on_store_state();
  environment.write_again();
  store_timer.expires_after(std::chrono::milliseconds(settings.config.io.store_poll_ms));
  store_timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) poll_store();
  });
}

void Node::Parts::on_store_state() {
  const StoreState now = store->state();
  if (now == store_state) return;
  if (now == StoreState::kFailed) {
    watchdog.arm(kStoreFailedExitMs, ExitCode::kStoreFailed);
    on_store_failed(store->failure());
    return;
  }
  store_state = now;
  if (now != StoreState::kWritable) {
    log(LogLevel::kError, "the store takes no writes", {{"why", store->failure().message}});
  }
  environment.store_state(now);
}

void Node::Parts::on_store_failed(const Error& why) {
  if (store_failed) return;
  store_failed = true;
  store_state = StoreState::kFailed;
  log(LogLevel::kError, "the store has failed: what was in flight is unknown; ending",
      {{"why", why.message}});
  environment.store_state(StoreState::kFailed);
  clients.stop_accepting();
  idle_timer.expires_after(kLastWords);
  idle_timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) end(ExitCode::kStoreFailed);
  });
}

// ---------------------------------------------------------------- the end

void Node::Parts::stop() {
  if (store_failed) return;
  if (stopping) {
    end(ExitCode::kOrderly);
    return;
  }
  stopping = true;
  stop_by_ns = loop->now_ns() + settings.config.io.stop_max_ms * kNsPerMs;
  clients.stop_accepting();
  environment.stop();
  poll_idle();
}

void Node::Parts::poll_idle() {
  const bool done = core.idle() && clients.quiet() && links.quiet();
  if (done || loop->now_ns() >= stop_by_ns) {
    if (!done) log(LogLevel::kWarn, "requests are still in flight: not waiting any longer");
    end(ExitCode::kOrderly);
    return;
  }
  idle_timer.expires_after(kIdlePoll);
  idle_timer.async_wait([this](const boost::system::error_code& error) {
    if (!error && !store_failed) poll_idle();
  });
}

void Node::Parts::end(ExitCode code) {
  if (exit_code == ExitCode::kOrderly) exit_code = code;
  loop->stop();
}

ExitCode Node::Parts::close() {
  peers.stop();
  links.stop();
  clients.close_all();
  if (store_failed) return ExitCode::kStoreFailed;
  watchdog.arm(settings.config.io.stop_max_ms, exit_code);
  scrubber.reset();
  environment.close();
  const Status closed = store->close();
  watchdog.disarm();
  if (!closed) {
    log(LogLevel::kError, "the store did not close well", {{"why", closed.error().message}});
    return ExitCode::kStoreFailed;
  }
  log(LogLevel::kInfo, "ended",
      {{"node", settings.node}, {"exit_code", static_cast<int>(exit_code)}});
  return exit_code;
}

void Node::Parts::warn_insecure() {
  log(LogLevel::kWarn, "insecure: everybody who reaches this node can read, write and join");
  insecure_timer.expires_after(kInsecureWarning);
  insecure_timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) warn_insecure();
  });
}

}  // namespace quorate
