// Random messages of every kind, within the bounds of the wire, and when two of them are equal.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "node/core/messages.h"
#include "node/wire/codec.h"
#include "tests/node/causality/random_values.h"

namespace quorate::testing_support {

class RandomMessages {
 public:
  explicit RandomMessages(Random& random) : random_(random) {}

  // Of the kind with this index in Message.
  Message message(std::size_t kind) {
    switch (kind) {
      case 0:
        return ReadRequest{number(), number(), vnode(), key(), number(), flag(), flag()};
      case 1:
        return ReadReply{number(), status(), flag(), flag(), flag() ? record() : nullptr,
                         number(), flag()};
      case 2:
        return WriteRequest{number(),
                            number(),
                            vnode(),
                            key(),
                            static_cast<WriteRequest::Purpose>(random_.below(3)),
                            record(),
                            node(),
                            number(),
                            flag() ? record()->context : Context()};
      case 3:
        return WriteReply{number(), status(), number()};
      case 4:
        return ForwardRequest{number(), request(), number()};
      case 5:
        return ForwardReply{number(), reply()};
      case 6:
        return Ping{number(), number(), static_cast<std::int64_t>(number()), number()};
      case 7:
        return Pong{number(), static_cast<std::int64_t>(number()), number()};
      case 8: {
        ScanRequest scan{number(), number(), vnode(), {}, word(), word(), flag(), number()};
        if (flag()) scan.after = key();
        return scan;
      }
      case 9: {
        TreeRequest tree{number(), number(), vnode(), word(), 0, {}, flag()};
        tree.level = static_cast<std::uint32_t>(random_.below(4));
        for (std::uint64_t i = random_.below(5); i > 0; --i) {
          tree.parents.push_back(static_cast<std::uint32_t>(random_.below(256)));
        }
        return tree;
      }
      case 10: {
        TreeReply tree{number(), status(), flag(), {}};
        for (std::uint64_t i = random_.below(20); i > 0; --i) tree.sums.push_back(number());
        return tree;
      }
      case 11: {
        LeavesRequest leaves{number(), number(), vnode(), word(), {}, {}, {}, word(), word()};
        for (std::uint64_t i = random_.below(5); i > 0; --i) {
          leaves.leaves.push_back(static_cast<std::uint32_t>(random_.below(4096)));
        }
        if (flag()) leaves.after = key();
        if (flag()) leaves.through = key();
        return leaves;
      }
      case 12: {
        LeavesReply leaves{number(), status(), {}, {}};
        for (std::uint64_t i = random_.below(5); i > 0; --i) {
          leaves.entries.push_back({key(), number()});
        }
        if (flag()) leaves.through = key();
        return leaves;
      }
      case 13:
        return GenerationsRequest{number()};
      case 14: {
        GenerationsReply reply{number(), {}};
        for (std::uint64_t i = random_.below(20); i > 0; --i) reply.generations.push_back(number());
        return reply;
      }
      case 15: {
        ReapRequest reap{
            number(), number(), vnode(), number(), static_cast<ReapRequest::Step>(random_.below(4)),
            {}};
        for (std::uint64_t i = random_.below(5); i > 0; --i) {
          reap.entries.push_back({key(), number()});
        }
        return reap;
      }
      case 16: {
        ReapReply reap{number(), status(), number(), static_cast<ReapHold>(random_.below(6)), {}};
        for (std::uint64_t i = random_.below(5); i > 0; --i) {
          reap.held.push_back(static_cast<std::uint32_t>(random_.below(kReapPage)));
        }
        return reap;
      }
      default: {
        ScanReply scan{number(), status(), {}, flag(), number()};
        for (std::uint64_t i = random_.below(5); i > 0; --i) {
          scan.entries.push_back({key(), flag() ? record() : nullptr});
        }
        return scan;
      }
    }
  }
  Message message() { return message(random_.below(std::variant_size_v<Message>)); }

  ClientRequest request() {
    ClientRequest out;
    out.id = RequestId{number(), number()};
    out.verb = static_cast<Verb>(random_.below(4));
    out.key = Key{random_bytes(random_, random_.below(kBucketNameBytesMax + 1)),
                  random_bytes(random_, random_.below(100))};
    out.update = static_cast<Update>(random_.below(static_cast<std::uint64_t>(kUpdateLast) + 1));
    if (flag()) out.field = random_bytes(random_, random_.below(100));
    out.value = Blob(random_bytes(random_, random_.below(100)));
    out.expiry_ms = bounded(kWireExpiryMsMax);
    if (flag()) out.token = token();
    out.context_none = flag();
    out.r = quorum();
    out.w = quorum();
    if (flag()) out.sloppy = flag();
    if (flag()) out.read_repair = static_cast<ReadRepair>(random_.below(3));
    out.deadline_ns = bounded(kWireDeadlineNsMax);
    out.attempt = word();
    out.age_ns = bounded(kWireAgeNsMax);
    return out;
  }

  ClientReply reply() {
    ClientReply out;
    out.id = RequestId{number(), number()};
    out.outcome = static_cast<Outcome>(random_.below(5));
    out.reason =
        static_cast<Reason>(random_.below(static_cast<std::uint64_t>(Reason::kRetryUnsure) + 1));
    out.detail = random_bytes(random_, random_.below(50));
    for (std::uint64_t i = random_.below(5); i > 0; --i) {
      out.values.push_back(ReadValue{
          Blob(random_bytes(random_, random_.below(100))), random_dot(random_), Timestamp{number()},
          static_cast<std::int64_t>(number()), random_bytes(random_, random_.below(20))});
    }
    if (flag()) out.token = token();
    if (flag()) out.dot = random_dot(random_);
    out.needed = word();
    out.reached = word();
    out.replicas = word();
    for (std::uint64_t i = random_.below(6); i > 0; --i) out.answered.push_back(node());
    out.coordinator = node();
    return out;
  }

 private:
  bool flag() { return random_.chance(1, 2); }
  std::uint64_t number() { return random_magnitude(random_, UINT64_MAX); }
  std::uint32_t word() { return static_cast<std::uint32_t>(random_magnitude(random_, UINT32_MAX)); }
  NodeId node() { return static_cast<NodeId>(random_magnitude(random_, UINT16_MAX)); }
  std::int64_t bounded(std::int64_t max) {
    return static_cast<std::int64_t>(random_magnitude(random_, static_cast<std::uint64_t>(max)));
  }
  VnodeId vnode() { return static_cast<VnodeId>(random_.below(Ring::kVnodesMax)); }
  ReplicaStatus status() { return static_cast<ReplicaStatus>(random_.below(8)); }
  RecordPtr record() { return std::make_shared<const Record>(random_record(random_)); }
  Key key() {
    return Key{
        random_bytes(random_, 1 + random_.below(kBucketNameBytesMax)),
        random_bytes(random_, 1 + random_.below(random_.chance(1, 50) ? kWireKeyBytesMax : 100))};
  }
  Token token() {
    return Token{random_context(random_), Timestamp{number()}, static_cast<std::int64_t>(number())};
  }
  Quorum quorum() {
    const auto kind = static_cast<Quorum::Kind>(random_.below(5));
    return Quorum{kind, kind == Quorum::Kind::kCount ? word() : 0};
  }

  Random& random_;
};

// Equal in all that a message says, its record by value.
inline bool same(const RecordPtr& a, const RecordPtr& b) { return a == b || (a && b && *a == *b); }
inline bool same(const ReadRequest& a, const ReadRequest& b) {
  return a.op == b.op && a.ring_version == b.ring_version && a.vnode == b.vnode && a.key == b.key &&
         a.known_hash == b.known_hash && a.of_hints == b.of_hints && a.background == b.background;
}
inline bool same(const ReadReply& a, const ReadReply& b) {
  return a.op == b.op && a.status == b.status && a.rebuilding == b.rebuilding && a.same == b.same &&
         same(a.record, b.record) && a.generation == b.generation && a.retired == b.retired;
}
inline bool same(const WriteRequest& a, const WriteRequest& b) {
  return a.op == b.op && a.ring_version == b.ring_version && a.vnode == b.vnode && a.key == b.key &&
         a.purpose == b.purpose && same(a.record, b.record) && a.hint_for == b.hint_for &&
         a.generation == b.generation && a.since == b.since;
}
inline bool same(const WriteReply& a, const WriteReply& b) {
  return a.op == b.op && a.status == b.status && a.generation == b.generation;
}
inline bool same(const ForwardRequest& a, const ForwardRequest& b) {
  return a.op == b.op && a.request == b.request && a.generation == b.generation;
}
inline bool same(const ForwardReply& a, const ForwardReply& b) {
  return a.op == b.op && a.reply == b.reply;
}
inline bool same(const Ping& a, const Ping& b) {
  return a.sequence == b.sequence && a.run == b.run && a.wall_ms == b.wall_ms &&
         a.high_water == b.high_water;
}
inline bool same(const Pong& a, const Pong& b) {
  return a.sequence == b.sequence && a.wall_ms == b.wall_ms && a.heard_of_you == b.heard_of_you &&
         a.takes_hints == b.takes_hints;
}
inline bool same(const ScanRequest& a, const ScanRequest& b) {
  return a.op == b.op && a.ring_version == b.ring_version && a.vnode == b.vnode &&
         a.after == b.after && a.rows_max == b.rows_max && a.bytes_max == b.bytes_max &&
         a.keys_only == b.keys_only && a.generation == b.generation;
}
inline bool same(const ScanReply& a, const ScanReply& b) {
  if (a.op != b.op || a.status != b.status || a.done != b.done || a.generation != b.generation) {
    return false;
  }
  if (a.entries.size() != b.entries.size()) return false;
  for (std::size_t i = 0; i < a.entries.size(); ++i) {
    if (a.entries[i].key != b.entries[i].key) return false;
    if (!same(a.entries[i].record, b.entries[i].record)) return false;
  }
  return true;
}
inline bool same(const TreeRequest& a, const TreeRequest& b) {
  return a.op == b.op && a.ring_version == b.ring_version && a.vnode == b.vnode && a.n == b.n &&
         a.level == b.level && a.parents == b.parents && a.hurry == b.hurry;
}
inline bool same(const TreeReply& a, const TreeReply& b) {
  return a.op == b.op && a.status == b.status && a.ready == b.ready && a.sums == b.sums;
}
inline bool same(const LeavesRequest& a, const LeavesRequest& b) {
  return a.op == b.op && a.ring_version == b.ring_version && a.vnode == b.vnode && a.n == b.n &&
         a.leaves == b.leaves && a.after == b.after && a.through == b.through &&
         a.rows_max == b.rows_max && a.bytes_max == b.bytes_max;
}
inline bool same(const LeavesReply& a, const LeavesReply& b) {
  if (a.op != b.op || a.status != b.status || a.through != b.through) return false;
  if (a.entries.size() != b.entries.size()) return false;
  for (std::size_t i = 0; i < a.entries.size(); ++i) {
    if (a.entries[i].key != b.entries[i].key || a.entries[i].hash != b.entries[i].hash)
      return false;
  }
  return true;
}
inline bool same(const GenerationsRequest& a, const GenerationsRequest& b) { return a.op == b.op; }
inline bool same(const GenerationsReply& a, const GenerationsReply& b) {
  return a.op == b.op && a.generations == b.generations;
}
inline bool same(const ReapRequest& a, const ReapRequest& b) {
  if (a.op != b.op || a.ring_version != b.ring_version || a.vnode != b.vnode ||
      a.generation != b.generation || a.step != b.step || a.entries.size() != b.entries.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.entries.size(); ++i) {
    if (a.entries[i].key != b.entries[i].key || a.entries[i].hash != b.entries[i].hash)
      return false;
  }
  return true;
}
inline bool same(const ReapReply& a, const ReapReply& b) {
  return a.op == b.op && a.status == b.status && a.generation == b.generation && a.hold == b.hold &&
         a.held == b.held;
}
inline bool same(const Message& a, const Message& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      [&b](const auto& left) { return same(left, std::get<std::decay_t<decltype(left)>>(b)); }, a);
}

}  // namespace quorate::testing_support
