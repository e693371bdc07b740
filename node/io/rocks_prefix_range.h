// All that the store holds under one prefix, in order.
#pragma once

#include <rocksdb/iterator.h>

#include <memory>
#include <string>
#include <string_view>

#include "node/io/rocks_options.h"
#include "node/io/rocks_view.h"
#include "node/io/row_keys.h"

namespace quorate {

class PrefixRange {
 public:
  PrefixRange(const RocksView& view, const std::string& prefix, const std::string& from)
      : end_(row_keys::end_of_prefix(prefix)), end_slice_(end_), prefix_bytes_(prefix.size()) {
    rocksdb::ReadOptions read = rocks_read_options();
    read.iterate_upper_bound = &end_slice_;
    iterator_ = view.iterate(read);
    iterator_->Seek(from);
  }

  // What is laid over RocksDB does not stop at the bound.
  bool valid() const { return iterator_->Valid() && iterator_->key().compare(end_slice_) < 0; }
  void next() { iterator_->Next(); }
  std::string_view suffix() const { return to_view(iterator_->key()).substr(prefix_bytes_); }
  std::string_view value() const { return to_view(iterator_->value()); }
  rocksdb::Slice key() const { return iterator_->key(); }
  // Once no longer valid: whether that is the end, or an error.
  rocksdb::Status status() const { return iterator_->status(); }

 private:
  static std::string_view to_view(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
  }

  std::string end_;
  rocksdb::Slice end_slice_;
  std::size_t prefix_bytes_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace quorate
