#include "node/io/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <memory>

namespace quorate {
namespace {

const char* level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
    case LogLevel::kOff:
      return "off";
  }
  return "info";
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> kLogger = [] {
    auto made = std::make_shared<spdlog::logger>("quorate",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::trace);
    made->set_level(spdlog::level::info);
    return made;
  }();
  return *kLogger;
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == ':' || c == '/' || c == ',' || c == '+';
}

void append_value(std::string_view value, std::string& out) {
  if (!value.empty() && value.size() <= kLogValueBytesMax &&
      std::all_of(value.begin(), value.end(), is_plain)) {
    out += value;
    return;
  }
  constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  for (const char c : value.substr(0, kLogValueBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte > 0x7e) {
      out += "\\x";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
  if (value.size() > kLogValueBytesMax) {
    out += "(of " + std::to_string(value.size()) + " bytes)";
  }
}

}  // namespace

Result<LogLevel> parse_log_level(std::string_view text) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError, LogLevel::kOff}) {
    if (text == level_name(level)) return level;
  }
  return invalid_input("must be debug, info, warn, error or off");
}

std::string run_name(RunId run) {
  const std::string dot = to_string(Dot{Actor{run, 0}, 0});
  return dot.substr(0, dot.find('/'));
}

void set_log_level(LogLevel level) { logger().set_level(spdlog_level(level)); }

std::string format_log_record(LogLevel level, std::string_view message,
                              std::initializer_list<LogField> fields) {
  std::string record = std::string("level=") + level_name(level) + " msg=";
  append_value(message, record);
  for (const LogField& field : fields) {
    record += ' ';
    record += field.key;
    record += '=';
    append_value(field.value, record);
  }
  return record;
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  try {
    if (!logger().should_log(spdlog_level(level))) return;
    const std::string record = format_log_record(level, message, fields);
    logger().log(spdlog_level(level), spdlog::string_view_t(record.data(), record.size()));
  } catch (const std::exception&) {
    // A log that cannot be written must not end the node.
  }
}

}  // namespace quorate
