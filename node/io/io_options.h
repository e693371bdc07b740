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
  std::int64_t clients_max = 4096;              // connections; more are told so and closed
  std::int64_t clients_per_address_max = 2048;  // of one address; the same
  std::int64_t client_requests_max =
      1024;  // in flight on one connection; past it nothing more is read from it
  std::int64_t client_out_pause_bytes =
      1 << 20;  // replies that wait to be read; past it no more requests are read
  std::int64_t client_out_bytes_max =
      128 << 20;  // the same; past it the connection is closed with an error
  std::int64_t clients_out_bytes_max =
      512 << 20;  // over all clients; past it the one with most is closed
  std::int64_t client_idle_max_ms = 3'600'000;  // nothing asked and nothing owed: closed

  // ---- peers
  std::int64_t peer_out_bytes_max =
      64 << 20;  // waiting for one peer; past it the newest message is dropped
  std::int64_t peer_silence_max_ms =
      3'000;                           // an accepted link that brings nothing for so long is dead
  std::int64_t reconnect_min_ms = 50;  // first wait between two dials; doubles, with jitter
  std::int64_t reconnect_max_ms = 2'000;
  std::int64_t dial_max_ms = 3'000;  // a connection that is not up by then is given up
  std::int64_t tcp_user_timeout_ms =
      2'500;  // sent bytes that nobody acknowledges for so long end a connection
  std::int64_t handshakes_max =
      64;  // incoming connections on the peer port that have not proved themselves

  // ---- both
  std::int64_t handshake_max_ms = 5'000;  // from accepted to welcomed; then closed
  std::int64_t frame_max_ms =
      10'000;  // from a frame's first byte to its last, plus 1 s for each 64 KiB of it
  std::int64_t write_stall_max_ms = 10'000;  // bytes wait and the other side takes none: closed
  std::int64_t linger_max_ms = 1'000;        // from an error frame to the end of its connection
  std::int64_t read_bytes =
      16 << 10;  // asked of the socket at once; grows to sixteen times that under load

  // ---- this process
  std::int64_t stop_max_ms =
      5'000;  // orderly stop: for what is in flight, then for closing the store
  std::int64_t resume_interval_ms = 1'000;  // a store without space: tried again this often
  std::int64_t list_rows_max = 1'000;       // one page of keys
  std::int64_t list_bytes_max = 4 << 20;    // rows read for one page of keys
};

}  // namespace quorate
