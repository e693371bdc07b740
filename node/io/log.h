// Structured log records: one line each on stderr, key=value, safe to read in a terminal.
//
// Place:      every part of the node calls log(); main sets the level once.
// Format:     time=2026-01-31T12:00:00.123Z level=info msg=ready node=1 client=127.0.0.1:7101
// Invariants: a record is one line of printable ASCII, whatever bytes its values hold: control
//             bytes, escape sequences and bytes above 0x7e are written as \xNN, values with
//             anything but plain characters stand in quotes (tests/node/io/log_test.cc).
// Limits:     kLogValueBytesMax of a value; the rest is cut and said to be.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include "node/base/status.h"
#include "node/causality/dot.h"

namespace quorate {

inline constexpr std::size_t kLogValueBytesMax = 1024;

enum class LogLevel { kDebug, kInfo, kWarn, kError, kOff };

// "debug", "info", "warn", "error", "off".
Result<LogLevel> parse_log_level(std::string_view text);

struct LogField {
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, bool v) : key(k), value(v ? "true" : "false") {}
  LogField(std::string_view k, std::integral auto v) : key(k), value(std::to_string(v)) {}

  std::string_view key;  // a literal of ours: never made from input
  std::string value;
};

// A run as people read it: "n2.5f3a91c04b7e".
std::string run_name(RunId run);

void set_log_level(LogLevel level);

// From any thread.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// Everything after the time: "level=info msg=ready node=1".
std::string format_log_record(LogLevel level, std::string_view message,
                              std::initializer_list<LogField> fields);

}  // namespace quorate
