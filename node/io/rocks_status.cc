#include "node/io/rocks_status.h"

#include "node/base/check.h"

namespace quorate {

namespace {

ErrorCode code_of(const rocksdb::Status& status) {
  // A full disk has several names, under several codes.
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit) {
    return ErrorCode::kNoSpace;
  }
  switch (status.code()) {
    case rocksdb::Status::kCorruption:
    case rocksdb::Status::kCompactionTooLarge:
      return ErrorCode::kCorruption;
    case rocksdb::Status::kNotSupported:
      return ErrorCode::kNotSupported;
    case rocksdb::Status::kInvalidArgument:
      return ErrorCode::kInvalidInput;
    case rocksdb::Status::kTimedOut:
    case rocksdb::Status::kExpired:
      return ErrorCode::kTimeout;
    case rocksdb::Status::kOk:        // excluded by the caller
    case rocksdb::Status::kNotFound:  // handled where something may be absent; anywhere else odd
    case rocksdb::Status::kIOError:
    case rocksdb::Status::kIncomplete:
    case rocksdb::Status::kMergeInProgress:
    case rocksdb::Status::kShutdownInProgress:
    case rocksdb::Status::kAborted:
    case rocksdb::Status::kBusy:
    case rocksdb::Status::kTryAgain:
    case rocksdb::Status::kColumnFamilyDropped:
    case rocksdb::Status::kMaxCode:
      return ErrorCode::kIoError;
  }
  return ErrorCode::kIoError;
}

}  // namespace

Error to_error(const rocksdb::Status& status, std::string_view doing) {
  QUORATE_CHECK(!status.ok());
  return Error{code_of(status), std::string(doing) + ": " + status.ToString()};
}

std::string printable(std::string_view bytes) {
  constexpr std::size_t kShownMax = 64;
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes.substr(0, kShownMax)) {
    if (c >= ' ' && c <= '~' && c != '\\' && c != '"') {
      text.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text.append("\\x");
      text.push_back(kHex[byte >> 4]);
      text.push_back(kHex[byte & 15]);
    }
  }
  if (bytes.size() > kShownMax) text.append("...");
  return text;
}

}  // namespace quorate
