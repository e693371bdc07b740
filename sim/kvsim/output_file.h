// A file that a command writes: whole, or not at all.
//
// Place:      every command that writes one opens it before it begins its work, so that a place
//             where nothing can be written is told at once.
// Invariants: what stood there before stays until `commit`; what was begun and never committed
//             leaves nothing. Shown in tests/sim/kvsim_output_test.cc.
// Limits:     what is no file (a pipe, /dev/stdout) is written as it comes.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "node/base/status.h"

namespace quorate::sim {

class OutputFile {
 public:
  // Errors: kIoError, with the name in the message.
  static Result<OutputFile> create(const std::string& name);

  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  void write(std::string_view text);

  // All of it stands there now, or the error says why not. Once.
  Status commit();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  OutputFile(std::string name, std::string target, std::string unfinished, std::FILE* file);
  Error failed() const;

  std::string name_;        // as it was given
  std::string target_;      // behind symbolic links
  std::string unfinished_;  // where it is written first; empty: at its place
  std::unique_ptr<std::FILE, Close> file_;
  int error_ = 0;  // of the first write that failed
};

// A text that is there already.
Status write_whole(const std::string& name, std::string_view text);

}  // namespace quorate::sim
