#include "sim/sweep/child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace quorate::sim {

namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return Error{ErrorCode::kIoError, std::string("no pipe to a worker: ") + std::strerror(errno)};
  }
  return Pipe{ends[0], ends[1]};
}

[[noreturn]] void be_child(pid_t parent, int told, int words,
                           const std::function<void(const ToParent&)>& work) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // it ended meanwhile
  signal(SIGINT, SIG_IGN);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  dup2(words, STDERR_FILENO);
  close(words);
  work(ToParent(told));
  _exit(0);  // without flushing what the parent had begun to print
}

std::string describe_end(int status) {
  if (WIFEXITED(status)) {
    const int code = WEXITSTATUS(status);
    return code == 0 ? "" : "ended with exit code " + std::to_string(code);
  }
  const int number = WTERMSIG(status);
  std::string text = "killed by signal " + std::to_string(number) + ", " + strsignal(number);
  if (number == SIGALRM) text += ": it took too long";
  return text;
}

}  // namespace

void ToParent::tell(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(1);  // nobody listens any more
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

Result<std::unique_ptr<Child>> Child::start(const std::function<void(const ToParent&)>& work) {
  const Result<Pipe> told = make_pipe();
  if (!told) return told.error();
  const Result<Pipe> words = make_pipe();
  if (!words) {
    close(told->read_end);
    close(told->write_end);
    return words.error();
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    close(told->read_end);
    close(words->read_end);
    be_child(parent, told->write_end, words->write_end, work);
  }
  const int error = errno;
  close(told->write_end);
  close(words->write_end);
  if (pid < 0) {
    close(told->read_end);
    close(words->read_end);
    return Error{ErrorCode::kIoError, std::string("no worker process: ") + std::strerror(error)};
  }
  return std::unique_ptr<Child>(new Child(pid, told->read_end, words->read_end));
}

Child::~Child() {
  if (told_fd_ >= 0) close(told_fd_);
  if (words_fd_ >= 0) close(words_fd_);
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Child::hear(int& fd, std::string& into) {
  char bytes[16 * 1024];
  const ssize_t count = read(fd, bytes, sizeof bytes);
  if (count > 0) {
    into.append(bytes, static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    close(fd);
    fd = -1;
  }
}

void Child::hear_words() {
  hear(words_fd_, words_);
  if (words_.size() > kLastWordsBytesMax) words_.erase(0, words_.size() - kLastWordsBytesMax);
}

std::string Child::end() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  std::string text = describe_end(status);
  if (!text.empty() && !words_.empty()) text += "\n" + words_;
  return text;
}

}  // namespace quorate::sim
