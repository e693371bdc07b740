#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <optional>

#include "client/peerbench/redis_target.h"
#include "client/peerbench/resp.h"

namespace quorate::client::peerbench {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using kvbench::Survey;

// Asks one question after another and waits for each answer.
class Asker {
 public:
  explicit Asker(Endpoint endpoint) : endpoint_(std::move(endpoint)), socket_(io_) {}

  Status connect() {
    error_code ec;
    asio::ip::tcp::resolver resolver(io_);
    const auto found = resolver.resolve(endpoint_.host, std::to_string(endpoint_.port), ec);
    if (!ec) asio::connect(socket_, found, ec);
    if (ec) return lost(ec);
    return {};
  }

  // The answer's strings, one after another. Valid until the next question.
  Result<std::vector<std::string>> ask(std::initializer_list<std::string_view> words) {
    std::string command;
    append_command(command, words);
    error_code ec;
    asio::write(socket_, asio::buffer(command), ec);
    char received[4096];
    while (!ec) {
      const auto reply = reader_.next();
      if (!reply) return reply.error();
      if (reply->has_value()) return strings(**reply);
      const std::size_t bytes = socket_.read_some(asio::buffer(received), ec);
      if (!ec) reader_.add(std::string_view(received, bytes));
    }
    return lost(ec);
  }

 private:
  Error lost(error_code ec) const {
    return Error{ErrorCode::kUnreachable, endpoint_.to_string() + ": " + ec.message()};
  }

  Result<std::vector<std::string>> strings(const RespReply& reply) const {
    if (reply.kind == RespReply::Kind::kError) {
      return Error{ErrorCode::kIncompatible,
                   endpoint_.to_string() + ": " + std::string(reply.text)};
    }
    std::vector<std::string> all;
    if (reply.kind != RespReply::Kind::kArray) all.emplace_back(reply.text);
    for (const RespReply& element : reply.elements) all.emplace_back(element.text);
    return all;
  }

  const Endpoint endpoint_;
  asio::io_context io_;
  asio::ip::tcp::socket socket_;
  RespReader reader_;
};

// Of a line "name:value" of INFO; empty: there is none.
std::string info_field(const std::string& info, const std::string& name) {
  const std::size_t at = info.find("\n" + name + ":");
  if (at == std::string::npos) return {};
  const std::size_t from = at + name.size() + 2;
  return info.substr(from, info.find_first_of("\r\n", from) - from);
}

Result<std::string> setting(Asker& asker, const char* name) {
  const auto pair = asker.ask({"CONFIG", "GET", name});
  if (!pair) return pair.error();
  if (pair->size() == 2) return (*pair)[1];
  return Error{ErrorCode::kIncompatible, std::string("CONFIG GET ") + name + " tells nothing"};
}

Result<std::string> durability(Asker& asker) {
  const auto file = setting(asker, "appendonly");
  if (!file) return file.error();
  const auto sync = setting(asker, "appendfsync");
  if (!sync) return sync.error();
  const auto save = setting(asker, "save");
  if (!save) return save.error();
  if (*file == "yes") return "appendfsync " + *sync;
  return std::string(save->empty() ? "no persistence" : "snapshots");
}

}  // namespace

Result<Survey> survey_redis(const std::vector<Endpoint>& endpoints) {
  Survey survey;
  survey.cluster = "redis";
  for (const Endpoint& endpoint : endpoints) {
    Asker asker(endpoint);
    if (const Status connected = asker.connect(); !connected) return connected.error();
    const auto info = asker.ask({"INFO"});
    if (!info) return info.error();
    const std::string& text = info->front();
    const bool primary = survey.nodes.empty();
    const std::string replicas = std::to_string(endpoints.size() - 1);
    if (primary && (info_field(text, "role") != "master" ||
                    info_field(text, "connected_slaves") != replicas)) {
      return Error{ErrorCode::kIncompatible,
                   endpoint.to_string() + ": not a primary with " + replicas + " replicas"};
    }
    if (!primary &&
        (info_field(text, "role") != "slave" || info_field(text, "master_link_status") != "up")) {
      return Error{ErrorCode::kIncompatible,
                   endpoint.to_string() + ": not a replica with its link"};
    }
    const auto kept = durability(asker);
    if (!kept) return kept.error();
    NodeView node;
    node.node = static_cast<NodeId>(survey.nodes.size() + 1);
    node.endpoint = endpoint.to_string();
    node.version = info_field(text, "redis_version");
    node.durability = *kept;
    node.pid = std::strtoull(info_field(text, "process_id").c_str(), nullptr, 10);
    survey.processes.push_back(static_cast<pid_t>(node.pid));
    survey.nodes.push_back(std::move(node));
  }
  survey.durability = survey.nodes.front().durability;
  for (const NodeView& node : survey.nodes) {
    if (node.durability != survey.durability) survey.durability = "mixed";
  }
  survey.bucket.n = static_cast<std::uint32_t>(endpoints.size());
  survey.r = 1;
  survey.w = 2;  // the primary, and WAIT 1
  return survey;
}

}  // namespace quorate::client::peerbench
