// The siblings of a key in a person's editor, like a merge: each between markers, to be made into
// the one text that is to stand.
//
// Place:      resolve --edit. The file is gone when this object is, unless it was kept.
// Refused:    values that are no text, a text that still has markers, an empty one, one that nobody
//             changed, an editor that fails. tests/client/sibling_editor_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "client/answer.h"
#include "node/base/status.h"

namespace quorate::client::kvcli {

// The text with markers around the siblings. A marker is as long as it takes to differ from every
// line of every value.
struct MarkedText {
  std::string text;
  std::size_t marker_size = 7;
  bool ends_in_newline = false;  // some value does; else the text's last newline is no part of it
};
// Errors: kInvalidInput naming the sibling that is no text.
Result<MarkedText> mark_siblings(const std::vector<ReadValue>& siblings);

// What was made of it. Errors: kInvalidInput, see above.
Result<std::string> without_markers(const MarkedText& marked, std::string edited);

class SiblingEditor {
 public:
  SiblingEditor() = default;
  ~SiblingEditor();
  SiblingEditor(const SiblingEditor&) = delete;
  SiblingEditor& operator=(const SiblingEditor&) = delete;

  // Waits for $VISUAL, else $EDITOR, else vi. After an error of a text that has markers left the
  // file stays, and the message names it.
  Result<std::string> edit(const std::vector<ReadValue>& siblings);

  // Leaves the file where it is: what was made of it could not be written. Its path; empty: none.
  std::string keep();

 private:
  Status create(const std::string& text);

  std::string path_;
};

}  // namespace quorate::client::kvcli
