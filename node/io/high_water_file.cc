#include "node/io/high_water_file.h"

#include <optional>
#include <string_view>
#include <utility>

#include "node/base/hash.h"
#include "node/io/rocks_status.h"
#include "node/io/store_files.h"

namespace quorate {

namespace {

constexpr std::string_view kMagic = "QUORHW01";
constexpr std::size_t kSlots = 2;
constexpr std::size_t kSlotBytes = 24;      // magic, number, checksum of both
constexpr std::size_t kSlotDistance = 512;  // a sector each

const rocksdb::IOOptions kPlain;

void append_little_endian(std::uint64_t value, std::string& out) {
  for (int shift = 0; shift < 64; shift += 8) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(value >> shift)));
  }
}

std::uint64_t read_little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::string encode_slot(std::uint64_t number) {
  std::string slot(kMagic);
  append_little_endian(number, slot);
  append_little_endian(hash64(slot), slot);
  return slot;
}

std::optional<std::uint64_t> decode_slot(std::string_view file, std::size_t slot) {
  if (file.size() < slot * kSlotDistance + kSlotBytes) return std::nullopt;
  const std::string_view bytes = file.substr(slot * kSlotDistance, kSlotBytes);
  if (!bytes.starts_with(kMagic)) return std::nullopt;
  if (read_little_endian(bytes.substr(16)) != hash64(bytes.substr(0, 16))) return std::nullopt;
  return read_little_endian(bytes.substr(8));
}

}  // namespace

Status HighWaterFile::create(rocksdb::FileSystem& files, const std::string& path) {
  std::string bytes = encode_slot(0);
  bytes.resize(kSlotDistance, '\0');
  bytes += encode_slot(0);
  bytes.resize(kSlots * kSlotDistance, '\0');
  return write_small_file(files, path, bytes);
}

Result<HighWaterFile> HighWaterFile::open(rocksdb::FileSystem& files, const std::string& path) {
  Result<std::optional<std::string>> bytes = read_small_file(files, path);
  if (!bytes) return bytes.error();
  if (!*bytes) return Error{ErrorCode::kCorruption, path + " is missing"};
  const auto first = decode_slot(**bytes, 0);
  const auto second = decode_slot(**bytes, 1);
  if (!first && !second) return Error{ErrorCode::kCorruption, path + " is damaged"};
  const bool first_is_newer = first.value_or(0) > second.value_or(0);

  std::unique_ptr<rocksdb::FSRandomRWFile> file;
  const rocksdb::IOStatus status =
      files.NewRandomRWFile(path, rocksdb::FileOptions(), &file, nullptr);
  if (!status.ok()) return to_error(status, "opening " + path);
  return HighWaterFile(std::move(file), path, first_is_newer ? *first : second.value_or(0),
                       first_is_newer ? 1 : 0);
}

Status HighWaterFile::note(std::uint64_t number) {
  if (number <= number_) return {};
  const rocksdb::IOStatus status =
      file_->Write(next_slot_ * kSlotDistance, encode_slot(number), kPlain, nullptr);
  if (!status.ok()) return to_error(status, "writing " + path_);
  number_ = number;
  next_slot_ = 1 - next_slot_;
  return {};
}

Status HighWaterFile::flush() {
  const rocksdb::IOStatus status = file_->Sync(kPlain, nullptr);
  if (!status.ok()) return to_error(status, "syncing " + path_);
  return {};
}

}  // namespace quorate
