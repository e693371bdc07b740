#include "sim/report/text_layout.h"

#include <algorithm>
#include <vector>

#include "sim/report/table.h"

namespace quorate::sim {

namespace {

bool continues_character(char c) { return (c & 0xc0) == 0x80; }

// How many bytes the first `columns` characters take.
std::size_t bytes_of(const std::string& text, std::size_t columns) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (!continues_character(text[at]) && seen++ == columns) break;
  }
  return at;
}

// One line of the text, without its line break.
std::string wrap_line(const std::string& line, std::size_t indent, std::size_t hanging,
                      std::size_t width) {
  const std::size_t own = std::min(line.find_first_not_of(' '), line.size());
  std::string out;
  std::string current(indent + own, ' ');
  bool empty = true;  // nothing but the indent is in `current`
  const auto end_line = [&] {
    out += current + "\n";
    current.assign(hanging + own, ' ');
    empty = true;
  };
  for (std::size_t at = own; at < line.size();) {
    std::size_t end = line.find(' ', at);
    if (end == std::string::npos) end = line.size();
    std::string word = line.substr(at, end - at);
    const std::size_t gap = empty ? 0 : 1;
    if (!empty && width_of(current) + gap + width_of(word) > width) end_line();
    while (empty && width_of(current) + width_of(word) > width && width > width_of(current)) {
      const std::size_t fits = bytes_of(word, width - width_of(current));
      current += word.substr(0, fits);
      word.erase(0, fits);
      end_line();
    }
    if (!empty) current += ' ';
    current += word;
    empty = false;
    at = end + 1;
  }
  current.erase(current.find_last_not_of(' ') + 1);
  return out + current + "\n";
}

}  // namespace

std::string wrapped(const std::string& text, const WrapOptions& options) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    out += wrap_line(printable(text.substr(at, end - at)),
                     at == 0 ? options.indent : options.hanging, options.hanging, options.width);
    at = end + 1;
  }
  return out;
}

std::string reflowed(const std::string& text, const WrapOptions& options) {
  std::string words;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t';
    if (!space) {
      words += c;
    } else if (!words.empty() && words.back() != ' ') {
      words += ' ';
    }
  }
  return wrapped(words, options);
}

std::string shortened(const std::string& text, std::size_t width) {
  if (width_of(text) <= width) return text;
  return width == 0 ? "" : text.substr(0, bytes_of(text, width - 1)) + "…";
}

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return with_commas(count) + " " + (count == 1 ? one : many);
}

}  // namespace quorate::sim
