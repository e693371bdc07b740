// Rows of cells in aligned columns, as wide as what they hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace quorate::sim {

// kFirst to kThird tell things apart and say nothing of them.
enum class Style { kPlain, kBold, kDim, kGood, kBad, kWarning, kFirst, kSecond, kThird };

// The text in its style, or as it is when there are no colours.
std::string styled(const std::string& text, Style style, bool colours);

// Columns of a terminal: bytes of UTF-8 that continue a character take none. Without colours.
std::size_t width_of(const std::string& text);

struct Cell {
  std::string text;  // without control characters
  Style style = Style::kPlain;
};

class Table {
 public:
  struct Column {
    std::string title;
    bool right = false;  // aligned to the right, as numbers are
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as there are columns.
  void add(std::vector<Cell> row);

  // Lines that end in '\n', indented by two spaces.
  std::string text(bool colours) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// 1234567 as "1,234,567".
std::string with_commas(std::uint64_t number);

// The text with what would move the cursor or change colours made visible.
std::string printable(const std::string& text);

}  // namespace quorate::sim
