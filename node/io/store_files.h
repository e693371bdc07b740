// Small files and directories, written so that a power cut leaves the old or the new.
//
// Everything goes through a rocksdb::FileSystem, RocksDB's own view of the disk, so that the faults
// that tests put under RocksDB meet these files too.
#pragma once

#include <rocksdb/file_system.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/status.h"

namespace quorate {

// Empty: there is no such file. Errors: kIoError.
Result<std::optional<std::string>> read_small_file(rocksdb::FileSystem& files,
                                                   const std::string& path);

// Durable on return; a crash leaves what was there before, or all of `bytes`.
Status write_small_file(rocksdb::FileSystem& files, const std::string& path,
                        std::string_view bytes);

// Names of files, renamed, created or removed in this directory are durable on return.
Status sync_directory(rocksdb::FileSystem& files, const std::string& path);

// Makes a directory and those above it that are missing, durably.
Status make_directories(rocksdb::FileSystem& files, const std::string& path);

// Removes a file, or a directory of files, if it is there. Not yet durable.
Status remove_tree(rocksdb::FileSystem& files, const std::string& path);

// The names in a directory in no order; empty when it does not exist.
Result<std::vector<std::string>> list_directory(rocksdb::FileSystem& files,
                                                const std::string& path);

// "/a/b" of "/a/b/c"; "." of "c".
std::string parent_of(const std::string& path);

}  // namespace quorate
