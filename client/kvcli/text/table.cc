#include "client/kvcli/text/table.h"

#include <algorithm>
#include <utility>

#include "client/kvcli/text/escape.h"
#include "node/base/check.h"

namespace quorate::client::kvcli {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;  // a column gives way no further

}  // namespace

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
  }
  return code + text + "\033[0m";
}

Table::Table(std::vector<std::string> header)
    : header_(std::move(header)), right_(header_.size()) {}

void Table::right_align(std::size_t column) { right_[column] = true; }

void Table::add(std::vector<Cell> row) {
  QUORATE_CHECK(row.size() == header_.size());
  rows_.push_back(std::move(row));
}

std::string Table::text(bool colours, std::size_t width) const {
  std::vector<std::size_t> widths;
  for (const auto& title : header_) widths.push_back(columns(title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], columns(row[i].text));
    }
  }
  std::size_t total = kIndent;
  for (const std::size_t w : widths) total += w + kGap;
  total -= kGap;
  while (width > 0 && total > width) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kNarrowest) break;
    const std::size_t less = std::min(total - width, *widest - kNarrowest);
    *widest -= less;
    total -= less;
  }
  std::string out;
  const auto line = [&](const auto& cell_of) {
    std::string text(kIndent, ' ');
    for (std::size_t i = 0; i < header_.size(); ++i) {
      const Cell cell = cell_of(i);
      const std::string shown = shortened(cell.text, widths[i]);
      const std::string pad(widths[i] - std::min(widths[i], columns(shown)), ' ');
      const bool last = i + 1 == header_.size();
      text += right_[i] ? pad + styled(shown, cell.style, colours)
                        : styled(shown, cell.style, colours) + (last ? "" : pad);
      if (!last) text += std::string(kGap, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  };
  line([&](std::size_t i) { return Cell(header_[i], Style::kBold); });
  for (const auto& row : rows_) line([&](std::size_t i) { return row[i]; });
  return out;
}

}  // namespace quorate::client::kvcli
