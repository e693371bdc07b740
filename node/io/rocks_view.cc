#include "node/io/rocks_view.h"

#include "node/io/rocks_options.h"

namespace quorate {

namespace {

class Copier final : public rocksdb::WriteBatch::Handler {
 public:
  explicit Copier(rocksdb::WriteBatchWithIndex& to) : to_(to) {}

  void Put(const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    (void)to_.Put(key, value);  // in memory
  }
  void Delete(const rocksdb::Slice& key) override { (void)to_.Delete(key); }
  rocksdb::Status DeleteRangeCF(std::uint32_t /*column_family*/, const rocksdb::Slice& /*begin*/,
                                const rocksdb::Slice& /*end*/) override {
    return rocksdb::Status::OK();  // an index of a batch has no ranges
  }

 private:
  rocksdb::WriteBatchWithIndex& to_;
};

}  // namespace

rocksdb::Status RocksView::get(const std::string& key, rocksdb::PinnableSlice* value) const {
  if (over_) return over_->GetFromBatchAndDB(&db_, rocks_read_options(), key, value);
  return db_.Get(rocks_read_options(), db_.DefaultColumnFamily(), key, value);
}

std::unique_ptr<rocksdb::Iterator> RocksView::iterate(const rocksdb::ReadOptions& options) const {
  rocksdb::Iterator* const below = db_.NewIterator(options);
  if (!over_) return std::unique_ptr<rocksdb::Iterator>(below);
  return std::unique_ptr<rocksdb::Iterator>(
      over_->NewIteratorWithBase(db_.DefaultColumnFamily(), below, &options));
}

void RocksView::lay_over(const rocksdb::WriteBatch& batch) {
  constexpr std::size_t kReservedBytes = 0;
  constexpr bool kTheLastChangeOfAKeyCounts = true;
  over_ = std::make_unique<rocksdb::WriteBatchWithIndex>(
      rocksdb::BytewiseComparator(), kReservedBytes, kTheLastChangeOfAKeyCounts);
  Copier copier(*over_);
  (void)batch.Iterate(&copier);  // it is our own
}

}  // namespace quorate
