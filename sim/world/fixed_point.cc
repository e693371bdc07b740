#include "sim/world/fixed_point.h"

#include <array>
#include <bit>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

// Numbers in [1, 2) are kept with 63 bits behind the point, what is below one with 64.
constexpr int kMantissaBits = 63;
constexpr std::uint64_t kMantissaOne = std::uint64_t{1} << kMantissaBits;

// A table has an entry for every value of so many leading bits.
constexpr int kTableBits = 7;
constexpr std::size_t kTableSize = std::size_t{1} << kTableBits;

// ln 2 and 1 / ln 2 - 1, with 64 bits behind the point.
constexpr std::uint64_t kLn2 = 0xb17217f7d1cf79abULL;
constexpr std::uint64_t kLog2OfEMinusOne = 0x71547652b82fe177ULL;

constexpr std::uint64_t product_high(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint64_t>(static_cast<Wide>(a) * b >> 64);
}

constexpr std::uint64_t square_root(Wide value) {
  std::uint64_t root = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const std::uint64_t next = root | std::uint64_t{1} << bit;
    if (static_cast<Wide>(next) * next <= value) root = next;
  }
  return root;
}

// log2 of a mantissa, bit by bit: squaring doubles it.
constexpr std::uint64_t slow_log2(std::uint64_t mantissa) {
  std::uint64_t result = 0;
  for (int bit = kFixedBits - 1; bit >= 0; --bit) {
    const Wide square = static_cast<Wide>(mantissa) * mantissa >> kMantissaBits;
    if (square >> 64 != 0) {
      result |= std::uint64_t{1} << bit;
      mantissa = static_cast<std::uint64_t>(square >> 1);
    } else {
      mantissa = static_cast<std::uint64_t>(square);
    }
  }
  return result;
}

struct LogEntry {
  std::uint64_t inverse =
      0;                   // of where the entry begins, rounded up, with 64 bits behind the point
  std::uint64_t log2 = 0;  // of where it begins
};

constexpr std::array<LogEntry, kTableSize> make_log_table() {
  std::array<LogEntry, kTableSize> table{};
  for (std::size_t i = 0; i < kTableSize; ++i) {
    const std::uint64_t begin = (kTableSize + i) << (kMantissaBits - kTableBits);
    // 2^64 / (begin / 2^63); for 1 itself the largest there is.
    const Wide inverse = (static_cast<Wide>(1) << 127) / begin;
    table[i].inverse = i == 0 ? UINT64_MAX : static_cast<std::uint64_t>(inverse);
    table[i].log2 = slow_log2(begin);
  }
  return table;
}

constexpr std::array<std::uint64_t, kTableSize> make_exp_table() {
  std::array<std::uint64_t, kTableBits> roots{};  // 2^(1/2), 2^(1/4)...
  Wide square = static_cast<Wide>(2) << (2 * kMantissaBits);
  for (std::uint64_t& root : roots) {
    root = square_root(square);
    square = static_cast<Wide>(root) << kMantissaBits;
  }
  std::array<std::uint64_t, kTableSize> table{};
  for (std::size_t i = 0; i < kTableSize; ++i) {
    std::uint64_t power = kMantissaOne;
    for (std::size_t bit = 0; bit < kTableBits; ++bit) {
      if ((i >> (kTableBits - 1 - bit) & 1) == 0) continue;
      power = static_cast<std::uint64_t>(static_cast<Wide>(power) * roots[bit] >> kMantissaBits);
    }
    table[i] = power;
  }
  return table;
}

constexpr std::array<LogEntry, kTableSize> kLogTable = make_log_table();
constexpr std::array<std::uint64_t, kTableSize> kExpTable = make_exp_table();

// ln(1 + x) for x < 2^-7, both with 64 bits behind the point: the series up to x^6 / 6, whose rest
// is below 2^-51.
std::uint64_t ln_1p(std::uint64_t x) {
  std::uint64_t sum = UINT64_MAX / 5 - product_high(x, UINT64_MAX / 6);
  sum = UINT64_MAX / 4 - product_high(x, sum);
  sum = UINT64_MAX / 3 - product_high(x, sum);
  sum = UINT64_MAX / 2 - product_high(x, sum);
  sum = UINT64_MAX - product_high(x, sum);
  return product_high(x, sum);
}

// e^x - 1 for x < 2^-7, likewise: the series up to x^6 / 720, whose rest is below 2^-61.
std::uint64_t exp_m1(std::uint64_t x) {
  std::uint64_t sum = UINT64_MAX / 120 + product_high(x, UINT64_MAX / 720);
  sum = UINT64_MAX / 24 + product_high(x, sum);
  sum = UINT64_MAX / 6 + product_high(x, sum);
  sum = UINT64_MAX / 2 + product_high(x, sum);
  // x * (1 + x * sum)
  return x + product_high(x, product_high(x, sum));
}

}  // namespace

std::uint64_t fixed_log2(std::uint64_t value) {
  QUORATE_CHECK(value > 0);
  const int above = std::countl_zero(value);
  const std::uint64_t mantissa = value << above;
  const auto index =
      static_cast<std::size_t>(mantissa >> (kMantissaBits - kTableBits)) - kTableSize;
  const LogEntry& entry = kLogTable[index];
  // mantissa / begin - 1: the whole part of the product is one.
  const std::uint64_t past = mantissa - ((kTableSize + index) << (kMantissaBits - kTableBits));
  const std::uint64_t rest = product_high(past, entry.inverse) << 1;
  const std::uint64_t ln = ln_1p(rest);
  const std::uint64_t log2 = ln + product_high(ln, kLog2OfEMinusOne);
  const auto whole = static_cast<std::uint64_t>(63 - above);
  return (whole << kFixedBits) + entry.log2 + (log2 >> (64 - kFixedBits));
}

std::uint64_t scaled_exp2(std::uint64_t factor, Wide exponent) {
  if (factor == 0) return 0;
  const Wide whole = exponent >> kFixedBits;
  if (whole >= 64) return UINT64_MAX;
  const std::uint64_t fraction = static_cast<std::uint64_t>(exponent) & (kFixedOne - 1);
  const auto index = static_cast<std::size_t>(fraction >> (kFixedBits - kTableBits));
  const std::uint64_t rest = fraction << (64 - kFixedBits + kTableBits) >> kTableBits;
  const std::uint64_t power = kExpTable[index];
  const std::uint64_t mantissa = power + product_high(power, exp_m1(product_high(rest, kLn2)));
  const int down = kMantissaBits - static_cast<int>(whole);
  const Wide result = static_cast<Wide>(factor) * mantissa >> down;
  return result > UINT64_MAX ? UINT64_MAX : static_cast<std::uint64_t>(result);
}

}  // namespace quorate::sim
