#include "node/core/write_event.h"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "node/base/in_quotes.h"
#include "node/core/types/data_type.h"

namespace quorate {

namespace {

Refusal clock_refusal(NodeState& state) {
  const auto offset_ms = static_cast<std::uint64_t>(std::abs(state.clocks.median_offset_ms()));
  state.trace({.kind = TraceKind::kClockSkewed, .a = offset_ms});
  return {Reason::kClockSkew,
          "the clock of node " + std::to_string(state.self()) + " is " + std::to_string(offset_ms) +
              " ms away from its peers', more than clock_skew_max (" +
              std::to_string(state.options().clock_skew_max_ms) +
              " ms): in a last-writer-wins bucket its writes could hide newer ones; set the clock, "
              "or write through another node"};
}

// What adds must not let its key grow without end; what removes always may.
std::optional<Refusal> size_refusal(const Bucket& bucket, const ClientRequest& request,
                                    const Record& after, std::size_t values) {
  if (values > bucket.siblings_max) {
    const std::string what =
        request.field.empty() ? "" : "field " + in_quotes(request.field) + " of ";
    return Refusal{Reason::kTooManySiblings,
                   what + "key " + in_quotes(request.key.name) + " already has " +
                       std::to_string(values - 1) + " siblings, and siblings_max of bucket \"" +
                       bucket.name + "\" is " + std::to_string(bucket.siblings_max) +
                       "; read it, merge its values and write the result under the context of that "
                       "read" +
                       (request.field.empty() ? " (kvcli resolve, update in the client library)"
                                              : " (kvcli map get, then map put --context)")};
  }
  if (after.size_bytes() > bucket.record_bytes_max) {
    return Refusal{Reason::kRecordTooLarge, "with this value the key's siblings would take " +
                                                std::to_string(after.size_bytes()) +
                                                " bytes, record_bytes_max of bucket \"" +
                                                bucket.name + "\" is " +
                                                std::to_string(bucket.record_bytes_max) +
                                                "; resolve the siblings first (kvcli resolve)"};
  }
  return std::nullopt;
}

// A write that was applied by an earlier attempt: what a put with a context replaced is that
// context; what any other replaced is not remembered, but everything that is dead in the record is
// a closed set which covers it and erases nobody.
std::optional<Token> token_of_known(const DataType& type, const ClientRequest& request,
                                    const Record& known, const Dot& dot) {
  Token token;
  token.timestamp = known.latest();
  if (request.token) {
    token.context = request.token->context;
    token.timestamp = std::max(token.timestamp, request.token->timestamp);
  }
  const bool remembered = request.token || request.context_none;
  if (!remembered || type.replaces_whole_row()) {
    std::vector<Dot> living;
    for (const Sibling& sibling : known.siblings) {
      if (sibling.dot != dot) living.push_back(sibling.dot);
    }
    const std::optional<Context> closed = known.context.without(living);
    if (!closed) return std::nullopt;
    token.context.join(*closed);
  }
  token.context.join(type.stands_for(dot));
  return token;
}

// What is worth being told apart from the whole: adding to a large set must not send the set.
std::optional<Delta> worthwhile_delta(const NodeState& state, const RowPtr& stored,
                                      const Record* read_first, const Record& after,
                                      const Dot& event) {
  const std::size_t whole_bytes = after.size_bytes();
  if (whole_bytes < state.options().delta_bytes_min) return std::nullopt;
  static const Record kNothing;
  const Record& known = stored == nullptr ? kNothing : stored->record;
  std::optional<Delta> delta =
      read_first == nullptr
          ? delta_of(known, after, event)
          : delta_of(sync(known, *read_first, state.options().retry_window_ms), after, event);
  if (!delta || delta->since.empty()) return std::nullopt;
  const std::size_t bytes = delta->change.size_bytes() + delta->since.size_bytes();
  return bytes < whole_bytes ? std::move(delta) : std::nullopt;
}

}  // namespace

std::variant<NewEvent, Refusal> mint_event(NodeState& state, const Bucket& bucket,
                                           const ClientRequest& request, const RowPtr& stored,
                                           const Record* read_first, bool just_behind) {
  const DataType& type = data_type(bucket.type);
  if (type.needs_clock() && state.clocks.skewed()) return clock_refusal(state);

  const std::int64_t window_ms = state.options().retry_window_ms;
  NewEvent event;
  if (stored) event.row = *stored;
  Record& record = event.row.record;
  Mutation mutation;
  mutation.verb = request.verb;
  mutation.update = request.update;
  mutation.field = request.field;
  mutation.value = request.value;
  mutation.expiry_ms = request.expiry_ms;
  if (read_first != nullptr) record = sync(record, *read_first, window_ms);
  if (request.token) {
    mutation.context = request.token->context;
    mutation.brought = request.token->context;
  } else if (!request.context_none) {
    mutation.context = record.context;
  }
  Timestamp known = record.latest();
  if (request.token) known = std::max(known, request.token->timestamp);
  state.observe(known);
  mutation.timestamp =
      just_behind ? Timestamp{known.packed + 1} : state.clock.tick(state.wall_now_ms(), known);
  const bool had_mark = event.row.mark.counter != 0;
  mutation.dot = state.mint.mint(&event.row, mutation.context);
  if (std::optional<Refusal> refusal = type.apply(&mutation, &record)) return *std::move(refusal);
  record.applied.add(AppliedRequest{request.id, mutation.dot, mutation.timestamp}, window_ms);
  event.row.mark = Mark{mutation.dot.actor, mutation.dot.counter};
  if (!only_removes(type, request)) {
    event.concurrent_values = type.concurrent_values(record, request.field);
    if (auto refusal = size_refusal(bucket, request, record, event.concurrent_values))
      return *std::move(refusal);
  }
  event.dot = mutation.dot;
  event.epoch_renewed = had_mark && mutation.dot.counter == 1;
  // What the write replaced plus its own dot, never the record's whole context: with that the
  // client would erase siblings which it never saw.
  event.token.context = std::move(mutation.context);
  event.token.context.add(mutation.dot);
  event.token.timestamp = mutation.timestamp;
  event.delta = worthwhile_delta(state, stored, read_first, record, event.dot);
  return event;
}

std::optional<KnownEvent> find_event(const Bucket& bucket, const ClientRequest& request,
                                     const Record& known) {
  const std::vector<Dot> dots = known.applied.find(request.id);
  if (dots.empty()) return std::nullopt;
  return KnownEvent{dots.back(),
                    token_of_known(data_type(bucket.type), request, known, dots.back())};
}

bool may_be_forgotten(const NodeState& state, const ClientRequest& request, const Record& known) {
  if (request.attempt == 0) return false;
  const std::int64_t first_ms =
      state.wall_now_ms() - request.age_ns / kNsPerMs - state.options().clock_skew_max_ms;
  return Timestamp::from_wall_ms(first_ms) <= known.applied.floor();
}

}  // namespace quorate
