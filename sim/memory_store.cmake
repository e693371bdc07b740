# The simulated disk, by itself: the contract tests run it beside the real store.
add_library(quorate_memory_store STATIC ${CMAKE_CURRENT_LIST_DIR}/world/memory_store.cc)
target_link_libraries(quorate_memory_store PUBLIC quorate_core)
