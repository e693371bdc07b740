// Bytes that wait to be written to one socket, in pieces that never move while the kernel may
// still read them.
//
// Place:      one in each connection.
// Invariants: bytes leave in the order in which they were appended; an append never touches a piece
//             that buffers() has given out (tests/node/io/out_queue_test.cc).
// Limits:     none of its own: the owner looks at size() before it appends. Emptied pieces are kept
//             for the next, up to kSpareBytesMax each.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <deque>
#include <string>

namespace quorate {

class OutQueue {
 public:
  static constexpr std::size_t kPieceBytes = 128u
                                             << 10;  // past it the next append starts a new piece
  static constexpr std::size_t kSpareBytesMax =
      256u << 10;                         // a larger piece is given back once it is written
  static constexpr int kBuffersMax = 16;  // for one system call

  // Where to append; then call appended(). Nothing else in between.
  std::string& tail();
  void appended();

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The first bytes, for one writev; returns how many buffers were filled.
  int buffers(iovec (&out)[kBuffersMax]);
  void consume(std::size_t bytes);
  void clear();

 private:
  void recycle(std::string piece);

  std::deque<std::string> pieces_;
  std::size_t front_offset_ = 0;  // of the first piece: written already
  std::size_t tail_before_ = 0;   // size of the last piece when tail() gave it out
  std::size_t size_ = 0;
  bool sealed_ = false;  // the last piece has been given to the kernel
  std::string spare_;
};

}  // namespace quorate
