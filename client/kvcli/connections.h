// The clients of one run of kvcli: made when a command needs one, kept for the commands after it
// (the shell).
//
// Limits:     16 MiB of values that the session read last; past them all are forgotten.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/client.h"
#include "client/kvcli/invocation.h"
#include "client/session.h"

namespace quorate::client::kvcli {

class Connections {
 public:
  // `session`: requests to this contact keep their tokens from command to command.
  explicit Connections(std::optional<Contact> session = std::nullopt)
      : of_session_(std::move(session)) {}

  struct Link {
    Contact contact;
    std::unique_ptr<Client> client;
    std::unique_ptr<Session> session;  // of the contact that keeps one

    Result<Answer> get(std::string key, RequestOptions options);
    Result<Answer> put(std::string key, std::string value, RequestOptions options);
    Result<Answer> del(std::string key, RequestOptions options);
    Result<Answer> change(std::string key, Change change, RequestOptions options);
    Result<Updated> update(std::string key, Resolver resolver, UpdateOptions options);

    // The value that the session read last while the key had one alone; nullptr: none is kept.
    const ReadValue* last_read(const std::string& bucket, const std::string& key) const;

   private:
    std::map<std::pair<std::string, std::string>, ReadValue> last_reads_;  // by bucket and key
    std::size_t last_read_bytes_ = 0;
  };

  // Errors: kUnreachable when the node that was asked for by its id answers at none of the
  // endpoints, kInvalidInput when they all are other nodes.
  Result<Link*> to(const Invocation& invocation);

 private:
  std::optional<Contact> of_session_;
  std::vector<std::unique_ptr<Link>> links_;
};

}  // namespace quorate::client::kvcli
