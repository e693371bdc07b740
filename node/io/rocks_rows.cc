#include "node/io/rocks_rows.h"

#include <utility>

#include "node/causality/codec.h"
#include "node/io/rocks_prefix_range.h"
#include "node/io/rocks_status.h"
#include "node/io/row_keys.h"

namespace quorate {

namespace {

// What a large row needed is not kept for the small ones.
constexpr std::size_t kScratchBytesMax = 64u << 10;

std::string name_of(const Key& key) {
  return "the row of \"" + printable(key.name) + "\" in bucket \"" + printable(key.bucket) + "\"";
}

Error damaged(const Key& key, const std::string& how) {
  return Error{ErrorCode::kCorruption, name_of(key) + " is damaged: " + how};
}

}  // namespace

Status RocksRows::load() {
  const std::string prefix(1, static_cast<char>(row_keys::Type::kSibling));
  PrefixRange siblings(view_, prefix, prefix);
  any_apart_ = siblings.valid();
  if (!any_apart_ && !siblings.status().ok()) {
    return to_error(siblings.status(), "looking for large rows");
  }
  return {};
}

// ---------------------------------------------------------------- reading

Result<Row> RocksRows::decode(VnodeId vnode, const Key& key, std::string_view bytes,
                              bool with_siblings) const {
  Result<DecodedRow> decoded = decode_row(bytes);
  if (!decoded) return damaged(key, decoded.error().message);
  if (decoded->layout == RowLayout::kInline || !with_siblings) return std::move(decoded->row);

  std::string prefix;
  row_keys::append_siblings_prefix(vnode, key, prefix);
  std::vector<Sibling>& siblings = decoded->row.record.siblings;
  std::uint64_t dots_sum = 0;
  PrefixRange range(view_, prefix, prefix);
  for (; range.valid(); range.next()) {
    Result<Sibling> sibling = decode_sibling(range.value());
    if (!sibling) return damaged(key, sibling.error().message);
    if (row_keys::parse_dot(range.suffix()) != sibling->dot) {
      return damaged(key, "a sibling is not where its dot belongs");
    }
    dots_sum += dot_hash(sibling->dot);
    siblings.push_back(*std::move(sibling));
  }
  if (!range.status().ok()) return to_error(range.status(), "reading " + name_of(key));
  if (siblings.size() != decoded->apart_count || dots_sum != decoded->apart_dots_sum) {
    return damaged(key, std::to_string(siblings.size()) + " siblings were found where " +
                            std::to_string(decoded->apart_count) + " belong");
  }
  return std::move(decoded->row);
}

Result<RowPtr> RocksRows::read(VnodeId vnode, const Key& key) const {
  store_key_.clear();
  row_keys::append_row(vnode, key, store_key_);
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = view_.get(store_key_, &value);
  if (status.IsNotFound()) return RowPtr();
  if (!status.ok()) return to_error(status, "reading " + name_of(key));
  Result<Row> row = decode(vnode, key, {value.data(), value.size()}, true);
  if (!row) return row.error();
  RowPtr found = std::make_shared<const Row>(*std::move(row));
  cache_.put(vnode, key, found);
  return found;
}

Result<StoreReader::ScanPage> RocksRows::scan(VnodeId vnode, const std::optional<Key>& after,
                                              std::uint32_t rows_max, std::uint32_t bytes_max,
                                              bool keys_only) const {
  std::string prefix;
  row_keys::append_vnode_prefix(vnode, prefix);
  std::string from = prefix;
  if (after) {
    from.clear();
    row_keys::append_row(vnode, *after, from);
    from.push_back('\0');  // the first key behind it
  }
  StoreReader::ScanPage page;
  std::size_t bytes = 0;
  PrefixRange range(view_, prefix, from);
  for (; range.valid(); range.next()) {
    if (!page.rows.empty() && page.rows.size() >= rows_max) return page;
    std::optional<Key> key = row_keys::parse_row(range.suffix());
    if (!key) return Error{ErrorCode::kCorruption, "a key in the store is malformed"};
    Result<Row> row = decode(vnode, *key, range.value(), !keys_only);
    if (!row) {
      cache_.remove(vnode, *key);
      page.unreadable.push_back(*std::move(key));
      continue;
    }
    if (keys_only) row->record = Record{};
    bytes += scan_bytes(*key, *row);
    if (!page.rows.empty() && bytes > bytes_max) return page;
    page.rows.emplace_back(*std::move(key), *std::move(row));
  }
  if (!range.status().ok()) {
    cache_.clear();  // which rows stood there cannot be told
    if (page.rows.empty()) return to_error(range.status(), "scanning a vnode");
    return page;
  }
  page.done = true;
  return page;
}

// ---------------------------------------------------------------- writing

bool RocksRows::belongs_apart(const Record& record) const {
  // A lone sibling is replaced whole anyway.
  if (record.siblings.size() < 2) return false;
  std::size_t bytes = 0;
  for (const Sibling& sibling : record.siblings) {
    bytes += sibling.field.size() + sibling.value.size();
  }
  return bytes > siblings_inline_bytes_max_;
}

// Brings the siblings that are stored apart to what the change says: all of the row's, or none.
Status RocksRows::stage_siblings_apart(const RowChange& change, bool apart,
                                       rocksdb::WriteBatch& batch) {
  static const std::vector<Sibling> kNone;
  const std::vector<Sibling>& wanted = apart ? change.row->record.siblings : kNone;
  rocksdb::Status status;
  const auto put_until = [&](std::vector<Sibling>::const_iterator from,
                             std::vector<Sibling>::const_iterator end) {
    for (; from != end && status.ok(); ++from) {
      std::string store_key;
      std::string value;
      row_keys::append_sibling(change.vnode, change.key, from->dot, store_key);
      append_sibling(*from, value);
      status = batch.Put(store_key, value);
    }
  };

  std::string prefix;
  row_keys::append_siblings_prefix(change.vnode, change.key, prefix);
  auto next = wanted.begin();
  batch.SetSavePoint();
  if (any_apart_) {
    // Both sides are in the order of dots: what only the store has goes, what only the row has
    // comes.
    PrefixRange stored(view_, prefix, prefix);
    for (; stored.valid() && status.ok(); stored.next()) {
      const std::optional<Dot> dot = row_keys::parse_dot(stored.suffix());
      const auto from = next;
      while (dot && next != wanted.end() && next->dot < *dot) ++next;
      put_until(from, next);
      if (dot && next != wanted.end() && next->dot == *dot) {
        ++next;
      } else if (status.ok()) {
        status = batch.Delete(stored.key());
      }
    }
    if (stored.status().IsCorruption()) {
      // The old ones cannot be read, and writing a row anew must mend it: all of them go.
      status = batch.RollbackToSavePoint();
      batch.SetSavePoint();
      if (status.ok()) status = batch.DeleteRange(prefix, row_keys::end_of_prefix(prefix));
      next = wanted.begin();
    } else if (!stored.status().ok()) {
      return to_error(stored.status(), "reading " + name_of(change.key));
    }
  }
  put_until(next, wanted.end());
  if (status.ok()) status = batch.PopSavePoint();
  if (!status.ok()) return to_error(status, "writing " + name_of(change.key));
  if (apart) any_apart_ = true;
  return {};
}

Status RocksRows::stage(RowChange& change, std::uint64_t sequence, rocksdb::WriteBatch& batch) {
  const bool apart = change.row && belongs_apart(change.row->record);
  if (apart || any_apart_) {
    if (Status staged = stage_siblings_apart(change, apart, batch); !staged) return staged;
  }
  store_key_.clear();
  row_keys::append_row(change.vnode, change.key, store_key_);
  rocksdb::Status status;
  if (change.row) {
    change.row->sequence = sequence;
    value_.clear();
    append_row(*change.row, apart ? RowLayout::kApart : RowLayout::kInline, value_);
    status = batch.Put(store_key_, value_);
    if (value_.size() > kScratchBytesMax) value_ = std::string();
  } else {
    status = batch.Delete(store_key_);
  }
  if (!status.ok()) return to_error(status, "writing " + name_of(change.key));
  return {};
}

void RocksRows::stored(RowChange&& change) {
  if (change.row) {
    cache_.put(change.vnode, std::move(change.key),
               std::make_shared<const Row>(*std::move(change.row)));
  } else {
    cache_.remove(change.vnode, change.key);
  }
}

}  // namespace quorate
