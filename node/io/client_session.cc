#include "node/io/client_session.h"

#include <utility>

#include "node/base/in_quotes.h"
#include "node/io/admin.h"
#include "node/io/client_server.h"
#include "node/io/config_text.h"
#include "node/io/log.h"
#include "node/wire/codec.h"
#include "node/wire/error_codec.h"
#include "node/wire/parse.h"
#include "node/wire/quorate.pb.h"

namespace quorate {
namespace {

constexpr std::size_t kClientNameBytesMax = 64;

}  // namespace

ClientSession::ClientSession(ClientServer& server, ClientId id,
                             std::shared_ptr<Connection> connection, std::string address)
    : server_(server),
      id_(id),
      connection_(std::move(connection)),
      address_(std::move(address)),
      since_ns_(server.loop().now_ns()) {}

ClientSession::~ClientSession() {
  if (!ended_) connection_->close();
}

void ClientSession::start() { connection_->start(*this); }

// ---------------------------------------------------------------- messages

void ClientSession::on_message(std::string_view message) {
  since_ns_ = server_.loop().now_ns();
  if (!greeted_) {
    on_hello(message);
    return;
  }
  ArenaScope arena(server_.arena());
  auto* in = arena.make<wire::ToNode>();
  if (Status parsed = parse_message(message, *in); !parsed) {
    fail(parsed.error());
    return;
  }
  on_request(*in);
}

void ClientSession::on_hello(std::string_view message) {
  wire::Hello in;
  if (Status parsed = parse_message(message, in); !parsed) {
    fail(parsed.error());
    return;
  }
  if (in.protocol_version() != kProtocolVersion) {
    fail(Error{ErrorCode::kIncompatible, "this node speaks protocol version " +
                                             std::to_string(kProtocolVersion) + ", not version " +
                                             std::to_string(in.protocol_version())});
    return;
  }
  const ClientServer::Identity& self = server_.identity();
  if (!in.cluster().empty() && in.cluster() != self.cluster) {
    fail(Error{ErrorCode::kIncompatible, "this node belongs to cluster " + in_quotes(self.cluster) +
                                             ", not to " + in_quotes(in.cluster())});
    return;
  }
  name_ = in.client().substr(0, kClientNameBytesMax);
  greeted_ = true;
  wire::ToClient answer;
  wire::Welcome& out = *answer.mutable_welcome();
  out.set_protocol_version(kProtocolVersion);
  out.set_cluster(self.cluster);
  out.set_node(self.node);
  out.set_run(self.run);
  out.set_ring_version(self.ring_version);
  connection_->send(answer.SerializeAsString());
  log(LogLevel::kDebug, "client connected", {{"client", name_}, {"address", address_}});
}

void ClientSession::on_request(wire::ToNode& in) {
  if (in.body_case() == wire::ToNode::kRequest) {
    on_client_request(in);
    return;
  }
  wire::ToClient out;
  out.set_tag(in.tag());
  Admin& admin = server_.admin();
  switch (in.body_case()) {
    case wire::ToNode::kRequest:
      return;
    case wire::ToNode::kStatus:
      admin.status(in.status(), *out.mutable_status());
      break;
    case wire::ToNode::kRing:
      admin.ring(*out.mutable_ring());
      break;
    case wire::ToNode::kLocate:
      admin.locate(in.locate(), *out.mutable_locate());
      break;
    case wire::ToNode::kList:
      admin.list(in.list(), *out.mutable_list());
      send_when_durable(std::move(out));
      return;
    case wire::ToNode::kRow:
      admin.row(in.row(), *out.mutable_row());
      send_when_durable(std::move(out));
      return;
    case wire::ToNode::kDigest:
      admin.digest(in.digest(), *out.mutable_digest());
      send_when_durable(std::move(out));
      return;
    case wire::ToNode::kRepair:
      admin.repair(in.repair(), *out.mutable_repair());
      break;
    case wire::ToNode::kChaos:
      if (is_loopback_host(address_)) {
        admin.chaos(in.chaos(), *out.mutable_chaos());
      } else {
        out.mutable_chaos()->set_error("links can be cut only from the node's own machine");
      }
      break;
    case wire::ToNode::kPing:
      out.mutable_ping();
      break;
    case wire::ToNode::BODY_NOT_SET:
      refuse(in.tag(), Error{ErrorCode::kNotSupported, "this node does not know such a request"});
      return;
  }
  send(out);
}

void ClientSession::on_client_request(wire::ToNode& in) {
  server_.counters().add(IoCounter::kClientRequests);
  const RequestId id{in.request().id_high(), in.request().id_low()};
  Result<ClientRequest> request = from_wire(std::move(*in.mutable_request()), server_.seal());
  if (!request) {
    ClientReply invalid;
    invalid.id = id;
    invalid.outcome = Outcome::kInvalid;
    if (request.error().code == ErrorCode::kUnauthorized) invalid.reason = Reason::kBadContext;
    invalid.detail = request.error().message;
    invalid.coordinator = server_.identity().node;
    send_reply(in.tag(), invalid, Key{});
    return;
  }
  const std::uint32_t slot = take_slot();
  slots_[slot].tag = in.tag();
  slots_[slot].key = request->key;
  server_.environment().client_request(id_, slot, *std::move(request));
}

// What an answer shows of rows must not be taken back by a crash: it waits until all that it may
// have seen is durable.
void ClientSession::send_when_durable(wire::ToClient&& out) {
  ++in_flight_;
  server_.environment().when_durable([&server = server_, id = id_, out = std::move(out)] {
    ClientSession* session = server.find(id);
    if (session == nullptr) return;
    --session->in_flight_;
    session->send(out);
  });
  pause_or_resume();
}

void ClientSession::refuse(std::uint64_t tag, const Error& why) {
  wire::ToClient out;
  out.set_tag(tag);
  out.mutable_error()->set_code(static_cast<std::uint32_t>(why.code));
  out.mutable_error()->set_message(why.message);
  send(out);
}

// ---------------------------------------------------------------- answers

void ClientSession::reply(ClientTag tag, const ClientReply& reply) {
  const auto index = static_cast<std::uint32_t>(tag);
  QUORATE_CHECK(index < slots_.size());
  free_slots_.push_back(index);
  --in_flight_;
  send_reply(slots_[index].tag, reply, slots_[index].key);
}

void ClientSession::send_reply(std::uint64_t tag, const ClientReply& reply, const Key& key) {
  server_.counters().add(IoCounter::kClientReplies);
  std::string& bytes = connection_->out();
  const std::size_t start = begin_frames(bytes);
  encode_client_reply(tag, reply, key, server_.seal(), bytes);
  end_frames(bytes, start);
  sent();
}

void ClientSession::send(const wire::ToClient& out) {
  std::string& bytes = connection_->out();
  const std::size_t start = begin_frames(bytes);
  const bool serialized = out.AppendToString(&bytes);
  QUORATE_CHECK_MSG(serialized, "a reply is larger than Protobuf can write");
  end_frames(bytes, start);
  sent();
}

void ClientSession::sent() {
  connection_->appended();
  server_.on_queued(id_, *this);
  pause_or_resume();
}

std::uint32_t ClientSession::take_slot() {
  ++in_flight_;
  pause_or_resume();
  if (!free_slots_.empty()) {
    const std::uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    return slot;
  }
  slots_.emplace_back();
  return static_cast<std::uint32_t>(slots_.size() - 1);
}

void ClientSession::pause_or_resume() {
  const IoOptions& options = server_.options();
  const auto requests_max = static_cast<std::size_t>(options.client_requests_max);
  const auto pause_bytes = static_cast<std::size_t>(options.client_out_pause_bytes);
  if (in_flight_ >= requests_max || connection_->out_bytes() > pause_bytes) {
    connection_->pause();
  } else if (connection_->paused() && in_flight_ <= requests_max / 2 &&
             connection_->out_bytes() <= pause_bytes / 2) {
    connection_->resume();
  }
}

void ClientSession::on_drained() { pause_or_resume(); }

// ---------------------------------------------------------------- the end

void ClientSession::check(std::int64_t now_ns) {
  const IoOptions& options = server_.options();
  const std::int64_t quiet_ms = (now_ns - since_ns_) / kNsPerMs;
  if (!greeted_ && quiet_ms > options.handshake_max_ms) {
    fail(Error{ErrorCode::kTimeout,
               "no hello within " + std::to_string(options.handshake_max_ms) + " ms"});
    return;
  }
  if (greeted_ && quiet() && !connection_->partial() && quiet_ms > options.client_idle_max_ms) {
    fail(Error{ErrorCode::kTimeout,
               "idle for " + std::to_string(options.client_idle_max_ms) + " ms"});
    return;
  }
  connection_->check(now_ns);
}

void ClientSession::on_failed(const Error& why) { fail(why); }

void ClientSession::fail(const Error& why) {
  if (ended_) return;
  if (why.code == ErrorCode::kUnreachable) {
    ended_ = true;
    connection_->close();
  } else {
    connection_->send(encode_client_error(why));
    ended_ = true;
    connection_->finish();
  }
  end(why);
}

void ClientSession::close() {
  if (ended_) return;
  ended_ = true;
  connection_->close();
  end(Error{ErrorCode::kUnreachable, "closed"});
}

void ClientSession::end(const Error& why) {
  const bool our_decision = why.code != ErrorCode::kUnreachable;
  if (our_decision) server_.counters().add(IoCounter::kClientsClosedForError);
  log(our_decision ? LogLevel::kInfo : LogLevel::kDebug, "client connection ended",
      {{"client", name_}, {"address", address_}, {"why", why.message}});
  server_.remove(id_);
}

}  // namespace quorate
