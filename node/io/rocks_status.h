// RocksDB's many kinds of failure, each with one meaning here.
//
// The whole mapping is one table (to_error); tests/node/io/store_rocks_status_test.cc has it again,
// row by row. "Not found" is not in it: whoever asks for something optional looks for it first.
#pragma once

#include <rocksdb/status.h>

#include <string>
#include <string_view>

#include "node/base/status.h"

namespace quorate {

// What `status`, which is not OK, means; `doing` says in a few words what was tried.
Error to_error(const rocksdb::Status& status, std::string_view doing);

// The bytes as text for a message: what is not printable is escaped, what is long is cut.
std::string printable(std::string_view bytes);

}  // namespace quorate
