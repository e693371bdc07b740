#include "client/kvcli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace quorate::client::kvcli {

Console::Console(const char* program)
    : program_(program),
      out_terminal_(::isatty(STDOUT_FILENO) == 1),
      error_terminal_(::isatty(STDERR_FILENO) == 1),
      in_terminal_(::isatty(STDIN_FILENO) == 1) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  colours_ = out_terminal_ && (no_color == nullptr || *no_color == '\0') &&
             (term == nullptr || std::strcmp(term, "dumb") != 0);
}

void Console::out(std::string_view bytes) {
  if (!bytes.empty()) std::fwrite(bytes.data(), 1, bytes.size(), stdout);
}

void Console::error(std::string_view text) {
  std::fflush(stdout);  // in the order in which it was said, where both go to one terminal
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void Console::json(const Json& value) { out(value.text() + "\n"); }

void Console::table(const Table& table) { out(table.text(colours_, width())); }

std::string Console::styled(const std::string& text, Style style) const {
  return kvcli::styled(text, style, colours_);
}

std::size_t Console::width() const {
  if (!out_terminal_) return 0;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool Console::flush() {
  const bool flushed = std::fflush(stdout) == 0;
  if (flushed && std::ferror(stdout) == 0) return true;
  std::fprintf(stderr, "%s: the output could not be written: %s\n", program_, std::strerror(errno));
  std::clearerr(stdout);
  return false;
}

}  // namespace quorate::client::kvcli
