// Every bound and pace of the node's sockets and of its ends, with its unit and with what happens
// at the bound.
//
// Place:      part of ClusterConfig ([limits] of cluster.toml); validated once, at start.
// Not here:   the protocol's own bounds (core/options.h) and the buckets' (core/bucket.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace quorate {

struct IoOptions {
  // ---- clients

  // Connections, in all and of one address; more are told so and closed.
  std::int64_t clients_max = 4096;
  std::int64_t clients_per_address_max = 2048;
  // Requests in flight on one connection; past it nothing more is read from it.
  std::int64_t client_requests_max = 1024;
  // Replies that wait to be read: past the first no more requests are read from the connection,
  // past the second it is closed with an error.
  std::int64_t client_out_pause_bytes = 1 << 20;
  std::int64_t client_out_bytes_max = 128 << 20;
  // The same over all clients; past it the one with most is closed.
  std::int64_t clients_out_bytes_max = 512 << 20;
  // Nothing asked and nothing owed for so long: closed.
  std::int64_t client_idle_max_ms = 3'600'000;

  // ---- peers

  // Waiting for one peer; past it the newest message is dropped.
  std::int64_t peer_out_bytes_max = 64 << 20;
  // An accepted link that brings nothing for so long is dead.
  std::int64_t peer_silence_max_ms = 2'000;
  // Between two dials: the first wait and the last; doubles between them, with jitter.
  std::int64_t reconnect_min_ms = 50;
  std::int64_t reconnect_max_ms = 1'000;
  // From a dial to a link; then it is given up and tried again.
  std::int64_t dial_max_ms = 5'000;
  // Sent bytes that nobody acknowledges for so long end a connection.
  std::int64_t tcp_user_timeout_ms = 2'500;
  // Connections to the peer port that have not proved themselves yet; more are closed.
  std::int64_t handshakes_max = 64;

  // ---- both

  // From accepted to welcomed; then closed.
  std::int64_t handshake_max_ms = 5'000;
  // From a message's first byte to its last, and a second more for each 64 KiB of it; then closed.
  std::int64_t frame_max_ms = 10'000;
  // Bytes wait and the other side takes none of them: closed.
  std::int64_t write_stall_max_ms = 10'000;
  // From an error frame to the end of its connection, so that the other side can read it.
  std::int64_t linger_max_ms = 1'000;
  // Asked of a socket at once; grows to four times that while it comes full.
  std::int64_t read_bytes = 16 << 10;

  // ---- this process

  // Orderly stop: for what is in flight; then once more for closing the store.
  std::int64_t stop_max_ms = 5'000;
  // The store is asked so often whether it is well, and whether a full disk has room again.
  std::int64_t store_poll_ms = 1'000;
  // The whole store is read and checked so often; 0: never.
  std::int64_t scrub_interval_ms = 3'600'000;
  // One page of keys: rows told, bytes of rows read.
  std::int64_t list_rows_max = 1'000;
  std::int64_t list_bytes_max = 4 << 20;
};

}  // namespace quorate
