#include "sim/scenario/words.h"

#include <algorithm>
#include <array>

#include "sim/world/sim_environment.h"

namespace quorate::sim {

namespace {

struct Unit {
  const char* name;
  SimTime ns;
};
constexpr std::array<Unit, 6> kUnits = {{{"h", 3600 * kNsPerSecond},
                                         {"min", 60 * kNsPerSecond},
                                         {"s", kNsPerSecond},
                                         {"ms", kNsPerMs},
                                         {"us", kNsPerUs},
                                         {"ns", 1}}};

// Longer times have no place in a run, and none overflows.
constexpr SimTime kTimeMax = 10'000 * 3600 * kNsPerSecond;
constexpr std::int64_t kPpmOfPercent = 10'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "12.5" in units of 1/scale, which is a power of ten or a multiple of one; nothing when it is no
// decimal, or not a whole number of them, or more than `most`.
std::optional<std::int64_t> parse_decimal(std::string_view text, std::int64_t scale,
                                          std::int64_t most) {
  std::size_t at = 0;
  std::int64_t value = 0;
  while (at < text.size() && is_digit(text[at])) {
    value = value * 10 + (text[at++] - '0');
    if (value > most / scale) return std::nullopt;
  }
  if (at == 0) return std::nullopt;
  value *= scale;
  if (at == text.size()) return value;
  if (text[at++] != '.' || at == text.size()) return std::nullopt;
  for (; at < text.size(); ++at) {
    if (!is_digit(text[at])) return std::nullopt;
    if (text[at] == '0' && scale % 10 != 0) continue;  // zeros at the end add nothing
    if (scale % 10 != 0) return std::nullopt;
    scale /= 10;
    value += (text[at] - '0') * scale;
  }
  if (value > most) return std::nullopt;
  return value;
}

// The number / scale as a decimal, without zeros at its end.
std::string decimal_text(std::int64_t number, std::int64_t scale) {
  std::string text = std::to_string(number / scale);
  std::int64_t rest = number % scale;
  if (rest == 0) return text;
  text += '.';
  for (; rest != 0; rest %= scale) {
    scale /= 10;
    text += static_cast<char>('0' + rest / scale);
  }
  return text;
}

}  // namespace

std::optional<SimTime> parse_time(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const auto letter =
      std::find_if(text.begin(), text.end(), [](char c) { return !is_digit(c) && c != '.'; });
  const auto digits = static_cast<std::size_t>(letter - text.begin());
  for (const Unit& unit : kUnits) {
    if (text.substr(digits) != unit.name) continue;
    const auto time = parse_decimal(text.substr(0, digits), unit.ns, kTimeMax);
    if (!time) return std::nullopt;
    return negative ? -*time : *time;
  }
  return std::nullopt;
}

std::string time_text(SimTime time) {
  if (time < 0) return "-" + time_text(-time);
  if (time == 0) return "0s";
  for (const Unit& unit : kUnits) {
    // Hours and minutes only where they are whole: their decimals may have no end.
    if (time < unit.ns || (unit.ns > kNsPerSecond && time % unit.ns != 0)) continue;
    return decimal_text(time, unit.ns) + unit.name;
  }
  return "0s";
}

std::optional<std::uint32_t> parse_percent(std::string_view text) {
  if (text.empty() || text.back() != '%') return std::nullopt;
  text.remove_suffix(1);
  const auto ppm = parse_decimal(text, kPpmOfPercent, 100 * kPpmOfPercent);
  if (!ppm) return std::nullopt;
  return static_cast<std::uint32_t>(*ppm);
}

std::string percent_text(std::uint32_t ppm) { return decimal_text(ppm, kPpmOfPercent) + "%"; }

Key parse_key(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return Key{"default", std::string(text)};
  return Key{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

std::string key_text(const Key& key) {
  const bool plain = key.bucket == "default" && key.name.find('/') == std::string::npos;
  return plain ? key.name : key.bucket + "/" + key.name;
}

std::string toml_string(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

const std::vector<std::string>& context_words() {
  static const std::vector<std::string> kWords = {"as-given", "blind", "none", "session", "stale"};
  return kWords;
}

const std::vector<std::string>& read_repair_words() {
  static const std::vector<std::string> kWords = {"async", "blocking", "off"};
  return kWords;
}

const std::vector<std::string>& bucket_type_words() {
  static const std::vector<std::string> kWords(bucket_type_names().begin(),
                                               bucket_type_names().end());
  return kWords;
}

const std::vector<std::string>& update_words() {
  static const std::vector<std::string> kWords = [] {
    std::vector<std::string> words;
    for (std::uint8_t update = 0; update <= static_cast<std::uint8_t>(kUpdateLast); ++update) {
      words.emplace_back(update_name(static_cast<Update>(update)));
    }
    return words;
  }();
  return kWords;
}

const std::vector<std::string>& durability_words() {
  static const std::vector<std::string> kWords = {durability_name(Durability::kFsync),
                                                  durability_name(Durability::kOs)};
  return kWords;
}

const std::vector<std::string>& compose_words() {
  static const std::vector<std::string> kWords = {"as-given", "union", "sum", "without", "field"};
  return kWords;
}

std::string host_text(HostId host, const std::vector<std::string>& clients) {
  if (!is_client(host)) return std::to_string(host);
  return toml_string(clients[host - kFirstClientHost]);
}

std::string fault_word(FaultKind kind) {
  std::string word = fault_kind_name(kind);
  std::replace(word.begin(), word.end(), ' ', '-');
  return word;
}

FaultAmount amount_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kLinkSlow:
    case FaultKind::kNodeSlow:
    case FaultKind::kDiskLimp:
      return {AmountKind::kTime, "extra"};
    case FaultKind::kLinkLossy:
      return {AmountKind::kPercent, "loss"};
    case FaultKind::kDiskSlow:
      return {AmountKind::kTime, "sync"};
    case FaultKind::kClockJump:
      return {AmountKind::kWholeMs, "by"};
    case FaultKind::kClockDrift:
      return {AmountKind::kPpm, "ppm"};
    case FaultKind::kCut:
    case FaultKind::kMend:
    case FaultKind::kCrash:
    case FaultKind::kKill:
    case FaultKind::kRestart:
    case FaultKind::kPause:
    case FaultKind::kResume:
    case FaultKind::kDiskFull:
    case FaultKind::kDiskRoom:
    case FaultKind::kDiskStall:
    case FaultKind::kDiskFlow:
    case FaultKind::kWipe:
    case FaultKind::kBackUp:
    case FaultKind::kRestore:
    case FaultKind::kForgetRow:
    case FaultKind::kCorruptRow:
      return {};
  }
  return {};
}

bool names_a_key(FaultKind kind) {
  return kind == FaultKind::kForgetRow || kind == FaultKind::kCorruptRow;
}

}  // namespace quorate::sim
