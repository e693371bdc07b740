// Keeps the last of the disk free, so that RocksDB seldom meets a full one in the middle of a
// write.
//
// Place:      RocksStore asks before each batch; one thread.
// Limits:     looks at the disk once for every few bytes_between_looks, not for every batch.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <string>

namespace quorate {

class DiskRoom {
 public:
  struct Reserve {
    std::uint64_t free_bytes_min = 0;     // below it there is no room
    std::uint64_t free_bytes_resume = 0;  // at or above it there is room again
  };

  DiskRoom(std::shared_ptr<rocksdb::FileSystem> files, std::string path, Reserve reserve)
      : files_(std::move(files)), path_(std::move(path)), reserve_(reserve) {}

  // Whether a write of so many bytes leaves the reserve alone.
  bool has_room_for(std::uint64_t bytes);

  // Looks at the disk now. A disk that does not say has room: the second line is RocksDB's own
  // error.
  bool look();

  // A write met a full disk after all: there is no room until look() finds enough to resume.
  void note_full() { has_room_ = false; }

  // "3 MiB are free on the disk of /data; it is written again from 32 MiB on"
  std::string describe() const;

 private:
  std::shared_ptr<rocksdb::FileSystem> files_;
  std::string path_;
  Reserve reserve_;
  std::uint64_t free_bytes_ = 0;
  std::uint64_t bytes_until_look_ = 0;
  bool has_room_ = true;
};

}  // namespace quorate
