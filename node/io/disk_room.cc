#include "node/io/disk_room.h"

#include <algorithm>

namespace quorate {

namespace {

constexpr std::uint64_t kMebibyte = 1u << 20;
constexpr std::uint64_t kBytesBetweenLooksMin = 64u << 10;
constexpr std::uint64_t kBytesBetweenLooksMax = 4 * kMebibyte;

std::string in_mebibytes(std::uint64_t bytes) {
  const std::uint64_t tenths = bytes * 10 / kMebibyte;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB";
}

}  // namespace

bool DiskRoom::has_room_for(std::uint64_t bytes) {
  if (bytes <= bytes_until_look_) {
    bytes_until_look_ -= bytes;
    return has_room_;
  }
  return look() && (free_bytes_ >= reserve_.free_bytes_min + bytes);
}

bool DiskRoom::look() {
  std::uint64_t free_bytes = 0;
  const rocksdb::IOStatus status =
      files_->GetFreeSpace(path_, rocksdb::IOOptions(), &free_bytes, nullptr);
  free_bytes_ = status.ok() ? free_bytes : UINT64_MAX / 2;
  has_room_ = free_bytes_ >= (has_room_ ? reserve_.free_bytes_min : reserve_.free_bytes_resume);
  // RocksDB writes everything twice at least, to a log and a table: look well before the reserve.
  const std::uint64_t to_spare =
      free_bytes_ > reserve_.free_bytes_min ? free_bytes_ - reserve_.free_bytes_min : 0;
  bytes_until_look_ = std::clamp(to_spare / 8, kBytesBetweenLooksMin, kBytesBetweenLooksMax);
  return has_room_;
}

std::string DiskRoom::describe() const {
  return in_mebibytes(free_bytes_) + " are free on the disk of " + path_ +
         "; it is written again from " + in_mebibytes(reserve_.free_bytes_resume) + " on";
}

}  // namespace quorate
