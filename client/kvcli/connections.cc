#include "client/kvcli/connections.h"

#include <utility>

#include "client/admin.h"
#include "client/kvcli/text/human.h"

namespace quorate::client::kvcli {
namespace {

constexpr std::size_t kLastReadBytesMax = 16u << 20;

Result<Client> make_client(const Contact& contact) {
  ClientOptions options;
  options.endpoints = contact.endpoints;
  options.cluster = contact.cluster;
  options.name = "kvcli";
  return Client::create(std::move(options));
}

Result<Endpoint> find_node(const Contact& contact, std::int64_t deadline_ms) {
  auto client = make_client(contact);
  if (!client) return client.error();
  const auto pings = Admin(*client, deadline_ms).ping_all();
  std::vector<NodeId> others;
  std::string silent;
  for (std::size_t i = 0; i < pings.size(); ++i) {
    if (!pings[i]) {
      silent += "; " + pings[i].error().message;
    } else if (pings[i]->node == *contact.node) {
      return contact.endpoints[i];
    } else {
      others.push_back(pings[i]->node);
    }
  }
  const std::string wanted = "none of the endpoints is node " + std::to_string(*contact.node);
  const std::string found = others.empty() ? "" : "; they are nodes " + nodes_text(others);
  if (silent.empty()) return invalid_input(wanted + found);
  return Error{ErrorCode::kUnreachable, wanted + found + silent};
}

}  // namespace

Result<Answer> Connections::Link::get(std::string key, RequestOptions options) {
  if (!session) return client->get(std::move(key), std::move(options));
  auto name = std::pair(options.bucket, key);
  auto answer = session->get(std::move(key), std::move(options));
  if (answer && answer->ok() && answer->values.size() == 1 && answer->values[0].field.empty()) {
    const std::size_t bytes =
        answer->values[0].value.size() + name.first.size() + name.second.size();
    if (last_read_bytes_ + bytes > kLastReadBytesMax) {
      last_reads_.clear();
      last_read_bytes_ = 0;
    }
    last_read_bytes_ += bytes;
    last_reads_.insert_or_assign(std::move(name), answer->values[0]);
  }
  return answer;
}

Result<Answer> Connections::Link::put(std::string key, std::string value, RequestOptions options) {
  return session ? session->put(std::move(key), std::move(value), std::move(options))
                 : client->put(std::move(key), std::move(value), std::move(options));
}

Result<Answer> Connections::Link::del(std::string key, RequestOptions options) {
  return session ? session->del(std::move(key), std::move(options))
                 : client->del(std::move(key), std::move(options));
}

Result<Answer> Connections::Link::change(std::string key, Change change, RequestOptions options) {
  return session ? session->change(std::move(key), std::move(change), std::move(options))
                 : client->change(std::move(key), std::move(change), std::move(options));
}

Result<Updated> Connections::Link::update(std::string key, Resolver resolver,
                                          UpdateOptions options) {
  return session ? session->update(std::move(key), std::move(resolver), std::move(options))
                 : client->update(std::move(key), std::move(resolver), std::move(options));
}

const ReadValue* Connections::Link::last_read(const std::string& bucket,
                                              const std::string& key) const {
  const auto found = last_reads_.find({bucket, key});
  return found == last_reads_.end() ? nullptr : &found->second;
}

Result<Connections::Link*> Connections::to(const Invocation& invocation) {
  const Contact& contact = invocation.contact;
  for (const auto& link : links_) {
    if (link->contact == contact) return link.get();
  }
  Contact reached = contact;
  if (contact.node) {
    auto endpoint = find_node(contact, invocation.request.deadline_ms);
    if (!endpoint) return endpoint.error();
    reached.endpoints = {*endpoint};
  }
  auto client = make_client(reached);
  if (!client) return client.error();
  auto link = std::make_unique<Link>();
  link->contact = contact;
  link->client = std::make_unique<Client>(std::move(*client));
  if (contact == of_session_) link->session = std::make_unique<Session>(*link->client);
  links_.push_back(std::move(link));
  return links_.back().get();
}

}  // namespace quorate::client::kvcli
