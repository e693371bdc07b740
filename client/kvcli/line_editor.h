// A prompt with history and completion (libedit), kept behind this header.
//
// Place:      one in the process, when stdin is a terminal: libedit keeps its state in globals.
// Limits:     1,000 lines of history, in $XDG_STATE_HOME/quorate/kvcli_history (~/.local/state by
//             default).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace quorate::client::kvcli {

class LineEditor {
 public:
  // What may stand at the end of `before`, whose last word is `word`.
  using Complete =
      std::function<std::vector<std::string>(const std::string& before, const std::string& word)>;

  explicit LineEditor(Complete complete);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  // The next line, which is in the history file from then on; an empty one after ^C; nothing at the
  // end of input.
  std::optional<std::string> read(const std::string& prompt);

 private:
  void save_history() const;

  std::string history_path_;
};

}  // namespace quorate::client::kvcli
