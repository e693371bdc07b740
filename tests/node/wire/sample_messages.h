// One of each message, with every field set: what the golden files hold and the fuzzers start from.
// Never change what is here: add.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "node/core/messages.h"
#include "node/wire/token_seal.h"

namespace quorate::testing_support {

inline const Key kSampleKey{"default", std::string("key\0\xff", 5)};

inline TokenSeal sample_seal() { return TokenSeal("dev", {"a sample secret of 32 bytes or so"}); }

inline Dot sample_dot(NodeId node, std::uint64_t counter) {
  return Dot{Actor{make_run_id(node, 0x5f3a91c04b7eu + node), 3}, counter};
}

inline RecordPtr sample_record() {
  auto record = std::make_shared<Record>();
  for (std::uint64_t i = 1; i <= 300; ++i) record->context.add(sample_dot(1, i));
  record->context.add(sample_dot(2, 1));
  record->context.add(sample_dot(3, 17));  // a lone dot
  Sibling first;
  first.dot = sample_dot(1, 300);
  first.timestamp = Timestamp::from_wall_ms(1'700'000'000'000);
  first.value = Blob(std::string("value\0\xfe", 7));
  Sibling second;
  second.dot = sample_dot(3, 17);
  second.kind = SiblingKind::kDeleted;
  second.field = "field";
  second.timestamp = Timestamp{0x18bcfe56800'0001};
  second.expiry_ms = 1'800'000'000'000;
  record->siblings = {first, second};
  record->applied =
      AppliedRequests::from_parts({{RequestId{0xa1, 0xa2}, first.dot, first.timestamp}},
                                  Timestamp::from_wall_ms(1'699'999'940'000));
  return record;
}

inline Token sample_token() {
  return Token{sample_record()->context, Timestamp{0x18bcfe56800'0001}, 1'700'000'000'777};
}

inline ClientRequest sample_request() {
  ClientRequest request;
  request.id = RequestId{0x0123456789abcdef, 0xfedcba9876543210};
  request.verb = Verb::kPut;
  request.key = kSampleKey;
  request.value = Blob("the value of a put");
  request.expiry_ms = 1'800'000'000'000;
  request.token = sample_token();
  request.context_none = true;
  request.r = Quorum::of(2);
  request.w = Quorum{Quorum::Kind::kAll, 0};
  request.sloppy = false;
  request.read_repair = ReadRepair::kBlocking;
  request.deadline_ns = 2'000'000'000;
  request.attempt = 1;
  request.age_ns = 300'000'000;
  return request;
}

inline ClientRequest sample_update() {
  ClientRequest request;
  request.id = RequestId{1, 2};
  request.verb = Verb::kUpdate;
  request.key = Key{"maps", "m"};
  request.update = Update::kMapPut;
  request.field = "the field";
  request.value = Blob("its value");
  request.deadline_ns = 2'000'000'000;
  return request;
}

inline ClientReply sample_fields() {
  ClientReply reply;
  reply.id = RequestId{1, 2};
  reply.values.push_back(ReadValue{Blob("its value"), sample_dot(2, 1),
                                   Timestamp{0x18bcfe56800'0001}, 0, "the field"});
  reply.needed = reply.reached = 2;
  reply.replicas = 3;
  reply.coordinator = 1;
  return reply;
}

inline ClientReply sample_reply() {
  ClientReply reply;
  reply.id = RequestId{0x0123456789abcdef, 0xfedcba9876543210};
  reply.outcome = Outcome::kNotApplied;
  reply.reason = Reason::kQuorumUnreachable;
  reply.detail = "2 of 3 replicas do not answer";
  const RecordPtr record = sample_record();
  for (const Sibling& sibling : record->siblings) {
    reply.values.push_back(
        ReadValue{sibling.value, sibling.dot, sibling.timestamp, sibling.expiry_ms, {}});
  }
  reply.token = sample_token();
  reply.dot = sample_dot(2, 1);
  reply.needed = 2;
  reply.reached = 1;
  reply.replicas = 3;
  reply.answered = {1, 300, 65535};
  reply.coordinator = 1;
  return reply;
}

struct Sample {
  std::string name;
  Message message;
};

inline std::vector<Sample> sample_messages() {
  constexpr OpId kOp = 0x1122334455667788;
  return {
      {"read_request", ReadRequest{kOp, 1, 63, kSampleKey, 0x99aabbccddeeff00}},
      {"read_reply", ReadReply{kOp, ReplicaStatus::kOk, true, false, sample_record()}},
      {"read_reply_corrupt", ReadReply{kOp, ReplicaStatus::kCorrupt, false, true, nullptr}},
      {"write_request",
       WriteRequest{kOp, 1, 63, kSampleKey, WriteRequest::Purpose::kRepair, sample_record()}},
      {"write_reply", WriteReply{kOp, ReplicaStatus::kNoSpace}},
      {"forward_request", ForwardRequest{kOp, sample_request()}},
      {"forward_reply", ForwardReply{kOp, sample_reply()}},
      {"forward_update", ForwardRequest{kOp, sample_update()}},
      {"forward_fields", ForwardReply{kOp, sample_fields()}},
      {"ping", Ping{12, make_run_id(1, 0x5f3a91c04b7e), 1'700'000'000'000, 1'000'000}},
      {"pong", Pong{12, 1'700'000'000'001, 999'999}},
      {"scan_request", ScanRequest{kOp, 1, 63, kSampleKey, 256, 1u << 20, true}},
      {"scan_reply", ScanReply{kOp,
                               ReplicaStatus::kOk,
                               {{kSampleKey, sample_record()}, {Key{"lww", "b"}, nullptr}},
                               true}},
      {"tree_request", TreeRequest{kOp, 1, 63, 3, 2, {0, 15}, false}},
      {"tree_reply", TreeReply{kOp, ReplicaStatus::kOk, true, {kOp, 0, 1}}},
      {"leaves_request", LeavesRequest{kOp, 1, 63, 3, {0, 4095}, kSampleKey, {}, 256, 1u << 20}},
      {"leaves_reply", LeavesReply{kOp, ReplicaStatus::kOk, {{kSampleKey, kOp}}, Key{"lww", "b"}}},
      {"read_reply_retired",
       ReadReply{kOp, ReplicaStatus::kOk, false, false, sample_record(), 9, true}},
      {"write_request_hint",
       WriteRequest{kOp, 1, 63, kSampleKey, WriteRequest::Purpose::kWrite, sample_record(), 2, 9}},
      {"write_request_change", WriteRequest{kOp, 1, 63, kSampleKey, WriteRequest::Purpose::kWrite,
                                            sample_record(), 0, 9, sample_token().context}},
      {"write_reply_old", WriteReply{kOp, ReplicaStatus::kOldGeneration, 9}},
      {"generations_request", GenerationsRequest{kOp}},
      {"generations_reply", GenerationsReply{kOp, {1, 9, 300}}},
      {"reap_request", ReapRequest{kOp, 1, 63, 9, ReapRequest::Step::kHeld, {{kSampleKey, kOp}}}},
      {"reap_reply", ReapReply{kOp, ReplicaStatus::kOk, 9, ReapHold::kKeepsHints, {0, 255}}},
  };
}

}  // namespace quorate::testing_support
