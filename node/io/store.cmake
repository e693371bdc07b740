# A node's rows on disk.
add_library(quorate_store STATIC
  ${CMAKE_CURRENT_LIST_DIR}/disk_room.cc
  ${CMAKE_CURRENT_LIST_DIR}/high_water_file.cc
  ${CMAKE_CURRENT_LIST_DIR}/log_guard.cc
  ${CMAKE_CURRENT_LIST_DIR}/log_syncer.cc
  ${CMAKE_CURRENT_LIST_DIR}/rocks_open.cc
  ${CMAKE_CURRENT_LIST_DIR}/rocks_options.cc
  ${CMAKE_CURRENT_LIST_DIR}/rocks_rows.cc
  ${CMAKE_CURRENT_LIST_DIR}/rocks_status.cc
  ${CMAKE_CURRENT_LIST_DIR}/rocks_store.cc
  ${CMAKE_CURRENT_LIST_DIR}/rocks_view.cc
  ${CMAKE_CURRENT_LIST_DIR}/row_cache.cc
  ${CMAKE_CURRENT_LIST_DIR}/row_keys.cc
  ${CMAKE_CURRENT_LIST_DIR}/store_directory.cc
  ${CMAKE_CURRENT_LIST_DIR}/store_files.cc)
target_link_libraries(quorate_store
  PUBLIC quorate_core Threads::Threads
  PRIVATE Boost::headers RocksDB::rocksdb-shared)
