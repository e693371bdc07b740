#include "client/kvcli/line_editor.h"

#include <editline/readline.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <filesystem>
#include <system_error>
#include <utility>

namespace quorate::client::kvcli {
namespace {

constexpr int kHistoryLinesMax = 1000;

volatile sig_atomic_t interrupted = 0;

// The next character that was typed; -1 at the end of input and at an interrupt.
int next_char(std::FILE*) {
  sigset_t open;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &open);
  ::sigdelset(&open, SIGINT);
  std::mbstate_t state{};
  while (interrupted == 0) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::ppoll(&input, 1, nullptr, &open) < 0) continue;
    char byte = 0;
    if (::read(STDIN_FILENO, &byte, 1) != 1) return -1;
    wchar_t character = 0;
    const std::size_t used = std::mbrtowc(&character, &byte, 1, &state);
    if (used == static_cast<std::size_t>(-2)) continue;  // in the middle of a character
    if (used == static_cast<std::size_t>(-1)) return '?';
    return static_cast<int>(character);
  }
  return -1;
}

// libedit calls back without an argument of ours.
LineEditor::Complete* complete = nullptr;

char* next_match(const char*, int state) {
  static std::vector<std::string> matches;
  static std::size_t next = 0;
  if (state == 0) {
    matches.clear();
    next = 0;
    const std::string before(rl_line_buffer, static_cast<std::size_t>(rl_point));
    const auto start = before.find_last_of(" \t");
    const std::string word = start == std::string::npos ? before : before.substr(start + 1);
    for (std::string& one : (*complete)(before, word)) {
      if (one.compare(0, word.size(), word) == 0) matches.push_back(std::move(one));
    }
  }
  return next < matches.size() ? ::strdup(matches[next++].c_str()) : nullptr;
}

char** all_matches(const char* text, int, int) {
  rl_attempted_completion_over = 1;  // never file names
  return rl_completion_matches(text, next_match);
}

std::string history_path() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path directory;
  if (state != nullptr && *state == '/') {
    directory = state;
  } else if (home != nullptr && *home == '/') {
    directory = std::filesystem::path(home) / ".local" / "state";
  } else {
    return {};
  }
  directory /= "quorate";
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) return {};
  return directory / "kvcli_history";
}

}  // namespace

LineEditor::LineEditor(Complete completer) : history_path_(history_path()) {
  static Complete kept;
  kept = std::move(completer);
  complete = &kept;
  rl_readline_name = "kvcli";
  rl_catch_signals = 0;
  rl_getc_function = next_char;
  rl_attempted_completion_function = all_matches;
  rl_basic_word_break_characters = " \t";
  rl_completer_word_break_characters = const_cast<char*>(" \t");
  using_history();
  stifle_history(kHistoryLinesMax);
  if (!history_path_.empty()) (void)read_history(history_path_.c_str());
}

LineEditor::~LineEditor() { save_history(); }

void LineEditor::save_history() const {
  if (history_path_.empty()) return;
  // Values may be in it: for its owner's eyes.
  const ::mode_t mask = ::umask(077);
  (void)write_history(history_path_.c_str());
  ::umask(mask);
}

std::optional<std::string> LineEditor::read(const std::string& prompt) {
  // ^C drops the line, as shells do (libedit would end the process). It is let in only where
  // next_char waits, so that none is lost.
  interrupted = 0;
  sigset_t interrupt;
  sigset_t mask_before;
  ::sigemptyset(&interrupt);
  ::sigaddset(&interrupt, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &interrupt, &mask_before);
  struct sigaction action {};
  struct sigaction action_before {};
  action.sa_handler = [](int) { interrupted = 1; };
  ::sigaction(SIGINT, &action, &action_before);
  char* const line = ::readline(prompt.c_str());
  ::sigaction(SIGINT, &action_before, nullptr);
  ::pthread_sigmask(SIG_SETMASK, &mask_before, nullptr);
  if (line == nullptr && interrupted != 0) {
    std::fputs("\n", stdout);
    return "";
  }
  if (line == nullptr) return std::nullopt;
  std::string text = line;
  std::free(line);
  if (text.find_first_not_of(" \t") != std::string::npos) {
    (void)add_history(text.c_str());
    save_history();
  }
  return text;
}

}  // namespace quorate::client::kvcli
