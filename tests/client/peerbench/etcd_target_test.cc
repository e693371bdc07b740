// etcd as the driver asks it, against a gRPC server that a test scripts: nghttp2 on both sides, and
// golden bytes of etcd's messages between them.
#include "client/peerbench/etcd_target.h"

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <boost/asio/post.hpp>
#include <cstring>
#include <future>
#include <map>

#include "client/peerbench/grpc_frame.h"
#include "tests/client/peerbench/fake_server.h"

namespace quorate::client::peerbench {
namespace {

using namespace std::string_literals;  // NOLINT: for bytes that hold zeros

struct Reply {
  std::string body;
  std::string grpc_status = "0";  // empty: none is sent
  std::string http_status = "200";
  bool reset = false;  // in place of all this
};

using Script = std::function<Reply(const std::string& path, const std::string& body)>;

class GrpcSession : public FakeServer::Session {
 public:
  explicit GrpcSession(const Script& script) : script_(script) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_server_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~GrpcSession() override { nghttp2_session_del(session_); }

  std::optional<std::string> on_bytes(std::string_view bytes) override {
    nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                             bytes.size());
    std::string out;
    const std::uint8_t* chunk = nullptr;
    while (true) {
      const ssize_t size = nghttp2_session_mem_send(session_, &chunk);
      if (size <= 0) return out;
      out.append(reinterpret_cast<const char*>(chunk), static_cast<std::size_t>(size));
    }
  }

 private:
  struct Request {
    std::string path;
    std::string body;
    Reply reply;
    std::size_t sent = 0;
  };

  static GrpcSession& self(void* user) { return *static_cast<GrpcSession*>(user); }

  static nghttp2_nv header(const char* name, const std::string& value) {
    return {reinterpret_cast<std::uint8_t*>(const_cast<char*>(name)),
            reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), std::strlen(name),
            value.size(), NGHTTP2_NV_FLAG_NONE};
  }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user) {
    if (std::string(reinterpret_cast<const char*>(name), name_size) != ":path") return 0;
    self(user).requests_[frame->hd.stream_id].path.assign(reinterpret_cast<const char*>(value),
                                                          value_size);
    return 0;
  }

  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
                     std::size_t size, void* user) {
    self(user).requests_[stream].body.append(reinterpret_cast<const char*>(bytes), size);
    return 0;
  }

  static int on_frame(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    const bool of_stream = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (!of_stream || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    Request& request = self(user).requests_[frame->hd.stream_id];
    request.reply = self(user).script_(request.path, request.body);
    if (request.reply.reset) {
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                NGHTTP2_REFUSED_STREAM);
      return 0;
    }
    const std::string type = "application/grpc";
    const nghttp2_nv headers[] = {header(":status", request.reply.http_status),
                                  header("content-type", type)};
    nghttp2_data_provider provider{};
    provider.source.ptr = &request;
    provider.read_callback = read_body;
    nghttp2_submit_response(session, frame->hd.stream_id, headers, 2, &provider);
    return 0;
  }

  static ssize_t read_body(nghttp2_session* session, std::int32_t stream, std::uint8_t* to,
                           std::size_t room, std::uint32_t* flags, nghttp2_data_source* source,
                           void*) {
    Request& request = *static_cast<Request*>(source->ptr);
    const std::size_t size = std::min(room, request.reply.body.size() - request.sent);
    std::memcpy(to, request.reply.body.data() + request.sent, size);
    request.sent += size;
    if (request.sent < request.reply.body.size()) return static_cast<ssize_t>(size);
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!request.reply.grpc_status.empty()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const nghttp2_nv trailer = header("grpc-status", request.reply.grpc_status);
      nghttp2_submit_trailer(session, stream, &trailer, 1);
    }
    return static_cast<ssize_t>(size);
  }

  const Script& script_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Request> requests_;
};

class EtcdTargetTest : public testing::Test {
 protected:
  void serve(Script script, std::size_t piece = 1) {
    script_ = std::move(script);
    server_.emplace([this] { return std::make_unique<GrpcSession>(script_); }, piece);
    auto target = EtcdTarget::create(EtcdOptions{.endpoints = {server_->endpoint()}});
    ASSERT_TRUE(target);
    target_ = std::move(*target);
  }
  void TearDown() override { target_.reset(); }

  Result<Answer> ask(bool write) {
    std::promise<Result<Answer>> promise;
    const auto take = [&promise](Result<Answer> answer) { promise.set_value(std::move(answer)); };
    boost::asio::post(target_->io(), [&] {
      if (write) {
        target_->put("key", "value", {}, take);
      } else {
        target_->get("key", take);
      }
    });
    return promise.get_future().get();
  }

  Script script_;
  std::optional<FakeServer> server_;
  std::unique_ptr<EtcdTarget> target_;
};

// header { revision: 7 }
const std::string kPutResponse = "\x0a\x02\x18\x07"s;
// header { revision: 7 }, kvs { key: "key", create_revision: 5, value: "value" }, count: 1
const std::string kRangeResponse =
    "\x0a\x02\x18\x07\x12\x0e\x0a\x03key\x10\x05\x2a\x05value\x20\x01"s;

TEST_F(EtcdTargetTest, PutIsAPutRequestAndIsDoneWithARevision) {
  std::string asked;
  serve([&](const std::string& path, const std::string& body) {
    asked = path + " " + body;
    return Reply{grpc_frame(kPutResponse)};
  });
  const auto answer = ask(true);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, Outcome::kOk) << answer->detail;
  EXPECT_EQ(asked, "/etcdserverpb.KV/Put \0\0\0\0\x0c\x0a\x03key\x12\x05value"s);
}

TEST_F(EtcdTargetTest, GetIsALinearizableRange) {
  std::string asked;
  serve([&](const std::string& path, const std::string& body) {
    asked = path + " " + body;
    return Reply{grpc_frame(kRangeResponse)};
  });
  const auto answer = ask(false);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, Outcome::kOk);
  ASSERT_EQ(answer->values.size(), 1u);
  EXPECT_EQ(answer->values[0].value.view(), "value");
  EXPECT_EQ(asked, "/etcdserverpb.KV/Range \0\0\0\0\x05\x0a\x03key"s) << "serializable is not set";
}

TEST_F(EtcdTargetTest, AKeyThatIsNotThereIsNotFound) {
  serve([](const std::string&, const std::string&) { return Reply{grpc_frame(kPutResponse)}; });
  EXPECT_EQ(ask(false)->outcome, Outcome::kNotFound);
}

TEST_F(EtcdTargetTest, ManyCallsShareAConnection) {
  serve([](const std::string&, const std::string&) { return Reply{grpc_frame(kPutResponse)}; }, 7);
  constexpr int kCalls = 300;  // more than a server allows before it has said how many
  int left = kCalls;
  std::promise<void> ended;
  boost::asio::post(target_->io(), [&] {
    for (int i = 0; i < kCalls; ++i) {
      target_->put("key", "value", {}, [&](const Result<Answer>& answer) {
        EXPECT_TRUE(answer && answer->ok());
        if (--left == 0) ended.set_value();
      });
    }
  });
  ended.get_future().wait();
}

TEST_F(EtcdTargetTest, OnlyAGoodAnswerCounts) {
  const std::vector<Reply> bad{{grpc_frame(kPutResponse), "14"},
                               {grpc_frame(kPutResponse), ""},
                               {grpc_frame(kPutResponse), "0", "503"},
                               {"", "0"},
                               {grpc_frame(kPutResponse) + grpc_frame(kPutResponse)},
                               {grpc_frame("\x0a\xff")},
                               {grpc_frame("")},  // no revision
                               {"", "", "", true}};
  std::size_t next = 0;
  serve([&](const std::string&, const std::string&) { return bad[next]; });
  for (; next < bad.size(); ++next) {
    const auto answer = ask(true);
    ASSERT_TRUE(answer) << next;
    EXPECT_EQ(answer->outcome, Outcome::kUnknown) << next;
    EXPECT_FALSE(answer->detail.empty());
  }
}

class Nonsense : public FakeServer::Session {
  std::optional<std::string> on_bytes(std::string_view) override {
    return "HTTP/1.1 400 Bad Request\r\n\r\n";
  }
};

class Silence : public FakeServer::Session {
  std::optional<std::string> on_bytes(std::string_view) override { return ""; }
};

TEST_F(EtcdTargetTest, WhatSpeaksNoHttp2IsGivenUp) {
  server_.emplace([] { return std::make_unique<Nonsense>(); });
  target_ = std::move(*EtcdTarget::create(EtcdOptions{.endpoints = {server_->endpoint()}}));
  EXPECT_FALSE(ask(false));
  EXPECT_FALSE(ask(true) && ask(true)->ok()) << "the connection has gone";
}

TEST_F(EtcdTargetTest, WhoIsSilentIsGivenUpAfterTheDeadline) {
  server_.emplace([] { return std::make_unique<Silence>(); });
  target_ = std::move(
      *EtcdTarget::create(EtcdOptions{.endpoints = {server_->endpoint()}, .deadline_ms = 200}));
  const auto answer = ask(false);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kTimeout);
}

TEST_F(EtcdTargetTest, TheSurveyNamesVersionsAndTheLeader) {
  // header { member_id: 9 }, version: "3.4.23", leader: 9
  serve([](const std::string& path, const std::string&) {
    EXPECT_EQ(path, "/etcdserverpb.Maintenance/Status");
    return Reply{
        grpc_frame("\x0a\x02\x10\x09\x12\x06"
                   "3.4.23\x20\x09")};
  });
  std::size_t leader = 5;
  const auto survey = target_->survey(leader);
  ASSERT_TRUE(survey);
  EXPECT_EQ(leader, 0u);
  EXPECT_EQ(survey->nodes[0].version, "3.4.23");
  EXPECT_EQ(survey->durability, "fsync");
}

}  // namespace
}  // namespace quorate::client::peerbench
