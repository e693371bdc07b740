// One connection to a Redis primary: pipelined GETs, and SETs that count when a replica has them.
//
// Place:      of a RedisTarget, on its loop.
// Waiting:    WAIT holds up its connection until enough replicas have answered, so what comes
//             meanwhile is collected and leaves as one batch: many SETs, one WAIT. A connection
//             that carries one request at a time is the same with batches of one. A put is done
//             when its SET was, and the WAIT behind it told of at least one replica. With
//             `appendfsync always` primary and replica sync before they answer, so done means on
//             two disks.
// Shown in:   tests/client/peerbench/redis_target_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/answer.h"
#include "client/peerbench/resp.h"
#include "client/peerbench/stream.h"

namespace quorate::client::peerbench {

class RedisConnection final : public Stream::Owner {
 public:
  // It puts itself on `idle` whenever it has nothing to do; both outlive the loop's run.
  RedisConnection(std::shared_ptr<Stream> stream, std::int64_t wait_ms,
                  std::vector<RedisConnection*>& idle);

  void set(std::string_view key, std::string_view value, OnAnswer on_answer);
  void get(std::string_view key, OnAnswer on_answer);

  void fill(std::string& out) override;
  Status on_bytes(std::string_view bytes) override;
  void on_closed(const Error& error) override;
  bool awaits_answers() const override { return !expected_.empty(); }

 private:
  enum class Expected : std::uint8_t { kSet, kWait, kGet };

  struct Put {
    OnAnswer on_answer;
    std::string refused;  // what its SET was answered, if it was not OK
  };

  Status on_reply(const RespReply& reply);
  void end_batch(const RespReply& wait);
  void refuse(OnAnswer& on_answer) const;

  std::shared_ptr<Stream> stream_;
  const std::string wait_command_;
  std::vector<RedisConnection*>& idle_;
  RespReader reader_;

  std::string sets_;  // collected, as they go out
  std::vector<Put> collected_;
  std::vector<Put> batch_;  // sent
  std::size_t sets_answered_ = 0;
  std::string gets_;
  std::size_t gets_collected_ = 0;
  std::deque<OnAnswer> gets_waiting_;
  std::deque<Expected> expected_;  // of what was sent, in order
};

}  // namespace quorate::client::peerbench
