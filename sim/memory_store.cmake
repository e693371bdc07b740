# The simulated disks, by themselves: the contract tests run them beside the real store.
add_library(quorate_memory_store STATIC
  ${CMAKE_CURRENT_LIST_DIR}/world/backed_disk.cc
  ${CMAKE_CURRENT_LIST_DIR}/world/memory_store.cc)
target_link_libraries(quorate_memory_store PUBLIC quorate_core)
