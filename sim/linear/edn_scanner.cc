#include "sim/linear/edn_scanner.h"

#include <array>
#include <cstring>
#include <limits>
#include <utility>

namespace quorate::sim::linear {
namespace {

enum CharClass : std::uint8_t { kOther, kBlank, kWordChar, kDigit };

constexpr std::array<CharClass, 256> make_classes() {
  std::array<CharClass, 256> classes{};
  for (const char c : {' ', '\t', '\n', '\r', '\f', '\v', ','}) {
    classes[static_cast<unsigned char>(c)] = kBlank;
  }
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = kWordChar;
  for (unsigned c = 'A'; c <= 'Z'; ++c) classes[c] = kWordChar;
  for (unsigned c = 0x80; c <= 0xff; ++c) classes[c] = kWordChar;
  for (const char c : {'.', '*', '+', '!', '-', '_', '?', '$', '%', '&', '=', '<', '>', '/', ':',
                       '#', '\'', '|'}) {
    classes[static_cast<unsigned char>(c)] = kWordChar;
  }
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  return classes;
}

constexpr std::array<CharClass, 256> kClasses = make_classes();

CharClass class_of(char c) { return kClasses[static_cast<unsigned char>(c)]; }
bool in_word(char c) { return class_of(c) >= kWordChar; }

std::string quoted(char c) {
  const unsigned char byte = static_cast<unsigned char>(c);
  if (byte < 0x20 || byte == 0x7f) {
    static constexpr char kHex[] = "0123456789abcdef";
    return std::string("the byte 0x") + kHex[byte >> 4] + kHex[byte & 15];
  }
  return std::string("'") + c + "'";
}

std::string_view span(const char* from, const char* to) {
  return {from, static_cast<std::size_t>(to - from)};
}

const char* collection_name(EdnKind kind) {
  switch (kind) {
    case EdnKind::kVector:
      return "vector";
    case EdnKind::kList:
      return "list";
    case EdnKind::kMap:
      return "map";
    case EdnKind::kSet:
      return "set";
    default:
      return "form";
  }
}

}  // namespace

EdnScanner::EdnScanner(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {
  // The mark that some editors put before UTF-8 text.
  if (text.substr(0, 3) == "\xef\xbb\xbf") at_ += 3;
}

bool EdnScanner::fail(const char* at, std::string problem) {
  if (problem_.empty()) {
    problem_ = std::move(problem);
    problem_at_ = at;
  }
  return false;
}

bool EdnScanner::skip_rare_blank() {
  while (at_ != end_) {
    const char c = *at_;
    if (class_of(c) == kBlank) {
      ++at_;
    } else if (c == ';') {
      const void* newline = std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_));
      at_ = newline == nullptr ? end_ : static_cast<const char*>(newline) + 1;
    } else if (c == '#' && at_ + 1 != end_ && at_[1] == '_') {
      if (++depth_ > kEdnDepthMax) {
        return fail(at_, "more than " + std::to_string(kEdnDepthMax) + " forms are discarded here");
      }
      at_ += 2;
      if (!skip_form()) return false;
      --depth_;
    } else {
      break;
    }
  }
  return true;
}

bool EdnScanner::skip_form() {
  if (!skip_blank()) return false;
  if (at_ != end_ && class_of(*at_) == kDigit) {
    while (at_ != end_ && in_word(*at_)) ++at_;
    return true;
  }
  EdnForm ignored;
  return read_form(ignored);
}

bool EdnScanner::read_form(EdnForm& form) {
  if (!skip_blank()) return false;
  if (at_ == end_) return fail(at_, "the text ends where a value should be");
  form.at = at_;
  switch (*at_) {
    case ':':
      return read_keyword(form);
    case '"':
      return read_string(form);
    case '[':
      return read_collection(form, EdnKind::kVector, 1);
    case '(':
      return read_collection(form, EdnKind::kList, 1);
    case '{':
      return read_collection(form, EdnKind::kMap, 1);
    case '#':
      return read_dispatch(form);
    case '\\':
      return read_character(form);
    default:
      return in_word(*at_) ? read_word(form) : unexpected();
  }
}

bool EdnScanner::unexpected() {
  const char c = *at_;
  if (c == ')' || c == ']' || c == '}') {
    return fail(at_, "expected a value, found " + quoted(c));
  }
  return fail(at_, quoted(c) + " does not begin a value");
}

// A number of at most 64 bits, in one of the spellings of EDN: 5, +5, -5, 5N.
void EdnScanner::note_integer(EdnForm& form) {
  const char* at = form.text.data();
  const char* end = at + form.text.size();
  const bool negative = *at == '-';
  if (*at == '-' || *at == '+') ++at;
  if (end - at > 1 && end[-1] == 'N') --end;
  if (at == end || (*at == '0' && end - at > 1)) return;
  constexpr std::ptrdiff_t kDigitsMax = std::numeric_limits<std::uint64_t>::digits10;
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (end - at > kDigitsMax) return;
  std::uint64_t magnitude = 0;
  for (; at != end; ++at) {
    if (class_of(*at) != kDigit) return;
    magnitude = magnitude * 10 + static_cast<std::uint64_t>(*at - '0');
  }
  if (magnitude > kMost + negative) return;
  form.kind = EdnKind::kInteger;
  form.number = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
}

bool EdnScanner::read_word(EdnForm& form) {
  do {
    ++at_;
  } while (at_ != end_ && in_word(*at_));
  form.text = span(form.at, at_);
  form.kind = EdnKind::kWord;
  const char first = form.text[0];
  if (class_of(first) == kDigit || first == '-' || first == '+') {
    note_integer(form);
  } else if (form.text == "nil") {
    form.kind = EdnKind::kNil;
  }
  return true;
}

bool EdnScanner::read_keyword(EdnForm& form) {
  do {
    ++at_;
  } while (at_ != end_ && in_word(*at_));
  form.kind = EdnKind::kKeyword;
  form.text = span(form.at + 1, at_);
  return !form.text.empty() || fail(form.at, "a keyword needs a name after the colon");
}

bool EdnScanner::read_string(EdnForm& form) {
  form.kind = EdnKind::kString;
  form.escaped = false;
  for (++at_; at_ != end_; ++at_) {
    if (*at_ == '"') {
      form.text = span(form.at + 1, at_);
      ++at_;
      return true;
    }
    if (*at_ == '\\') {
      form.escaped = true;
      if (++at_ == end_) break;
    }
  }
  return fail(form.at, "this string is not closed");
}

bool EdnScanner::read_character(EdnForm& form) {
  ++at_;
  if (at_ == end_ || class_of(*at_) == kBlank) {
    return fail(form.at, "a character needs a name after the backslash");
  }
  do {
    ++at_;
  } while (at_ != end_ && in_word(*at_));
  form.kind = EdnKind::kWord;
  form.text = span(form.at, at_);
  return true;
}

bool EdnScanner::read_collection(EdnForm& form, EdnKind kind, std::size_t opening) {
  if (++depth_ > kEdnDepthMax) {
    return fail(form.at, "more than " + std::to_string(kEdnDepthMax) + " brackets are open here");
  }
  const char closing = kind == EdnKind::kVector ? ']' : kind == EdnKind::kList ? ')' : '}';
  at_ += opening;
  std::size_t elements = 0;
  while (true) {
    if (!skip_blank()) return false;
    if (at_ == end_) {
      return fail(form.at, std::string("this ") + collection_name(kind) + " is not closed");
    }
    if (*at_ == closing) break;
    EdnForm element;
    if (!read_form(element)) return false;
    ++elements;
  }
  if (kind == EdnKind::kMap && elements % 2 != 0) {
    return fail(at_, "this map has a key without a value");
  }
  ++at_;
  --depth_;
  form.kind = kind;
  form.text = span(form.at, at_);
  return true;
}

bool EdnScanner::skip_tag() {
  if (!at('#') || at_ + 1 == end_ || at_[1] == '{') return true;
  const char* hash = at_;
  ++at_;
  while (at_ != end_ && in_word(*at_)) ++at_;
  if (at_ == hash + 1) return fail(hash, "a tag needs a name after the #");
  return skip_blank();
}

// What begins with #: a set, or a tag and the form that it is about. ##Inf is such a pair too.
bool EdnScanner::read_dispatch(EdnForm& form) {
  if (at_ + 1 != end_ && at_[1] == '{') return read_collection(form, EdnKind::kSet, 2);
  if (at_ + 1 != end_ && at_[1] == '#') {
    return read_word(form);
  }
  if (++depth_ > kEdnDepthMax) {
    return fail(form.at, "more than " + std::to_string(kEdnDepthMax) + " tags follow one another");
  }
  EdnForm tagged;
  if (!skip_tag() || !read_form(tagged)) return false;
  --depth_;
  form.kind = EdnKind::kTagged;
  form.text = span(form.at, at_);
  return true;
}

std::string describe(const EdnForm& form) {
  constexpr std::size_t kShown = 40;
  std::string text(form.text.substr(0, kShown));
  if (form.text.size() > kShown) text += "...";
  switch (form.kind) {
    case EdnKind::kNil:
      return "nil";
    case EdnKind::kInteger:
    case EdnKind::kWord:
      return text;
    case EdnKind::kString:
      return "the string \"" + text + "\"";
    case EdnKind::kKeyword:
      return ":" + text;
    case EdnKind::kVector:
    case EdnKind::kList:
    case EdnKind::kMap:
    case EdnKind::kSet:
      return std::string("the ") + collection_name(form.kind) + " " + text;
    case EdnKind::kTagged:
      return "the tagged value " + text;
  }
  return text;
}

}  // namespace quorate::sim::linear
