// Walks through EDN text (edn-format.org) form by form, without building anything.
//
// Place:      edn.cc reads histories with it; one for each text.
// Limits:     forms nest kEdnDepthMax deep.
// Not here:   what the forms mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quorate::sim::linear {

inline constexpr int kEdnDepthMax = 256;

enum class EdnKind : std::uint8_t {
  kNil,
  kInteger,  // of 64 bits; a longer one is a word
  kString,
  kKeyword,
  kWord,  // true, a symbol, a character, a fraction: what only its spelling tells apart
  kVector,
  kList,
  kMap,
  kSet,
  kTagged,
};

// One form. Collections and tagged forms were walked over: `text` holds them as they are written.
struct EdnForm {
  EdnKind kind = EdnKind::kNil;
  bool escaped = false;     // kString: has escapes, see unescape()
  std::int64_t number = 0;  // kInteger
  std::string_view
      text;  // as written; of a keyword without the colon, of a string without the quotes
  const char* at = nullptr;  // where it begins
};

class EdnScanner {
 public:
  explicit EdnScanner(std::string_view text);

  // Each of these returns false when the text is not EDN; problem() then says what is wrong where.

  // To the next form, closing bracket or end: over blanks, commas, comments and discarded forms.
  bool skip_blank() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == ',')) ++at_;
    // Most often this is all: what is greater than a comma is no blank, and only ; begins a
    // comment.
    return (at_ != end_ && *at_ > ',' && *at_ != ';') || skip_rare_blank();
  }
  bool read_form(EdnForm& form);
  bool skip_form();
  // The string's bytes. REQUIRES: form.kind is kString.
  bool unescape(const EdnForm& form, std::string& bytes);

  bool at_end() const { return at_ == end_; }
  bool at(char c) const { return at_ != end_ && *at_ == c; }
  const char* position() const { return at_; }
  // Over one character that at() has seen.
  void step() { ++at_; }
  // Over a tag before a form, if there is one.
  bool skip_tag();

  // Notes that something is wrong; the first problem stays. Always false.
  bool fail(const char* at, std::string problem);
  bool failed() const { return !problem_.empty(); }
  const std::string& problem() const { return problem_; }
  const char* problem_at() const { return problem_at_; }

 private:
  bool skip_rare_blank();
  bool read_word(EdnForm& form);
  bool read_keyword(EdnForm& form);
  bool read_string(EdnForm& form);
  bool read_character(EdnForm& form);
  bool read_collection(EdnForm& form, EdnKind kind, std::size_t opening);
  bool read_dispatch(EdnForm& form);
  bool unexpected();
  void note_integer(EdnForm& form);

  const char* at_;
  const char* end_;
  int depth_ = 0;
  std::string problem_;
  const char* problem_at_ = nullptr;
};

// "a map", "the string \"x\"": how a message names a form.
std::string describe(const EdnForm& form);

}  // namespace quorate::sim::linear
