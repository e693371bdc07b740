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
# RocksDB is linked into a program whose property QUORATE_OWN_ROCKSDB says so: calls inside it, and to
# what each thread keeps, then need no look-up. Many tests of 30 MB each gain nothing by that.
target_link_libraries(quorate_store
  PUBLIC quorate_core Threads::Threads
  PRIVATE Boost::headers
          $<IF:$<BOOL:$<TARGET_PROPERTY:QUORATE_OWN_ROCKSDB>>,RocksDB::rocksdb,RocksDB::rocksdb-shared>)
