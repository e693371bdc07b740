// Changing a value that others change too: read what is there, let a function decide what is to
// stand in its place, write that under the token of the very read, and look whether others wrote
// meanwhile.
//
// Place:      Client::update and Session::update. Ready-made functions: client/resolvers/.
// Implements: DESIGN 2.4 (an application's own merge runs in the client).
// Invariants: (1) no write of anybody is lost: what is written replaces only what the resolver was
//             shown, so a value that comes in between becomes a sibling of it, and is resolved in
//             the next try; (2) a write back in doubt is never followed by another one: that could
//             apply a change twice. Shown in tests/client/update_plan_test.cc, and on real nodes in
//             tests/integration/update_test.cc.
//
// The race. A put under a token is never refused for being late: it and what it did not know become
// siblings. So after each write back the key is read again, with the token of the write: at most
// one value means that the race was won, or that somebody has resolved it since. Several mean that
// it was lost: after a pause the resolver is asked again, about what stands then.
//
// In doubt. A write back that ended unknown may have been applied, or may surface later. It is told
// apart by its request id: the same request is sent again, under its id, its age said with it,
// until a node answers. A record remembers the ids that it has applied, so the write counts once
// (DESIGN 2.5). Where that cannot be said any more, because the id is older than the retry window,
// nobody answers, or the tries are used up, update ends unknown. Reading alone would not do: equal
// bytes may be another's, and what is not there yet may still come.
//
// Last-writer-wins buckets: they keep no siblings, so of two updates at a time one is lost, as with
// any two writes of that type. Use another type where that matters.
//
// Limits:     UpdateOptions::tries_max write backs; each request has a deadline of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/answer.h"
#include "node/base/status.h"

namespace quorate::client {

// What is to stand in the place of what was read.
struct Resolution {
  enum class Kind : std::uint8_t { kLeave, kWrite, kDelete };
  Kind kind = Kind::kLeave;
  std::string value{};
  // When the value ends; empty: as UpdateOptions::request says.
  std::optional<std::int64_t> expiry_ms{};

  static Resolution leave() { return {}; }
  static Resolution write(std::string value) { return {Kind::kWrite, std::move(value), {}}; }
  static Resolution keep(const ReadValue& sibling) {
    return {Kind::kWrite, std::string(sibling.value.view()), sibling.expiry_ms};
  }
  static Resolution erase() { return {Kind::kDelete, "", {}}; }
};

// A pure function of the siblings, oldest first: it may be asked several times in one update, each
// time about what stands then, its own earlier result among it. So a change that it makes must bear
// being made again: "milk is in the cart", not "one more".
//
// None: the key was never written, or is deleted. (A deleted register keeps no sibling; a value
// that was put at the same time stands alone.) An error, best kInvalidInput, ends the update.
using Resolver = std::function<Result<Resolution>(const std::vector<ReadValue>& siblings)>;

struct UpdateOptions {
  // Of every read and write. Its token, if any, is what the first read must cover. With a field:
  // that of a map.
  RequestOptions request{};
  std::uint32_t tries_max = 8;  // write backs, those sent again because of doubt included
  // Before another try at most so long, drawn at random so that two who met do not meet again;
  // doubles with every try.
  std::int64_t pause_first_ms = 10;
  std::int64_t pause_max_ms = 400;
};

struct Updated {
  // How it ended. kOk: what the resolver wanted was acknowledged, or it left the key as it is.
  // kNotFound: it left a key alone that does not exist. kUnknown: a write back may have been
  // applied, or may still surface. kInvalid: the resolver or the node refused. kNotApplied: nothing
  // was written. `values` are those of the last read: with kOk more than one when the tries ended
  // before the races, and then every sibling is still there. `token` is the newest that was given,
  // whatever the outcome; `dot` that of the last acknowledged write back.
  Answer answer;
  std::vector<ReadValue> before{};  // what the resolver was last shown
  std::uint32_t tries = 0;          // write backs
  bool wrote = false;               // one was acknowledged
  bool checked = false;             // and what stood after it was read

  bool ok() const { return answer.ok(); }
  // Values that came in while it ran, and stand beside what it wrote.
  bool lost_the_race() const { return wrote && answer.values.size() > 1; }
};

// An Error in place of it: as of OnAnswer, and nothing was written.
using OnUpdated = std::function<void(Result<Updated>)>;

}  // namespace quorate::client
