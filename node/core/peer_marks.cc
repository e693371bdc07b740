#include "node/core/peer_marks.h"

#include <algorithm>
#include <charconv>

namespace quorate {

void PeerMarks::heard(RunId run, std::uint64_t mark) {
  if (run == run_) {
    mark_ = std::max(mark_, mark);
  } else if (mark > mark_) {
    rest_ = std::max(rest_, mark_);
    run_ = run;
    mark_ = mark;
  } else {
    rest_ = std::max(rest_, mark);
  }
}

std::uint64_t PeerMarks::of_other_runs(RunId run) const { return run == run_ ? rest_ : mark_; }

std::uint64_t PeerMarks::highest() const { return std::max(rest_, mark_); }

std::string PeerMarks::to_text() const {
  std::string text = std::to_string(rest_);
  if (mark_ > 0) text += ' ' + std::to_string(run_) + ':' + std::to_string(mark_);
  return text;
}

namespace {

// Takes a number and the character behind it, if that is `behind`, off the front of the text.
bool take_number(std::string_view* text, char behind, std::uint64_t* number) {
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), *number);
  if (error != std::errc{}) return false;
  text->remove_prefix(static_cast<std::size_t>(end - text->data()));
  if (text->empty()) return true;
  if (text->front() != behind) return false;
  text->remove_prefix(1);
  return true;
}

}  // namespace

PeerMarks PeerMarks::from_text(std::string_view text) {
  PeerMarks marks;
  std::uint64_t rest = 0;
  if (!take_number(&text, ' ', &rest)) return PeerMarks{};
  while (!text.empty()) {
    RunId run = 0;
    std::uint64_t mark = 0;
    if (!take_number(&text, ':', &run) || !take_number(&text, ' ', &mark)) return PeerMarks{};
    marks.heard(run, mark);
  }
  // Whose the rest was is not known any more: it may be of any run.
  marks.rest_ = std::max(marks.rest_, rest);
  return marks;
}

}  // namespace quorate
