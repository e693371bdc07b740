// Redis as the driver asks it: SET with WAIT 1, and GET, at the primary.
//
// Requests share connections. How many are good for puts was measured
// (papers/benchmarks/peer-clients.md says with what result): a connection for each request in
// flight lets WAITs overlap, few connections make batches of SETs in front of one WAIT.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/endpoint.h"
#include "client/kvbench/survey.h"
#include "client/kvbench/target.h"
#include "client/peerbench/loop.h"
#include "client/peerbench/redis_connection.h"

namespace quorate::client::peerbench {

class RedisTarget final : public kvbench::Target {
 public:
  // Errors: kUnreachable.
  static Result<std::unique_ptr<RedisTarget>> create(const Endpoint& primary,
                                                     std::size_t connections,
                                                     std::int64_t deadline_ms);
  ~RedisTarget() override;

  boost::asio::io_context& io() override { return loop_.io(); }
  void get(std::string key, OnAnswer on_answer) override;
  void put(std::string key, std::string value, std::string token, OnAnswer on_answer) override;
  void change(std::string key, Change change, OnAnswer on_answer) override;

 private:
  RedisTarget() = default;

  Loop loop_;  // first: sockets end before it
  std::vector<std::unique_ptr<RedisConnection>> connections_;
  std::vector<RedisConnection*> idle_;
  std::size_t next_ = 0;
};

// Asks each server what it is: version, process, durability ("appendfsync always": an
// acknowledgement means on its disk; "no persistence"; else what it is set to), and whether the
// first is a primary whose replicas are all the others. Errors: kUnreachable, kIncompatible.
Result<kvbench::Survey> survey_redis(const std::vector<Endpoint>& endpoints);

}  // namespace quorate::client::peerbench
