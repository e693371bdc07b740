# The node process: configuration, logging, sockets, and the loop around the core.
add_library(quorate_io STATIC
  config.cc
  config_text.cc
  counters.cc
  log.cc
  nearest_name.cc)
target_link_libraries(quorate_io
  PUBLIC quorate_wire quorate_core
  PRIVATE quorate_proto Boost::headers spdlog::spdlog tomlplusplus::tomlplusplus Threads::Threads)
