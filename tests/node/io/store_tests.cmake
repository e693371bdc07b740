include(../../support/fault_fs.cmake)

quorate_test(store_power_cut_test
  SOURCES store_power_cut_test.cc
  LIBS quorate_store quorate_fault_fs)
