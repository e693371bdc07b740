include(../../support/fault_fs.cmake)

quorate_test(store_parts_test
  SOURCES store_row_keys_test.cc store_rocks_status_test.cc store_high_water_test.cc
          store_log_syncer_test.cc row_cache_test.cc
  LIBS quorate_store quorate_fault_fs)

quorate_test(store_open_test SOURCES store_open_test.cc LIBS quorate_store)
add_executable(store_holder store_holder.cc)
target_link_libraries(store_holder PRIVATE quorate_store quorate_flags GTest::gtest)
add_dependencies(store_open_test store_holder)
target_compile_definitions(store_open_test PRIVATE
  QUORATE_STORE_HOLDER="$<TARGET_FILE:store_holder>")

quorate_test(store_damage_test
  SOURCES store_damage_test.cc
  LIBS quorate_store quorate_fault_fs)

quorate_test(store_gather_test
  SOURCES store_gather_test.cc
  LIBS quorate_store quorate_fault_fs)

quorate_test(store_power_cut_test
  SOURCES store_power_cut_test.cc
  LIBS quorate_store quorate_fault_fs)

quorate_test(store_io_error_test
  SOURCES store_io_error_test.cc store_large_rows_test.cc
  LIBS quorate_store quorate_fault_fs)

quorate_test(store_no_space_test
  SOURCES store_no_space_test.cc
  LIBS quorate_store quorate_fault_fs)
