// Rows of cells in aligned columns, as wide as what they hold.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace quorate::client::kvcli {

enum class Style { kPlain, kBold, kDim, kGood, kBad, kWarning };

// The text in its style, or as it is when there are no colours.
std::string styled(const std::string& text, Style style, bool colours);

struct Cell {
  Cell(std::string shown, Style look = Style::kPlain)
      : text(std::move(shown)), style(look) {}  // NOLINT
  Cell(const char* shown) : text(shown) {}      // NOLINT: implicit
  std::string text;                             // from escape(), or plain ASCII
  Style style = Style::kPlain;
};

class Table {
 public:
  explicit Table(std::vector<std::string> header);

  void right_align(std::size_t column);
  void add(std::vector<Cell> row);  // as many cells as the header has
  bool empty() const { return rows_.empty(); }

  // Lines that end in '\n', indented by two spaces. `width`: columns of the terminal, 0: no limit;
  // the widest column gives way when the rows would not fit.
  std::string text(bool colours, std::size_t width) const;

 private:
  std::vector<std::string> header_;
  std::vector<bool> right_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace quorate::client::kvcli
