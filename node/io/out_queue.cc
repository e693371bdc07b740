#include "node/io/out_queue.h"

#include <utility>

#include "node/base/check.h"

namespace quorate {

std::string& OutQueue::tail() {
  if (pieces_.empty() || sealed_ || pieces_.back().size() >= kPieceBytes) {
    pieces_.push_back(std::move(spare_));
    spare_ = {};
    sealed_ = false;
  }
  tail_before_ = pieces_.back().size();
  return pieces_.back();
}

void OutQueue::appended() {
  QUORATE_CHECK(!pieces_.empty() && pieces_.back().size() >= tail_before_);
  size_ += pieces_.back().size() - tail_before_;
  tail_before_ = pieces_.back().size();
}

int OutQueue::buffers(iovec (&out)[kBuffersMax]) {
  int count = 0;
  std::size_t offset = front_offset_;
  for (std::string& piece : pieces_) {
    if (count == kBuffersMax) break;
    if (piece.size() > offset) {
      out[count].iov_base = piece.data() + offset;
      out[count].iov_len = piece.size() - offset;
      ++count;
    }
    offset = 0;
  }
  sealed_ = !pieces_.empty();
  return count;
}

void OutQueue::consume(std::size_t bytes) {
  QUORATE_CHECK(bytes <= size_);
  size_ -= bytes;
  while (!pieces_.empty()) {
    const std::size_t left = pieces_.front().size() - front_offset_;
    if (bytes < left) {
      front_offset_ += bytes;
      return;
    }
    bytes -= left;
    front_offset_ = 0;
    recycle(std::move(pieces_.front()));
    pieces_.pop_front();
  }
  sealed_ = false;
}

void OutQueue::clear() {
  pieces_.clear();
  front_offset_ = tail_before_ = size_ = 0;
  sealed_ = false;
}

void OutQueue::recycle(std::string piece) {
  if (piece.capacity() > kSpareBytesMax || piece.capacity() <= spare_.capacity()) return;
  piece.clear();
  spare_ = std::move(piece);
}

}  // namespace quorate
