#include "sim/report/table.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"

namespace quorate::sim {
namespace {

std::string aligned(const Cell& cell, const Table::Column& column, std::size_t width,
                    bool colours) {
  const std::string gap(width - width_of(cell.text), ' ');
  const std::string text = styled(cell.text, cell.style, colours);
  return column.right ? gap + text : text + gap;
}

}  // namespace

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string styled(const std::string& text, Style style, bool colours) {
  if (!colours || text.empty()) return text;
  const char* code = "";
  switch (style) {
    case Style::kPlain:
      return text;
    case Style::kBold:
      code = "\033[1m";
      break;
    case Style::kDim:
      code = "\033[2m";
      break;
    case Style::kGood:
      code = "\033[32m";
      break;
    case Style::kBad:
      code = "\033[31m";
      break;
    case Style::kWarning:
      code = "\033[33m";
      break;
    case Style::kFirst:
      code = "\033[36m";
      break;
    case Style::kSecond:
      code = "\033[35m";
      break;
    case Style::kThird:
      code = "\033[34m";
      break;
  }
  return code + text + "\033[0m";
}

void Table::add(std::vector<Cell> row) {
  QUORATE_CHECK(row.size() == columns_.size());
  rows_.push_back(std::move(row));
}

std::string Table::text(bool colours) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(width_of(column.title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i].text));
    }
  }
  std::string text;
  const auto add_line = [&](const std::vector<Cell>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      line += "  " + aligned(cells[i], columns_[i], widths[i], colours);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.push_back({column.title, Style::kDim});
  add_line(titles);
  for (const auto& row : rows_) add_line(row);
  return text;
}

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string printable(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace quorate::sim
