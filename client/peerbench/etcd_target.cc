#include "client/peerbench/etcd_target.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <future>
#include <utility>

#include "client/peerbench/etcd.pb.h"

namespace quorate::client::peerbench {
namespace {

constexpr std::string_view kPut = "/etcdserverpb.KV/Put";
constexpr std::string_view kRange = "/etcdserverpb.KV/Range";
constexpr std::string_view kStatus = "/etcdserverpb.Maintenance/Status";

Error unreadable() { return Error{ErrorCode::kIncompatible, "an answer cannot be read"}; }

// What is known of a call that came to nothing: a put may have been done all the same.
Result<Answer> failed(const Error& error, bool write) {
  if (!write) return error;
  Answer answer;
  answer.outcome = Outcome::kUnknown;
  answer.reason = Reason::kDeadline;
  answer.detail = error.message;
  return answer;
}

Result<Answer> put_answer(const Result<std::string_view>& done) {
  if (!done) return failed(done.error(), true);
  etcd::PutResponse response;
  if (!response.ParseFromArray(done->data(), static_cast<int>(done->size())) ||
      response.header().revision() <= 0) {
    return failed(unreadable(), true);
  }
  Answer answer;
  answer.outcome = Outcome::kOk;
  return answer;
}

Result<Answer> get_answer(const Result<std::string_view>& done) {
  if (!done) return failed(done.error(), false);
  etcd::RangeResponse response;
  if (!response.ParseFromArray(done->data(), static_cast<int>(done->size())) ||
      response.kvs_size() > 1) {
    return failed(unreadable(), false);
  }
  Answer answer;
  answer.outcome = response.kvs_size() == 1 ? Outcome::kOk : Outcome::kNotFound;
  if (response.kvs_size() == 1) {
    answer.values.emplace_back();
    answer.values.back().value = Blob(std::move(*response.mutable_kvs(0)->mutable_value()));
  }
  return answer;
}

}  // namespace

Result<std::unique_ptr<EtcdTarget>> EtcdTarget::create(const EtcdOptions& options) {
  std::unique_ptr<EtcdTarget> target(
      new EtcdTarget(options));  // NOLINT: the constructor is private
  for (const Endpoint& endpoint : options.endpoints) {
    for (std::size_t i = 0; i < options.connections; ++i) {
      auto stream = Stream::connect(target->loop_.io(), endpoint,
                                    std::chrono::milliseconds(options.deadline_ms));
      if (!stream) return stream.error();
      target->channels_.push_back(std::make_unique<GrpcChannel>(std::move(*stream)));
    }
  }
  target->loop_.start();
  return target;
}

EtcdTarget::~EtcdTarget() { loop_.stop(); }

void EtcdTarget::get(std::string key, OnAnswer on_answer) {
  etcd::RangeRequest request;
  request.set_key(std::move(key));
  request.set_serializable(options_.serializable);
  request.SerializeToString(&message_);
  next().call(kRange, message_,
              [on_answer = std::move(on_answer)](const Result<std::string_view>& done) {
                on_answer(get_answer(done));
              });
}

void EtcdTarget::put(std::string key, std::string value, std::string, OnAnswer on_answer) {
  etcd::PutRequest request;
  request.set_key(std::move(key));
  request.set_value(std::move(value));
  request.SerializeToString(&message_);
  next().call(kPut, message_,
              [on_answer = std::move(on_answer)](const Result<std::string_view>& done) {
                on_answer(put_answer(done));
              });
}

void EtcdTarget::change(std::string, Change, OnAnswer on_answer) {
  on_answer(Error{ErrorCode::kNotSupported, "etcd is measured with gets and puts only"});
}

Result<kvbench::Survey> EtcdTarget::survey(std::size_t& leader) {
  kvbench::Survey survey;
  survey.cluster = "etcd";
  leader = 0;
  for (std::size_t i = 0; i < options_.endpoints.size(); ++i) {
    std::promise<Result<std::string>> answered;
    boost::asio::post(loop_.io(), [this, i, &answered] {
      channels_[i * options_.connections]->call(
          kStatus, {}, [&answered](const Result<std::string_view>& done) {
            answered.set_value(done ? Result<std::string>(std::string(*done))
                                    : Result<std::string>(done.error()));
          });
    });
    const Result<std::string> bytes = answered.get_future().get();
    if (!bytes) return bytes.error();
    etcd::StatusResponse status;
    if (!status.ParseFromString(*bytes) || status.leader() == 0) return unreadable();
    if (status.leader() == status.header().member_id()) leader = i;
    NodeView node;
    node.node = static_cast<NodeId>(i + 1);
    node.endpoint = options_.endpoints[i].to_string();
    node.version = status.version();
    // etcd 3.4 knows no other: every entry of its log is synced before it counts.
    node.durability = "fsync";
    survey.nodes.push_back(std::move(node));
  }
  survey.durability = "fsync";
  survey.bucket.n = static_cast<std::uint32_t>(survey.nodes.size());
  survey.w = survey.bucket.n / 2 + 1;
  survey.r = options_.serializable ? 1 : survey.w;
  return survey;
}

}  // namespace quorate::client::peerbench
