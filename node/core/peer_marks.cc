#include "node/core/peer_marks.h"

#include <algorithm>
#include <charconv>

namespace quorate {

void PeerMarks::heard(RunId run, std::uint64_t mark) {
  for (Run& known : runs_) {
    if (known.run == run) {
      known.mark = std::max(known.mark, mark);
      return;
    }
  }
  runs_.push_back(Run{run, mark});
  if (runs_.size() <= kRunsKept) return;
  others_ = std::max(others_, runs_.front().mark);
  runs_.erase(runs_.begin());
}

std::uint64_t PeerMarks::of_other_runs(RunId run) const {
  std::uint64_t highest = others_;
  for (const Run& known : runs_) {
    if (known.run != run) highest = std::max(highest, known.mark);
  }
  return highest;
}

std::uint64_t PeerMarks::highest() const {
  std::uint64_t highest = others_;
  for (const Run& known : runs_) highest = std::max(highest, known.mark);
  return highest;
}

std::string PeerMarks::to_text() const {
  std::string text = std::to_string(others_);
  for (const Run& known : runs_) {
    text += ' ' + std::to_string(known.run) + ':' + std::to_string(known.mark);
  }
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
  if (!take_number(&text, ' ', &marks.others_)) return PeerMarks{};
  while (!text.empty()) {
    Run run;
    if (!take_number(&text, ':', &run.run) || !take_number(&text, ' ', &run.mark)) {
      return PeerMarks{};
    }
    marks.runs_.push_back(run);
  }
  return marks;
}

}  // namespace quorate
