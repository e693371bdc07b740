// The canonical bytes of contexts, records and rows: equal values have equal bytes, on every
// machine.
//
// Place:      rows in the store, records inside messages between nodes, contexts inside tokens,
//             state hashes of the simulator. One format for all of them, so that a record is
//             encoded once for the local store and all its replicas.
// Limits:     every count is checked against the bytes that are left before anything is allocated;
//             decoding takes at most a small multiple of the input in memory. Fuzzed: tests/fuzz/.
// Format:     little-endian varints (LEB128), byte strings with a length; papers/formats.md has the
//             table. Format 1 is versioned in its first byte and already has room for the later
//             kinds. A format once released is read for ever: tests/node/causality/golden/.
// Errors:     decoders return kCorruption with the offset; trailing bytes are an error. An unknown
//             format, layout or kind is kCorruption too, and says that a newer version wrote it.
// Invariants: (1) decode gives back what was appended; (2) bytes that decode are the bytes that
//             appending the result gives: one encoding of each value is taken and no other.
//             tests/node/causality/codec_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "node/base/status.h"
#include "node/causality/context.h"
#include "node/causality/record.h"
#include "node/causality/row.h"

namespace quorate {

// A context alone has no version byte: whatever carries it has one.
void append_context(const Context& context, std::string& out);
Result<Context> decode_context(std::string_view bytes);

// The record: version byte, context, siblings, applied requests.
void append_record(const Record& record, std::string& out);
Result<Record> decode_record(std::string_view bytes);

// One sibling by itself, for rows whose siblings are stored apart: version byte, then the sibling.
void append_sibling(const Sibling& sibling, std::string& out);
Result<Sibling> decode_sibling(std::string_view bytes);

// Where the siblings of a stored row are.
enum class RowLayout : std::uint8_t {
  kInline = 0,  // in the row, after its header
  kApart = 1,   // each in a store row of its own; the row holds their number and the sum of the
                // hashes of their dots
};

// The row: version byte, layout, kind, mark, sequence, context, applied requests, then the siblings
// or what stands for them.
void append_row(const Row& row, RowLayout layout, std::string& out);

struct DecodedRow {
  Row row;  // without siblings when layout is kApart
  RowLayout layout = RowLayout::kInline;
  std::uint64_t apart_count = 0;     // siblings stored apart
  std::uint64_t apart_dots_sum = 0;  // wrapping sum of dot_hash over them
};
Result<DecodedRow> decode_row(std::string_view bytes);

std::uint64_t dot_hash(const Dot& dot);

// Equal for replicas that hold the same state, because equal contexts imply equal siblings.
// Never 0.
std::uint64_t context_hash(const Context& context);

}  // namespace quorate
