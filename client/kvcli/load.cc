// load: every line of a file as a put, many in flight, with a tally at the end.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "client/bulk_writer.h"
#include "client/kvcli/commands.h"
#include "client/kvcli/progress.h"
#include "client/kvcli/record_line.h"
#include "client/kvcli/report.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"

namespace quorate::client::kvcli {
namespace {

constexpr std::size_t kLineBytesMax =
    8u << 20;                               // a value of 1 MiB, every byte of it escaped, and a key
constexpr std::size_t kComplaintsMax = 10;  // printed; the rest is counted

std::atomic<bool> interrupted{false};

// Until it goes: the first ^C ends the load in good order, the second one the process.
class InterruptGuard {
 public:
  InterruptGuard() {
    interrupted = false;
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = true; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);  // and reads are broken off, not restarted
    ::sigaction(SIGINT, &action, &before_);
  }
  ~InterruptGuard() { ::sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

// Lines of a file, of any bytes, with a bound on their length.
class LineReader {
 public:
  explicit LineReader(int fd) : fd_(fd) {}

  enum class Got { kLine, kTooLong, kEnd, kError };

  Got next(std::string& line) {
    line.clear();
    bool too_long = false;
    while (true) {
      const auto* newline =
          static_cast<const char*>(std::memchr(buffer_ + begin_, '\n', end_ - begin_));
      const std::size_t stop = newline ? static_cast<std::size_t>(newline - buffer_) : end_;
      if (!too_long) line.append(buffer_ + begin_, stop - begin_);
      too_long = too_long || line.size() > kLineBytesMax;
      begin_ = newline ? stop + 1 : stop;
      if (newline != nullptr) return too_long ? Got::kTooLong : Got::kLine;
      const auto n = ::read(fd_, buffer_, sizeof buffer_);
      if (n < 0) return Got::kError;
      if (n == 0) return line.empty() ? Got::kEnd : too_long ? Got::kTooLong : Got::kLine;
      begin_ = 0;
      end_ = static_cast<std::size_t>(n);
      bytes_ += static_cast<std::uint64_t>(n);
    }
  }

  // Of the lines given out so far.
  std::uint64_t bytes() const { return bytes_ - (end_ - begin_); }

 private:
  const int fd_;
  char buffer_[256 << 10] = {};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t bytes_ = 0;
};

class Load {
 public:
  Load(Context& context, const Invocation& invocation, Client& client, int fd,
       std::uint64_t bytes_total)
      : console_(context.console),
        invocation_(invocation),
        lines_(std::make_unique<LineReader>(fd)),
        progress_(console_, !invocation.json && !invocation.quiet, bytes_total),
        writer_(client,
                BulkOptions{.window_requests = invocation.window, .request = invocation.request},
                [this](std::uint64_t line, const std::string& key, const Result<Answer>& answer) {
                  on_done(line, key, answer);
                }) {}

  ExitCode run() {
    std::string line;
    while (!interrupted && !unreachable_) {
      const auto got = lines_->next(line);
      if (got == LineReader::Got::kEnd) break;
      if (got == LineReader::Got::kError) {
        if (errno != EINTR) read_error_ = std::strerror(errno);
        break;
      }
      ++line_number_;
      take(got, line);
      progress_.show(lines_->bytes(), ok_, not_applied_ + unknown_ + bad_);
    }
    if (interrupted || unreachable_) {
      writer_.stop();
    } else {
      writer_.drain();
    }
    progress_.clear();
    return finish();
  }

 private:
  void take(LineReader::Got got, const std::string& line) {
    if (got == LineReader::Got::kTooLong) {
      bad_line(line_number_, "it is longer than " + size_text(kLineBytesMax));
      return;
    }
    auto record = parse_record_line(line, invocation_.plain);
    if (!record) {
      bad_line(line_number_, record.error().message);
    } else if (record->has_value()) {
      writer_.put(line_number_, std::move((*record)->first), std::move((*record)->second));
    }
  }

  void bad_line(std::uint64_t line, const std::string& why) {
    ++bad_;
    complain(line, "not loaded: " + why);
  }

  void complain(std::uint64_t line, const std::string& what) {
    if (++complaints_ > kComplaintsMax) return;
    progress_.clear();
    console_.error("line " + std::to_string(line) + ": " + what + "\n");
  }

  void on_done(std::uint64_t line, const std::string& key, const Result<Answer>& answer) {
    const std::string name = shortened(escape(key), 40);
    if (!answer) {
      // After its retries still nobody to take it: so it will be with all that follow.
      ++not_applied_;
      const ExitCode code = exit_code(answer.error());
      if (code == ExitCode::kNoConnection && !unreachable_) {
        unreachable_ = true;
        progress_.clear();
        console_.error("kvcli load: " + explain(answer.error()) + "\n");
      } else if (code != ExitCode::kNoConnection) {
        complain(line, name + ": " + explain(answer.error()));
      }
      return;
    }
    switch (answer->outcome) {
      case Outcome::kOk:
        ++ok_;
        return;
      case Outcome::kInvalid:
        bad_line(line, name + ": " + explain(*answer));
        return;
      case Outcome::kUnknown:
        ++unknown_;
        break;
      case Outcome::kNotFound:
      case Outcome::kNotApplied:
        ++not_applied_;
        break;
    }
    complain(line, name + ": " + explain(*answer));
  }

  ExitCode finish() {
    const double seconds = progress_.seconds();
    if (complaints_ > kComplaintsMax) {
      console_.error("... and " + count_text(complaints_ - kComplaintsMax) +
                     " more lines like these\n");
    }
    if (invocation_.json) {
      console_.json(Json::object()
                        .set("lines", line_number_)
                        .set("ok", ok_)
                        .set("not_applied", not_applied_)
                        .set("unknown", unknown_)
                        .set("bad_lines", bad_)
                        .set("complete", complete())
                        .set("elapsed_ms", static_cast<std::int64_t>(seconds * 1000)));
    } else if (!invocation_.quiet) {
      const auto rate =
          static_cast<std::uint64_t>(static_cast<double>(ok_) / std::max(seconds, 1e-3));
      console_.out("loaded " + count_text(ok_) + " keys in " +
                   duration_text(static_cast<std::int64_t>(seconds * 1000)) + " (" +
                   count_text(rate) + "/s); not applied " + count_text(not_applied_) +
                   ", unknown " + count_text(unknown_) + ", bad lines " + count_text(bad_) + "\n");
    }
    if (!read_error_.empty()) {
      console_.error("kvcli load: reading stopped after line " + std::to_string(line_number_) +
                     ": " + read_error_ + "\n");
    }
    if (interrupted || unreachable_) {
      console_.error("kvcli load: stopped after line " + count_text(line_number_) +
                     "; load the file again to complete it (loading a line twice does no harm)\n");
    }
    return code();
  }

  bool complete() const { return !interrupted && !unreachable_ && read_error_.empty(); }

  ExitCode code() const {
    if (unknown_ > 0) return ExitCode::kUnknown;
    if (unreachable_ && ok_ == 0) return ExitCode::kNoConnection;
    if (not_applied_ > 0 || interrupted) return ExitCode::kNotApplied;
    if (bad_ > 0 || !read_error_.empty()) return ExitCode::kBadUsage;
    return ExitCode::kDone;
  }

  Console& console_;
  const Invocation& invocation_;
  std::unique_ptr<LineReader> lines_;
  Progress progress_;
  std::uint64_t line_number_ = 0;
  std::uint64_t ok_ = 0;
  std::uint64_t not_applied_ = 0;
  std::uint64_t unknown_ = 0;
  std::uint64_t bad_ = 0;
  std::uint64_t complaints_ = 0;
  bool unreachable_ = false;
  std::string read_error_;
  BulkWriter writer_;
};

}  // namespace

ExitCode run_load(Context& context, const Invocation& invocation) {
  const bool from_stdin = invocation.file == "-";
  const int fd = from_stdin ? STDIN_FILENO : ::open(invocation.file.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string name = "the file " + escape(invocation.file);
  if (fd < 0) {
    return report(context.console, invocation,
                  invalid_input(name + " cannot be opened: " + std::strerror(errno)));
  }
  const std::unique_ptr<const int, void (*)(const int*)> closer(&fd, [](const int* open) {
    if (*open != STDIN_FILENO) ::close(*open);
  });
  struct stat info {};
  std::uint64_t bytes = 0;
  if (::fstat(fd, &info) == 0) {
    if (S_ISDIR(info.st_mode)) {
      return report(context.console, invocation, invalid_input(name + " is a directory"));
    }
    if (S_ISREG(info.st_mode)) bytes = static_cast<std::uint64_t>(info.st_size);
  }
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  const InterruptGuard guard;
  return Load(context, invocation, *(*link)->client, fd, bytes).run();
}

}  // namespace quorate::client::kvcli
