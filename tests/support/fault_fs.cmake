include_guard(GLOBAL)
add_library(quorate_fault_fs STATIC ${CMAKE_CURRENT_LIST_DIR}/fault_fs.cc)
target_link_libraries(quorate_fault_fs PUBLIC quorate_base RocksDB::rocksdb-shared)
