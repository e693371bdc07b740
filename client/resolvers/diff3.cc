#include "client/resolvers/diff3.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace quorate::client {
namespace {

using Lines = std::vector<std::string_view>;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// Each with its newline; the last may have none.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

// Of each line of `from`, which line of `to` it is in a shortest edit script; kNone: it was
// removed. Nothing when more than kEditsMax lines differ. Myers 1986, section 4; the frontier of
// every number of edits is kept, to walk back from the end.
std::optional<std::vector<std::size_t>> matches(const Lines& from, const Lines& to) {
  const auto n = static_cast<std::ptrdiff_t>(from.size());
  const auto m = static_cast<std::ptrdiff_t>(to.size());
  const std::ptrdiff_t edits_max = std::min(n + m, static_cast<std::ptrdiff_t>(kEditsMax));
  // frontiers[d][k + d]: how far down `from` a path of d edits gets on the diagonal k = x - y.
  std::vector<std::vector<std::ptrdiff_t>> frontiers;
  const auto before = [&](std::ptrdiff_t d, std::ptrdiff_t k) {
    const bool inside = k >= -(d - 1) && k <= d - 1;
    return inside ? frontiers[static_cast<std::size_t>(d - 1)][static_cast<std::size_t>(k + d - 1)]
                  : std::ptrdiff_t{-1};
  };
  // From which neighbour a path comes to the diagonal: true: a line of `to` is inserted.
  const auto comes_down = [&](std::ptrdiff_t d, std::ptrdiff_t k) {
    return k == -d || (k != d && before(d, k - 1) < before(d, k + 1));
  };
  const auto start_of = [&](std::ptrdiff_t d, std::ptrdiff_t k) {
    if (d == 0) return std::ptrdiff_t{0};
    return comes_down(d, k) ? before(d, k + 1) : before(d, k - 1) + 1;
  };
  std::vector<std::size_t> match(from.size(), kNone);
  for (std::ptrdiff_t d = 0; d <= edits_max; ++d) {
    frontiers.emplace_back(static_cast<std::size_t>(2 * d + 1), -1);
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      std::ptrdiff_t x = start_of(d, k);
      while (x < n && x - k < m && x >= 0 && x - k >= 0 &&
             from[static_cast<std::size_t>(x)] == to[static_cast<std::size_t>(x - k)]) {
        ++x;
      }
      frontiers.back()[static_cast<std::size_t>(k + d)] = x;
      if (x < n || x - k < m) continue;
      for (std::ptrdiff_t at = d, diagonal = k; at >= 0; --at) {
        const std::ptrdiff_t start = start_of(at, diagonal);
        for (; x > start; --x) {
          match[static_cast<std::size_t>(x - 1)] = static_cast<std::size_t>(x - 1 - diagonal);
        }
        if (at == 0) break;
        const bool down = comes_down(at, diagonal);
        if (!down) --x;
        diagonal += down ? 1 : -1;
      }
      return match;
    }
  }
  return std::nullopt;
}

struct Span {
  const Lines& lines;
  std::size_t first = 0;
  std::size_t end = 0;

  bool operator==(const Span& other) const {
    return std::equal(lines.begin() + static_cast<std::ptrdiff_t>(first),
                      lines.begin() + static_cast<std::ptrdiff_t>(end),
                      other.lines.begin() + static_cast<std::ptrdiff_t>(other.first),
                      other.lines.begin() + static_cast<std::ptrdiff_t>(other.end));
  }
  void append_to(std::string& out) const {
    for (std::size_t i = first; i < end; ++i) out += lines[i];
  }
};

std::string place_of(const Span& ancestor) {
  if (ancestor.first == ancestor.end) {
    return ancestor.first == 0
               ? "before the ancestor's first line"
               : "behind line " + std::to_string(ancestor.first) + " of the ancestor";
  }
  const std::string first = std::to_string(ancestor.first + 1);
  if (ancestor.first + 1 == ancestor.end) return "in line " + first + " of the ancestor";
  return "in lines " + first + " to " + std::to_string(ancestor.end) + " of the ancestor";
}

}  // namespace

Result<std::string> merge_texts(std::string_view ancestor, std::string_view left,
                                std::string_view right) {
  const Lines base = lines_of(ancestor);
  const Lines a = lines_of(left);
  const Lines b = lines_of(right);
  const auto in_a = matches(base, a);
  const auto in_b = matches(base, b);
  if (!in_a || !in_b) {
    return invalid_input("more than " + std::to_string(kEditsMax) +
                         " lines differ from the common ancestor");
  }
  std::string merged;
  std::size_t base_at = 0;
  std::size_t a_at = 0;
  std::size_t b_at = 0;
  while (true) {
    // The next line that both sides have kept; what lies before it was changed by somebody.
    std::size_t kept = base_at;
    while (kept < base.size() && ((*in_a)[kept] == kNone || (*in_b)[kept] == kNone)) ++kept;
    const bool end = kept == base.size();
    const Span in_base{base, base_at, kept};
    const Span of_a{a, a_at, end ? a.size() : (*in_a)[kept]};
    const Span of_b{b, b_at, end ? b.size() : (*in_b)[kept]};
    if (of_a == in_base || of_a == of_b) {
      of_b.append_to(merged);
    } else if (of_b == in_base) {
      of_a.append_to(merged);
    } else {
      return invalid_input("both sides changed the text " + place_of(in_base));
    }
    if (end) return merged;
    merged += base[kept];
    base_at = kept + 1;
    a_at = (*in_a)[kept] + 1;
    b_at = (*in_b)[kept] + 1;
  }
}

}  // namespace quorate::client
