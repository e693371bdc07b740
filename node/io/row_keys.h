// The keys under which RocksDB keeps rows, the siblings that are stored apart, and meta values.
//
// Layout:     one type byte, then
//               row      vnode, bucket, key             one range for each vnode, within it in
//                                                       (bucket, key) order
//               sibling  vnode, bucket, key, dot        behind each other in dot order
//               meta     name
//             with vnode and the dot's numbers in big-endian order, and "bucket" (for siblings
//             "key" too) as an order-preserving string: a zero byte as 00 FF, the end as 00 00.
//             The row's key needs no end. Part of the store's format: changing it is a new one.
// Shown in:   tests/node/io/store_row_keys_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/causality/dot.h"
#include "node/core/messages.h"
#include "node/ring/ring.h"

namespace quorate::row_keys {

// What follows in a store key. Stored: never renumber. Room is left for hints, tree leaves, ...
enum class Type : char {
  kIdentity = 0,
  kMeta = 1,
  kRow = 2,
  kSibling = 3,
};

void append_row(VnodeId vnode, const Key& key, std::string& out);

// All siblings of one row start with this, and nothing else does.
void append_siblings_prefix(VnodeId vnode, const Key& key, std::string& out);
void append_sibling(VnodeId vnode, const Key& key, const Dot& dot, std::string& out);

void append_meta(std::string_view name, std::string& out);

// All rows of one vnode start with this.
void append_vnode_prefix(VnodeId vnode, std::string& out);

// The key of a row's store key without the vnode prefix; empty when it is malformed.
std::optional<Key> parse_row(std::string_view after_vnode_prefix);

// The dot of a sibling's store key without the prefix; empty when it is malformed.
std::optional<Dot> parse_dot(std::string_view after_siblings_prefix);

// The first key behind all that start with `prefix`. REQUIRES: a byte of it is not FF.
std::string end_of_prefix(std::string_view prefix);

}  // namespace quorate::row_keys
