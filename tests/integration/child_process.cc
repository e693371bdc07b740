#include "tests/integration/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <sstream>

#include "node/base/check.h"
#include "tests/integration/eventually.h"

namespace quorate::integration {

ChildProcess::ChildProcess(const std::vector<std::string>& command, const std::string& log_path) {
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  const pid_t parent = getpid();

  pid_ = fork();
  QUORATE_CHECK(pid_ >= 0);
  if (pid_ == 0) {
    // Between fork and exec only calls that are safe in a child of a process with threads.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
      _exit(127);
    }
    const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (log < 0 || nothing < 0 || dup2(nothing, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0) {
      _exit(127);
    }
    execv(arguments[0], arguments.data());
    _exit(127);
  }
}

ChildProcess::~ChildProcess() {
  if (running()) {
    send_signal(SIGKILL);
    wait(std::chrono::seconds(30));
  }
}

bool ChildProcess::running() {
  if (exit_code_) {
    return false;
  }
  int status = 0;
  const pid_t ended = waitpid(pid_, &status, WNOHANG);
  if (ended == 0) {
    return true;
  }
  QUORATE_CHECK(ended == pid_);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

void ChildProcess::send_signal(int signal) {
  if (running()) {
    kill(pid_, signal);
  }
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds at_most) {
  eventually(at_most, [this] { return !running(); });
  return exit_code_;
}

std::size_t ChildProcess::resident_bytes() const {
  std::ifstream statm("/proc/" + std::to_string(pid_) + "/statm");
  std::size_t total_pages = 0;
  std::size_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

CommandResult run_command(const std::vector<std::string>& command, const std::string& log_path,
                          std::chrono::milliseconds at_most) {
  ChildProcess child(command, log_path);
  CommandResult result;
  result.exit_code = child.wait(at_most).value_or(-1);
  std::ostringstream text;
  text << std::ifstream(log_path).rdbuf();
  result.output = text.str();
  return result;
}

}  // namespace quorate::integration
