quorate_test(config_test SOURCES config_test.cc LIBS quorate_io)
quorate_test(log_test SOURCES log_test.cc LIBS quorate_io)
quorate_test(io_values_test
  SOURCES exit_watchdog_test.cc loop_test.cc out_queue_test.cc scrubber_test.cc timer_queue_test.cc
  LIBS quorate_io Boost::headers)
quorate_test(peer_handshake_test SOURCES peer_handshake_test.cc LIBS quorate_io quorate_proto)

# Real nodes over loopback, in the test's own process or as processes of their own.
include(${CMAKE_SOURCE_DIR}/tests/support/fault_fs.cmake)
add_library(quorate_node_harness STATIC
  ${CMAKE_CURRENT_LIST_DIR}/node_harness.cc
  ${CMAKE_SOURCE_DIR}/tests/integration/reserved_port.cc
  ${CMAKE_SOURCE_DIR}/tests/integration/child_process.cc)
target_link_libraries(quorate_node_harness PUBLIC quorate_io quorate_proto quorate_fault_fs)
target_compile_definitions(quorate_node_harness PUBLIC QUORATE_KVNODE="$<TARGET_FILE:kvnode>")
add_dependencies(quorate_node_harness kvnode)

quorate_test(chaos_test SOURCES chaos_test.cc LIBS quorate_node_harness)
quorate_test(client_session_test SOURCES client_session_test.cc LIBS quorate_node_harness)
quorate_test(hostile_client_test SOURCES hostile_client_test.cc LIBS quorate_node_harness)
quorate_test(node_limits_test SOURCES node_limits_test.cc LIBS quorate_node_harness)
quorate_test(node_start_test SOURCES node_start_test.cc LIBS quorate_node_harness)
quorate_test(node_stop_test SOURCES node_stop_test.cc LIBS quorate_node_harness)
quorate_test(peer_links_test SOURCES peer_links_test.cc LIBS quorate_node_harness)
quorate_test(peer_server_test SOURCES peer_server_test.cc LIBS quorate_node_harness)
