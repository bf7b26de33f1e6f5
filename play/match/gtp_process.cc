#include "play/match/gtp_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <mutex>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"

namespace moyo::play {
namespace {

constexpr absl::Duration kEndPatience = absl::Seconds(2);

// Waits for `events` on a descriptor; false when the time is over.
bool Await(int fd, short events, absl::Time deadline) {
  while (true) {
    const int64_t left_ms =
        std::max<int64_t>(0, absl::ToInt64Milliseconds(deadline - Clock::Steady().Now()));
    pollfd wait = {.fd = fd, .events = events, .revents = 0};
    const int ready = poll(&wait, 1, static_cast<int>(std::min<int64_t>(left_ms, 1 << 30)));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return true;  // the call that follows says what is wrong
  }
}

// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void RunChild(const char* command, int in, int out, int log) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_DFL);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execl("/bin/sh", "sh", "-c", command, static_cast<char*>(nullptr));
  _exit(127);
}

// " (its last line)" of a log; empty when there is none.
std::string LastMessage(const std::string& log_path) {
  constexpr int64_t kTailBytes = 4096;
  std::ifstream log(log_path, std::ios::binary | std::ios::ate);
  const int64_t begin = std::max<int64_t>(0, static_cast<int64_t>(log.tellg()) - kTailBytes);
  log.seekg(begin);
  std::string line, last;
  while (std::getline(log, line)) {
    if (!absl::StripAsciiWhitespace(line).empty()) last = line;
  }
  return last.empty() ? "" : absl::StrCat(" (", EscapeBytes(last, 200), ")");
}

// What stands behind '=' or '?': an id, then the text.
std::string AfterStatus(absl::string_view line) {
  line.remove_prefix(1);
  while (!line.empty() && absl::ascii_isdigit(line.front())) line.remove_prefix(1);
  return std::string(absl::StripAsciiWhitespace(line));
}

}  // namespace

absl::StatusOr<std::unique_ptr<GtpProcess>> GtpProcess::Start(const std::string& command,
                                                              const std::string& log_path) {
  static std::once_flag once;
  std::call_once(once, [] { signal(SIGPIPE, SIG_IGN); });
  const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) return ErrnoStatus(errno, "open", log_path);
  int to_child[2] = {-1, -1}, from_child[2] = {-1, -1};
  pid_t pid = -1;
  if (pipe2(to_child, O_CLOEXEC) == 0 && pipe2(from_child, O_CLOEXEC) == 0) pid = fork();
  if (pid == 0) RunChild(command.c_str(), to_child[0], from_child[1], log);
  const int error = errno;
  for (const int fd : {to_child[0], from_child[1], log}) {
    if (fd >= 0) close(fd);
  }
  if (pid < 0) {
    for (const int fd : {to_child[1], from_child[0]}) {
      if (fd >= 0) close(fd);
    }
    return ErrnoStatus(error, "start", command);
  }
  setpgid(pid, pid);  // here too: whichever comes first
  fcntl(to_child[1], F_SETFL, O_NONBLOCK);
  return std::unique_ptr<GtpProcess>(
      new GtpProcess(command, log_path, pid, to_child[1], from_child[0]));
}

GtpProcess::~GtpProcess() {
  close(in_);
  const absl::Time deadline = Clock::Steady().Now() + kEndPatience;
  char rest[4096];
  // By the clock, too: a program that talks on never lets a poll time out.
  while (Clock::Steady().Now() < deadline && Await(out_, POLLIN, deadline)) {
    if (read(out_, rest, sizeof(rest)) <= 0) break;
  }
  close(out_);
  kill(-pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
}

absl::Status GtpProcess::Over(absl::StatusCode code, const std::string& what) const {
  return absl::Status(code, absl::StrCat("'", command_, "' ", what, LastMessage(log_path_),
                                         "; its messages are in '", log_path_, "'"));
}

absl::Status GtpProcess::Write(const std::string& text, absl::Time deadline) {
  absl::string_view left = text;
  while (!left.empty()) {
    const ssize_t written = write(in_, left.data(), left.size());
    if (written > 0) {
      left.remove_prefix(written);
    } else if (errno == EAGAIN && !Await(in_, POLLOUT, deadline)) {
      return Over(absl::StatusCode::kDeadlineExceeded, "takes no command");
    } else if (errno != EAGAIN && errno != EINTR) {
      return Over(absl::StatusCode::kUnavailable, "has ended");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> GtpProcess::ReadLine(absl::Time deadline) {
  while (true) {
    if (const size_t end = buffer_.find('\n'); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      return line;
    }
    if (buffer_.size() > kMaxAnswerBytes) {
      return Over(absl::StatusCode::kResourceExhausted, "answers without end");
    }
    if (!Await(out_, POLLIN, deadline)) {
      return Over(absl::StatusCode::kDeadlineExceeded, "did not answer in time");
    }
    char bytes[4096];
    const ssize_t got = read(out_, bytes, sizeof(bytes));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Over(absl::StatusCode::kUnavailable, "has ended");
    buffer_.append(bytes, got);
  }
}

absl::StatusOr<std::string> GtpProcess::Say(const std::string& line, absl::Duration timeout) {
  const absl::Time deadline = Clock::Steady().Now() + timeout;
  MOYO_RETURN_IF_ERROR(Write(line + "\n", deadline));
  std::string answer;
  size_t skipped_bytes = 0;
  do {
    MOYO_ASSIGN_OR_RETURN(answer, ReadLine(deadline));
    skipped_bytes += answer.size() + 1;
    if (skipped_bytes > kMaxAnswerBytes) {
      return Over(absl::StatusCode::kResourceExhausted, "answers without end");
    }
  } while (answer.empty() || (answer[0] != '=' && answer[0] != '?'));
  const bool refused = answer[0] == '?';
  std::string text = AfterStatus(answer);
  while (true) {
    MOYO_ASSIGN_OR_RETURN(const std::string more, ReadLine(deadline));
    if (more.empty()) break;
    absl::StrAppend(&text, "\n", more);
    if (text.size() > kMaxAnswerBytes) {
      return Over(absl::StatusCode::kResourceExhausted, "answers without end");
    }
  }
  if (refused) return absl::InvalidArgumentError(text);
  return text;
}

}  // namespace moyo::play
