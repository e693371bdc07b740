// Each of RocksDB's failures has one meaning, and none of them is "not found".
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "node/io/rocks_status.h"

namespace quorate {
namespace {

using rocksdb::Status;

TEST(RocksStatus, HasOneMeaningEach) {
  struct Case {
    Status status;
    ErrorCode code;
  };
  const std::vector<Case> cases = {
      {Status::Corruption("c"), ErrorCode::kCorruption},
      {Status::CompactionTooLarge("c"), ErrorCode::kCorruption},
      {Status::IOError("i"), ErrorCode::kIoError},
      {Status::IOError(Status::kStaleFile), ErrorCode::kIoError},
      {Status::PathNotFound("i"), ErrorCode::kIoError},
      {Status::NotFound("n"), ErrorCode::kIoError},
      {Status::Incomplete("i"), ErrorCode::kIoError},
      {Status::ShutdownInProgress("s"), ErrorCode::kIoError},
      {Status::Aborted("a"), ErrorCode::kIoError},
      {Status::Aborted(Status::kMemoryLimit), ErrorCode::kIoError},
      {Status::Busy("b"), ErrorCode::kIoError},
      {Status::TryAgain("t"), ErrorCode::kIoError},
      {Status::MergeInProgress("m"), ErrorCode::kIoError},
      {Status::ColumnFamilyDropped("c"), ErrorCode::kIoError},
      {Status::NoSpace(), ErrorCode::kNoSpace},
      {Status::NoSpace("disk", "full"), ErrorCode::kNoSpace},
      {Status::SpaceLimit(), ErrorCode::kNoSpace},
      {Status::InvalidArgument("i"), ErrorCode::kInvalidInput},
      {Status::NotSupported("n"), ErrorCode::kNotSupported},
      {Status::TimedOut("t"), ErrorCode::kTimeout},
      {Status::Expired("e"), ErrorCode::kTimeout},
  };
  for (const Case& c : cases) {
    const Error error = to_error(c.status, "trying");
    EXPECT_EQ(error.code, c.code) << c.status.ToString();
    EXPECT_EQ(error.message, "trying: " + c.status.ToString());
  }
}

TEST(RocksStatus, BytesInMessagesArePrintableAndShort) {
  EXPECT_EQ(printable("city:1"), "city:1");
  EXPECT_EQ(printable(std::string("a\n\x1b[2J\0\xff\"\\", 10)),
            "a\\x0a\\x1b[2J\\x00\\xff\\x22\\x5c");
  EXPECT_EQ(printable(std::string(1000, 'k')), std::string(64, 'k') + "...");
}

}  // namespace
}  // namespace quorate
