// A program that a test runs: started, signalled and waited for by its process id alone, ended with
// the test.
//
// Invariants: (1) it never outlives the test program, however that ends (the kernel kills it when
//             the thread that started it ends); (2) only this child is ever signalled: until wait()
//             has reaped it, its id is not used again.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace quorate::integration {

class ChildProcess {
 public:
  // Starts the program with stdout and stderr appended to log_path and nothing on stdin.
  ChildProcess(const std::vector<std::string>& command, const std::string& log_path);
  ~ChildProcess();  // SIGKILL if it still runs
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }

  // False once it has ended; reaps it then.
  bool running();

  // What it ended with: its exit code, or 128 + signal. Nothing while it runs.
  std::optional<int> exit_code() const { return exit_code_; }

  // No effect once it has ended.
  void send_signal(int signal);

  // Until it has ended; nothing when it still runs after that long.
  std::optional<int> wait(std::chrono::milliseconds at_most);

  // Resident memory; 0 when it cannot be told.
  std::size_t resident_bytes() const;

 private:
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

// Runs the program to its end and gives its exit code and what it wrote to stdout and stderr.
struct CommandResult {
  int exit_code = -1;
  std::string output;
};
CommandResult run_command(const std::vector<std::string>& command, const std::string& log_path,
                          std::chrono::milliseconds at_most);

}  // namespace quorate::integration
