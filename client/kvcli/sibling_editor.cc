#include "client/kvcli/sibling_editor.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/values.h"

extern char** environ;

namespace quorate::client::kvcli {
namespace {

constexpr std::string_view kMarks = "<=>";

bool is_text(std::string_view bytes) {
  return is_utf8(bytes) && bytes.find('\0') == std::string_view::npos;
}

// How many of one mark the line begins with.
std::size_t marks_before(std::string_view line) {
  if (line.empty() || kMarks.find(line[0]) == std::string_view::npos) return 0;
  return std::min(line.find_first_not_of(line[0]), line.size());
}

std::size_t longest_marks(std::string_view text) {
  std::size_t longest = 0;
  while (!text.empty()) {
    longest = std::max(longest, marks_before(text));
    const std::size_t end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return longest;
}

const char* editor_command() {
  for (const char* name : {"VISUAL", "EDITOR"}) {
    const char* command = std::getenv(name);
    if (command != nullptr && *command != '\0') return command;
  }
  return "vi";
}

// The editor decides what Ctrl-C means, not we.
class SignalsLeftToTheEditor {
 public:
  SignalsLeftToTheEditor() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGINT, &ignore, &interrupt_);
    ::sigaction(SIGQUIT, &ignore, &quit_);
  }
  ~SignalsLeftToTheEditor() {
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGQUIT, &quit_, nullptr);
  }
  SignalsLeftToTheEditor(const SignalsLeftToTheEditor&) = delete;
  SignalsLeftToTheEditor& operator=(const SignalsLeftToTheEditor&) = delete;

 private:
  struct sigaction interrupt_ {};
  struct sigaction quit_ {};
};

Status run_editor(const char* editor, const std::string& path) {
  const std::string named = "the editor (" + escape(editor) + ")";
  // As git does: the command may bring options of its own.
  const std::string line = std::string(editor) + " \"$@\"";
  const char* const words[] = {"sh", "-c", line.c_str(), editor, path.c_str(), nullptr};
  std::fflush(stdout);
  const SignalsLeftToTheEditor signals;
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGINT);
  ::sigaddset(&defaults, SIGQUIT);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, "/bin/sh", nullptr, &attributes,
                                  const_cast<char* const*>(words), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) return invalid_input(named + " cannot be started: " + std::strerror(error));
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return invalid_input(named +
                       (WIFEXITED(status)
                            ? " ended with exit code " + std::to_string(WEXITSTATUS(status))
                            : " was ended by signal " + std::to_string(WTERMSIG(status))) +
                       "; nothing was changed");
}

}  // namespace

Result<MarkedText> mark_siblings(const std::vector<ReadValue>& siblings) {
  MarkedText marked;
  for (std::size_t i = 0; i < siblings.size(); ++i) {
    const std::string_view value = siblings[i].value.view();
    if (!is_text(value)) {
      return invalid_input(
          "sibling " + std::to_string(i + 1) +
          " is no text, so an editor is not the place for it; use --pick or --file");
    }
    marked.marker_size = std::max(marked.marker_size, longest_marks(value) + 1);
    marked.ends_in_newline = marked.ends_in_newline || (!value.empty() && value.back() == '\n');
  }
  const auto marker = [&](char mark) { return std::string(marked.marker_size, mark) + " "; };
  for (std::size_t i = 0; i < siblings.size(); ++i) {
    const ReadValue& one = siblings[i];
    marked.text += marker(i == 0 ? '<' : '=') + "sibling " + std::to_string(i + 1) + " of " +
                   std::to_string(siblings.size()) + ", written " +
                   local_time_text(one.timestamp.wall_ms()) + " through node " +
                   std::to_string(node_of(one.dot.actor.run)) + ", " + to_string(one.dot) + "\n";
    marked.text += one.value.view();
    if (!one.value.view().empty() && one.value.view().back() != '\n') marked.text += '\n';
  }
  marked.text += marker('>') + "leave the text that is to stand, without these lines\n";
  return marked;
}

Result<std::string> without_markers(const MarkedText& marked, std::string edited) {
  if (edited == marked.text) return invalid_input("nothing was changed in the editor");
  if (longest_marks(edited) >= marked.marker_size) {
    return invalid_input(
        "the text still has lines that begin with " + std::string(marked.marker_size, '<') + ", " +
        std::string(marked.marker_size, '=') + " or " + std::string(marked.marker_size, '>'));
  }
  if (!marked.ends_in_newline && !edited.empty() && edited.back() == '\n') edited.pop_back();
  if (edited.empty()) {
    return invalid_input("the text is empty; --value '' writes an empty value, kvcli del deletes");
  }
  return edited;
}

SiblingEditor::~SiblingEditor() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

std::string SiblingEditor::keep() { return std::exchange(path_, std::string()); }

Status SiblingEditor::create(const std::string& text) {
  const char* directory = std::getenv("TMPDIR");
  std::string path = (directory != nullptr && *directory != '\0' ? directory : "/tmp");
  path += "/kvcli-siblings-XXXXXX.txt";
  const int fd = ::mkstemps(path.data(), 4);
  if (fd < 0) {
    return invalid_input("the file " + escape(path) + " cannot be made: " + std::strerror(errno));
  }
  path_ = path;
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = ::write(fd, text.data() + written, text.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    written += static_cast<std::size_t>(n);
  }
  const int error = errno;
  if (::close(fd) == 0 && written == text.size()) return {};
  return invalid_input("the file " + escape(path) + " cannot be written: " + std::strerror(error));
}

Result<std::string> SiblingEditor::edit(const std::vector<ReadValue>& siblings) {
  const auto marked = mark_siblings(siblings);
  if (!marked) return marked.error();
  if (const Status made = create(marked->text); !made) return made.error();
  if (const Status ran = run_editor(editor_command(), path_); !ran) return ran.error();
  auto edited = read_file(path_);
  if (!edited) return edited.error();
  const bool has_markers = longest_marks(*edited) >= marked->marker_size && *edited != marked->text;
  auto text = without_markers(*marked, std::move(*edited));
  if (text || !has_markers) return text;
  const std::string path = keep();
  return invalid_input(text.error().message + "; your text stays in " + escape(path));
}

}  // namespace quorate::client::kvcli
