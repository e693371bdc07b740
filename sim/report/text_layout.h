// Words on lines of a given width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace quorate::sim {

// The text in lines that end in '\n', broken at spaces where a line would be wider than `width`;
// the first line is indented by `indent` columns, the others by `hanging`. A line break in the text
// stays one, and the spaces after it add to the indent. A word too long for a line is broken.
struct WrapOptions {
  unsigned width = 80;
  unsigned indent = 0;
  unsigned hanging = 0;
};
std::string wrapped(const std::string& text, const WrapOptions& options);

// The same of a text whose line breaks and runs of spaces mean nothing.
std::string reflowed(const std::string& text, const WrapOptions& options);

// At most that wide, with "…" for what is left out.
std::string shortened(const std::string& text, std::size_t width);

// "1 key", "2 keys".
std::string counted(std::uint64_t count, const std::string& one, const std::string& many);

}  // namespace quorate::sim
