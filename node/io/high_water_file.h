// A file beside RocksDB's that remembers how many changes were durable, so that a store which lost
// its log, or the damaged tail of it, is recognised when it is opened again.
//
// Place:      RocksStore notes each completed sync here, and compares at its opening.
// Why:        RocksDB opens without a complaint after its last log was deleted, and takes a damaged
//             length in the log's last block for a torn tail. Only a number kept elsewhere can
//             tell.
// Invariants: (1) the number is never above what was durable when it was noted; (2) a power cut
//             while it is written leaves the number before it: two slots take turns, each in a
//             sector of its own, with a checksum. Shown in tests/node/io/store_high_water_test.cc.
// Cost:       one small write into the page cache for each sync. It survives the process at once
//             and the machine whenever the kernel writes it back; flush() forces it.
#pragma once

#include <rocksdb/file_system.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "node/base/status.h"

namespace quorate {

class HighWaterFile {
 public:
  // Makes the file with the number 0, durable but for its name in the directory.
  static Status create(rocksdb::FileSystem& files, const std::string& path);

  // Errors: kCorruption when it is missing or no slot of it is whole.
  static Result<HighWaterFile> open(rocksdb::FileSystem& files, const std::string& path);

  std::uint64_t number() const { return number_; }

  // A number that is not larger than the last is ignored. One thread at a time.
  Status note(std::uint64_t number);

  // What was noted survives a power cut.
  Status flush();

 private:
  HighWaterFile(std::unique_ptr<rocksdb::FSRandomRWFile> file, std::string path,
                std::uint64_t number, std::size_t next_slot)
      : file_(std::move(file)), path_(std::move(path)), number_(number), next_slot_(next_slot) {}

  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
  std::string path_;
  std::uint64_t number_;
  std::size_t next_slot_;  // 0 or 1: the one that holds the older number
};

}  // namespace quorate
