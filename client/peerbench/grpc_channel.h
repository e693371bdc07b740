// One HTTP/2 connection to a gRPC server, with many unary calls on it at once.
//
// Place:      of an EtcdTarget, on its loop. nghttp2 speaks HTTP/2; sockets and calls are ours.
//             All frames of one turn of the loop leave in one write.
// Invariants: every call hears on_done exactly once. It is done when the server ended its stream
//             with HTTP status 200, grpc-status 0 and exactly one message.
// Limits:     an answer of kAnswerBytesMax; the server's own limit of streams, beyond which nghttp2
//             keeps calls waiting.
// Shown in:   tests/client/peerbench/grpc_channel_test.cc.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "client/peerbench/stream.h"
#include "node/base/status.h"

namespace quorate::client::peerbench {

class GrpcChannel final : public Stream::Owner {
 public:
  static constexpr std::size_t kAnswerBytesMax = 16u << 20;

  // The message's bytes. Errors: kUnreachable when the connection is lost under the call;
  // kIncompatible for what is no answer; kIoError with the server's own words when it refused.
  using OnDone = std::function<void(Result<std::string_view>)>;

  explicit GrpcChannel(std::shared_ptr<Stream> stream);
  ~GrpcChannel() override;

  // `path`: "/package.Service/Method", a literal.
  void call(std::string_view path, std::string_view message, OnDone on_done);

  void fill(std::string& out) override;
  Status on_bytes(std::string_view bytes) override;
  void on_closed(const Error& error) override;
  bool awaits_answers() const override { return !calls_.empty(); }

 private:
  struct Call;
  struct Callbacks;  // what nghttp2 calls

  void end(std::int32_t stream_id, std::uint32_t http2_error);

  std::shared_ptr<Stream> stream_;
  const std::string authority_;
  nghttp2_session* session_ = nullptr;
  std::unordered_map<std::int32_t, std::unique_ptr<Call>> calls_;  // by stream
};

}  // namespace quorate::client::peerbench
