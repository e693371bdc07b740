// A data type: a mutator and a view over the one record. Replication, repair, storage and the
// simulator never ask which it is.
//
// Place:      the coordinator of a write calls apply(), whoever shows a record calls view(): the
//             coordinator of a read, and the node when it lists its keys.
// Implements: DESIGN 2.1 and 2.4, papers/decisions/0011-data-types.md. One file a type beside this
//             one; data_type.cc is the list of them.
// Invariants: of a partial type: (1) a record's context is closed: with an event it has everything
//             that the event's coordinator knew, because no token is ever joined; (2) the siblings
//             are a function of the context. Shown in tests/node/core/types/type_laws_test.cc.
// Not here:   sync, which is the same for all (causality/record.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/causality/record.h"
#include "node/core/messages.h"

namespace quorate {

// A client's write, ready to be applied to the coordinator's record.
struct Mutation {
  Verb verb = Verb::kPut;  // a put, a delete or an update
  Update update = Update::kNone;
  std::string field;
  Blob value;
  std::int64_t expiry_ms = 0;
  // What the write may replace. After apply() the effective context: it covers what the client
  // brought and every event that the write replaced.
  Context context;
  Context brought;  // the context of the client's token; empty without one
  Dot dot;          // the event that it becomes; above everything in `context` and in the record
  Timestamp timestamp;
};

// Nothing came of the write.
struct Refusal {
  Reason reason = Reason::kNone;
  std::string detail;
};

class DataType {
 public:
  virtual ~DataType() = default;

  // Partial types are changed part by part. Their writes join nothing but their dot, so the row
  // must cover the client's token before; and they take no put.
  virtual bool is_partial() const = 0;
  virtual std::span<const UpdateShape> updates() const { return {}; }

  // Applies the mutation: afterwards the record's context contains its dot, and the mutation's
  // context is the effective one. After a refusal the record is of no more use.
  // REQUIRES: the mutation fits (misfit.h); of a partial type, the record covers what was brought.
  virtual std::optional<Refusal> apply(Mutation* mutation, Record* record) const = 0;

  // What is wrong with the value of an update that has one; nothing when it will do.
  virtual std::optional<std::string> value_misfit(std::string_view) const { return std::nullopt; }

  // How many concurrent values the record holds of this field, as siblings_max counts them.
  virtual std::size_t concurrent_values(const Record& record, const std::string& field) const = 0;

  // What a reader sees at `wall_now_ms`: by field, and of each the newest first.
  virtual std::vector<ReadValue> view(const Record& record, std::int64_t wall_now_ms) const = 0;

  // What the token of a write says of the write itself, beside what it replaced: its dot, unless
  // the event stands for others too.
  virtual Context stands_for(const Dot& dot) const { return Context::from_parts({}, {dot}); }

  // True when a write replaces all that the coordinator's row holds, whatever context its client
  // brought.
  virtual bool replaces_whole_row() const { return false; }

  // What is left of a record once all replicas are known to hold exactly it, and nothing older can
  // arrive: without the values that can no more be seen, and the events of actors of whom no value
  // lives (papers/decisions/0010-generations.md). Has no context when nothing is left.
  virtual Record reaped(const Record& record) const;

  // True when the type's outcome hangs on timestamps: then a node with a wrong clock must not mint.
  virtual bool needs_clock() const { return false; }
};

const DataType& data_type(BucketType type);

// The update's shape, among those that the type takes; nullptr: it takes no such update.
const UpdateShape* shape_of(const DataType& type, Update update);

// Does the write only take something away?
bool only_removes(const DataType& type, const ClientRequest& request);

// Shared by the types: what is left of a record when the siblings that `is_dead` says can no more
// be seen: of each actor everything, if one of its siblings can be seen, or nothing. (A sibling
// alone must not go: the context would go on claiming it, and equal contexts would have unequal
// siblings.)
using IsDead = std::function<bool(const Sibling&)>;
Record without_remains(const Record& record, const IsDead& is_dead);

// Shared by the types: drops the siblings whose dots the context covers.
void drop_covered(const Context& context, Record* record);

// Shared by the types: the sibling that the mutation leaves, at its place among the others.
void insert_sibling(const Mutation& mutation, Record* record);

// Shared by the types: the sibling as a reader sees it.
ReadValue to_read_value(const Sibling& sibling);

// Shared by the types that are made of fields: an update replaces, or only drops, what its context
// covers of its field; a delete drops what it covers of all. Joins nothing but the dot.
void apply_to_field(Mutation* mutation, bool leaves_value, Record* record);

// How many siblings there are of this field.
std::size_t siblings_of(const Record& record, const std::string& field);

// What has not expired, by field, and of each the newest first.
std::vector<ReadValue> values_by_field(const Record& record, std::int64_t wall_now_ms);

}  // namespace quorate
