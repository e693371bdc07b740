// A process of its own for what may abort: it tells what it finds through a pipe, and its standard
// error is kept.
//
// Invariants: ends with its parent, however that ends; leaves no core file; an interrupt from the
//             terminal is its parent's to handle.
// Limits:     of its standard error the last kLastWordsBytesMax are kept.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "node/base/status.h"

namespace quorate::sim {

inline constexpr std::size_t kLastWordsBytesMax = 4096;

// Given to the child to tell its results with.
class ToParent {
 public:
  explicit ToParent(int fd) : fd_(fd) {}
  void tell(std::string_view bytes) const;

 private:
  int fd_;
};

class Child {
 public:
  // Runs `work` in a new process, which then ends. REQUIRES: the caller has no other threads.
  // Errors: kIoError.
  static Result<std::unique_ptr<Child>> start(const std::function<void(const ToParent&)>& work);

  ~Child();  // kills it
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // To poll on; -1 after its end.
  int told_fd() const { return told_fd_; }
  int words_fd() const { return words_fd_; }

  // Takes in what there is to read, and waits for it when there is nothing.
  void hear_told() { hear(told_fd_, told_); }
  void hear_words();

  // What it has told and nobody has taken yet.
  std::string& told() { return told_; }

  // It has closed both pipes: it has ended, or is about to.
  bool silent() const { return told_fd_ < 0 && words_fd_ < 0; }

  // Waits for its end. Empty: it did all its work. Else how it died, and its last words.
  // REQUIRES: silent()
  std::string end();

 private:
  Child(pid_t pid, int told_fd, int words_fd) : pid_(pid), told_fd_(told_fd), words_fd_(words_fd) {}
  static void hear(int& fd, std::string& into);

  pid_t pid_;
  int told_fd_;
  int words_fd_;
  std::string told_;
  std::string words_;
};

}  // namespace quorate::sim
