// The terminal, or the files that stand in its place: what the commands print to.
//
// Colours and line shortening only on a terminal; NO_COLOR (no-color.org) is honoured.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "client/kvcli/invocation.h"
#include "client/kvcli/text/json.h"
#include "client/kvcli/text/table.h"

namespace quorate::client::kvcli {

class Console {
 public:
  // `program`: who speaks when the output cannot be written.
  explicit Console(const char* program = "kvcli");

  void out(std::string_view bytes);   // to stdout, as they are
  void error(std::string_view text);  // to stderr
  void json(const Json& value);       // one line on stdout
  void table(const Table& table);     // to stdout

  std::string styled(const std::string& text, Style style) const;

  bool out_is_terminal() const { return out_terminal_; }
  bool error_is_terminal() const { return error_terminal_; }
  bool in_is_terminal() const { return in_terminal_; }
  std::size_t width() const;  // of stdout's terminal; 0: it is none

  // Everything has left this process; else says on stderr why not.
  bool flush();

 private:
  const char* program_;
  bool out_terminal_;
  bool error_terminal_;
  bool in_terminal_;
  bool colours_;
};

}  // namespace quorate::client::kvcli
