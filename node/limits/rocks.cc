#include "node/limits/rocks.h"

#include <rocksdb/db.h>

#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>

#include "node/base/random.h"
#include "node/io/rocks_options.h"

namespace quorate::limits {
namespace {

constexpr std::uint64_t kKeys = 100'000;

std::string key_name(std::uint64_t key) {
  char text[32];
  const int length =
      std::snprintf(text, sizeof text, "bench:%012llu", static_cast<unsigned long long>(key));
  return std::string(text, static_cast<std::size_t>(length));
}

class Bench {
 public:
  Bench(rocksdb::DB& db, std::size_t value_bytes, double seconds)
      : db_(db),
        value_(value_bytes, '\0'),
        seconds_(seconds),
        write_(rocks_write_options()),
        read_(rocks_read_options()) {}

  // One thread writes, one syncs, as in a node: while a sync runs, the next batch gathers.
  Rate synced_puts(std::size_t in_flight) {
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
    bool over = false;
    const Stopwatch watch;
    std::thread syncer([&] {
      std::unique_lock lock(mutex);
      while (true) {
        changed.wait(lock, [&] { return over || written > synced; });
        if (over) return;
        const std::uint64_t reached = written;
        lock.unlock();
        keep(db_.SyncWAL());
        lock.lock();
        synced = reached;
        changed.notify_all();
      }
    });
    while (!late(watch)) {
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return written - synced < in_flight; });
      }
      put();
      const std::lock_guard lock(mutex);
      ++written;
      changed.notify_all();
    }
    {
      const std::lock_guard lock(mutex);
      over = true;
      changed.notify_all();
    }
    syncer.join();
    return watch.stop(synced);
  }

  Rate unsynced_puts() {
    const Stopwatch watch;
    std::uint64_t count = 0;
    for (; !late(watch); ++count) put();
    return watch.stop(count);
  }

  Rate warm_gets() {
    const Stopwatch watch;
    std::uint64_t count = 0;
    rocksdb::PinnableSlice value;
    for (; !late(watch); ++count) {
      const rocksdb::Status got =
          db_.Get(read_, db_.DefaultColumnFamily(), key_name(random_.below(kKeys)), &value);
      if (!got.IsNotFound()) keep(got);
      value.Reset();
    }
    return watch.stop(count);
  }

  const rocksdb::Status& status() const { return status_; }

 private:
  bool late(const Stopwatch& watch) const {
    return static_cast<double>(watch.elapsed_ns()) >= seconds_ * 1e9;
  }

  void put() {
    // Bytes that do not compress, other ones each time.
    for (std::size_t at = 0; at + 8 <= value_.size(); at += 8) {
      const std::uint64_t bits = random_.next();
      value_.replace(at, 8, reinterpret_cast<const char*>(&bits), 8);
    }
    keep(db_.Put(write_, key_name(random_.below(kKeys)), value_));
  }

  void keep(const rocksdb::Status& status) {
    const std::lock_guard lock(status_mutex_);
    if (status_.ok()) status_ = status;
  }

  rocksdb::DB& db_;
  std::string value_;
  const double seconds_;
  const rocksdb::WriteOptions write_;
  const rocksdb::ReadOptions read_;
  Random random_{1};
  std::mutex status_mutex_;
  rocksdb::Status status_;
};

}  // namespace

Result<RocksRates> measure_rocks(const std::string& directory, std::size_t in_flight,
                                 std::size_t value_bytes, double seconds) {
  const std::string place = directory + "/rocks";
  LogContinuity continuity;
  rocksdb::Options options =
      rocks_options(RocksStoreOptions{}, rocksdb::Env::Default(), nullptr, &continuity);
  options.listeners.clear();  // nobody listens here
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(options, place, &opened);
  if (!status.ok()) return Error{ErrorCode::kIoError, status.ToString()};
  std::unique_ptr<rocksdb::DB> db(opened);
  Bench bench(*db, value_bytes, seconds);
  RocksRates rates;
  rates.synced_puts = bench.synced_puts(in_flight);
  rates.unsynced_puts = bench.unsynced_puts();
  rates.warm_gets = bench.warm_gets();
  if (!bench.status().ok()) return Error{ErrorCode::kIoError, bench.status().ToString()};
  status = db->Close();
  db.reset();
  if (status.ok()) status = rocksdb::DestroyDB(place, rocksdb::Options());
  if (!status.ok()) return Error{ErrorCode::kIoError, status.ToString()};
  return rates;
}

}  // namespace quorate::limits
