#include "client/kvcli/record_line.h"

#include "client/kvcli/text/escape.h"

namespace quorate::client::kvcli {

using Pair = std::pair<std::string, std::string>;

Result<std::optional<Pair>> parse_record_line(std::string_view line, bool plain) {
  if (!plain && !line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.empty()) return std::optional<Pair>();
  const auto tab = line.find('\t');
  if (tab == std::string_view::npos) {
    return invalid_input("it has no tab between key and value: \"" + shortened(escape(line), 40) +
                         "\"");
  }
  if (tab == 0) return invalid_input("the key is empty");
  const std::string_view key = line.substr(0, tab);
  const std::string_view value = line.substr(tab + 1);
  if (plain) return std::optional(Pair(key, value));
  auto key_bytes = unescape(key);
  if (!key_bytes) return invalid_input("key: " + key_bytes.error().message + ", or use --plain");
  auto value_bytes = unescape(value);
  if (!value_bytes)
    return invalid_input("value: " + value_bytes.error().message + ", or use --plain");
  return std::optional(Pair(std::move(*key_bytes), std::move(*value_bytes)));
}

std::string record_line(std::string_view key, std::string_view value) {
  return escape(key) + "\t" + escape(value) + "\n";
}

}  // namespace quorate::client::kvcli
