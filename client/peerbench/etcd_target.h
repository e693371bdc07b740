// etcd as the driver asks it: Put and Range of its API, version 3.
//
// A Range is linearizable unless it is asked for otherwise, as etcd's own clients have it. Requests
// go round over all servers, or to the leader alone, which spares etcd one hop
// (papers/benchmarks/peer-clients.md says what that is worth).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/endpoint.h"
#include "client/kvbench/survey.h"
#include "client/kvbench/target.h"
#include "client/peerbench/grpc_channel.h"
#include "client/peerbench/loop.h"

namespace quorate::client::peerbench {

struct EtcdOptions {
  std::vector<Endpoint> endpoints;
  std::size_t connections = 1;  // to each
  std::int64_t deadline_ms = 2'000;
  bool serializable = false;  // gets are answered by any server, from what it has
};

class EtcdTarget final : public kvbench::Target {
 public:
  // Errors: kUnreachable.
  static Result<std::unique_ptr<EtcdTarget>> create(const EtcdOptions& options);
  ~EtcdTarget() override;

  boost::asio::io_context& io() override { return loop_.io(); }
  void get(std::string key, OnAnswer on_answer) override;
  void put(std::string key, std::string value, std::string token, OnAnswer on_answer) override;
  void change(std::string key, Change change, OnAnswer on_answer) override;

  // What Maintenance.Status says, of each endpoint in turn; waits for it. `leader`: the index of
  // the endpoint that leads. Errors: as a call's.
  Result<kvbench::Survey> survey(std::size_t& leader);

 private:
  explicit EtcdTarget(const EtcdOptions& options) : options_(options) {}
  GrpcChannel& next() { return *channels_[next_++ % channels_.size()]; }

  const EtcdOptions options_;
  Loop loop_;  // before the channels: sockets end before it
  std::vector<std::unique_ptr<GrpcChannel>> channels_;  // those of the first endpoint first
  std::size_t next_ = 0;
  std::string message_;  // kept for its room
};

}  // namespace quorate::client::peerbench
