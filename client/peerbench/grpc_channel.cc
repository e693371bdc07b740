#include "client/peerbench/grpc_channel.h"

#include <algorithm>
#include <array>
#include <utility>

#include "client/peerbench/grpc_frame.h"
#include "node/base/check.h"

namespace quorate::client::peerbench {
namespace {

// Large enough that the server never waits for us.
constexpr std::uint32_t kStreamWindowBytes = 4u << 20;
constexpr std::int32_t kConnectionWindowBytes = 64 << 20;

nghttp2_nv header(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    // nghttp2 takes what it only reads by a pointer that may be written through.
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));  // NOLINT
  };
  return {bytes(name), bytes(value), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

struct GrpcChannel::Call {
  OnDone on_done;
  std::string request;  // framed
  std::size_t sent = 0;
  std::string http_status;
  std::string grpc_status;
  std::string grpc_message;
  std::string body;
};

struct GrpcChannel::Callbacks {
  static Call* find(nghttp2_session* session, std::int32_t stream_id) {
    return static_cast<Call*>(nghttp2_session_get_stream_user_data(session, stream_id));
  }

  static ssize_t read_request(nghttp2_session*, std::int32_t, std::uint8_t* to, std::size_t room,
                              std::uint32_t* flags, nghttp2_data_source* source, void*) {
    Call& call = *static_cast<Call*>(source->ptr);
    const std::size_t size = std::min(room, call.request.size() - call.sent);
    std::copy_n(call.request.data() + call.sent, size, to);
    call.sent += size;
    if (call.sent == call.request.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(size);
  }

  static int on_header(nghttp2_session* session, const nghttp2_frame* frame,
                       const std::uint8_t* name, std::size_t name_size, const std::uint8_t* value,
                       std::size_t value_size, std::uint8_t, void*) {
    Call* const call = find(session, frame->hd.stream_id);
    if (call == nullptr) return 0;
    const std::string_view named = view(name, name_size);
    if (named == ":status") {
      call->http_status = view(value, value_size);
    } else if (named == "grpc-status") {
      call->grpc_status = view(value, value_size);
    } else if (named == "grpc-message") {
      call->grpc_message = view(value, value_size);
    }
    return 0;
  }

  static int on_data(nghttp2_session* session, std::uint8_t, std::int32_t stream_id,
                     const std::uint8_t* bytes, std::size_t size, void*) {
    Call* const call = find(session, stream_id);
    if (call == nullptr) return 0;
    if (call->body.size() + size > kAnswerBytesMax) return NGHTTP2_ERR_CALLBACK_FAILURE;
    call->body.append(view(bytes, size));
    return 0;
  }

  static int on_stream_close(nghttp2_session*, std::int32_t stream_id, std::uint32_t error,
                             void* channel) {
    static_cast<GrpcChannel*>(channel)->end(stream_id, error);
    return 0;
  }
};

GrpcChannel::GrpcChannel(std::shared_ptr<Stream> stream)
    : stream_(std::move(stream)), authority_(stream_->endpoint().to_string()) {
  nghttp2_session_callbacks* callbacks = nullptr;
  QUORATE_CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::on_stream_close);
  QUORATE_CHECK(nghttp2_session_client_new(&session_, callbacks, this) == 0);
  nghttp2_session_callbacks_del(callbacks);
  const std::array<nghttp2_settings_entry, 2> settings{
      nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindowBytes}};
  QUORATE_CHECK(
      nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) == 0);
  QUORATE_CHECK(nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                                      kConnectionWindowBytes) == 0);
  stream_->start(*this);
}

GrpcChannel::~GrpcChannel() { nghttp2_session_del(session_); }

void GrpcChannel::call(std::string_view path, std::string_view message, OnDone on_done) {
  if (stream_->closed()) {
    on_done(Error{ErrorCode::kUnreachable, authority_ + ": the connection was lost"});
    return;
  }
  auto call = std::make_unique<Call>();
  call->on_done = std::move(on_done);
  call->request = grpc_frame(message);
  const std::array<nghttp2_nv, 6> headers{header(":method", "POST"),
                                          header(":scheme", "http"),
                                          header(":path", path),
                                          header(":authority", authority_),
                                          header("content-type", "application/grpc"),
                                          header("te", "trailers")};
  nghttp2_data_provider provider{};
  provider.source.ptr = call.get();
  provider.read_callback = Callbacks::read_request;
  const std::int32_t stream_id = nghttp2_submit_request(session_, nullptr, headers.data(),
                                                        headers.size(), &provider, call.get());
  if (stream_id < 0) {
    call->on_done(Error{ErrorCode::kUnreachable, authority_ + ": " + nghttp2_strerror(stream_id)});
    return;
  }
  calls_.emplace(stream_id, std::move(call));
  stream_->wake();
}

void GrpcChannel::fill(std::string& out) {
  while (true) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size <= 0) return;  // an error shows at the next read
    out.append(view(bytes, static_cast<std::size_t>(size)));
  }
}

Status GrpcChannel::on_bytes(std::string_view bytes) {
  const ssize_t taken = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0) {
    return Error{ErrorCode::kIncompatible,
                 std::string("what answers there does not speak HTTP/2: ") +
                     nghttp2_strerror(static_cast<int>(taken))};
  }
  if (nghttp2_session_want_write(session_) != 0) stream_->wake();
  if (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0) {
    return Error{ErrorCode::kUnreachable, "the server ended the HTTP/2 session"};
  }
  return {};
}

void GrpcChannel::end(std::int32_t stream_id, std::uint32_t http2_error) {
  const auto found = calls_.find(stream_id);
  if (found == calls_.end()) return;
  const std::unique_ptr<Call> call = std::move(found->second);
  calls_.erase(found);
  if (http2_error != NGHTTP2_NO_ERROR) {
    call->on_done(Error{ErrorCode::kUnreachable, authority_ + ": the stream was ended: " +
                                                     nghttp2_http2_strerror(http2_error)});
    return;
  }
  if (call->http_status != "200") {
    call->on_done(
        Error{ErrorCode::kIncompatible, authority_ + ": HTTP status " + call->http_status});
    return;
  }
  if (call->grpc_status != "0") {
    call->on_done(Error{ErrorCode::kIoError,
                        authority_ + ": " +
                            (call->grpc_status.empty() ? "an answer without a grpc-status"
                                                       : "grpc-status " + call->grpc_status + ": " +
                                                             call->grpc_message)});
    return;
  }
  call->on_done(grpc_message(call->body));
}

void GrpcChannel::on_closed(const Error& error) {
  const auto calls = std::move(calls_);
  calls_.clear();
  for (const auto& entry : calls) entry.second->on_done(error);
}

}  // namespace quorate::client::peerbench
