// Writes what the fuzzers start from: seed_corpus DIRECTORY makes DIRECTORY/TARGET/seed-NAME. The
// configuration's seeds are files of their own.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "node/causality/codec.h"
#include "node/wire/codec.h"
#include "node/wire/frame.h"
#include "node/wire/quorate.pb.h"
#include "tests/node/wire/sample_messages.h"

namespace quorate {
namespace {

using testing_support::kSampleKey;

class Corpus {
 public:
  explicit Corpus(std::filesystem::path root) : root_(std::move(root)) {}

  void add(const std::string& target, const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(root_ / target);
    std::ofstream(root_ / target / ("seed-" + name), std::ios::binary) << bytes;
  }

 private:
  std::filesystem::path root_;
};

std::string choose(int choice, const std::string& bytes) {
  return std::string(1, static_cast<char>(choice)) + bytes;
}

void add_peer_messages(const Corpus& corpus) {
  std::string stream;
  for (const auto& [name, message] : testing_support::sample_messages()) {
    std::string bytes;
    encode_message(message, bytes);
    corpus.add("peer_message", name, bytes);
    append_frames(bytes, stream);
  }
  corpus.add("frame", "peer-messages", choose(0, stream));
}

void add_frames(const Corpus& corpus) {
  std::string stream;
  append_frames("", stream);
  append_frames("a", stream);
  append_frames("another message", stream);
  corpus.add("frame", "three", choose(0, stream));
  corpus.add("frame", "three-in-small-pieces", choose(2 * 2, stream));
  corpus.add("frame", "cut", choose(0, stream.substr(0, stream.size() - 3)));
  stream[8] = 1;  // the first message goes on
  stream[0] = 0;
  corpus.add("frame", "empty-chunk", choose(1, stream));
  std::string chunks;
  append_frames("chunk one, ", chunks);
  chunks[8] = 1;
  append_frames("chunk two", chunks);
  corpus.add("frame", "chunks", choose(1, chunks));
  corpus.add("frame", "http", choose(0, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  corpus.add("frame", "length-2^32-1", choose(0, std::string(13, '\xff')));
}

// In the order of client_message_fuzz.cc.
void add_client_messages(const Corpus& corpus) {
  const auto add = [&](int kind, const std::string& name,
                       const google::protobuf::Message& message) {
    corpus.add("client_message", name, choose(kind, message.SerializeAsString()));
  };
  wire::ToNode put;
  put.set_tag(7);
  wire::ClientRequest& request = *put.mutable_request();
  request.set_id_high(1);
  request.set_id_low(2);
  request.set_verb(1);
  request.set_bucket(kSampleKey.bucket);
  request.set_key(kSampleKey.name);
  request.set_value("value");
  request.set_expiry_ms(1'800'000'000'000);
  request.mutable_r()->set_kind(1);
  request.mutable_r()->set_count(2);
  request.mutable_w()->set_kind(3);
  request.set_sloppy(2);
  request.set_read_repair(3);
  request.set_deadline_ns(2'000'000'000);
  request.set_attempt(1);
  request.set_age_ns(5);
  add(0, "put", put);
  request.set_token(
      *testing_support::sample_seal().seal(testing_support::sample_token(), kSampleKey));
  add(0, "put-with-token", put);
  for (int body = 3; body <= 8; ++body) {
    corpus.add("client_message", "to-node-" + std::to_string(body),
               choose(0, std::string("\x08\x01", 2) + static_cast<char>(body << 3 | 2) + '\0'));
  }
  wire::ToNode locate;
  locate.mutable_locate()->set_key("k");
  add(0, "locate", locate);
  wire::ToNode row;
  row.mutable_row()->set_key("k");
  row.mutable_row()->set_without_values(true);
  add(0, "row", row);
  wire::ToNode digest;
  digest.mutable_digest()->set_prefix("k");
  digest.mutable_digest()->set_after_key("key");
  add(0, "digest", digest);
  wire::ToNode repair;
  repair.mutable_repair()->set_one_vnode(true);
  add(0, "repair", repair);
  wire::ToNode list;
  list.mutable_list()->set_after_key("k");
  add(0, "list", list);
  wire::ToNode chaos;
  chaos.mutable_chaos()->add_cut_in(2);
  chaos.mutable_chaos()->add_cut_out(3);
  add(0, "chaos", chaos);

  std::string reply;
  encode_client_reply(7, testing_support::sample_reply(), kSampleKey,
                      testing_support::sample_seal(), reply);
  corpus.add("client_message", "reply", choose(1, reply));
  wire::ToClient status;
  status.mutable_status()->add_peers()->set_node(2);
  status.mutable_status()->add_buckets()->set_name("default");
  status.mutable_status()->add_counters()->set_name("pings");
  add(1, "status", status);
  wire::ToClient ring;
  ring.mutable_ring()->add_members(1);
  ring.mutable_ring()->add_vnodes()->add_nodes(1);
  add(1, "ring", ring);
  wire::ToClient error;
  error.mutable_error()->set_code(5);
  error.mutable_error()->set_message("another cluster");
  add(1, "error", error);

  wire::Hello hello;
  hello.set_protocol_version(1);
  hello.set_cluster("dev");
  add(2, "hello", hello);
  wire::ToClient welcome;
  welcome.mutable_welcome()->set_node(2);
  welcome.mutable_welcome()->set_run(77);
  add(1, "welcome", welcome);
  wire::PeerHandshake hello_step;
  wire::PeerHello& peer_hello = *hello_step.mutable_hello();
  peer_hello.set_protocol_version(1);
  peer_hello.set_cluster("dev");
  peer_hello.set_node(1);
  peer_hello.set_nonce(std::string(32, 'n'));
  add(3, "peer-hello", hello_step);
  wire::PeerHandshake challenge_step;
  wire::PeerChallenge& challenge = *challenge_step.mutable_challenge();
  challenge.set_nonce(std::string(32, 'c'));
  challenge.set_proof(std::string(32, 'p'));
  add(3, "peer-challenge", challenge_step);
  wire::PeerHandshake peer_error;
  peer_error.mutable_error()->set_code(5);
  peer_error.mutable_error()->set_message("another cluster");
  add(3, "peer-error", peer_error);
}

// Steps of core_fuzz.cc.
std::string with_size(int choice, const std::string& bytes) {
  return choose(choice, choose(static_cast<int>(bytes.size() & 0xff),
                               choose(static_cast<int>(bytes.size() >> 8), bytes)));
}

std::string client_step(Verb verb, const std::string& bucket, const char* value, bool token,
                        std::uint32_t quorum) {
  wire::ClientRequest request;
  request.set_id_low(verb == Verb::kGet ? 0 : 7);
  request.set_verb(static_cast<std::uint32_t>(verb));
  request.set_bucket(bucket);
  request.set_key(kSampleKey.name);
  request.set_value(value);
  request.set_deadline_ns(500'000'000);
  for (wire::Quorum* each : {request.mutable_r(), request.mutable_w()}) {
    each->set_kind(1);
    each->set_count(quorum);
  }
  if (token) {
    request.set_token(
        *testing_support::sample_seal().seal(testing_support::sample_token(), kSampleKey));
  }
  return with_size(2, request.SerializeAsString());
}

// Of a part of a value, by a client that has read it or not.
std::string update_step(const char* bucket, Update update, const char* field, const char* value,
                        bool token, std::uint32_t attempt) {
  wire::ClientRequest request;
  request.set_id_low(8);
  request.set_verb(static_cast<std::uint32_t>(Verb::kUpdate));
  request.set_update(static_cast<std::uint32_t>(update));
  request.set_bucket(bucket);
  request.set_key(kSampleKey.name);
  request.set_field(field);
  request.set_value(value);
  request.set_deadline_ns(500'000'000);
  request.set_attempt(attempt);
  for (wire::Quorum* each : {request.mutable_r(), request.mutable_w()}) {
    each->set_kind(1);
    each->set_count(1);
  }
  if (token) {
    request.set_token(*testing_support::sample_seal().seal(testing_support::sample_token(),
                                                           Key{bucket, kSampleKey.name}));
  }
  return with_size(2, request.SerializeAsString());
}

void add_update_stories(const Corpus& corpus) {
  const std::string settled = choose(0, "");
  const std::string sync = choose(4, "");
  const std::string wait = choose(3, "\x14");
  const auto add = [&](const char* name, const std::string& story) {
    corpus.add("core", name, settled + story);
  };
  const std::string plus = update_step("counter", Update::kCounterAdd, "", "5", false, 0);
  add("counter", plus + sync + client_step(Verb::kGet, "counter", "", false, 1) +
                     client_step(Verb::kDelete, "counter", "", false, 1) + sync + plus + sync);
  add("counter-retried",
      plus + sync + update_step("counter", Update::kCounterAdd, "", "5", false, 1) + wait);
  const std::string element = update_step("set", Update::kSetAdd, "x", "", false, 0);
  add("set", element + sync + update_step("set", Update::kSetRemove, "x", "", false, 0) + sync);
  add("set-behind-its-token",
      element + sync + update_step("set", Update::kSetRemove, "x", "", true, 0) + wait);
  add("map", update_step("map", Update::kMapPut, "f", "v", false, 0) + sync +
                 client_step(Verb::kGet, "map", "", false, 1));
  add("flag", update_step("flag", Update::kFlagEnable, "", "", false, 0) + sync +
                  update_step("flag", Update::kFlagDisable, "", "", false, 0) + sync);
  add("wrong-type", update_step("default", Update::kSetAdd, "x", "", false, 0) + sync);
}

void add_core_stories(const Corpus& corpus) {
  const std::string settled = choose(0, "");  // the disk of a node that knows that it lost nothing
  const std::string newborn = choose(1, "");
  const std::string sync = choose(4, "");
  const std::string wait = choose(3, "\x14");
  const std::string up = choose(5 + 16, "") + choose(5 + 8 + 16, "");
  const std::string full = choose(7 + 16, "");
  const std::string put = client_step(Verb::kPut, "default", "v", false, 1);
  const std::string get = client_step(Verb::kGet, "default", "", false, 1);
  corpus.add(
      "core", "put-get",
      settled + put + sync + get + client_step(Verb::kDelete, "default", "", false, 1) + sync);
  corpus.add("core", "quorum",
             settled + up + put + client_step(Verb::kPut, "default", "w", false, 2) + sync + wait +
                 client_step(Verb::kGet, "default", "", true, 3) + wait);
  corpus.add("core", "lww",
             settled + client_step(Verb::kPut, "lww", "v", false, 1) + sync +
                 client_step(Verb::kGet, "lww", "", false, 1));
  corpus.add("core", "full-disk", settled + put + full + put + get);
  corpus.add("core", "damaged-row", settled + put + sync + choose(6, "") + get + put + sync + get);
  std::string all = up + put;
  for (const auto& [name, message] : testing_support::sample_messages()) {
    std::string bytes;
    encode_message(message, bytes);
    for (const int choice : {0, 0 + 16, 0 + 8 + 16}) {
      const std::string step =
          with_size(choice, bytes) + (choice >= 16 ? std::string(1, '\0') : "");
      all += step;
      corpus.add("core", name + "-" + std::to_string(choice),
                 settled + up + put + sync + step + sync + get);
    }
  }
  corpus.add("core", "everything", newborn + all + sync + wait + get);
}

void add_tokens(const Corpus& corpus) {
  const TokenSeal seal = testing_support::sample_seal();
  corpus.add("token", "good", choose(0, *seal.seal(testing_support::sample_token(), kSampleKey)));
  corpus.add("token", "of-another-key",
             choose(0, *seal.seal(testing_support::sample_token(), Key{"default", "x"})));
  corpus.add("token", "empty-context", choose(0, *seal.seal(Token(), kSampleKey)));
  corpus.add("token", "changed", choose(1, std::string("\x05\xff\x00", 3)));
  corpus.add("token", "cut", choose(1, std::string("\x05\x00\x01", 3)));
  corpus.add("token", "longer", choose(1, std::string("\x05\x00\x02", 3)));
  corpus.add("token", "replaced", choose(1, std::string("\x05\x00\x03 other", 9)));
  std::string context;
  append_context(testing_support::sample_token().context, context);
  corpus.add("token", "context", choose(2, std::string("\x01\x02", 2) + context));
}

// In the order of record_fuzz.cc.
void add_records(const Corpus& corpus) {
  const RecordPtr record = testing_support::sample_record();
  std::string bytes;
  append_record(*record, bytes);
  corpus.add("record", "record", choose(0, bytes));
  bytes.clear();
  append_record(Record(), bytes);
  corpus.add("record", "empty", choose(0, bytes));
  bytes.clear();
  append_context(record->context, bytes);
  corpus.add("record", "context", choose(1, bytes));
  for (const Sibling& sibling : record->siblings) {
    bytes.clear();
    append_sibling(sibling, bytes);
    corpus.add("record", "sibling-" + std::to_string(sibling.dot.counter), choose(2, bytes));
  }
  Row row;
  row.record = *record;
  row.mark = Mark{record->siblings[0].dot.actor, 300};
  row.sequence = 1000;
  for (const RowLayout layout : {RowLayout::kInline, RowLayout::kApart}) {
    bytes.clear();
    append_row(row, layout, bytes);
    corpus.add("record", layout == RowLayout::kInline ? "row" : "row-apart", choose(3, bytes));
  }
}

}  // namespace
}  // namespace quorate

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: seed_corpus DIRECTORY\n");
    return 2;
  }
  const quorate::Corpus corpus(argv[1]);
  quorate::add_peer_messages(corpus);
  quorate::add_frames(corpus);
  quorate::add_client_messages(corpus);
  quorate::add_core_stories(corpus);
  quorate::add_update_stories(corpus);
  quorate::add_tokens(corpus);
  quorate::add_records(corpus);
  return 0;
}
