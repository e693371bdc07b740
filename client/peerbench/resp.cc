#include "client/peerbench/resp.h"

#include <charconv>

namespace quorate::client::peerbench {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
// The longest of what says how long something is: a sign, digits.
constexpr std::size_t kNumberBytesMax = 20;

void append_number(std::string& out, std::size_t number) {
  char digits[kNumberBytesMax];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

// Walks over one reply in `bytes`. What is not there yet is no error.
class Walk {
 public:
  explicit Walk(std::string_view bytes) : bytes_(bytes) {}

  // False: see problem(); if that is empty, the reply is incomplete.
  bool reply(RespReply& out, int depth) {
    if (at_ >= bytes_.size()) return false;
    const char mark = bytes_[at_];
    std::string_view rest;
    switch (mark) {
      case '+':
      case '-':
        if (!line(rest)) return false;
        out.kind = mark == '+' ? RespReply::Kind::kText : RespReply::Kind::kError;
        out.text = rest;
        return true;
      case ':':
        out.kind = RespReply::Kind::kNumber;
        return number(out.number);
      case '$':
        return bulk(out);
      case '*':
        return array(out, depth);
      default:
        problem_ = "what answers there does not speak RESP2";
        return false;
    }
  }

  std::size_t used() const { return at_; }
  const std::string& problem() const { return problem_; }

 private:
  // Behind the mark, up to the end of the line.
  bool line(std::string_view& rest) {
    const std::size_t end = bytes_.find(kLineEnd, at_ + 1);
    if (end == std::string_view::npos) return false;
    rest = bytes_.substr(at_ + 1, end - at_ - 1);
    at_ = end + kLineEnd.size();
    return true;
  }

  bool number(std::int64_t& out) {
    std::string_view rest;
    if (!line(rest)) {
      if (bytes_.size() - at_ > kNumberBytesMax + kLineEnd.size())
        problem_ = "a number is too long";
      return false;
    }
    const auto end = rest.data() + rest.size();
    const auto parsed = std::from_chars(rest.data(), end, out);
    if (parsed.ec == std::errc() && parsed.ptr == end && !rest.empty()) return true;
    problem_ = "a number is none";
    return false;
  }

  // -1 stands for nothing.
  bool length(std::int64_t& out) {
    if (!number(out)) return false;
    if (out >= -1 && out <= static_cast<std::int64_t>(RespReader::kReplyBytesMax)) return true;
    problem_ = "a length of " + std::to_string(out);
    return false;
  }

  bool bulk(RespReply& out) {
    std::int64_t bytes = 0;
    if (!length(bytes)) return false;
    out.kind = bytes < 0 ? RespReply::Kind::kNull : RespReply::Kind::kBulk;
    if (bytes < 0) return true;
    const auto size = static_cast<std::size_t>(bytes);
    if (bytes_.size() - at_ < size + kLineEnd.size()) return false;
    out.text = bytes_.substr(at_, size);
    at_ += size;
    if (bytes_.substr(at_, kLineEnd.size()) != kLineEnd) {
      problem_ = "a string is longer than it said";
      return false;
    }
    at_ += kLineEnd.size();
    return true;
  }

  bool array(RespReply& out, int depth) {
    std::int64_t count = 0;
    if (!length(count)) return false;
    out.kind = count < 0 ? RespReply::Kind::kNull : RespReply::Kind::kArray;
    if (count > 0 && depth == RespReader::kDepthMax) {
      problem_ = "arrays in arrays are too deep";
      return false;
    }
    // No room is made before the elements are there: a length alone costs nothing.
    for (std::int64_t i = 0; i < count; ++i) {
      RespReply element;
      if (!reply(element, depth + 1)) return false;
      out.elements.push_back(std::move(element));
    }
    return true;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::string problem_;
};

}  // namespace

void append_command(std::string& out, std::initializer_list<std::string_view> words) {
  out.push_back('*');
  append_number(out, words.size());
  out.append(kLineEnd);
  for (const std::string_view word : words) {
    out.push_back('$');
    append_number(out, word.size());
    out.append(kLineEnd);
    out.append(word);
    out.append(kLineEnd);
  }
}

void RespReader::add(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_.append(bytes);
}

Result<std::optional<RespReply>> RespReader::next() {
  Walk walk(std::string_view(buffer_).substr(at_));
  RespReply reply;
  if (walk.reply(reply, 1)) {
    at_ += walk.used();
    return std::optional(std::move(reply));
  }
  if (!walk.problem().empty()) return Error{ErrorCode::kIncompatible, walk.problem()};
  if (buffer_.size() - at_ > kReplyBytesMax) {
    return Error{ErrorCode::kIncompatible, "a reply is too large"};
  }
  return std::optional<RespReply>();
}

}  // namespace quorate::client::peerbench
