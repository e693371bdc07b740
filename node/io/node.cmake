# The node process: configuration, logging, sockets, and the loop around the core.
add_library(quorate_io STATIC
  admin.cc
  admin_rows.cc
  chaos.cc
  client_server.cc
  client_session.cc
  command_line.cc
  config.cc
  config_text.cc
  connection.cc
  counters.cc
  exit_watchdog.cc
  file_limits.cc
  listener.cc
  log.cc
  loop.cc
  node.cc
  node_environment.cc
  out_queue.cc
  peer_handshake.cc
  peer_links.cc
  peer_server.cc
  scrubber.cc
  timer_queue.cc)
target_link_libraries(quorate_io
  PUBLIC quorate_wire quorate_core quorate_store
  PRIVATE quorate_proto Boost::headers CLI11::CLI11 spdlog::spdlog tomlplusplus::tomlplusplus
          Threads::Threads)

add_executable(kvnode ${CMAKE_SOURCE_DIR}/node/main.cc large_pages.cc)
target_link_libraries(kvnode PRIVATE quorate_io quorate_program)
target_compile_definitions(kvnode PRIVATE QUORATE_VERSION="${PROJECT_VERSION}")
set_target_properties(kvnode PROPERTIES QUORATE_OWN_ROCKSDB ON)  # 6 % of a put's CPU
