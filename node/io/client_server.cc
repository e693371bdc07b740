#include "node/io/client_server.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "node/io/log.h"
#include "node/wire/error_codec.h"

namespace quorate {
namespace {

constexpr std::chrono::milliseconds kSweepEvery{250};

google::protobuf::ArenaOptions arena_in(char* block, std::size_t bytes) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = bytes;
  return options;
}

}  // namespace

ClientServer::ClientServer(Services services, std::unique_ptr<Listener> listener)
    : services_(std::move(services)),
      listener_(std::move(listener)),
      sweep_timer_(services_.loop.context()),
      arena_block_(std::make_unique<char[]>(kArenaBytes)),
      arena_(arena_in(arena_block_.get(), kArenaBytes)),
      out_bytes_(std::make_shared<std::int64_t>(0)) {}

ClientServer::~ClientServer() = default;

void ClientServer::start(Admin& admin) {
  admin_ = &admin;
  listener_->start([this](Listener::Socket socket, const std::string& address) {
    on_accepted(std::move(socket), address);
  });
  sweep();
}

void ClientServer::stop_accepting() { listener_->stop(); }

void ClientServer::close_all() {
  stop_accepting();
  sweep_timer_.cancel();
  sessions_.clear();
}

bool ClientServer::quiet() const {
  for (const auto& [id, session] : sessions_) {
    if (!session->quiet()) return false;
  }
  return true;
}

void ClientServer::on_accepted(Listener::Socket socket, const std::string& address) {
  const auto here = per_address_.find(address);
  if (static_cast<std::int64_t>(sessions_.size()) >= options().clients_max) {
    turn_away(std::move(socket), address,
              "this node already has its " + std::to_string(options().clients_max) + " clients");
    return;
  }
  if (here != per_address_.end() && here->second >= options().clients_per_address_max) {
    turn_away(std::move(socket), address,
              "this node already has its " + std::to_string(options().clients_per_address_max) +
                  " clients from your address");
    return;
  }
  set_tcp_options(socket, options().write_stall_max_ms);
  counters().add(IoCounter::kClientsAccepted);
  ++per_address_[address];
  const ClientId id = next_id_++;
  auto connection = std::make_shared<Connection>(loop(), counters(), options(), std::move(socket),
                                                 kClientMessageBytesMax, out_bytes_);
  auto session = std::make_unique<ClientSession>(*this, id, std::move(connection), address);
  ClientSession& started = *session;
  sessions_.emplace(id, std::move(session));
  started.start();
}

// One frame that the kernel takes at once, or nothing: a flood must cost no memory.
void ClientServer::turn_away(Listener::Socket socket, const std::string& address,
                             const std::string& why) {
  counters().add(IoCounter::kClientsRefused);
  const std::int64_t now_ns = loop().now_ns();
  if (now_ns >= silent_until_ns_) {
    silent_until_ns_ = now_ns + kNsPerSecond;
    log(LogLevel::kWarn, "client turned away", {{"address", address}, {"why", why}});
  }
  std::string frame;
  append_frames(encode_client_error(Error{ErrorCode::kInUse, why}), frame);
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(boost::asio::buffer(frame), ignored);
}

void ClientServer::reply(ClientId client, ClientTag tag, const ClientReply& reply) {
  if (ClientSession* session = find(client)) session->reply(tag, reply);
}

ClientSession* ClientServer::find(ClientId id) {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : found->second.get();
}

void ClientServer::on_queued(ClientId id, const ClientSession& session) {
  if (static_cast<std::int64_t>(session.out_bytes()) > options().client_out_bytes_max) {
    close_soon(id, "does not read its replies");
    return;
  }
  if (*out_bytes_ <= options().clients_out_bytes_max) return;
  ClientId largest = id;
  std::size_t most = session.out_bytes();
  for (const auto& [other, candidate] : sessions_) {
    if (candidate->out_bytes() > most) {
      largest = other;
      most = candidate->out_bytes();
    }
  }
  close_soon(largest,
             "reads its replies too slowly, and all clients together have too many unread");
}

// An error frame would have to wait behind what nobody reads. Not from here: this may be inside an
// input of the core.
void ClientServer::close_soon(ClientId id, const char* why) {
  boost::asio::post(loop().context(), [this, id, why] {
    ClientSession* session = find(id);
    if (session == nullptr) return;
    counters().add(IoCounter::kClientsClosedForError);
    log(LogLevel::kWarn, "client closed",
        {{"address", session->address()}, {"why", why}, {"unread_bytes", session->out_bytes()}});
    session->close();
  });
}

void ClientServer::remove(ClientId id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  const auto here = per_address_.find(found->second->address());
  if (here != per_address_.end() && --here->second == 0) per_address_.erase(here);
  // The session may be at work further down the stack.
  boost::asio::post(loop().context(),
                    [gone = std::shared_ptr<ClientSession>(std::move(found->second))] {});
  sessions_.erase(found);
}

void ClientServer::sweep() {
  const std::int64_t now_ns = loop().now_ns();
  std::vector<ClientId> ids;
  ids.reserve(sessions_.size());
  for (const auto& [id, session] : sessions_) ids.push_back(id);
  for (const ClientId id : ids) {
    if (ClientSession* session = find(id)) session->check(now_ns);
  }
  sweep_timer_.expires_after(kSweepEvery);
  sweep_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) sweep();
  });
}

}  // namespace quorate
