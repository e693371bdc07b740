#include "tests/client/program.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "node/base/check.h"

namespace quorate::client {
namespace {

using std::chrono::steady_clock;

void become(const std::string& line, const Variables& environment) {
  const std::string path = std::filesystem::path(KVCLI_PATH).parent_path().string() + ":" +
                           (std::getenv("PATH") != nullptr ? std::getenv("PATH") : "");
  ::setenv("PATH", path.c_str(), 1);
  ::setenv("TZ", "UTC", 1);
  ::setenv("LC_ALL", "C.UTF-8", 1);
  ::unsetenv("NO_COLOR");
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  ::execl("/bin/sh", "sh", "-c", line.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

int exit_code_of(pid_t child) {
  int status = 0;
  QUORATE_CHECK(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// What can be read now; false at the end.
bool take(int fd, std::string& to) {
  char part[16 << 10];
  const auto n = ::read(fd, part, sizeof part);
  if (n <= 0) return false;
  to.append(part, static_cast<std::size_t>(n));
  return true;
}

}  // namespace

ProgramResult run_line(const std::string& line, const std::string& input,
                       const Variables& environment) {
  int in[2];
  int out[2];
  int error[2];
  QUORATE_CHECK(::pipe2(in, O_CLOEXEC) == 0 && ::pipe2(out, O_CLOEXEC) == 0 &&
                ::pipe2(error, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  QUORATE_CHECK(child >= 0);
  if (child == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(error[1], STDERR_FILENO);
    become(line, environment);
  }
  ::close(in[0]);
  ::close(out[1]);
  ::close(error[1]);
  // Inputs here are far smaller than a pipe's buffer.
  QUORATE_CHECK(input.size() < 60'000);
  QUORATE_CHECK(::write(in[1], input.data(), input.size()) == static_cast<ssize_t>(input.size()));
  ::close(in[1]);
  ProgramResult result;
  pollfd fds[] = {{out[0], POLLIN, 0}, {error[0], POLLIN, 0}};
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    QUORATE_CHECK(::poll(fds, 2, 60'000) > 0);
    if (fds[0].revents != 0 && !take(out[0], result.out)) fds[0].fd = -1;
    if (fds[1].revents != 0 && !take(error[0], result.error)) fds[1].fd = -1;
  }
  ::close(out[0]);
  ::close(error[0]);
  result.exit_code = exit_code_of(child);
  return result;
}

ProgramResult run_on_terminal(const std::string& line, const std::vector<Typed>& typed,
                              const Variables& environment) {
  int terminal = -1;
  winsize size{};
  size.ws_row = 40;
  size.ws_col = 100;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  QUORATE_CHECK(child >= 0);
  if (child == 0) {
    ::setenv("TERM", "xterm", 1);
    become(line, environment);
  }
  ProgramResult result;
  std::size_t next = 0;
  std::size_t from = 0;  // each awaited text behind the one before
  auto give_up = steady_clock::now() + std::chrono::seconds(10);
  while (steady_clock::now() < give_up) {
    pollfd fd{terminal, POLLIN, 0};
    if (::poll(&fd, 1, 100) > 0 && !take(terminal, result.out)) break;
    while (next < typed.size()) {
      const auto at = result.out.find(typed[next].await, from);
      if (at == std::string::npos) break;
      from = at + typed[next].await.size();
      const std::string& keys = typed[next++].keys;
      QUORATE_CHECK(::write(terminal, keys.data(), keys.size()) ==
                    static_cast<ssize_t>(keys.size()));
      give_up = steady_clock::now() + std::chrono::seconds(10);
    }
  }
  ::close(terminal);  // whoever still reads it is hung up on
  result.exit_code = exit_code_of(child);
  return result;
}

}  // namespace quorate::client
