// Opens stores for tests: small buffers, so that tables, several logs and compaction come into
// play.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "node/io/rocks_store.h"
#include "tests/support/store_rows.h"
#include "tests/support/temp_dir.h"

namespace quorate::testing_support {

inline RocksStoreOptions small_store(std::string directory,
                                     std::shared_ptr<rocksdb::FileSystem> files = nullptr) {
  RocksStoreOptions options;
  options.directory = std::move(directory);
  options.cluster = "test";
  options.node = 1;
  options.write_buffer_bytes = 64u << 10;
  options.cache_bytes = 1u << 20;
  options.row_cache_bytes = 16u << 10;  // a few rows, so that many fall out
  options.file_system = std::move(files);
  return options;
}

// The store, or a failed test and null.
inline std::unique_ptr<RocksStore> open_or_fail(const RocksStoreOptions& options) {
  auto opened = RocksStore::open(options);
  if (opened) return *std::move(opened);
  ADD_FAILURE() << opened.error().to_string();
  return nullptr;
}

// The error with which the store refuses to open; it must.
inline Error refusal(const RocksStoreOptions& options) {
  auto opened = RocksStore::open(options);
  if (!opened) return opened.error();
  ADD_FAILURE() << "the store opened";
  return {};
}

}  // namespace quorate::testing_support
